"""Ouvrir un diagnostic, garder une étape, le finir, rouvrir le dernier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.referentiels import FREINS
from comptes.ecriture import enregistrer, exiger
from comptes.models import Utilisateur
from parcours.models import Diagnostic, EtapeDiagnostic, Frein, Parcours
from parcours.regles.bilan import controler_jour_diagnostic
from parcours.regles.freins import EtatFrein
from parcours.services.freins import decrire_frein
from parcours.services.verrou import parcours_modifiable


@dataclass(frozen=True)
class FreinDit:
    """Ce que l'étape « freins » dit d'une rubrique."""

    etat: EtatFrein
    situations: list[int]
    objectifs: list[int]
    precision: str


@transaction.atomic
def ouvrir_diagnostic(*, parcours: Parcours, auteur: Utilisateur, jour: date) -> Diagnostic:
    """Rend le diagnostic en cours du parcours, ou en commence un : deux envois n'en font pas deux."""
    parcours = parcours_modifiable(parcours)
    en_cours = parcours.diagnostics.filter(fini_le__isnull=True).first()
    if en_cours is not None:
        return en_cours
    diagnostic = Diagnostic(parcours=parcours, date_diagnostic=max(jour, parcours.date_debut), auteur=auteur)
    enregistrer(diagnostic)
    return diagnostic


def garder_etape(diagnostic: Diagnostic, etape: EtapeDiagnostic) -> None:
    """Note que l'étape est faite, et garde le diagnostic, déjà contrôlé par son formulaire."""
    if etape.value not in diagnostic.etapes_faites:
        diagnostic.etapes_faites = [*diagnostic.etapes_faites, etape.value]
    enregistrer(diagnostic)


@transaction.atomic
def dater_diagnostic(*, diagnostic: Diagnostic, jour: date, aujourd_hui: date) -> None:
    """Change le jour de l'entretien. Lève ValidationError hors du parcours ou dans l'avenir."""
    exiger(
        controler_jour_diagnostic(jour, debut_parcours=diagnostic.parcours.date_debut, aujourd_hui=aujourd_hui),
        "date_diagnostic",
    )
    diagnostic.date_diagnostic = jour


@transaction.atomic
def garder_freins(*, diagnostic: Diagnostic, dits: Mapping[str, FreinDit], aujourd_hui: date) -> None:
    """Met les freins du parcours à jour au jour de l'entretien, et en garde la copie dans le diagnostic.

    Lève ValidationError ; une erreur porte le nom de la rubrique : rien n'est changé, même pour les autres.
    """
    erreurs = {}
    for rubrique, dit in dits.items():
        try:
            _decrire(diagnostic, rubrique, dit, aujourd_hui)
        except ValidationError as erreur:
            erreurs[rubrique] = erreur.messages
    if erreurs:
        raise ValidationError(erreurs)
    diagnostic.freins = copie_des_freins(diagnostic.parcours)
    garder_etape(diagnostic, EtapeDiagnostic.FREINS)


def _decrire(diagnostic: Diagnostic, rubrique: str, dit: FreinDit, aujourd_hui: date) -> None:
    """Un état qui ne change pas garde sa date : redire un frein n'est pas le repérer une seconde fois."""
    frein = Frein.objects.filter(parcours=diagnostic.parcours_id, rubrique=rubrique).first()
    inchange = frein is not None and frein.etat == dit.etat
    decrire_frein(
        parcours=diagnostic.parcours,
        rubrique=rubrique,
        etat=dit.etat,
        jour=frein.date_etat if inchange else diagnostic.date_diagnostic,
        situations=dit.situations,
        objectifs=dit.objectifs,
        precision=dit.precision,
        aujourd_hui=aujourd_hui,
    )


def copie_des_freins(parcours: Parcours) -> dict[str, dict[str, object]]:
    """L'état de chaque frein, tel que le diagnostic le garde : {rubrique: {etat, situations, objectifs, precision}}."""
    gardes = {frein.rubrique: frein for frein in parcours.freins.all()}
    return {
        rubrique: {
            "etat": frein.etat,
            "situations": list(frein.situations),
            "objectifs": list(frein.objectifs),
            "precision": frein.precision,
        }
        for rubrique in FREINS
        if (frein := gardes.get(rubrique)) and frein.etat != EtatFrein.NON_ABORDE
    }


@transaction.atomic
def finir_diagnostic(*, diagnostic: Diagnostic, maintenant: datetime) -> None:
    """Ferme le diagnostic. Les étapes non remplies restent « non dites ». Lève ValidationError si le parcours est fini."""
    parcours_modifiable(diagnostic.parcours)
    if diagnostic.fini_le is None:
        diagnostic.fini_le = maintenant
        enregistrer(diagnostic)


@transaction.atomic
def rouvrir_diagnostic(*, diagnostic: Diagnostic) -> None:
    """Rouvre le dernier diagnostic du parcours. Un plus ancien reste ce qu'il était : c'est à lui que l'on compare."""
    parcours = parcours_modifiable(diagnostic.parcours)
    if parcours.diagnostics.first() != diagnostic:
        raise ValidationError(
            "Seul le dernier diagnostic se rouvre\u00a0: les autres servent à comparer.", code="ancien"
        )
    diagnostic.fini_le = None
    enregistrer(diagnostic)
