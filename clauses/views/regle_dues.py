"""Deux pages de la règle du marché : ses heures dues, ses pénalités."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clauses.avancement import avancements_des_engagements, totaliser
from clauses.forms.regle_dues import FaitsPenaliteForm, HeuresDuesForm, PenalitesForm
from clauses.heures_dues import montant_courant, parametres_heures_dues, parametres_penalites
from clauses.models import Engagement, Marche, RegleClause
from clauses.regles import penalites
from clauses.services.engagements import changer_regle_heures_dues
from clauses.services.marches import changer_regle
from clauses.views.page_regle import autour, citer, ecrire_regle, marche_et_regle
from comptes.droits import facilitateur_seul

CITES_HEURES_DUES = {"regle_avenant": "Avenants", "arrondi": "Arrondi", "source_rythme": "Rythme plausible"}
CITES_PENALITES = {
    "euros_par_heure": "Heures non faites",
    "euros_par_document": "Documents",
    "plafond_penalites": "Plafond",
    "mise_en_demeure_jours": "Mise en demeure",
}


@facilitateur_seul
def regle_heures_dues(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    form = HeuresDuesForm(request.POST or None, marche=marche, initial=asdict(parametres_heures_dues(actuelle)))
    citations = citer(request, actuelle, CITES_HEURES_DUES)
    if ecrire_regle(
        request,
        form,
        citations,
        lambda cites: changer_regle_heures_dues(
            marche=marche, parametres=form.parametres, par=request.user, sections=cites
        ),
    ):
        messages.success(request, "La règle des heures dues est enregistrée.")
        return redirect("clauses:regle_heures_dues", marche.pk)
    contexte = {"form": form, "citations": citations, **autour(marche, actuelle)}
    return render(request, "clauses/regle/heures_dues.html", contexte)


@facilitateur_seul
def regle_penalites(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    parametres = parametres_penalites(actuelle)
    form = PenalitesForm(request.POST or None, initial=asdict(parametres))
    citations = citer(request, actuelle, CITES_PENALITES)
    if ecrire_regle(request, form, citations, lambda cites: _changer(marche, form.parametres, cites, request)):
        messages.success(request, "Les pénalités prévues sont enregistrées.")
        return redirect("clauses:regle_penalites", marche.pk)
    faits = FaitsPenaliteForm(
        request.GET if "calculer" in request.GET else None, initial={"manquantes": _manquantes(marche)}
    )
    contexte = {
        "form": form,
        "citations": citations,
        "faits": faits,
        "proposition": _proposition(marche, parametres, faits),
        "ecrite": penalites.ecrire_regle_penalites(parametres),
        "smic": penalites.smic_horaire(timezone.localdate().year),
        "annee": timezone.localdate().year,
        **autour(marche, actuelle),
    }
    return render(request, "clauses/regle/penalites.html", contexte)


def _changer(
    marche: Marche,
    parametres: penalites.ParametresPenalites,
    citations: Mapping[str, Mapping[str, Any]],
    request: HttpRequest,
) -> RegleClause:
    """Le prix d'une heure et la mise en demeure sont des colonnes de la règle ; le reste est sa section."""
    return changer_regle(
        marche=marche,
        valeurs={
            "penalite_euros_par_heure": parametres.euros_par_heure,
            "mise_en_demeure_jours": parametres.mise_en_demeure_jours,
        },
        sections={**citations, penalites.SECTION: parametres.vers_json()},
        par=request.user,
    )


def _proposition(
    marche: Marche, parametres: penalites.ParametresPenalites, faits: FaitsPenaliteForm
) -> penalites.PenaliteProposee | None:
    if not faits.is_bound or not faits.is_valid():
        return None
    avenants = marche.avenants.order_by("date_notification", "numero")
    return penalites.proposer_penalite(
        parametres=parametres,
        heures_dues=faits.cleaned_data.get("manquantes") or 0,
        heures_validees=0,
        montant_marche_euros=montant_courant(marche, avenants),
        annee=timezone.localdate().year,
        faits=faits.faits(),
    )


def _manquantes(marche: Marche):
    """Les heures encore à valider aujourd'hui, proposées au calcul."""
    jour = timezone.localdate()
    engagements = Engagement.objects.filter(titulaire__lot__marche=marche)
    return totaliser(avancements_des_engagements(engagements, jour=jour), jour=jour).restantes
