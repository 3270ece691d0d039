"""Suspendre ou prolonger un PASS IAE : la fin de l'agrément est recopiée de la règle dans la même transaction."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaires.periodes import Periode
from beneficiaires.regles import age_au
from comptes.ecriture import enregistrer, exiger
from comptes.formats import date_longue
from comptes.regles import Refus
from parcours.models import Agrement, EtatProlongation, Prolongation, Suspension
from parcours.regles import (
    FaitsAgrement,
    controler_date_avis,
    controler_motif_suspension,
    controler_prolongation,
    controler_reponse_prolongation,
    controler_suspension,
)
from parcours.services.faits import faits_agrement, recalculer_fin, verrouiller

# Le champ où se lit chaque refus.
CHAMPS_SUSPENSION = {
    "suspension_motif": "motif",
    "suspension_structure": "structure_iae",
    "suspension_sans_fin": "date_fin",
    "suspension_fin": "date_fin",
    "suspension_longue": "date_fin",
    "suspension_hors_pass": "date_debut",
    "suspension_future": "date_debut",
    "suspension_ancienne": "date_debut",
    "suspension_double": "date_debut",
}
CHAMPS_PROLONGATION = {
    "prolongation_motif": "motif",
    "prolongation_structure": "structure_iae",
    "prolongation_age": "motif",
    "prolongation_debut": "date_debut",
    "prolongation_fin": "date_fin",
    "prolongation_longue": "date_fin",
    "prolongation_date_demande": "date_demande",
    "prolongation_demande_future": "date_demande",
    "prolongation_avis": "avis_texte",
    "prolongation_refus": "motif_refus",
    "avis_futur": "avis_date",
    "avis_ancien": "avis_date",
}


@transaction.atomic
def enregistrer_suspension(*, suspension: Suspension, aujourd_hui: date) -> Suspension:
    """Crée ou corrige une suspension et recalcule la fin du PASS. Lève ValidationError, par champ, avec la phrase de la règle."""
    agrement = verrouiller(suspension.agrement)
    _exiger_un_pass(agrement)
    avant = Suspension.objects.filter(pk=suspension.pk).first()
    autres = list(agrement.suspensions.exclude(pk=suspension.pk))
    if suspension.date_fin < suspension.date_debut:
        exiger(
            Refus("La suspension finit avant d’avoir commencé. Corrigez l’une des deux dates.", "suspension_fin"),
            champs=CHAMPS_SUSPENSION,
        )
    tenue = Periode(suspension.date_debut, suspension.date_fin)
    debut_garde = avant is not None and avant.date_debut == suspension.date_debut
    exiger(
        controler_motif_suspension(
            suspension.motif,
            type_structure=suspension.structure_iae,
            deja_enregistre=avant is not None and avant.motif == suspension.motif,
        )
        or controler_suspension(
            tenue,
            debut_pass=agrement.date_debut,
            fin_pass=_fin_sans(agrement, avant),
            autres=[Periode(autre.date_debut, autre.date_fin) for autre in autres],
            aujourd_hui=aujourd_hui,
            saisie_le=min(timezone.localdate(avant.cree_le), aujourd_hui) if avant and debut_garde else None,
        ),
        champs=CHAMPS_SUSPENSION,
    )
    enregistrer(suspension)
    recalculer_fin(verrouiller(agrement))
    return suspension


@transaction.atomic
def supprimer_suspension(*, suspension: Suspension) -> None:
    """Retire une suspension : la fin du PASS revient où elle serait sans elle."""
    agrement = verrouiller(suspension.agrement)
    suspension.delete()
    recalculer_fin(agrement)


@transaction.atomic
def enregistrer_prolongation(*, prolongation: Prolongation, aujourd_hui: date) -> Prolongation:
    """Crée ou corrige une prolongation, de la demande à la réponse ; accordée, elle repousse la fin du PASS.

    Lève ValidationError, par champ, avec la phrase de la règle.
    """
    agrement = verrouiller(prolongation.agrement)
    _exiger_un_pass(agrement)
    avant = Prolongation.objects.filter(pk=prolongation.pk).first()
    _exiger_la_derniere(agrement, avant)
    if prolongation.etat == EtatProlongation.REFUSEE:
        _effacer_l_avis(prolongation)
    elif prolongation.motif_refus:
        prolongation.motif_refus = ""
    refus = (
        _controler_demande(prolongation, agrement, avant, aujourd_hui)
        or controler_reponse_prolongation(etat=prolongation.etat, motif_refus=prolongation.motif_refus)
        or controler_date_avis(prolongation.avis_date, debut=agrement.date_debut, aujourd_hui=aujourd_hui)
    )
    exiger(refus, champs=CHAMPS_PROLONGATION)
    enregistrer(prolongation)
    recalculer_fin(verrouiller(agrement))
    return prolongation


@transaction.atomic
def supprimer_prolongation(*, prolongation: Prolongation) -> None:
    """Retire la dernière prolongation : la fin du PASS revient où elle serait sans elle."""
    agrement = verrouiller(prolongation.agrement)
    _exiger_la_derniere(agrement, prolongation)
    prolongation.delete()
    recalculer_fin(agrement)


def _controler_demande(
    prolongation: Prolongation, agrement: Agrement, avant: Prolongation | None, aujourd_hui: date
) -> Refus | None:
    """Contrôle la demande contre la fin du PASS sans elle. Sans réponse, l'avis peut manquer encore."""
    if prolongation.date_demande > aujourd_hui:
        return Refus("Une demande ne date pas de demain\u00a0: corrigez son jour.", "prolongation_demande_future")
    fin = _fin_sans(agrement, avant)
    if avant is not None and avant.date_debut == prolongation.date_debut and agrement.suspensions.exists():
        # Une suspension enregistrée après l'accord a déplacé la fin : la date écrite à l'accord reste juste.
        fin = prolongation.date_debut
    if prolongation.date_fin <= prolongation.date_debut:
        return Refus("Indiquez une fin qui suit le début de la prolongation.", "prolongation_fin")
    accordees = agrement.prolongations.filter(motif=prolongation.motif, etat=EtatProlongation.ACCORDEE)
    jours = sum((p.date_fin - p.date_debut).days for p in accordees.exclude(pk=prolongation.pk))
    avis = bool(prolongation.avis_prescripteur and prolongation.avis_organisme and prolongation.avis_date)
    return controler_prolongation(
        Periode(prolongation.date_debut, prolongation.date_fin),
        motif=prolongation.motif,
        fin_pass=fin,
        date_demande=prolongation.date_demande,
        deja_accordes_jours=jours,
        avis_prescripteur=prolongation.etat != EtatProlongation.ACCORDEE
        or (avis and bool(prolongation.avis_texte.strip())),
        type_structure=prolongation.structure_iae,
        age=_age(agrement, prolongation.date_debut),
    )


def _age(agrement: Agrement, jour: date) -> int:
    naissance = agrement.beneficiaire.date_naissance
    return age_au(naissance, max(jour, naissance))


def _exiger_la_derniere(agrement: Agrement, prolongation: Prolongation | None) -> None:
    """Les prolongations accordées s'enchaînent : on ne touche qu'à la dernière."""
    if prolongation is None or prolongation.etat != EtatProlongation.ACCORDEE:
        return
    suivante = agrement.prolongations.filter(
        etat=EtatProlongation.ACCORDEE, date_debut__gt=prolongation.date_debut
    ).first()
    if suivante is not None:
        raise ValidationError(
            f"Une autre prolongation commence ensuite, le {date_longue(suivante.date_debut)}\u00a0: "
            "corrigez ou retirez d’abord celle-là.",
            code="prolongation_suivie",
        )


def _fin_sans(agrement: Agrement, objet: Suspension | Prolongation | None) -> date:
    """La fin de l'agrément sans cette suspension ou cette prolongation, déjà gardée ou non."""
    faits = faits_agrement(agrement)
    if objet is None or faits.fin_officielle is not None:
        return faits.fin
    tenue = Periode(objet.date_debut, objet.date_fin)
    est_suspension = isinstance(objet, Suspension)
    return FaitsAgrement(
        type_agrement=faits.type_agrement,
        debut=faits.debut,
        suspensions=tuple(s for s in faits.suspensions if not (est_suspension and s.periode == tenue)),
        prolongations=tuple(p for p in faits.prolongations if est_suspension or p.periode != tenue),
    ).fin


def _effacer_l_avis(prolongation: Prolongation) -> None:
    prolongation.avis_prescripteur = prolongation.avis_organisme = prolongation.avis_texte = ""
    prolongation.avis_date = None


def _exiger_un_pass(agrement: Agrement) -> None:
    if not agrement.est_pass:
        raise ValidationError("Seul un PASS IAE se suspend ou se prolonge.", code="pas_un_pass")
