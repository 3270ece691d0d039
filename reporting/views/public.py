"""« Qui a travaillé » : les comptes du public de tous les marchés d'un acheteur, déjà masqués.

Une page à part, que l'accueil demande une fois affiché : lire qui a travaillé demande chaque personne, les chiffres de l'accueil non.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from beneficiaires.periodes import dernier_mois_clos
from clauses.models import Engagement
from comptes.droits import reserve_a
from comptes.models import Profil
from reporting.indicateurs import comptes_du_public


@reserve_a(Profil.ACHETEUR)
def public(request: HttpRequest) -> HttpResponse:
    arrete_au = dernier_mois_clos(timezone.localdate())
    comptes = comptes_du_public(Engagement.objects.pour(request.user), arrete_au=arrete_au)
    return render(request, "reporting/public.html", {"public": comptes, "arrete_au": arrete_au})
