"""Les documents que le marché demande : lesquels, à quel rythme, dans quel délai. Section « documents » d'une règle.

Source : pièces du marché ; les valeurs par défaut sont l'usage des facilitateurs (tableau des heures chaque mois, pièces sur
demande sous quinze jours).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from beneficiaires.periodes import ajouter_mois, decaler, mois_de, premier_du_mois


class Rythme(StrEnum):
    """Quand un document se donne."""

    MOIS = "mois"
    TRIMESTRE = "trimestre"
    DEMANDE = "demande"
    FIN = "fin"


LIBELLES_RYTHME: Final[Mapping[Rythme, str]] = MappingProxyType(
    {
        Rythme.MOIS: "chaque mois",
        Rythme.TRIMESTRE: "chaque trimestre",
        Rythme.DEMANDE: "sur demande",
        Rythme.FIN: "à la fin du marché",
    }
)
JOUR_MAXIMAL: Final = 28


@dataclass(frozen=True, slots=True)
class DocumentDu:
    """Un document : son nom, son rythme, et soit le jour du mois qui suit (rythmes), soit un délai en jours (demande, fin)."""

    nom: str
    rythme: Rythme
    jour_du_mois: int | None = None
    delai_jours: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rythme", Rythme(self.rythme))
        periodique = self.rythme in (Rythme.MOIS, Rythme.TRIMESTRE)
        if not self.nom.strip():
            raise ValueError("Nommez le document.")
        if periodique and (self.jour_du_mois is None or self.delai_jours is not None):
            raise ValueError(
                "Un document périodique se rend un jour du mois qui suit\u00a0: donnez ce jour, sans délai."
            )
        if not periodique and (self.delai_jours is None or self.jour_du_mois is not None):
            raise ValueError("Donnez un délai en jours\u00a0: ce document ne revient pas chaque mois.")
        if self.jour_du_mois is not None and not 1 <= self.jour_du_mois <= JOUR_MAXIMAL:
            raise ValueError(f"Le jour va de 1 à {JOUR_MAXIMAL}\u00a0: tous les mois l’ont.")
        if self.delai_jours is not None and not 0 <= self.delai_jours <= 365:
            raise ValueError("Le délai va de 0 à 365\u00a0jours.")

    def echeance(self, jour: date) -> date:
        """Rend le dernier jour, compris, où donner ce document.

        `jour` : un jour du mois ou du trimestre dont il rend compte, le jour de la demande, ou le dernier jour du marché.
        Tableau d'octobre avant le 10 : le 10 novembre. Contrat demandé le 3 mars sous 15 jours : le 18 mars.
        """
        if self.delai_jours is not None:
            return decaler(jour, self.delai_jours)
        fin = mois_de(jour).debut
        if self.rythme == Rythme.TRIMESTRE:
            fin = ajouter_mois(premier_du_mois(jour), 2 - (jour.month - 1) % 3)
        return ajouter_mois(fin, 1).replace(day=self.jour_du_mois or 1)


DOCUMENTS_USUELS: Final = (
    DocumentDu("Tableau des heures du mois", Rythme.MOIS, jour_du_mois=10),
    DocumentDu("Contrat de travail", Rythme.DEMANDE, delai_jours=15),
    DocumentDu("Bulletin de paie ou relevé d’heures", Rythme.DEMANDE, delai_jours=15),
    DocumentDu("Contrat de mission et facture de l’ETTI, de l’AI ou du GEIQ", Rythme.DEMANDE, delai_jours=15),
    DocumentDu("Attestation de la SIAE", Rythme.DEMANDE, delai_jours=15),
    DocumentDu("Preuve d’éligibilité, au facilitateur seulement", Rythme.DEMANDE, delai_jours=15),
)


@dataclass(frozen=True, slots=True)
class ParametresDocuments:
    """Les documents dus d'un marché, dans l'ordre de leur liste."""

    documents: tuple[DocumentDu, ...] = DOCUMENTS_USUELS

    def __post_init__(self) -> None:
        noms = [document.nom.strip().lower() for document in self.documents]
        if len(set(noms)) < len(noms):
            raise ValueError("Deux documents portent le même nom.")

    def vers_json(self) -> dict[str, Any]:
        """Rend la section à garder."""
        return {"documents": [asdict(document) | {"rythme": document.rythme.value} for document in self.documents]}

    @classmethod
    def depuis_json(cls, section: Mapping[str, Any]) -> Self:
        """Relit la section ; absente, ce sont les documents d'usage."""
        if "documents" not in section:
            return cls()
        return cls(tuple(DocumentDu(**document) for document in section["documents"]))
