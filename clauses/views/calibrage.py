"""Calibrer une clause : combien d'heures, quel dispositif. Rien ne s'enregistre, l'adresse garde le calcul."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clauses.forms.calibrage import CalibrageForm, depart_du_calibrage
from clauses.regles.calibrage import rediger_calibrage
from comptes.droits import reserve_a
from comptes.models import Profil

acheteur_ou_facilitateur = reserve_a(Profil.FACILITATEUR, Profil.ACHETEUR)


@acheteur_ou_facilitateur
def calibrer_clause(request: HttpRequest) -> HttpResponse:
    depart = depart_du_calibrage(request.user.organisation)
    form = CalibrageForm(request.GET or None, initial=depart, jour=timezone.localdate())
    form.is_valid()
    contexte = {
        "form": form,
        "calibrage": form.resultat,
        "est_acheteur": request.user.profil == Profil.ACHETEUR,
        "paragraphe": rediger_calibrage(form.resultat) if form.resultat else "",
    }
    return render(request, "clauses/calibrage/calibrer.html", contexte)
