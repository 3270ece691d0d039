"""« Et si ? » : les chiffres d'un lot, tels qu'ils sont ou sous d'autres hypothèses. Le même calcul pour les deux colonnes."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from beneficiaires.periodes import Periode
from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import Arrondi, FaitAvenant, RegleAvenant, heures_apres_avenants
from clauses.regles.modes_dues import CalculCommandes, RegleCommandes, heures_des_commandes
from clauses.regles.penalites import ParametresPenalites, PenaliteProposee, proposer_penalite
from clauses.regles.rythme import Besoin, RythmePlausible, evaluer_besoin, projeter
from comptes.formats import date_longue

ZERO: Final = Decimal(0)
CENTIEME: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class EngagementSimule:
    """Un engagement du lot. `heures_exactes` : avant arrondi, ce dont part le prorata. `montant_de_base_euros` : ce que valait le lot
    quand ces heures ont été fixées ; None : ce qu'il vaut aujourd'hui. `commandes` : montants des bons déjà passés, avec leur règle,
    quand ce sont eux qui font les heures."""

    cle: str
    nom: str
    heures_dues: Decimal
    heures_exactes: Decimal
    arrondi: Arrondi
    regle_commandes: RegleCommandes | None = None
    commandes: tuple[Decimal, ...] = ()
    montant_de_base_euros: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SituationLot:
    """Un lot tel qu'il est. `rythme_mensuel` : heures par mois du titulaire. `montant_euros` : ce que le lot vaut aujourd'hui, HT."""

    engagements: tuple[EngagementSimule, ...]
    validees: Decimal
    arrete_le: date
    rythme_mensuel: Decimal
    periode: Periode | None
    montant_euros: Decimal | None = None
    montant_marche_euros: Decimal | None = None
    regle_avenant: RegleAvenant = RegleAvenant.PRORATA
    seuil_pourcent: Decimal | None = None
    penalites: ParametresPenalites | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Ce qui change ; None : comme aujourd'hui."""

    montant_euros: Decimal | None = None
    date_fin: date | None = None
    rythme_mensuel: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChiffresLot:
    """Les chiffres d'une colonne. `besoin` et la suite : None sans dates d'exécution complètes (« à compléter »).

    `penalite` : proposée si le lot finissait à ce rythme ; None quand le marché n'en prévoit pas pour les heures.
    """

    heures_dues: Decimal
    par_engagement: tuple[tuple[str, str, Decimal], ...]
    montant_euros: Decimal | None
    periode: Periode | None
    rythme_mensuel: Decimal
    besoin: Besoin | None
    heures_au_terme: Decimal | None
    manquantes_au_terme: Decimal | None
    penalite: PenaliteProposee | None


def simuler(situation: SituationLot, scenario: Scenario | None = None) -> ChiffresLot:
    """Rend les chiffres du lot sous ce scénario. Sans scénario, ou sous un scénario vide : ses chiffres d'aujourd'hui.

    Le nouveau montant change les heures comme un avenant notifié le jour de l'arrêté, par la règle du marché ; des bons de commande
    reçoivent la différence comme un bon de plus. Lève Contradiction quand l'hypothèse ne tient pas (fin avant le début…).
    """
    scenario = scenario or Scenario()
    controler_scenario(situation, scenario)
    heures = tuple((e.cle, e.nom, _heures(e, situation, scenario)) for e in situation.engagements)
    dues = sum((valeur for _, _, valeur in heures), ZERO)
    periode = situation.periode
    if scenario.date_fin is not None and periode is not None:
        periode = replace(periode, fin=scenario.date_fin)
    montant = situation.montant_euros if scenario.montant_euros is None else scenario.montant_euros
    rythme = situation.rythme_mensuel if scenario.rythme_mensuel is None else scenario.rythme_mensuel
    besoin = au_terme = manquantes = penalite = None
    if periode is not None and periode.fin is not None:
        besoin = evaluer_besoin(
            validees=situation.validees,
            heures_dues=dues,
            periode_execution=periode,
            arrete_le=situation.arrete_le,
            rythme=RythmePlausible(rythme, "rythme de cette colonne"),
        )
        projection = projeter(
            validees=situation.validees,
            heures_dues=dues,
            derniers_mois=[rythme],
            periode_execution=periode,
            arrete_le=situation.arrete_le,
        )
        au_terme = projection.heures_a_la_fin
        manquantes = max(dues - au_terme, ZERO)
        penalite = _penalite(situation, montant, dues, au_terme)
    return ChiffresLot(dues, heures, montant, periode, rythme, besoin, au_terme, manquantes, penalite)


def controler_scenario(situation: SituationLot, scenario: Scenario) -> None:
    """Refuse une hypothèse impossible, sur le champ en cause."""
    montant, fin, rythme = scenario.montant_euros, scenario.date_fin, scenario.rythme_mensuel
    if montant is not None and montant <= 0:
        raise Contradiction("montant_euros", "Le nouveau montant est supérieur à zéro.")
    if montant is not None and not (situation.montant_euros or ZERO) > 0:
        raise Contradiction(
            "montant_euros", "Ce lot n’a pas de montant HT\u00a0: indiquez-le d’abord dans la fiche du lot."
        )
    if rythme is not None and rythme < 0:
        raise Contradiction("rythme_mensuel", "Un rythme n’est pas négatif.")
    if fin is None:
        return
    if situation.periode is None:
        raise Contradiction("date_fin", "À compléter\u00a0: date de début d’exécution du lot ou du marché.")
    if fin < situation.periode.debut:
        raise Contradiction("date_fin", f"La fin précède le début, le {date_longue(situation.periode.debut)}.")


def mois_de_duree(periode: Periode) -> int:
    """Rend la durée d'une période en mois entiers, arrondie au plus proche, au moins 1.

    Lève ValueError sans date de fin.
    """
    mois = periode.nombre_mois()
    if mois is None:
        raise ValueError("Une durée demande une date de fin.")
    return max(int(mois.to_integral_value(rounding=ROUND_HALF_UP)), 1)


def _heures(engagement: EngagementSimule, situation: SituationLot, scenario: Scenario) -> Decimal:
    ancien, nouveau = situation.montant_euros, scenario.montant_euros
    if nouveau is None or ancien is None or nouveau == ancien:
        return engagement.heures_dues
    if engagement.regle_commandes is not None:
        return _heures_commandees(engagement, engagement.regle_commandes, nouveau - ancien)
    if situation.regle_avenant == RegleAvenant.FIGE:
        return engagement.heures_dues
    base = ancien if engagement.montant_de_base_euros is None else engagement.montant_de_base_euros
    if nouveau == base:
        return engagement.heures_dues
    ligne = heures_apres_avenants(
        montant_initial_euros=base,
        heures_initiales=engagement.heures_exactes,
        avenants=[FaitAvenant("ce scénario", situation.arrete_le, nouveau - base)],
        regle=situation.regle_avenant,
        seuil_pourcent=situation.seuil_pourcent,
        arrondi=engagement.arrondi,
    )[-1]
    # Sous le seuil, rien ne change : pas même un arrondi.
    return engagement.heures_dues if ligne.heures_apres == ligne.heures_avant else ligne.heures_apres


def _heures_commandees(engagement: EngagementSimule, regle: RegleCommandes, ecart: Decimal) -> Decimal:
    """Un bon de plus, ou le cumul diminué d'autant ; bon par bon, retirer un montant ne retire aucun bon."""
    avant = heures_des_commandes(engagement.commandes, regle)
    if ecart > 0:
        apres = heures_des_commandes((*engagement.commandes, ecart), regle)
    elif regle.calcul == CalculCommandes.PAR_COMMANDE:
        apres = avant
    else:
        apres = heures_des_commandes((max(sum(engagement.commandes, ZERO) + ecart, ZERO),), regle)
    return max(engagement.heures_dues + apres - avant, ZERO)


def _penalite(
    situation: SituationLot, montant: Decimal | None, dues: Decimal, au_terme: Decimal
) -> PenaliteProposee | None:
    parametres = situation.penalites
    if parametres is None or not parametres.est_prevue_pour_les_heures:
        return None
    marche = situation.montant_marche_euros
    if marche is not None and montant is not None and situation.montant_euros is not None:
        marche += montant - situation.montant_euros
    return proposer_penalite(
        parametres=parametres,
        heures_dues=dues,
        heures_validees=au_terme,
        montant_marche_euros=marche,
        annee=situation.arrete_le.year,
    )
