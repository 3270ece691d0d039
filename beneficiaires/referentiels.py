"""Référentiels courts : niveaux de formation et freins à l'emploi, avec leurs correspondances."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# Source : décret 2019-14, cadre national des certifications professionnelles.
NIVEAUX_FORMATION: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "Niveau 1, savoirs de base",
        2: "Niveau 2, brevet ou CléA",
        3: "Niveau 3, CAP ou BEP",
        4: "Niveau 4, baccalauréat",
        5: "Niveau 5, bac\u00a0+\u00a02",
        6: "Niveau 6, licence ou première année de master",
        7: "Niveau 7, master",
        8: "Niveau 8, doctorat",
    }
)


@dataclass(frozen=True, slots=True)
class Frein:
    """Un frein : son code France Travail (None quand il n'existe pas) et ses thématiques data·inclusion."""

    code: str
    libelle: str
    code_france_travail: int | None
    thematiques: tuple[str, ...]
    sensible: bool = False


# Source : Pôle emploi, chiffres 2022 (huit têtes de liste) et API « contraintes » (codes 23 à 29).
_FREINS: Final = (
    Frein("numerique", "Numérique", None, ("numerique",)),
    Frein("sante", "Santé", 25, ("sante",), sensible=True),
    Frein("mobilite", "Mobilité", 23, ("mobilite",)),
    Frein(
        "precarite_financiere", "Précarité financière", 28, ("difficultes-financieres", "equipement-et-alimentation")
    ),
    Frein("contraintes_familiales", "Contraintes familiales, garde d’enfants", 24, ("famille",)),
    Frein("savoirs_de_base", "Maîtrise des savoirs de base", 26, ("lecture-ecriture-calcul",)),
    Frein(
        "administratif_juridique",
        "Difficultés administratives ou juridiques",
        29,
        ("difficultes-administratives-ou-juridiques",),
    ),
    Frein("logement", "Logement", 27, ("logement-hebergement",)),
    Frein("autre", "Autre frein", None, ()),
)

FREINS: Final[Mapping[str, Frein]] = MappingProxyType({frein.code: frein for frein in _FREINS})
