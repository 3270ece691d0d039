"""Ce que rend une frise : le dessin, sa légende, et le tableau des mêmes dates."""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class LigneFrise:
    """La même chose en tableau : élément, bornes comprises, détail."""

    element: str
    debut: date
    fin: date | None
    detail: str


@dataclass(frozen=True)
class Frise:
    """Le dessin, sa légende (échantillon, mots) et le tableau des mêmes dates. `a_un_trait` : « aujourd'hui » y est tracé."""

    svg: SafeString
    legende: list[tuple[SafeString, str]]
    lignes: list[LigneFrise]
    a_un_trait: bool = True
