"""Les objectifs dans l'objectif : tant d'heures pour les habitants des quartiers, un public ou un métier."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from clauses.regles.dues import CENT, Arrondi, arrondir
from comptes.formats import heures as ecrire_heures
from comptes.formats import pourcent
from comptes.regles import Refus


class PartNpnru(StrEnum):
    """À quoi s'applique la charte d'insertion du NPNRU."""

    TRAVAUX = "travaux"
    GUP = "gup"


# Charte nationale d'insertion 2014-2024 de l'ANRU : heures travaillées réservées aux habitants des QPV, au moins.
TAUX_NPNRU: Final = {PartNpnru.TRAVAUX: Decimal(5), PartNpnru.GUP: Decimal(10)}
LIBELLES_NPNRU: Final = {
    PartNpnru.TRAVAUX: "travaux et ingénierie",
    PartNpnru.GUP: "gestion urbaine de proximité",
}


def heures_npnru(
    heures_travaillees: Decimal, part: PartNpnru | str, arrondi: Arrondi | str = Arrondi.INFERIEUR
) -> Decimal:
    """Rend les heures pour les habitants des QPV : 5 % des heures travaillées en travaux, 10 % en gestion urbaine de proximité.

    `heures_travaillees` : toutes les heures du marché, et non les seules heures d'insertion. Lève ValueError si elles sont négatives.
    Source : charte nationale d'insertion 2014-2024 (NPNRU).
    """
    if heures_travaillees < 0:
        raise ValueError("Des heures travaillées ne sont pas négatives.")
    return arrondir(heures_travaillees * TAUX_NPNRU[PartNpnru(part)] / CENT, arrondi)


def ecrire_npnru(heures_travaillees: Decimal, part: PartNpnru | str, arrondi: Arrondi | str = Arrondi.INFERIEUR) -> str:
    """Rend le calcul : « 5 % de 16 666,67 h travaillées (travaux et ingénierie) = 833 h »."""
    part = PartNpnru(part)
    base = f"{pourcent(TAUX_NPNRU[part])} de {ecrire_heures(heures_travaillees)} travaillées ({LIBELLES_NPNRU[part]})"
    return f"{base} = {ecrire_heures(heures_npnru(heures_travaillees, part, arrondi))}"


def heures_travaillees(*, montant_ht_euros: Decimal, part_main_oeuvre: Decimal, cout_horaire_euros: Decimal) -> Decimal:
    """Rend les heures travaillées que suppose la formule : montant HT × part de main-d'œuvre (pour cent) ÷ coût d'une heure."""
    if cout_horaire_euros <= 0:
        raise ValueError("Le coût d’une heure est supérieur à zéro.")
    return montant_ht_euros * part_main_oeuvre / (CENT * cout_horaire_euros)


def heures_objectif(
    *, heures: Decimal | None, part_pourcent: Decimal | None, heures_dues: Decimal, arrondi: Arrondi | str
) -> Decimal:
    """Rend les heures d'un objectif particulier : celles qu'il écrit, ou sa part (pour cent) des heures dues, arrondie.

    Lève ValueError s'il n'écrit ni l'un ni l'autre, ou les deux.
    """
    if (heures is None) == (part_pourcent is None):
        raise ValueError("Un objectif écrit des heures ou une part des heures dues, pas les deux.")
    if heures is not None:
        return heures
    return arrondir(heures_dues * (part_pourcent or Decimal(0)) / CENT, arrondi)


def controler_objectif(heures: Decimal, heures_dues: Decimal) -> Refus | None:
    """Un objectif particulier ne dépasse pas les heures dues où il s'inscrit (0 : pas encore connues)."""
    if 0 < heures_dues < heures:
        return Refus(
            f"Cet objectif de {ecrire_heures(heures)} dépasse les heures dues, {ecrire_heures(heures_dues)}.",
            "objectif_trop_grand",
        )
    return None
