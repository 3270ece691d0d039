"""Tranches, bons de commande et partage d'un lot : ce qui change des heures dues les récrit dans la même transaction.

Un plafond en pour cent suit les heures dues : ce que comptent les heures du marché est refait avec elles.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.cumuls import recompter_marche
from clauses.heures_dues import heures_exactes, parametres_heures_dues, recalculer
from clauses.models import (
    Commande,
    Engagement,
    Lot,
    Marche,
    ModeEngagement,
    RegleClause,
    RoleTitulaire,
    Titulaire,
    Tranche,
)
from clauses.regles.dues import arrondir
from clauses.regles.heures_dues import SECTION, ParametresHeuresDues
from clauses.regles.modes_dues import MODES_CALCULES
from clauses.regles.repartition import PorteeArrondi, arrondir_les_lots, controler_parts, repartir_heures
from clauses.services.marches import changer_regle
from comptes.ecriture import enregistrer, exiger
from comptes.models import Utilisateur

HEURES_FIGEES = (
    "Un avenant a changé les heures de {nom}\u00a0: elles ne se partagent plus. Enregistrez un nouvel avenant."
)


def figer_engagement(pk: UUID) -> Engagement:
    """Verrouille l'engagement jusqu'à la fin de la transaction et le rend tel qu'il est en base."""
    return Engagement.objects.select_for_update(of=("self",)).select_related("titulaire__lot__marche").get(pk=pk)


@transaction.atomic
def recalculer_heures_dues(engagement: Engagement, *, par: Utilisateur | None) -> Engagement:
    """Récrit les deux copies de l'engagement d'après ses tranches, ses bons de commande et ses avenants."""
    fige = figer_engagement(engagement.pk)
    justes = recalculer(fige)
    if (fige.heures_initiales, fige.heures_dues) != (justes.initiales, justes.dues):
        fige.heures_initiales, fige.heures_dues = justes.initiales, justes.dues
        enregistrer(fige)
        recompter_marche(fige.titulaire.lot.marche, par=par)
    engagement.heures_initiales, engagement.heures_dues = justes.initiales, justes.dues
    return fige


@transaction.atomic
def enregistrer_part(*, part: Tranche | Commande, par: Utilisateur | None) -> Engagement:
    """Enregistre une tranche ou un bon de commande, et les heures dues qui en découlent. Rend l'engagement à jour.

    Lève ValidationError si la ligne n'est pas valable ou si l'engagement ne se calcule pas ainsi ; alors rien n'est écrit.
    """
    engagement = figer_engagement(part.engagement_id)
    if engagement.mode != MODE_DE[type(part)]:
        raise ValidationError("Les heures de ce titulaire ne se calculent plus ainsi. Rechargez la page.")
    enregistrer(part)
    return recalculer_heures_dues(engagement, par=par)


@transaction.atomic
def retirer_part(*, part: Tranche | Commande, par: Utilisateur | None) -> Engagement:
    """Supprime une tranche ou un bon de commande, et récrit les heures dues."""
    engagement = figer_engagement(part.engagement_id)
    part.delete()
    return recalculer_heures_dues(engagement, par=par)


MODE_DE = {Tranche: ModeEngagement.TRANCHES, Commande: ModeEngagement.COMMANDES}


def membres_du_groupement(lot: Lot) -> list[Titulaire]:
    """Les titulaires qui se partagent les heures du lot, mandataire d'abord ; un sous-traitant ne doit rien lui-même."""
    ordre = list(RoleTitulaire.values)
    membres = lot.titulaires.exclude(role=RoleTitulaire.SOUS_TRAITANT).select_related("entreprise", "engagement")
    return sorted(membres, key=lambda membre: (ordre.index(membre.role), membre.entreprise.nom, str(membre.pk)))


def partage_du_lot(heures_lot: Decimal, parts: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """Rend les heures de chaque membre : leur somme est celles du lot. L'ordre ne dépend ni des noms ni des rôles."""
    ordre = sorted(parts)
    return dict(zip(ordre, repartir_heures(heures_lot, [parts[membre] for membre in ordre]), strict=True))


@transaction.atomic
def partager_le_lot(
    *, lot: Lot, heures_lot: Decimal, parts: Mapping[UUID, Decimal], par: Utilisateur | None
) -> list[Engagement]:
    """Partage les heures du lot entre les membres du groupement, selon leurs parts en pour cent (100 en tout).

    Lève ValidationError si les parts ne font pas 100, si un membre manque, ou si un avenant est déjà parti des heures d'un membre.
    """
    Lot.objects.select_for_update(of=("self",)).get(pk=lot.pk)
    membres = membres_du_groupement(lot)
    if {membre.pk for membre in membres} != set(parts):
        raise ValidationError("Le groupement a changé entre-temps. Rechargez la page.")
    exiger(controler_parts(list(parts.values())))
    heures = partage_du_lot(heures_lot, parts)
    ecrits = []
    for membre in membres:
        engagement = getattr(membre, "engagement", None) or Engagement(titulaire=membre)
        _refuser_si_change(engagement, membre)
        for champ in CHAMPS_DE_CALCUL:
            setattr(engagement, champ, None)
        engagement.mode, engagement.calcul_commandes = ModeEngagement.PART_LOT, ""
        engagement.part_lot_pourcent, engagement.heures_lot = parts[membre.pk], heures_lot
        engagement.heures_initiales = engagement.heures_dues = heures[membre.pk]
        enregistrer(engagement)
        ecrits.append(engagement)
    accorder_les_arrondis(lot.marche, par=par)
    return ecrits


CHAMPS_DE_CALCUL = (
    "montant_ht_euros",
    "part_main_oeuvre",
    "taux_effort",
    "cout_horaire_euros",
    "ratio_heures",
    "ratio_euros",
    "seuil_commande_euros",
    "heures_totales",
    "heures_reprises",
)


def _refuser_si_change(engagement: Engagement, membre: Titulaire) -> None:
    if engagement._state.adding:
        return
    if engagement.avenants.filter(heures_apres__isnull=False).exists():
        raise ValidationError(HEURES_FIGEES.format(nom=membre.entreprise.nom))
    if engagement.tranches.exists() or engagement.commandes.exists():
        raise ValidationError(
            f"Les heures de {membre.entreprise.nom} viennent de tranches ou de bons de commande. Supprimez-les d’abord."
        )


@transaction.atomic
def accorder_les_arrondis(marche: Marche, *, par: Utilisateur | None) -> None:
    """Refait l'arrondi des heures calculées du marché, lot par lot ou sur le total selon sa règle."""
    regle = marche.regles.filter(est_courante=True).first()
    calcules = engagements_calcules(marche)
    for engagement, voulues in zip(calcules, initiales_voulues(calcules, parametres_heures_dues(regle)), strict=True):
        if voulues is not None and engagement.heures_initiales != voulues:
            engagement.heures_initiales = engagement.heures_dues = voulues
            enregistrer(engagement)
    recompter_marche(marche, par=par)


@transaction.atomic
def changer_regle_heures_dues(
    *,
    marche: Marche,
    parametres: ParametresHeuresDues,
    par: Utilisateur | None,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
) -> RegleClause:
    """Enregistre la règle des heures dues du marché (et d'autres `sections` avec elle) et refait les arrondis qui en dépendent."""
    regle = changer_regle(marche=marche, sections={**(sections or {}), SECTION: parametres.vers_json()}, par=par)
    accorder_les_arrondis(marche, par=par)
    return regle


def initiales_voulues(calcules: Sequence[Engagement], parametres: ParametresHeuresDues) -> list[Decimal | None]:
    """Rend les heures à l'attribution que doit avoir chaque engagement calculé d'un marché ; None : elles ne bougent plus.

    Des heures qu'un avenant a changées ne bougent plus ; sur un total, aucune ne bouge dès qu'un avenant en a changé une.
    """
    if parametres.portee_arrondi == PorteeArrondi.LOT:
        return [None if e.avenants.all() else arrondir(heures_exactes(e), e.arrondi) for e in calcules]
    if any(engagement.avenants.all() for engagement in calcules):
        return [None] * len(calcules)
    exactes = [heures_exactes(engagement) for engagement in calcules]
    return list(arrondir_les_lots(exactes, arrondi=parametres.arrondi, portee=parametres.portee_arrondi))


def engagements_calcules(marche: Marche) -> list[Engagement]:
    """Les engagements du marché dont les heures se calculent (formule, nettoyage), avenants préchargés, toujours dans le même ordre."""
    calcules = Engagement.objects.filter(titulaire__lot__marche=marche, mode__in=MODES_CALCULES)
    return list(calcules.prefetch_related("avenants").order_by("pk"))
