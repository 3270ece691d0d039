"""Les heures dues d'un engagement, lues : ce qui les fait, leur calcul écrit, leur histoire.

`Engagement.heures_dues` est une copie : `recalculer` en donne la valeur à partir de l'engagement, de ses tranches, de ses bons de
commande et de ses avenants ; `clauses.services.engagements` l'écrit, `manage.py verifier_coherence` la compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from clauses.models import Avenant, Commande, Engagement, Marche, ModeEngagement, RegleClause, Tranche
from clauses.regles.dues import Arrondi, calculer_heures_exactes, ecrire_formule
from clauses.regles.heures_dues import SECTION, ParametresHeuresDues
from clauses.regles.historique_dues import EtapeDues, EvenementDues, heures_dues_a_jour, historique_dues
from clauses.regles.modes_dues import (
    CalculCommandes,
    FaitTranche,
    RegleCommandes,
    ecrire_calcul_commandes,
    ecrire_nettoyage,
    heures_des_commandes,
    heures_des_tranches,
    heures_nettoyage_exactes,
)
from clauses.regles.penalites import SECTION as SECTION_PENALITES
from clauses.regles.penalites import ParametresPenalites
from clauses.regles.repartition import ecrire_part
from comptes.formats import heures as ecrire_heures
from comptes.formats import quantite

ZERO = Decimal(0)
MODES_MOUVANTS = frozenset({ModeEngagement.TRANCHES.value, ModeEngagement.COMMANDES.value})


def parametres_heures_dues(regle: RegleClause | None) -> ParametresHeuresDues:
    """La section « heures_dues » de la règle ; les valeurs par défaut quand elle n'est pas écrite."""
    return ParametresHeuresDues.depuis_json(regle.options.get(SECTION, {}) if regle else {})


def parametres_penalites(regle: RegleClause | None) -> ParametresPenalites:
    """Ce que la règle prévoit comme pénalités : sa section, et ses deux colonnes."""
    if regle is None:
        return ParametresPenalites()
    return ParametresPenalites.depuis_json(
        regle.options.get(SECTION_PENALITES, {}),
        euros_par_heure=regle.penalite_euros_par_heure,
        mise_en_demeure_jours=regle.mise_en_demeure_jours,
    )


@dataclass(frozen=True, slots=True)
class HeuresRecalculees:
    """Ce que doivent dire les deux copies d'un engagement, et les heures des tranches pas encore affermies."""

    initiales: Decimal
    dues: Decimal
    conditionnelles: Decimal


def recalculer(engagement: Engagement) -> HeuresRecalculees:
    """Relit les tranches, bons et avenants de l'engagement (préchargés ou non) et rend ses heures.

    Les heures de l'attribution sont les tranches fermes ; rien avant le premier bon de commande ; ce qui a été écrit ou calculé dans
    les autres modes.
    """
    initiales, base, conditionnelles = engagement.heures_initiales, engagement.heures_initiales, ZERO
    if engagement.mode == ModeEngagement.TRANCHES:
        tranches = [fait_tranche(tranche) for tranche in engagement.tranches.all()]
        base, conditionnelles = heures_des_tranches(tranches)
        initiales = sum((t.heures for t in tranches if not t.est_optionnelle), ZERO)
    elif engagement.mode == ModeEngagement.COMMANDES:
        initiales, base = ZERO, heures_des_commandes(montants_commandes(engagement), regle_commandes(engagement))
    return HeuresRecalculees(initiales, heures_dues_a_jour(base, variations(engagement)), conditionnelles)


def variations(engagement: Engagement) -> list[Decimal]:
    """Ce que chaque avenant a ajouté aux heures de cet engagement, ou retiré."""
    return [a.heures_apres - (a.heures_avant or ZERO) for a in engagement.avenants.all() if a.heures_apres is not None]


def heures_exactes(engagement: Engagement) -> Decimal:
    """Les heures de l'attribution avant arrondi : le prorata et l'arrondi sur le total partent d'elles."""
    match engagement.mode:
        case ModeEngagement.FORMULE:
            return calculer_heures_exactes(**termes_formule(engagement))
        case ModeEngagement.NETTOYAGE:
            return heures_nettoyage_exactes(**termes_nettoyage(engagement))
    return engagement.heures_initiales


def ecrire_calcul(engagement: Engagement) -> str:
    """Le calcul des heures de l'attribution, en toutes lettres ; vide quand le nombre est écrit au marché."""
    initiales = engagement.heures_initiales
    match engagement.mode:
        case ModeEngagement.FORMULE:
            return _avec_l_arrondi_du_total(
                ecrire_formule(**termes_formule(engagement), arrondi=engagement.arrondi), engagement
            )
        case ModeEngagement.NETTOYAGE:
            ecrit = ecrire_nettoyage(**termes_nettoyage(engagement), arrondi=engagement.arrondi)
            return _avec_l_arrondi_du_total(ecrit, engagement)
        case ModeEngagement.PART_LOT:
            return ecrire_part(engagement.part_lot_pourcent, engagement.heures_lot, initiales)
        case ModeEngagement.COMMANDES:
            return ecrire_calcul_commandes(montants_commandes(engagement), regle_commandes(engagement))
        case ModeEngagement.TRANCHES:
            tranches = list(engagement.tranches.all())
            if not tranches:
                return "Aucune tranche pour l’instant\u00a0: aucune heure n’est due."
            dues = [tranche for tranche in tranches if fait_tranche(tranche).est_due]
            somme = " + ".join(ecrire_heures(tranche.heures) for tranche in dues) or ecrire_heures(0)
            total = ecrire_heures(sum((tranche.heures for tranche in dues), ZERO))
            nombre = quantite(len(dues), "tranche ferme ou affermie,tranches fermes ou affermies")
            return f"{nombre}\u00a0: {somme}{f' = {total}' if len(dues) > 1 else ''}"
    return ""


def _avec_l_arrondi_du_total(calcul: str, engagement: Engagement) -> str:
    """Quand l'arrondi se fait sur le total du marché, les heures retenues peuvent différer d'une heure : on le dit."""
    retenues = ecrire_heures(engagement.heures_initiales)
    return (
        calcul
        if calcul.endswith(retenues)
        else f"{calcul}\u00a0; {retenues} retenues, l’arrondi portant sur le total du marché"
    )


def historique(engagement: Engagement) -> tuple[EtapeDues, ...]:
    """Ce qui a changé les heures dues depuis l'attribution : avenants, tranches affermies, bons de commande."""
    evenements = [
        EvenementDues(f"avenant {a.numero}", a.date_notification, a.heures_apres - (a.heures_avant or ZERO), a.objet)
        for a in engagement.avenants.all()
        if a.heures_apres is not None
    ]
    if engagement.mode == ModeEngagement.TRANCHES:
        evenements += [
            EvenementDues(f"tranche {t.numero} affermie", t.date_affermissement, t.heures, t.intitule)
            for t in engagement.tranches.all()
            if t.est_optionnelle and t.date_affermissement is not None
        ]
    elif engagement.mode == ModeEngagement.COMMANDES:
        evenements += _evenements_commandes(engagement)
    return historique_dues(recalculer(engagement).initiales, evenements)


def _evenements_commandes(engagement: Engagement) -> list[EvenementDues]:
    regle, evenements, passes, avant = regle_commandes(engagement), [], [], ZERO
    for commande in commandes_en_ordre(engagement):
        passes.append(commande.montant_ht_euros)
        apres = heures_des_commandes(passes, regle)
        evenements.append(EvenementDues(f"bon {commande.reference}", commande.date_commande, apres - avant))
        avant = apres
    return evenements


def heures_conditionnelles(engagements: QuerySet[Engagement]) -> dict[UUID, Decimal]:
    """Rend, par engagement, les heures de ses tranches optionnelles pas encore affermies. Une requête."""
    tranches = Tranche.objects.filter(
        engagement__in=engagements.order_by().values("pk"), est_optionnelle=True, date_affermissement=None
    )
    return dict(tranches.order_by().values_list("engagement").annotate(Sum("heures")))


def fait_tranche(tranche: Tranche) -> FaitTranche:
    return FaitTranche(tranche.numero, tranche.heures, tranche.est_optionnelle, tranche.date_affermissement)


def commandes_en_ordre(engagement: Engagement) -> list[Commande]:
    return sorted(engagement.commandes.all(), key=lambda c: (c.date_commande, c.reference))


def montants_commandes(engagement: Engagement) -> list[Decimal]:
    return [commande.montant_ht_euros for commande in commandes_en_ordre(engagement)]


def regle_commandes(engagement: Engagement) -> RegleCommandes:
    return RegleCommandes(
        ratio_heures=engagement.ratio_heures,
        ratio_euros=engagement.ratio_euros,
        calcul=CalculCommandes(engagement.calcul_commandes),
        arrondi=Arrondi(engagement.arrondi),
        seuil_euros=engagement.seuil_commande_euros,
    )


def termes_formule(engagement: Engagement) -> dict[str, Decimal]:
    return {
        "montant_ht_euros": engagement.montant_ht_euros,
        "part_main_oeuvre": engagement.part_main_oeuvre,
        "taux_effort": engagement.taux_effort,
        "cout_horaire_euros": engagement.cout_horaire_euros,
    }


def termes_nettoyage(engagement: Engagement) -> dict[str, Decimal]:
    return {
        "heures_totales": engagement.heures_totales,
        "heures_reprises": engagement.heures_reprises,
        "taux_effort": engagement.taux_effort,
    }


def montant_courant(marche: Marche, avenants: Sequence[Avenant]) -> Decimal | None:
    """Le montant HT du marché après ses avenants (rangés par date) : le dernier écrit, à défaut celui de l'attribution."""
    ecrits = [avenant.montant_ht_euros for avenant in avenants if avenant.montant_ht_euros is not None]
    return ecrits[-1] if ecrits else marche.montant_ht_euros
