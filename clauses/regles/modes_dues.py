"""Les autres façons de devoir des heures : tranches, bons de commande, nettoyage avec reprise du personnel, marché réservé."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from clauses.regles.dues import CENT, Arrondi, arrondir
from comptes.formats import euros, pourcent
from comptes.formats import heures as ecrire_heures
from comptes.regles import Refus

ZERO: Final = Decimal(0)
MODES_CALCULES: Final = frozenset({"formule", "nettoyage"})
# Toute la prestation y est faite par le public réservé (code de la commande publique, L2113-12 à L2113-14).
CLAUSES_RESERVEES: Final = frozenset({"reserve_ea_esat", "reserve_siae", "reserve_mixte"})


@dataclass(frozen=True, slots=True)
class FaitTranche:
    """Une tranche : ses heures, optionnelle ou ferme, et le jour de son affermissement s'il est notifié."""

    numero: int
    heures: Decimal
    est_optionnelle: bool = False
    date_affermissement: date | None = None

    @property
    def est_due(self) -> bool:
        """Dit si ses heures sont dues : ferme, ou optionnelle affermie."""
        return not self.est_optionnelle or self.date_affermissement is not None


def heures_des_tranches(tranches: Iterable[FaitTranche]) -> tuple[Decimal, Decimal]:
    """Rend (heures dues, heures conditionnelles) : une tranche optionnelle n'est due qu'une fois affermie.

    Source : pièces du marché ; usage pour l'affermissement.
    """
    dues = conditionnelles = ZERO
    for tranche in tranches:
        if tranche.est_due:
            dues += tranche.heures
        else:
            conditionnelles += tranche.heures
    return dues, conditionnelles


class CalculCommandes(StrEnum):
    """Comment les bons de commande font des heures."""

    PAR_COMMANDE = "par_commande"
    CUMUL = "cumul"
    PRORATA = "prorata"


@dataclass(frozen=True, slots=True)
class RegleCommandes:
    """Tant d'heures pour tant d'euros HT commandés ; `seuil_euros` : un bon plus petit ne compte pas (bon par bon seulement).

    Lève ValueError si le rapport n'est pas positif ou le seuil négatif.
    """

    ratio_heures: Decimal
    ratio_euros: Decimal
    calcul: CalculCommandes
    arrondi: Arrondi = Arrondi.INFERIEUR
    seuil_euros: Decimal | None = None

    def __post_init__(self) -> None:
        if self.ratio_heures <= 0 or self.ratio_euros <= 0:
            raise ValueError("Dites combien d’heures sont dues pour quel montant commandé.")
        if self.seuil_euros is not None and self.seuil_euros < 0:
            raise ValueError("Un seuil n’est pas négatif.")


def heures_des_commandes(montants: Sequence[Decimal], regle: RegleCommandes) -> Decimal:
    """Rend les heures dues par des bons de commande, dans l'ordre où ils sont passés (euros HT).

    Bon par bon : chaque bon au moins égal au seuil, au prorata, arrondi seul. Cumul : autant de fois le nombre d'heures que le
    cumul contient de tranches entières. Prorata : chaque euro compte, le total s'arrondit une fois. Source : marché
    (« 7 h pour 10 000 € HT commandés ») ; modèle de clause IDRRIM.
    """
    cumul = sum(montants, ZERO)
    match regle.calcul:
        case CalculCommandes.PAR_COMMANDE:
            retenus = [montant for montant in montants if montant >= (regle.seuil_euros or ZERO)]
            return sum((arrondir(_au_prorata(montant, regle), regle.arrondi) for montant in retenus), ZERO)
        case CalculCommandes.CUMUL:
            tranches = (cumul / regle.ratio_euros).to_integral_value(rounding=ROUND_FLOOR)
            return arrondir(tranches * regle.ratio_heures, regle.arrondi)
        case CalculCommandes.PRORATA:
            return arrondir(_au_prorata(cumul, regle), regle.arrondi)


def ecrire_regle_commandes(regle: RegleCommandes) -> str:
    """Rend la règle en une phrase : « 7 h pour 10 000 € HT commandés, par tranche entière du cumul »."""
    rapport = f"{ecrire_heures(regle.ratio_heures)} pour {euros(regle.ratio_euros)} HT commandés"
    match regle.calcul:
        case CalculCommandes.PAR_COMMANDE:
            seuil = f", à partir de {euros(regle.seuil_euros)} par bon" if regle.seuil_euros else ""
            return f"{rapport}, bon par bon{seuil}"
        case CalculCommandes.CUMUL:
            return f"{rapport}, par tranche entière du cumul"
        case CalculCommandes.PRORATA:
            return f"{rapport}, au prorata de chaque euro"


def ecrire_calcul_commandes(montants: Sequence[Decimal], regle: RegleCommandes) -> str:
    """Rend le calcul en toutes lettres, avec le cumul et le résultat."""
    dues = ecrire_heures(heures_des_commandes(montants, regle))
    cumul = sum(montants, ZERO)
    if not montants:
        return f"{ecrire_regle_commandes(regle)}. Aucun bon de commande\u00a0: {dues}."
    if regle.calcul == CalculCommandes.PAR_COMMANDE:
        retenus = sum(montant >= (regle.seuil_euros or ZERO) for montant in montants)
        return f"{ecrire_regle_commandes(regle)}. {retenus} bon{'s' if retenus > 1 else ''} sur {len(montants)} en font {dues}."
    if regle.calcul == CalculCommandes.CUMUL:
        tranches = int(cumul // regle.ratio_euros)
        mots = "tranches entières" if tranches > 1 else "tranche entière"
        return f"{euros(cumul)} commandés, {tranches} {mots} de {euros(regle.ratio_euros)} × {ecrire_heures(regle.ratio_heures)} = {dues}."
    exactes = ecrire_heures(_au_prorata(cumul, regle))
    fin = "" if exactes == dues else f", arrondi à {dues}"
    return (
        f"{euros(cumul)} commandés × {ecrire_heures(regle.ratio_heures)} ÷ {euros(regle.ratio_euros)} = {exactes}{fin}."
    )


def _au_prorata(montant: Decimal, regle: RegleCommandes) -> Decimal:
    return montant * regle.ratio_heures / regle.ratio_euros


def controler_nettoyage(
    *, heures_totales: Decimal | None, heures_reprises: Decimal | None, taux_effort: Decimal | None
) -> Refus | None:
    """Contrôle les trois termes du nettoyage ; le refus nomme le premier à corriger."""
    if heures_totales is None or heures_totales <= 0:
        return Refus("Indiquez les heures du marché sur toute sa durée.", "nettoyage_totales")
    if heures_reprises is None or heures_reprises < 0:
        return Refus("Indiquez les heures du personnel repris\u00a0: 0 s’il n’y en a pas.", "nettoyage_reprises")
    if heures_reprises > heures_totales:
        return Refus(
            "Le personnel repris ne peut pas faire plus d’heures que le marché n’en compte.", "nettoyage_reprises"
        )
    if taux_effort is None or taux_effort <= 0 or taux_effort > CENT:
        return Refus("Indiquez l’effort d’insertion, en pour cent.", "nettoyage_effort")
    return None


def heures_nettoyage_exactes(*, heures_totales: Decimal, heures_reprises: Decimal, taux_effort: Decimal) -> Decimal:
    """Rend les heures dues avant arrondi : (heures du marché − heures du personnel repris) × effort (en pour cent).

    Lève ValueError si un terme manque de sens. Source : Inser'Propreté, réponse H3 ; reprise du personnel, convention collective
    des entreprises de propreté, article 7.
    """
    refus = controler_nettoyage(heures_totales=heures_totales, heures_reprises=heures_reprises, taux_effort=taux_effort)
    if refus is not None:
        raise ValueError(refus.phrase)
    return (heures_totales - heures_reprises) * taux_effort / CENT


def ecrire_nettoyage(
    *, heures_totales: Decimal, heures_reprises: Decimal, taux_effort: Decimal, arrondi: Arrondi | str
) -> str:
    """Rend le calcul en toutes lettres : « (12 000 h − 9 000 h de personnel repris) × 10 % = 300 h »."""
    exactes = heures_nettoyage_exactes(
        heures_totales=heures_totales, heures_reprises=heures_reprises, taux_effort=taux_effort
    )
    ecart = f"{ecrire_heures(heures_totales)} − {ecrire_heures(heures_reprises)} de personnel repris"
    calcul = f"({ecart}) × {pourcent(taux_effort, 2)} = {ecrire_heures(exactes)}"
    dues = arrondir(exactes, arrondi)
    return calcul if dues == exactes else f"{calcul}, arrondi à {ecrire_heures(dues)}"


MARCHE_RESERVE: Final = (
    "Marché réservé\u00a0: toute la prestation est faite par le public réservé. Aucune heure n’y est due par calcul. "
    "Si le marché en écrit un nombre, recopiez-le\u00a0; sinon, écrivez 0."
)


def controler_mode(type_clause: str, mode: str) -> Refus | None:
    """Sur un marché réservé, des heures s'écrivent ou ne sont pas dues : elles ne se calculent pas.

    Source : code de la commande publique, L2113-12 à L2113-14.
    """
    if type_clause in CLAUSES_RESERVEES and mode in MODES_CALCULES:
        return Refus(MARCHE_RESERVE, "marche_reserve")
    return None
