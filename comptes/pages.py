"""Pages sans données : information, thème, erreurs. Elles répondent aussi à qui n'est pas connecté."""

import logging
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from comptes import contexte

journal = logging.getLogger(__name__)

UN_AN = 365 * 24 * 3600
# Ni voyelle ni signe qui se confond à l'oreille ou à l'œil : le repère se dicte au téléphone.
SIGNES_DU_REPERE = "23456789BCDFGHJKMNPQRSTVWXZ"


@login_not_required
@require_GET
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibilite.html", {"exploitant": settings.EXPLOITANT})


@login_not_required
@require_GET
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/donnees_personnelles.html", {"exploitant": settings.EXPLOITANT})


@login_not_required
@require_GET
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/mentions_legales.html", {"exploitant": settings.EXPLOITANT})


@login_not_required
@require_GET
def plan_du_site(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/plan_du_site.html")


@login_not_required
@require_GET
def aide(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/aide.html", {"exploitant": settings.EXPLOITANT})


@login_not_required
@require_POST
def changer_theme(request: HttpRequest) -> HttpResponse:
    """Garde le thème choisi dans un témoin et revient à la page d'où l'on vient ; tout autre choix suit le système."""
    suite = request.POST.get("suite", "")
    if not suite.startswith("/") or not url_has_allowed_host_and_scheme(suite, allowed_hosts=None):
        suite = "/"  # un mot seul serait pris pour un nom de vue
    reponse = redirect(suite)
    choix = request.POST.get("theme", "")
    if choix in contexte.THEMES:
        reponse.set_cookie(
            contexte.TEMOIN_THEME, choix, max_age=UN_AN, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    else:
        reponse.delete_cookie(contexte.TEMOIN_THEME, samesite="Lax")
    return reponse


def _reperer(request: HttpRequest, code: int) -> str:
    """« 7F3K-92QD » : un repère tiré au hasard, montré à la personne et écrit au journal avec le chemin, sans ses paramètres."""
    tirage = "".join(secrets.choice(SIGNES_DU_REPERE) for _ in range(8))
    repere = f"{tirage[:4]}-{tirage[4:]}"
    journal.warning("Erreur %s, repère %s, %s %s", code, repere, request.method, request.path)
    return repere


def requete_invalide(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return trop_lourd(request)
    return render(request, "400.html", status=400)


def acces_refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"repere": _reperer(request, 403)}, status=403)


def introuvable(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", {"repere": _reperer(request, 404)}, status=404)


def methode_refusee(request: HttpRequest) -> HttpResponse:
    """Une adresse qui ne reçoit que des formulaires, ouverte ou rechargée telle quelle."""
    return render(request, "405.html", status=405)


def trop_lourd(request: HttpRequest) -> HttpResponse:
    """Un fichier ou un formulaire qui dépasse la taille admise."""
    return render(request, "413.html", status=413)


def erreur_interne(request: HttpRequest) -> HttpResponse:
    """Sans base, sans session, sans processeur de contexte : cette page s'affiche même quand rien d'autre ne répond."""
    return HttpResponse(render_to_string("500.html", {"repere": _reperer(request, 500)}), status=500)


def session_expiree(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Jeton CSRF absent ou périmé. La saisie n'est pas reprise ici : rien ne prouve qu'elle vient d'une page d'Étape."""
    return render(request, "session_expiree.html", {"saisie": []}, status=403)


@never_cache
def session_finie(request: HttpRequest) -> HttpResponse:
    """Formulaire reçu (jeton juste) après la fin de la session : il revient à l'écran, prêt à repartir. Un mot de passe, jamais."""
    saisie = [
        (nom, valeur)
        for nom, valeurs in request.POST.lists()
        for valeur in valeurs
        if nom != "csrfmiddlewaretoken" and "password" not in nom
    ]
    contexte_ = {"saisie": saisie, "chemin": request.get_full_path(), "fichiers": bool(request.FILES)}
    return render(request, "session_expiree.html", contexte_, status=403)
