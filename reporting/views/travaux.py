"""Les travaux programmés, pour qui administre une structure ou l'installation : dernier passage, durée, résultat, retard."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from comptes.models import Profil, Role, Utilisateur
from reporting import executions


def travaux(request: HttpRequest) -> HttpResponse:
    if not _peut_voir(request.user):
        raise PermissionDenied
    maintenant = timezone.now()
    contexte = {
        "etats": executions.etats(maintenant),
        "courriels": executions.courriels_du(timezone.localdate(maintenant)),
        "aujourd_hui": timezone.localdate(maintenant),
    }
    return render(request, "reporting/travaux/liste.html", contexte)


def _peut_voir(utilisateur: Utilisateur) -> bool:
    administre = utilisateur.profil == Profil.FACILITATEUR and utilisateur.adhesion.role == Role.ADMINISTRATEUR
    return utilisateur.is_staff or administre
