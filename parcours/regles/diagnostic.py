"""Le diagnostic d'éligibilité à l'IAE : sa validité, et les critères qui permettent à un employeur de prescrire.

Source : plateforme « les emplois de l'inclusion », code public ; arrêté du 4 septembre 2025.
"""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.criteres import CRITERES
from beneficiaires.periodes import Duree, Periode, periode_depuis
from comptes.formats import quantite
from comptes.regles import Refus

DIAGNOSTIC_PRESCRIPTEUR: Final = Duree(mois=6)
DIAGNOSTIC_EMPLOYEUR: Final = Duree(jours=92)
# Critères de niveau 2 demandés à l'employeur quand aucun n'est de niveau 1, par type de structure.
NIVEAU_2_EXIGES: Final[Mapping[str, int]] = MappingProxyType({"AI": 2, "ETTI": 2, "ACI": 3, "EI": 3, "EITI": 3})


def validite_diagnostic(jour: date, *, par_prescripteur: bool) -> Periode:
    """Rend les jours où vaut un diagnostic IAE : 6 mois s'il vient d'un prescripteur, 92 jours d'un employeur."""
    return periode_depuis(jour, DIAGNOSTIC_PRESCRIPTEUR if par_prescripteur else DIAGNOSTIC_EMPLOYEUR)


def criteres_iae_suffisants(codes: Collection[str], type_structure: str) -> bool:
    """Dit si un employeur peut prescrire lui-même : un critère de niveau 1, ou 2 (AI, ETTI) ou 3 (ACI, EI, EITI) de niveau 2.

    Les critères hors liste de l'IAE ne comptent pas. Lève KeyError si la structure n'est pas de l'IAE.
    """
    niveaux = [CRITERES[code].niveau for code in set(codes)]
    return 1 in niveaux or niveaux.count(2) >= NIVEAU_2_EXIGES[type_structure.upper()]


def controler_criteres_iae(codes: Collection[str], type_structure: str) -> Refus | None:
    """Refuse, avec sa raison, un diagnostic d'employeur dont les critères ne suffisent pas ; None quand ils suffisent.

    Un seul critère de niveau 1 suffit ; sinon 2 de niveau 2 pour AI et ETTI, 3 pour ACI, EI et EITI. Source : plateforme.
    """
    exiges = NIVEAU_2_EXIGES.get(type_structure.upper())
    if exiges is None:
        return Refus(
            "Seule une structure de l’IAE prescrit elle-même\u00a0: AI, ETTI, ACI, EI ou EITI.", "diagnostic_structure"
        )
    if criteres_iae_suffisants(codes, type_structure):
        return None
    trouves = [CRITERES[code].niveau for code in set(codes)].count(2)
    return Refus(
        f"Il faut un critère de niveau 1, ou {exiges} de niveau 2 pour une structure {type_structure.upper()}\u00a0: "
        f"{quantite(trouves, 'critère')} de niveau 2 ici.",
        "diagnostic_criteres",
    )
