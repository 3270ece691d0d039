"""Supprimer : une page qui dit ce qui part, ou pourquoi l'objet reste."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clauses.acces import a_modifier, partie_a_modifier, tenue_par_sa_structure
from clauses.models import Avenant, Lot, Marche, Operation, Titulaire
from clauses.services.suppressions import Supprimable, emporte, nommer, obstacle, supprimer
from comptes.droits import facilitateur_seul


@facilitateur_seul
def operation_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = tenue_par_sa_structure(Operation.objects.all(), request.user, pk)
    return page_de_suppression(request, operation, operation, suite=reverse("clauses:operation_liste"))


@facilitateur_seul
def marche_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = a_modifier(Marche.objects.select_related("operation"), request.user, pk)
    return page_de_suppression(request, marche, marche.operation)


@facilitateur_seul
def lot_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    lot = a_modifier(Lot.objects.select_related("marche__operation"), request.user, pk)
    return page_de_suppression(request, lot, lot.marche.operation)


@facilitateur_seul
def titulaire_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    titulaires = Titulaire.objects.select_related("lot__marche__operation", "entreprise")
    titulaire = a_modifier(titulaires, request.user, pk)
    return page_de_suppression(request, titulaire, titulaire.lot.marche.operation)


@facilitateur_seul
def avenant_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    avenants = Avenant.objects.select_related("marche__operation", "engagement__titulaire__lot")
    avenant = partie_a_modifier(avenants, "marche", Marche.objects.all(), request.user, pk)
    return page_de_suppression(request, avenant, avenant.marche.operation)


def page_de_suppression(
    request: HttpRequest, objet: Supprimable, operation: Operation, *, suite: str = "", retour: str = ""
) -> HttpResponse:
    """La page qui dit ce qui part, ou ce qui l'empêche. `suite` : où mène la suppression ; `retour` : où ramène l'annulation."""
    nom, retour = nommer(objet), retour or reverse("reporting:operation_fiche", args=[operation.pk])
    contexte: dict[str, Any] = {"nom": nom, "operation": operation, "retour": retour, "obstacle": obstacle(objet)}
    if request.method == "POST":
        try:
            supprimer(objet=objet, par=request.user)
        except ValidationError as refus:
            contexte["obstacle"] = " ".join(refus.messages)
        else:
            messages.success(request, f"C’est fait\u00a0: {nom} n’existe plus.")
            return redirect(suite or retour)
    contexte["emporte"] = emporte(objet)
    return render(request, "clauses/operations/supprimer.html", contexte)
