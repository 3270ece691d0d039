"""Découper une grille en pages : les lignes se suivent titulaire par titulaire, les heures reçues après celles qui se saisissent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator

from clauses.grille.recues import LigneRecue

LIGNES_PAR_PAGE = 25


@dataclass(frozen=True, slots=True)
class Effectif:
    """Ce qu'un titulaire a de lignes à montrer : combien d'affectations, et ses lignes reçues."""

    titulaire: UUID
    affectations: int
    recues: Sequence[LigneRecue] = ()

    @property
    def nombre(self) -> int:
        return self.affectations + len(self.recues)


@dataclass(frozen=True, slots=True)
class Tranche:
    """La part d'un titulaire qui tient sur la page : ses affectations de rang `debut` (compris) à `fin`, et ses lignes reçues."""

    titulaire: UUID
    debut: int
    fin: int
    recues: Sequence[LigneRecue]
    est_suite: bool


def decouper(effectifs: Sequence[Effectif], page: str | int | None) -> tuple[Page, list[Tranche]]:
    """Rend la page demandée (la première ou la dernière si elle n'existe pas) et ce qu'elle prend à chaque titulaire."""
    pages = Paginator(range(sum(e.nombre for e in effectifs)), LIGNES_PAR_PAGE).get_page(page)
    premier, dernier = max(pages.start_index() - 1, 0), pages.end_index()
    tranches, passes = [], 0
    for effectif in effectifs:
        debut, fin = max(premier - passes, 0), min(dernier - passes, effectif.nombre)
        n = effectif.affectations
        if debut < fin:
            recues = effectif.recues[max(debut - n, 0) : max(fin - n, 0)]
            tranches.append(Tranche(effectif.titulaire, min(debut, n), min(fin, n), recues, debut > 0))
        passes += effectif.nombre
    return pages, tranches


def page_du_rang(effectifs: Sequence[Effectif], titulaire: UUID, rang: int) -> int:
    """Rend la page où se trouve l'affectation de ce rang chez ce titulaire."""
    passes = 0
    for effectif in effectifs:
        if effectif.titulaire == titulaire:
            break
        passes += effectif.nombre
    return (passes + rang) // LIGNES_PAR_PAGE + 1
