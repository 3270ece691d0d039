"""Les jours ouvrables et fériés, et les heures qu'un contrat ou la loi permettent sur une période.

Jours fériés : bibliothèque `holidays`, qui suit le code du travail, L3133-1. Les fériés propres à l'Alsace, à la Moselle et à
l'outre-mer n'y sont pas.
"""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_UP, Decimal
from functools import cache
from typing import Final

from holidays import country_holidays

from beneficiaires.periodes import Periode, lendemain, mois_de

DIMANCHE: Final = 6
SAMEDI: Final = 5
JOURS_PAR_SEMAINE: Final = 7
JOURS_OUVRES_PAR_SEMAINE: Final = 5
SEMAINES_PAR_MOIS: Final = Decimal(52) / 12
CENTIEME: Final = Decimal("0.01")


@cache
def jours_feries(annee: int) -> dict[date, str]:
    """Rend les jours fériés français d'une année et leur nom."""
    return dict(country_holidays("FR", years=annee, language="fr"))


def nom_ferie(jour: date) -> str:
    """Rend le nom du jour férié, ou rien si le jour n'en est pas un."""
    return jours_feries(jour.year).get(jour, "")


def jours_de(periode: Periode) -> Iterator[date]:
    """Rend chaque jour d'une période. Lève ValueError si elle n'a pas de fin."""
    if periode.fin is None:
        raise ValueError("Une période sans fin n’a pas de dernier jour.")
    jour = periode.debut
    while jour <= periode.fin:
        yield jour
        jour = lendemain(jour)


def jours_ouvrables(periode: Periode) -> int:
    """Rend le nombre de jours qui ne sont ni dimanche ni fériés."""
    return sum(1 for jour in jours_de(periode) if jour.weekday() != DIMANCHE and not nom_ferie(jour))


def jours_ouvres(periode: Periode) -> int:
    """Rend le nombre de jours du lundi au vendredi, fériés compris : le contrat les paie."""
    return sum(1 for jour in jours_de(periode) if jour.weekday() < SAMEDI)


def semaines(periode: Periode) -> Decimal:
    """Rend la durée en semaines, jamais moins d'une : on peut faire une semaine entière en trois jours."""
    return max(Decimal(periode.nombre_jours() or 0) / JOURS_PAR_SEMAINE, Decimal(1))


def heures_du_contrat(heures_hebdo: Decimal, periode: Periode) -> Decimal:
    """Rend les heures qu'un contrat peut faire ou payer sur une période, la lecture la plus large l'emportant.

    Au prorata des jours, au compte des jours ouvrés, ou mensualisées (52/12) pour un mois entier ; au centième supérieur.
    35 h par semaine en avril 2026 : 150 h, 154 h (22 jours ouvrés) ou 151,67 h ; rend 154.
    """
    lectures = [
        heures_hebdo * (periode.nombre_jours() or 0) / JOURS_PAR_SEMAINE,
        heures_hebdo * jours_ouvres(periode) / JOURS_OUVRES_PAR_SEMAINE,
    ]
    if periode == mois_de(periode.debut):
        lectures.append(heures_hebdo * SEMAINES_PAR_MOIS)
    return max(lectures).quantize(CENTIEME, rounding=ROUND_UP)
