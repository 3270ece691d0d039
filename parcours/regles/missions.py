"""Des missions d'intérim qui se suivent, des mois travaillés dans l'année : ce que demandent les sorties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from beneficiaires.periodes import Periode, ajouter_mois, lendemain
from parcours.regles.pass_iae import fin_connue


@dataclass(frozen=True, slots=True)
class Mission:
    """Une mission d'intérim ou un contrat saisonnier. `employeur` : l'entreprise où elle se fait."""

    periode: Periode
    employeur: str = ""


def suite_sans_interruption(
    missions: Sequence[Mission], *, ecart_jours: int = 2, plusieurs_employeurs: bool = False
) -> Periode | None:
    """Rend la plus longue suite de missions sans interruption, du premier au dernier jour ; None sans mission.

    Deux missions se suivent quand `ecart_jours` jours au plus les séparent (2 : une fin de semaine). Changer d'entreprise
    interrompt la suite, sauf si la personne l'a choisi (`plusieurs_employeurs`). Lève ValueError si une mission n'a pas de fin.
    Source : note CIDEME de janvier 2013 ; l'écart admis est un usage.
    """
    par_employeur: dict[str, list[Periode]] = {}
    for mission in missions:
        cle = "" if plusieurs_employeurs else mission.employeur
        par_employeur.setdefault(cle, []).append(Periode(mission.periode.debut, fin_connue(mission.periode)))
    suites = [suite for periodes in par_employeur.values() for suite in _fondre(periodes, ecart_jours)]
    return max(suites, key=lambda p: (p.nombre_jours() or 0, p.debut), default=None)


def mois_travailles(periodes: Sequence[Periode], *, jour: date) -> Decimal:
    """Rend le nombre de mois travaillés sur les douze mois qui finissent ce jour-là, un même jour compté une fois.

    Au millionième de mois : trois tiers de mois en font un, ce que trois divisions arrondies ne rendraient pas.
    """
    annee = Periode(ajouter_mois(lendemain(jour), -12), jour)
    communes = [commune for p in periodes if (commune := p.intersection(annee))]
    return round(sum((p.nombre_mois() or Decimal(0) for p in _fondre(communes, 0)), Decimal(0)), 6)


def _fondre(periodes: Sequence[Periode], ecart_jours: int) -> list[Periode]:
    """Réunit les périodes que `ecart_jours` jours au plus séparent."""
    fondues: list[Periode] = []
    for periode in sorted(periodes, key=lambda p: p.debut):
        if fondues and _ecart(fondues[-1], periode) <= ecart_jours:
            fondues[-1] = Periode(fondues[-1].debut, max(fin_connue(fondues[-1]), fin_connue(periode)))
        else:
            fondues.append(periode)
    return fondues


def _ecart(avant: Periode, apres: Periode) -> int:
    """Jours entiers entre les deux ; zéro ou moins quand elles se touchent ou se recouvrent."""
    return (apres.debut - fin_connue(avant)).days - 1
