"""Les périodes : deux dates, **toutes deux incluses**. Seul endroit du projet où l'on ajoute ou retire un jour.

Fonctions pures : ni Django, ni horloge. `aujourd_hui` est toujours donné par l'appelant.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

_UN_JOUR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periode:
    """Du jour `debut` au jour `fin`, inclus tous les deux ; `fin` à None veut dire « sans fin connue ».

    Lève ValueError quand la fin précède le début.
    """

    debut: date
    fin: date | None = None

    def __post_init__(self) -> None:
        if self.fin is not None and self.fin < self.debut:
            raise ValueError(f"La fin ({self.fin:%d/%m/%Y}) précède le début ({self.debut:%d/%m/%Y}).")

    def contient(self, jour: date) -> bool:
        """Dit si le jour est dans la période, bornes comprises."""
        return self.debut <= jour and (self.fin is None or jour <= self.fin)

    def contient_periode(self, autre: "Periode") -> bool:
        """Dit si tous les jours de l'autre période sont dans celle-ci."""
        if self.fin is None:
            return self.debut <= autre.debut
        return self.debut <= autre.debut and autre.fin is not None and autre.fin <= self.fin

    def chevauche(self, autre: "Periode") -> bool:
        """Dit si les deux périodes ont au moins un jour commun."""
        return (autre.fin is None or self.debut <= autre.fin) and (self.fin is None or autre.debut <= self.fin)

    def intersection(self, autre: "Periode") -> "Periode | None":
        """Rend les jours communs, ou None s'il n'y en a pas."""
        if not self.chevauche(autre):
            return None
        fins = [fin for fin in (self.fin, autre.fin) if fin is not None]
        return Periode(max(self.debut, autre.debut), min(fins) if fins else None)

    def nombre_jours(self) -> int | None:
        """Rend le nombre de jours, bornes comprises (1 quand début = fin) ; None sans fin connue."""
        return None if self.fin is None else (self.fin - self.debut + _UN_JOUR).days

    def jours_restants(self, aujourd_hui: date) -> int | None:
        """Rend le nombre de jours entre aujourd'hui et la fin : 0 le dernier jour, négatif après, None sans fin.

        C'est le nombre de « fin dans 42 jours » : le jour même n'est pas compté, le dernier l'est.
        """
        return None if self.fin is None else (self.fin - aujourd_hui).days

    def nombre_mois(self) -> Decimal | None:
        """Rend la durée en mois : mois entiers, plus les jours qui restent rapportés à leur mois ; None sans fin."""
        if self.fin is None:
            return None
        borne = lendemain(self.fin)
        ecart = relativedelta(borne, self.debut)
        entiers = ecart.years * 12 + ecart.months
        depart = ajouter_mois(self.debut, entiers)
        longueur = (ajouter_mois(self.debut, entiers + 1) - depart).days
        return Decimal(entiers) + Decimal((borne - depart).days) / Decimal(longueur)


@dataclass(frozen=True, slots=True)
class Duree:
    """Une durée en mois de calendrier ou en jours, jamais les deux. Lève ValueError si elle n'est pas positive."""

    mois: int | None = None
    jours: int | None = None

    def __post_init__(self) -> None:
        if (self.mois is None) == (self.jours is None):
            raise ValueError("Une durée se donne en mois ou en jours, pas les deux.")
        if (self.mois or self.jours or 0) < 1:
            raise ValueError("Une durée compte au moins un mois ou un jour.")


def periode_depuis(debut: date, duree: Duree) -> Periode:
    """Rend la période de cette durée qui commence ce jour-là, dernier jour compris.

    24 mois depuis le 13/05/2024 : dernier jour le 12/05/2026. 730 jours depuis le 15/01/2024 : le 13/01/2026.
    Depuis le 29/02/2024, 24 mois : le 27/02/2026. Lève ValueError au-delà de l'an 9999.
    """
    if duree.mois is not None:
        return Periode(debut, veille(ajouter_mois(debut, duree.mois)))
    return Periode(debut, veille(decaler(debut, duree.jours or 0)))


def ajouter_mois(jour: date, mois: int) -> date:
    """Rend le même quantième `mois` mois plus loin (ou plus tôt), ramené au dernier jour du mois s'il n'existe pas.

    Lève ValueError hors du calendrier.
    """
    try:
        return jour + relativedelta(months=mois)
    except (OverflowError, ValueError) as erreur:
        raise ValueError("Cette date sort du calendrier.") from erreur


def decaler(jour: date, jours: int) -> date:
    """Rend la date `jours` jours plus loin (ou plus tôt). Lève ValueError hors du calendrier."""
    try:
        return jour + timedelta(days=jours)
    except OverflowError as erreur:
        raise ValueError("Cette date sort du calendrier.") from erreur


def lendemain(jour: date) -> date:
    """Rend le jour d'après."""
    return decaler(jour, 1)


def veille(jour: date) -> date:
    """Rend le jour d'avant."""
    return decaler(jour, -1)


def premier_du_mois(jour: date) -> date:
    """Rend le premier jour du mois de cette date."""
    return jour.replace(day=1)


def mois_de(jour: date) -> Periode:
    """Rend le mois entier de cette date, du premier au dernier jour."""
    return Periode(jour.replace(day=1), jour.replace(day=monthrange(jour.year, jour.month)[1]))


def mois_entre(debut: date, fin: date) -> list[date]:
    """Rend le premier jour de chaque mois touché de `debut` à `fin`, tous deux compris ; vide si fin < debut."""
    mois: list[date] = []
    courant = premier_du_mois(debut)
    while courant <= fin and debut <= fin:
        mois.append(courant)
        courant = ajouter_mois(courant, 1)
    return mois


def reste_apres(periode: Periode, jour: date) -> Periode | None:
    """Rend la part de la période qui suit ce jour, ou None s'il n'en reste rien."""
    if periode.fin is not None and periode.fin <= jour:
        return None
    return Periode(max(periode.debut, lendemain(jour)), periode.fin)


def dernier_mois_clos(aujourd_hui: date) -> date:
    """Rend le dernier jour du dernier mois entièrement passé : la date à laquelle les chiffres s'arrêtent par défaut."""
    return veille(premier_du_mois(aujourd_hui))
