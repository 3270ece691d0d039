"""Renouveler un parcours PLIE sur avis motivé ; régler les PLIE de la structure."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from comptes.droits import facilitateur_seul
from comptes.formats import date_longue, quantite
from parcours.forms.plie import PlieForm, RenouvellementForm
from parcours.lectures_comite import avis_du_comite
from parcours.models import Plie, Renouvellement, TypeAgrement
from parcours.regles import REGLE_PLIE
from parcours.services.plie import (
    enregistrer_plie,
    enregistrer_renouvellement,
    supprimer_plie,
    supprimer_renouvellement,
)
from parcours.views.commun import Ecran, agrement_de, confirmation, formulaire


@facilitateur_seul
def renouvellement_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    agrement = agrement_de(request, pk, TypeAgrement.PLIE)
    mois = (agrement.plie.regle if agrement.plie else REGLE_PLIE).renouvellement_mois
    renouvellement = Renouvellement(
        agrement=agrement, mois=mois, **avis_du_comite(request.GET.get("point", ""), agrement, request.user)
    )
    return _formulaire(
        request,
        renouvellement,
        Ecran("Renouveler le parcours PLIE", f"Renouveler de {mois} mois", _phrase(mois)),
    )


@facilitateur_seul
def renouvellement_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    renouvellement = _renouvellement(request, pk)
    adresse = reverse("parcours:renouvellement_supprimer", args=[renouvellement.pk])
    phrase = _phrase(renouvellement.mois)
    return _formulaire(
        request, renouvellement, Ecran("Modifier le renouvellement", "Enregistrer les changements", phrase, adresse)
    )


@facilitateur_seul
def renouvellement_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    renouvellement = _renouvellement(request, pk)
    return confirmation(
        request,
        renouvellement.agrement,
        "Retirer ce renouvellement\u00a0?",
        f"{renouvellement.mois} mois, sur l’avis motivé du {date_longue(renouvellement.avis_date)} "
        f"({renouvellement.avis_organisme}). "
        "Sans lui, la fin du parcours revient où elle serait.",
        lambda: supprimer_renouvellement(renouvellement=renouvellement),
    )


def _renouvellement(request: HttpRequest, pk: UUID) -> Renouvellement:
    objets = Renouvellement.objects.pour(request.user).select_related("agrement__beneficiaire", "agrement__plie")
    return get_object_or_404(objets, pk=pk)


def _phrase(mois: int) -> str:
    return (
        f"Un parcours PLIE se renouvelle sur avis motivé écrit, ici de {mois} mois. "
        "Le renouvellement ne déplace aucune fenêtre de clause."
    )


def _formulaire(request: HttpRequest, renouvellement: Renouvellement, ecran: Ecran) -> HttpResponse:
    form = RenouvellementForm(request.POST or None, instance=renouvellement)
    return formulaire(
        request,
        form,
        renouvellement.agrement,
        ecran,
        lambda: enregistrer_renouvellement(renouvellement=form.instance, aujourd_hui=timezone.localdate()),
    )


# Les réglages ------------------------------------------------------------------------------------------------------


@facilitateur_seul
def plie_liste(request: HttpRequest) -> HttpResponse:
    plies = Plie.objects.pour(request.user).annotate(parcours=Count("agrements"))
    return render(request, "parcours/plie/liste.html", {"plies": plies, "defaut": REGLE_PLIE})


@facilitateur_seul
def plie_creer(request: HttpRequest) -> HttpResponse:
    return _reglages(request, Plie(structure=request.user.organisation), "Régler un PLIE")


@facilitateur_seul
def plie_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reglages(request, get_object_or_404(Plie.objects.pour(request.user), pk=pk), "Modifier les réglages")


@facilitateur_seul
def plie_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    plie = get_object_or_404(Plie.objects.pour(request.user), pk=pk)
    refus = ""
    if request.method == "POST":
        try:
            supprimer_plie(plie=plie)
        except ValidationError as erreur:
            refus = " ".join(erreur.messages)
        else:
            messages.success(request, "PLIE retiré des réglages.")
            return redirect("parcours:plie_liste")
    return render(request, "parcours/plie/supprimer.html", {"plie": plie, "refus": refus}, status=422 if refus else 200)


def _reglages(request: HttpRequest, plie: Plie, titre: str) -> HttpResponse:
    est_nouveau = plie._state.adding
    form = PlieForm(request.POST or None, instance=plie)
    if form.is_valid():
        try:
            changes = enregistrer_plie(plie=form.instance)
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            suite = f" {quantite(changes, 'fin estimée')} recalculée{'s' if changes > 1 else ''}." if changes else ""
            messages.success(request, f"Réglages enregistrés.{suite}")
            return redirect("parcours:plie_liste")
    contexte = {"form": form, "plie": plie, "titre": titre, "est_nouveau": est_nouveau}
    return render(request, "parcours/plie/formulaire.html", contexte)
