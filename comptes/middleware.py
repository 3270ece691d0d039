"""Pose sur la requête l'adhésion sous laquelle la personne agit."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
