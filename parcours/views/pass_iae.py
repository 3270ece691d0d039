"""Suspendre et prolonger un PASS IAE depuis la page de la personne."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from comptes.droits import facilitateur_seul
from comptes.formats import date_longue, periode
from parcours.forms.pass_iae import ProlongationForm, SuspensionForm
from parcours.models import Agrement, Prolongation, Suspension, TypeAgrement
from parcours.regles import fenetre_prolongation
from parcours.services.pass_iae import (
    enregistrer_prolongation,
    enregistrer_suspension,
    supprimer_prolongation,
    supprimer_suspension,
)
from parcours.views.commun import Ecran, agrement_de, confirmation, formulaire

CHAPEAU_SUSPENSION = (
    "Une suspension arrête le compte du PASS IAE et repousse sa fin d’autant, moins un jour\u00a0: "
    "du 1er septembre au 30 novembre, 90\u00a0jours. "
    "Elle ne déplace aucune fenêtre de clause."
)


@facilitateur_seul
def suspension_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    agrement = agrement_de(request, pk, TypeAgrement.PASS_IAE)
    ecran = Ecran("Suspendre le PASS IAE", "Enregistrer la suspension", CHAPEAU_SUSPENSION)
    return _suspension(request, Suspension(agrement=agrement), ecran)


@facilitateur_seul
def suspension_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    suspension = _suite(request, Suspension, pk)
    adresse = reverse("parcours:suspension_supprimer", args=[suspension.pk])
    ecran = Ecran("Modifier la suspension", "Enregistrer les changements", CHAPEAU_SUSPENSION, adresse)
    return _suspension(request, suspension, ecran)


@facilitateur_seul
def suspension_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    suspension = _suite(request, Suspension, pk)
    return confirmation(
        request,
        suspension.agrement,
        "Retirer cette suspension\u00a0?",
        f"Suspendu {periode(suspension.date_debut, suspension.date_fin)}. Sans elle, la fin du PASS IAE revient où elle serait.",
        lambda: supprimer_suspension(suspension=suspension),
    )


def _suspension(request: HttpRequest, suspension: Suspension, ecran: Ecran) -> HttpResponse:
    form = SuspensionForm(request.POST or None, instance=suspension)
    return formulaire(
        request,
        form,
        suspension.agrement,
        ecran,
        lambda: enregistrer_suspension(suspension=form.instance, aujourd_hui=timezone.localdate()),
    )


@facilitateur_seul
def prolongation_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    agrement = agrement_de(request, pk, TypeAgrement.PASS_IAE)
    prolongation = Prolongation(agrement=agrement, date_debut=agrement.date_fin, date_demande=timezone.localdate())
    return _prolongation(
        request, prolongation, Ecran("Prolonger le PASS IAE", "Enregistrer la prolongation", _fenetre(agrement))
    )


@facilitateur_seul
def prolongation_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    prolongation = _suite(request, Prolongation, pk)
    adresse = reverse("parcours:prolongation_supprimer", args=[prolongation.pk])
    ecran = Ecran("Modifier la prolongation", "Enregistrer les changements", _fenetre(prolongation.agrement), adresse)
    return _prolongation(request, prolongation, ecran)


@facilitateur_seul
def prolongation_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    prolongation = _suite(request, Prolongation, pk)
    return confirmation(
        request,
        prolongation.agrement,
        "Retirer cette prolongation\u00a0?",
        f"{prolongation.get_motif_display()}, {periode(prolongation.date_debut, prolongation.date_fin)}, "
        f"{prolongation.get_etat_display().lower()}. Retirez-la si elle a été saisie par erreur.",
        lambda: supprimer_prolongation(prolongation=prolongation),
    )


def _prolongation(request: HttpRequest, prolongation: Prolongation, ecran: Ecran) -> HttpResponse:
    form = ProlongationForm(request.POST or None, instance=prolongation)
    return formulaire(
        request,
        form,
        prolongation.agrement,
        ecran,
        lambda: enregistrer_prolongation(prolongation=form.instance, aujourd_hui=timezone.localdate()),
    )


def _fenetre(agrement: Agrement) -> str:
    demande = fenetre_prolongation(agrement.date_fin)
    return (
        f"La prolongation commence le jour où il finit, le {date_longue(agrement.date_fin)}, sur une demande faite "
        f"{periode(demande.debut, demande.fin)}. Elle ne déplace aucune fenêtre de clause."
    )


def _suite(request: HttpRequest, modele: type[Suspension] | type[Prolongation], pk: UUID):
    objets = modele.objects.pour(request.user).select_related("agrement__beneficiaire", "agrement__plie")
    return get_object_or_404(objets, pk=pk)
