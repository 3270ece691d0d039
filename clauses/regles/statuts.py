"""Quel jour fait foi pour un fait daté : celui de l'attribution du marché, ou celui de l'heure comptée.

La section « statuts » de la règle d'un marché. Une correction d'aujourd'hui ne change pas ce qu'un bilan a imprimé : elle ouvre un
rectificatif (`clauses.services.rectificatifs`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class FaitDate(StrEnum):
    """Un fait sur une personne, qui change avec le temps."""

    ADRESSE = "adresse"
    CRITERE = "critere"
    RQTH = "rqth"
    CONTRAT = "contrat"


LIBELLES_FAIT: Final[Mapping[FaitDate, str]] = MappingProxyType(
    {
        FaitDate.ADRESSE: "Où elle habite (quartier prioritaire)",
        FaitDate.CRITERE: "Le critère retenu",
        FaitDate.RQTH: "La reconnaissance de travailleur handicapé",
        FaitDate.CONTRAT: "Le type de contrat",
    }
)


class JourStatut(StrEnum):
    """Le jour qui fait foi."""

    ATTRIBUTION = "attribution"
    HEURE = "heure"


LIBELLES_JOUR: Final[Mapping[JourStatut, str]] = MappingProxyType(
    {
        JourStatut.ATTRIBUTION: "fixé au jour de l’attribution",
        JourStatut.HEURE: "celui du jour de l’heure",
    }
)


@dataclass(frozen=True, slots=True)
class ParametresStatuts:
    """La section « statuts ». Par défaut tout est fixé à l'attribution (fiche A3), sauf le contrat : l'heure a le sien."""

    adresse: JourStatut = JourStatut.ATTRIBUTION
    critere: JourStatut = JourStatut.ATTRIBUTION
    rqth: JourStatut = JourStatut.ATTRIBUTION
    contrat: JourStatut = JourStatut.HEURE

    def jour(self, fait: FaitDate) -> JourStatut:
        """Rend le jour qui fait foi pour ce fait."""
        jour: JourStatut = getattr(self, fait.value)
        return jour

    def vers_json(self) -> dict[str, Any]:
        """Rend la section telle qu'elle se garde."""
        return {fait.value: self.jour(fait).value for fait in FaitDate}

    @classmethod
    def depuis_json(cls, valeurs: Mapping[str, Any]) -> "ParametresStatuts":
        """Relit la section gardée ; ce qui n'y est pas a sa valeur par défaut. Lève ValueError sur un jour inconnu."""
        return cls(**{fait.value: JourStatut(valeurs[fait.value]) for fait in FaitDate if fait.value in valeurs})


def jour_du_statut(jour: JourStatut, *, attribution: date | None, heure: date) -> date | None:
    """Rend la date à laquelle lire le fait ; None quand l'attribution fait foi et que sa date manque : « à compléter ».

    `heure` : premier jour du relevé. Source : fiche A3, partie II (au jour de l'attribution) ; marché.
    """
    return heure if jour == JourStatut.HEURE else attribution


@dataclass(frozen=True, slots=True)
class AdresseQuittee:
    """Une adresse d'avant : son dernier jour, et ce qu'on savait de son quartier. Sans début : depuis toujours."""

    fin: date
    qpv: str
    debut: date | None = None


def qpv_au(jour: date, *, aujourd_hui: str, quittees: Sequence[AdresseQuittee]) -> str:
    """Rend ce que l'on sait du quartier (« oui », « non », « inconnu ») de l'adresse de la personne ce jour-là.

    `aujourd_hui` : le quartier de son adresse actuelle, qui vaut depuis le lendemain de la dernière adresse quittée. Un jour
    qui tombe entre deux adresses, ou avant la première connue, rend « inconnu ». Source : usage, charte NPNRU.
    """
    for adresse in sorted(quittees, key=lambda adresse: adresse.fin):
        if jour <= adresse.fin:
            return adresse.qpv if adresse.debut is None or adresse.debut <= jour else "inconnu"
    return aujourd_hui


def etait_valable(jour: date, *, debut: date, fin: date | None) -> bool:
    """Dit si une situation datée (une RQTH, un critère) valait ce jour-là, bornes comprises ; sans fin, elle dure."""
    return debut <= jour and (fin is None or jour <= fin)
