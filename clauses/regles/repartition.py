"""Partager des heures entières sans en perdre : entre les lots d'un marché, entre les membres d'un groupement."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from clauses.regles.dues import CENT, Arrondi, arrondir
from comptes.formats import heures as ecrire_heures
from comptes.formats import pourcent
from comptes.regles import Refus

UNE_HEURE: Final = Decimal(1)


class PorteeArrondi(StrEnum):
    """Ce que l'on arrondit à l'heure : chaque lot, ou le total du marché."""

    LOT = "lot"
    TOTAL = "total"


LIBELLES_PORTEE: Final = {
    PorteeArrondi.LOT: "Chaque lot",
    PorteeArrondi.TOTAL: "Le total du marché, puis partagé entre les lots",
}


def repartir_heures(total: Decimal, parts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Partage `total` heures selon des parts (pour cent, montants, heures : seules leurs proportions comptent).

    La somme rendue est toujours `total`. Chacun reçoit d'abord ses heures entières ; celles qui restent vont, une par une, aux plus
    forts restes, à égalité au premier de la liste. La fraction d'heure d'un total non entier va au suivant de cette liste.
    Lève ValueError si le total est négatif, une part négative ou leur somme nulle.
    """
    somme = sum(parts, Decimal(0))
    if total < 0 or somme <= 0 or any(part < 0 for part in parts):
        raise ValueError("Un partage demande des heures et des parts positives.")
    exactes = [total * part / somme for part in parts]
    recues = [exacte.to_integral_value(rounding=ROUND_FLOOR) for exacte in exactes]
    reste = total - sum(recues, Decimal(0))
    ordre = sorted(
        (rang for rang, part in enumerate(parts) if part > 0), key=lambda rang: (recues[rang] - exactes[rang], rang)
    )
    while reste > 0:
        for rang in ordre:
            donnee = min(reste, UNE_HEURE)
            recues[rang] += donnee
            reste -= donnee
    return tuple(recues)


def arrondir_les_lots(
    exactes: Sequence[Decimal], *, arrondi: Arrondi | str, portee: PorteeArrondi | str = PorteeArrondi.LOT
) -> tuple[Decimal, ...]:
    """Rend les heures entières de chaque lot d'un marché, à partir de ses heures exactes.

    « Lot » : chacun s'arrondit seul, le total est leur somme. « Total » : la somme exacte s'arrondit une fois, et se partage aux
    plus forts restes. Source : le marché ; à défaut, lot par lot.
    """
    if PorteeArrondi(portee) == PorteeArrondi.LOT or sum(exactes, Decimal(0)) <= 0:
        return tuple(arrondir(exacte, arrondi) for exacte in exactes)
    return repartir_heures(arrondir(sum(exactes, Decimal(0)), arrondi), exactes)


def controler_parts(parts: Sequence[Decimal]) -> Refus | None:
    """Les parts d'un groupement, en pour cent, font 100 tout juste ; le refus dit de combien elles s'écartent."""
    somme = sum(parts, Decimal(0))
    if any(part < 0 for part in parts):
        return Refus("Une part n’est pas négative.", "parts_negatives")
    if somme < CENT:
        return Refus(
            f"Les parts font {pourcent(somme, 2)}\u00a0: il manque {pourcent(CENT - somme, 2)}.", "parts_manque"
        )
    if somme > CENT:
        return Refus(
            f"Les parts font {pourcent(somme, 2)}\u00a0: c’est {pourcent(somme - CENT, 2)} de trop.", "parts_trop"
        )
    return None


def ecrire_part(part_pourcent: Decimal, heures_lot: Decimal, heures: Decimal) -> str:
    """Rend le calcul d'une part : « 40 % de 833 h = 333,2 h, arrondi à 333 h »."""
    exactes = heures_lot * part_pourcent / CENT
    calcul = f"{pourcent(part_pourcent, 2)} de {ecrire_heures(heures_lot)} = {ecrire_heures(exactes)}"
    return calcul if exactes == heures else f"{calcul}, arrondi à {ecrire_heures(heures)}"
