"""Ce qui entoure chaque requête : l'adhésion sous laquelle la personne agit, la connexion, les adresses qui ne se lisent pas."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from comptes import pages

CLE_SESSION = "adhesion"


class AdhesionMiddleware:
    """Une personne peut appartenir à plusieurs organisations : la session garde celle choisie, relue à chaque requête."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.adhesion = None
        if request.user.is_authenticated:
            choisie = request.session.get(CLE_SESSION)
            if choisie:
                adhesion = request.user.adhesions.en_cours().filter(pk=choisie).select_related("organisation").first()
                if adhesion:
                    request.user.adhesion = adhesion
            request.adhesion = request.user.adhesion
        return self.get_response(request)


class PageDesEnvois:
    """Une adresse qui n'attend que des envois, ouverte dans le navigateur, dit quoi faire au lieu d'une page blanche."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        if isinstance(reponse, HttpResponseNotAllowed) and request.method == "GET":
            page = pages.methode_refusee(request)
            page["Allow"] = reponse["Allow"]
            return page
        return reponse


class ConnexionRequise(LoginRequiredMiddleware):
    """Tout demande une connexion, sauf ce qui dit le contraire. Un formulaire envoyé après la fin de la session n'est pas perdu :
    la page le garde, et l'envoie de nouveau quand la personne s'est reconnectée dans un autre onglet."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponse]) -> HttpResponse:
        if request.method == "POST" and not request.headers.get("HX-Request"):
            return pages.session_finie(request)
        return super().handle_no_permission(request, view_func)
