"""Écrire en français les dates, les durées, les heures et les euros, pour les phrases des règles."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

INSECABLE: Final = "\u00a0"
MOIS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
NOMBRES: Final = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def ecrire_date(jour: date) -> str:
    """Rend « 1er mars 2028 » ou « 12 mai 2026 »."""
    return f"{_quantieme(jour)} {MOIS[jour.month - 1]} {jour.year}"


def ecrire_mois(jour: date) -> str:
    """Rend « mai 2026 »."""
    return f"{MOIS[jour.month - 1]} {jour.year}"


def ecrire_intervalle(debut: date, fin: date | None) -> str:
    """Rend « du 1er au 12 mai 2026 », en ne répétant ni le mois ni l'année quand ils sont communs."""
    if fin is None:
        return f"à partir du {ecrire_date(debut)}"
    if debut == fin:
        return f"le {ecrire_date(debut)}"
    if (debut.year, debut.month) == (fin.year, fin.month):
        return f"du {_quantieme(debut)} au {ecrire_date(fin)}"
    if debut.year == fin.year:
        return f"du {_quantieme(debut)} {MOIS[debut.month - 1]} au {ecrire_date(fin)}"
    return f"du {ecrire_date(debut)} au {ecrire_date(fin)}"


def ecrire_nombre(valeur: Decimal, decimales: int = 2) -> str:
    """Rend « 1 421,5 » : milliers séparés par une espace insécable, virgule, zéros inutiles retirés."""
    arrondi = valeur.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    signe = "−" + INSECABLE if arrondi < 0 else ""
    entier, _, fraction = f"{abs(arrondi):f}".partition(".")
    fraction = fraction.rstrip("0")
    milliers = f"{int(entier):,}".replace(",", INSECABLE)
    return signe + milliers + ("," + fraction if fraction else "")


def ecrire_heures(heures: Decimal) -> str:
    """Rend « 1 421,5 h »."""
    return f"{ecrire_nombre(heures)}{INSECABLE}h"


def ecrire_euros(montant: Decimal) -> str:
    """Rend « 13 260 € » ou « 12,50 € » : les centimes ne s'écrivent que s'il y en a."""
    arrondi = montant.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    texte = ecrire_nombre(arrondi)
    if arrondi != arrondi.to_integral_value() and len(texte.rpartition(",")[2]) == 1:
        texte += "0"
    return f"{texte}{INSECABLE}€"


def ecrire_petit_nombre(nombre: int) -> str:
    """Rend « deux » jusqu'à dix, puis le nombre en chiffres."""
    return NOMBRES[nombre] if 0 <= nombre < len(NOMBRES) else str(nombre)


def enumerer(elements: Sequence[str]) -> str:
    """Rend « a », « a et b », « a, b et c »."""
    if len(elements) < 2:
        return "".join(elements)
    return ", ".join(elements[:-1]) + " et " + elements[-1]


def _quantieme(jour: date) -> str:
    return "1er" if jour.day == 1 else str(jour.day)
