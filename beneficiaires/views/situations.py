"""Situations d'une personne et pièces vues."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.forms.situations import JustificatifForm, SituationForm
from beneficiaires.models import Beneficiaire, Justificatif, Situation
from beneficiaires.regles import CRITERES, preuve_suffisante
from beneficiaires.views.saisie import donnees_postees
from comptes.droits import facilitateur_seul
from comptes.formats import date_longue


def _a_ecrire(request: HttpRequest, lignes: QuerySet, pk: UUID):
    """La ligne visible, verrouillée pendant une écriture : de deux envois au même instant, le second voit le premier."""
    if request.method == "POST":
        lignes = lignes.select_for_update(of=("self",), no_key=True)
    return get_object_or_404(lignes, pk=pk)


@facilitateur_seul
@transaction.atomic
def situation_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    personne = _a_ecrire(request, Beneficiaire.objects.pour(request.user), pk)
    aujourd_hui = timezone.localdate()
    donnees = donnees_postees(request)
    formulaire = SituationForm(donnees, personne=personne, aujourd_hui=aujourd_hui)
    piece = JustificatifForm(donnees, prefix="piece", utilisateur=request.user, aujourd_hui=aujourd_hui)
    if request.method == "POST" and formulaire.is_valid() and piece.is_valid():
        situation = formulaire.save()
        if piece.has_changed():
            piece.instance.situation = situation
            piece.instance.piece = piece.instance.piece or CRITERES[situation.critere].piece
            piece.save()
        _annoncer(request, situation, piece.instance if piece.has_changed() else None, aujourd_hui)
        return redirect("reporting:personne_fiche", pk)
    contexte = {"form": formulaire, "piece": piece, "personne": personne, "situation": None}
    return render(request, "beneficiaires/situations/situation.html", contexte)


@facilitateur_seul
@transaction.atomic
def situation_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    situation = _a_ecrire(request, Situation.objects.pour(request.user).select_related("beneficiaire"), pk)
    personne = situation.beneficiaire
    formulaire = SituationForm(
        donnees_postees(request), instance=situation, personne=personne, aujourd_hui=timezone.localdate()
    )
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        messages.success(
            request, "La situation est à jour. Les décisions d’éligibilité déjà prises gardent les faits d’alors."
        )
        return redirect("reporting:personne_fiche", personne.pk)
    contexte = {"form": formulaire, "piece": None, "personne": personne, "situation": situation}
    return render(request, "beneficiaires/situations/situation.html", contexte)


@facilitateur_seul
@transaction.atomic
def justificatif_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    situation = _a_ecrire(request, Situation.objects.pour(request.user).select_related("beneficiaire"), pk)
    aujourd_hui = timezone.localdate()
    formulaire = JustificatifForm(
        donnees_postees(request), utilisateur=request.user, aujourd_hui=aujourd_hui, situation=situation
    )
    if request.method == "POST" and formulaire.is_valid():
        formulaire.instance.situation = situation
        if formulaire.debut_avance:
            situation.date_debut = formulaire.debut_avance
            situation.save(update_fields=["date_debut"])
            messages.info(request, f"La situation commence maintenant le {date_longue(situation.date_debut)}.")
        _annoncer(request, situation, formulaire.save(), aujourd_hui)
        return redirect("reporting:personne_fiche", situation.beneficiaire_id)
    contexte = {
        "form": formulaire,
        "personne": situation.beneficiaire,
        "situation": situation,
        "critere": CRITERES[situation.critere],
    }
    return render(request, "beneficiaires/situations/justificatif.html", contexte)


def _annoncer(request: HttpRequest, situation: Situation, piece: Justificatif | None, aujourd_hui: date) -> None:
    """Dit ce qui est gardé, et ce que vaut la pièce aujourd'hui : trop ancienne, elle reste un fait, mais on le dit."""
    critere = CRITERES[situation.critere]
    if piece is None:
        messages.success(
            request, f"«\u00a0{critere.libelle}\u00a0» est enregistré. Il reste à voir la pièce\u00a0: {critere.piece}."
        )
        return
    refus = preuve_suffisante(critere, piece.date_piece, aujourd_hui)
    if piece.date_piece < situation.date_debut:
        messages.warning(
            request,
            f"La pièce est du {date_longue(piece.date_piece)}, avant le début noté de la situation, le "
            f"{date_longue(situation.date_debut)}\u00a0: avant ce jour, la situation ne compte pas.",
        )
    if refus is None:
        messages.success(request, f"«\u00a0{critere.libelle}\u00a0»\u00a0: la pièce est enregistrée.")
    else:
        messages.warning(
            request, f"La pièce est enregistrée, mais elle ne prouve plus rien aujourd’hui. {refus.phrase}"
        )
