"""Ce qu'un contrôle fait des heures qu'il signale."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Niveau(StrEnum):
    """Du plus léger au plus lourd ; « ne compte pas » garde les heures, sans les compter pour la clause."""

    INACTIF = "inactif"
    INFORMATION = "information"
    AVERTISSEMENT = "avertissement"
    NE_COMPTE_PAS = "ne_compte_pas"
    BLOQUANT = "bloquant"


LIBELLES_NIVEAU: Final[Mapping[Niveau, str]] = MappingProxyType(
    {
        Niveau.INACTIF: "Inactif",
        Niveau.INFORMATION: "Information",
        Niveau.AVERTISSEMENT: "Avertissement",
        Niveau.NE_COMPTE_PAS: "Ne compte pas",
        Niveau.BLOQUANT: "Bloquant",
    }
)
EFFETS_NIVEAU: Final[Mapping[Niveau, str]] = MappingProxyType(
    {
        Niveau.INACTIF: "rien ne se dit",
        Niveau.INFORMATION: "une remarque, les heures sont gardées",
        Niveau.AVERTISSEMENT: "à vérifier, les heures sont gardées",
        Niveau.NE_COMPTE_PAS: "les heures sont gardées, mais comptent pour zéro",
        Niveau.BLOQUANT: "les heures ne s’enregistrent pas",
    }
)
TOUS_LES_NIVEAUX: Final = tuple(Niveau)
SANS_BLOCAGE: Final = tuple(niveau for niveau in Niveau if niveau != Niveau.BLOQUANT)
