"""L'acheteur vise un bilan et décide de la pénalité qu'il propose."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from clauses.views.formulaires import ecrire
from comptes.droits import reserve_a
from comptes.models import Profil
from reporting.avis_bilans import decider_penalite, peut_repondre, viser
from reporting.forms_avis import DecisionPenaliteForm, VisaForm
from reporting.models import Bilan
from reporting.views.bilans import montrer_bilan

acheteur_seul = reserve_a(Profil.ACHETEUR)


@acheteur_seul
@require_POST
def bilan_viser(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _repondre(request, pk, "visa", VisaForm(request.POST), viser, "Votre réponse est enregistrée.")


@acheteur_seul
@require_POST
def bilan_penalite(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = DecisionPenaliteForm(request.POST)
    return _repondre(request, pk, "penalite", form, decider_penalite, "Votre décision est enregistrée.")


def _repondre(
    request: HttpRequest, pk: UUID, nom: str, form: Form, service: Callable[..., Any], phrase: str
) -> HttpResponse:
    bilans = Bilan.objects.pour(request.user).select_related("marche__operation", "marche__acheteur")
    bilan = get_object_or_404(bilans, pk=pk)
    if not peut_repondre(bilan, request.user):
        raise Http404
    if ecrire(request, form, lambda: service(bilan=bilan, par=request.user, **form.cleaned_data)):
        messages.success(request, phrase)
        return redirect("reporting:bilan_detail", pk)
    return montrer_bilan(request, bilan, refuse=form, **{nom: form})
