"""L'histoire des heures dues d'un titulaire : de l'attribution à aujourd'hui, ce qui les a changées."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from comptes.formats import date_chiffres, nombre

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class EvenementDues:
    """Ce qui change des heures dues : son nom (« avenant 1 », « tranche 2 affermie »), son jour, et de combien d'heures."""

    nom: str
    date: date
    variation_heures: Decimal
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EtapeDues:
    """Une étape de l'histoire : les heures avant et après l'événement."""

    evenement: EvenementDues
    heures_avant: Decimal
    heures_apres: Decimal

    @property
    def phrase(self) -> str:
        """Rend « 750 → 933 h, avenant 1, 12/03/2026 » ; « 933 h, … » quand rien n'a changé."""
        heures = f"{nombre(self.heures_apres)}\u00a0h"
        if self.heures_apres != self.heures_avant:
            heures = f"{nombre(self.heures_avant)} → {heures}"
        return f"{heures}, {self.evenement.nom}, {date_chiffres(self.evenement.date)}"


def heures_dues_a_jour(heures_de_base: Decimal, variations: Iterable[Decimal]) -> Decimal:
    """Rend les heures dues : celles de l'attribution, des tranches ou des bons, plus ce que chaque avenant a ajouté ou retiré.

    Jamais négatif.
    """
    return max(heures_de_base + sum(variations, ZERO), ZERO)


def historique_dues(heures_attribution: Decimal, evenements: Sequence[EvenementDues]) -> tuple[EtapeDues, ...]:
    """Rend les étapes dans l'ordre des dates ; à date égale, dans l'ordre donné. La dernière porte les heures dues aujourd'hui."""
    etapes: list[EtapeDues] = []
    courantes = heures_attribution
    for evenement in sorted(evenements, key=lambda e: e.date):
        apres = courantes + evenement.variation_heures
        etapes.append(EtapeDues(evenement, max(courantes, ZERO), max(apres, ZERO)))
        courantes = apres
    return tuple(etapes)
