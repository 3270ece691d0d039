"""Les tranches d'échéance : passée, 30 jours ou moins, 31 à 60, 61 à 90. Elles ne se recouvrent pas."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from beneficiaires.periodes import decaler

# Code, libellé, premier et dernier nombre de jours avant la fin, compris ; None : sans borne.
_TRANCHES: Final = (
    ("passee", "Passée", None, -1),
    ("j30", "30\u00a0jours ou moins", 0, 30),
    ("j60", "31 à 60\u00a0jours", 31, 60),
    ("j90", "61 à 90\u00a0jours", 61, 90),
)


@dataclass(frozen=True, slots=True)
class TrancheEcheance:
    """Les dates de fin d'une tranche, bornes comprises ; `du` à None : toutes les dates d'avant."""

    code: str
    libelle: str
    du: date | None
    au: date

    def contient(self, date_fin: date) -> bool:
        """Dit si cette date de fin est dans la tranche."""
        return (self.du is None or self.du <= date_fin) and date_fin <= self.au


def bornes_echeance(aujourd_hui: date) -> tuple[TrancheEcheance, ...]:
    """Rend les quatre tranches, de la plus pressée à la plus lointaine, en dates de fin comprises.

    Une fin aujourd'hui même est « 30 jours ou moins » : le dernier jour compte encore. Le 91e jour n'est dans aucune.
    """
    return tuple(
        TrancheEcheance(
            code, libelle, None if premier is None else decaler(aujourd_hui, premier), decaler(aujourd_hui, dernier)
        )
        for code, libelle, premier, dernier in _TRANCHES
    )


def tranche_echeance(date_fin: date, aujourd_hui: date) -> TrancheEcheance | None:
    """Rend la tranche de cette date de fin, ou None au-delà de 90 jours."""
    return next((tranche for tranche in bornes_echeance(aujourd_hui) if tranche.contient(date_fin)), None)
