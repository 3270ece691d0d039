"""D'un agrément gardé aux faits que lisent les règles, et sa fin recopiée de la règle."""

from collections.abc import Mapping
from types import MappingProxyType

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode
from comptes.ecriture import enregistrer, exiger
from comptes.formats import date_longue
from parcours.models import Agrement, EtatProlongation, Prolongation
from parcours.regles import (
    REGLE_PLIE,
    FaitsAgrement,
    ProlongationDite,
    RenouvellementDit,
    SuspensionDite,
    controler_succession,
    controler_suspensions_gardees,
)


def faits_agrement(agrement: Agrement) -> FaitsAgrement:
    """Réunit les faits d'un agrément ; `Agrement.objects.avec_faits()` les joint d'avance pour une liste."""
    return FaitsAgrement(
        type_agrement=agrement.type_agrement,
        debut=agrement.date_debut,
        fin_officielle=agrement.fin_officielle,
        suspensions=tuple(
            SuspensionDite(Periode(s.date_debut, s.date_fin), s.get_motif_display()) for s in agrement.suspensions.all()
        ),
        prolongations=tuple(
            ProlongationDite(Periode(p.date_debut, p.date_fin), p.get_motif_display(), p.etat, _precision(p))
            for p in agrement.prolongations.all()
        ),
        renouvellements=tuple(
            RenouvellementDit(r.mois, f"sur l’avis motivé du {date_longue(r.avis_date)} ({r.avis_organisme})")
            for r in agrement.renouvellements.all()
        ),
        regle_plie=agrement.plie.regle if agrement.plie else REGLE_PLIE,
    )


def _precision(prolongation: Prolongation) -> str:
    if prolongation.etat == EtatProlongation.REFUSEE:
        return f"refusée ({prolongation.get_motif_refus_display()})"
    if prolongation.avis_organisme and prolongation.avis_date:
        return f"avis du {date_longue(prolongation.avis_date)} ({prolongation.avis_organisme})"
    return ""


def verrouiller(agrement: Agrement) -> Agrement:
    """Rend l'agrément relu et verrouillé avec sa personne : deux écritures sur ses dates se suivent, jamais ne se croisent."""
    Beneficiaire.objects.select_for_update().get(pk=agrement.beneficiaire_id)
    return Agrement.objects.select_related("beneficiaire", "plie").get(pk=agrement.pk)


def recalculer_fin(agrement: Agrement) -> None:
    """Recopie la fin que donnent les règles. Lève ValidationError si une autre période de la personne ne la permet plus."""
    faits = faits_agrement(agrement)
    exiger_des_suspensions_tenues(faits)
    agrement.date_fin = faits.fin
    exiger_la_succession(agrement)
    enregistrer(agrement)


def exiger_des_suspensions_tenues(faits: FaitsAgrement, champs: Mapping[str, str] = MappingProxyType({})) -> None:
    """Refuse un changement qui laisserait une suspension hors du PASS."""
    exiger(
        controler_suspensions_gardees(
            faits.debut,
            faits.fin,
            [s.periode for s in faits.suspensions],
            est_ecrite=faits.fin_officielle is not None,
        ),
        champs=champs,
    )


def exiger_la_succession(agrement: Agrement, champs: Mapping[str, str] = MappingProxyType({})) -> None:
    """Refuse deux agréments du même type qui auraient un jour commun."""
    autres = Agrement.objects.filter(
        beneficiaire=agrement.beneficiaire_id, type_agrement=agrement.type_agrement
    ).exclude(pk=agrement.pk)
    exiger(
        controler_succession(
            agrement.type_agrement,
            Periode(agrement.date_debut, agrement.date_fin),
            [Periode(autre.date_debut, autre.date_fin) for autre in autres],
        ),
        champs=champs,
    )
