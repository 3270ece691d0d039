"""Relever les heures du bulletin de paie d'une ligne."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from clauses.forms.bulletins import BulletinForm
from clauses.services.bulletins import relever_bulletin
from clauses.views.heures_lignes import releve_visible, rendre_detail
from comptes.droits import reserve_a
from comptes.formats import heures as ecrire_heures
from comptes.models import Profil


@reserve_a(Profil.FACILITATEUR)
@require_POST
def releve_bulletin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Garde ce que porte le bulletin ; les contrôles de la ligne se refont aussitôt."""
    releve = releve_visible(request.user, pk)
    formulaire = BulletinForm(request.POST)
    if not formulaire.is_valid():
        return rendre_detail(request, releve, bulletin=formulaire)
    heures = formulaire.cleaned_data["heures_bulletin"]
    refus = relever_bulletin(releve=releve, heures=heures, par=request.user, aujourd_hui=timezone.localdate())
    if refus:
        return rendre_detail(request, releve, erreur=refus.phrase)
    phrase = "Bulletin de paie retiré." if heures is None else f"Bulletin de paie\u00a0: {ecrire_heures(heures)}."
    messages.success(request, phrase)
    return redirect("clauses:releve_detail", pk)
