"""Créer la fiche d'une personne, une fois les ressemblances écartées, et la corriger."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from beneficiaires.doublons import Doublon, Identite, chercher_doublons
from beneficiaires.models import Beneficiaire, MetierRome
from comptes.ecriture import enregistrer
from comptes.models import Organisation


@transaction.atomic
def creer_beneficiaire(
    *, fiche: Beneficiaire, metiers: Iterable[MetierRome], ecartes: Iterable[UUID] = ()
) -> list[Doublon]:
    """Enregistre la fiche, ou rend les personnes ressemblantes que l'utilisateur n'a pas encore écartées.

    `ecartes` : celles qu'il a vues et dont il dit que ce n'est pas la même personne. La structure est verrouillée : de deux
    envois au même instant, le second voit la fiche du premier. Lève ValidationError si la fiche ne peut pas être gardée.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=fiche.structure_id)
    doublons = chercher_doublons(structure=fiche.structure, identite=Identite.de(fiche))
    if {doublon.beneficiaire.pk for doublon in doublons} - set(ecartes):
        return doublons
    enregistrer(fiche)
    fiche.metiers.set(metiers)
    return []


@transaction.atomic
def modifier_beneficiaire(*, fiche: Beneficiaire, metiers: Iterable[MetierRome]) -> None:
    """Enregistre la fiche corrigée. Lève ValidationError si une autre vient de prendre son identifiant France Travail."""
    enregistrer(fiche)
    fiche.metiers.set(metiers)
