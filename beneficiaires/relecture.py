"""Ce qu'une orientation dit, mis en clair : pour la relecture avant l'envoi, et pour qui la reçoit."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from beneficiaires.models import Orientation
from beneficiaires.regles import CRITERES, FREINS, Critere, age_au, date_limite_reponse, preuve_suffisante
from beneficiaires.suites import Suite, suite_de


@dataclass(frozen=True, slots=True)
class SituationLue:
    """Un critère coché, la date de sa pièce, et ce qui manque à la preuve ce jour-là (vide : rien)."""

    critere: Critere
    date_piece: date | None
    manque: str


@dataclass(frozen=True, slots=True)
class Relecture:
    age: int
    situations: tuple[SituationLue, ...]
    freins: tuple[str, ...]
    metiers: tuple[str, ...]
    suite: Suite
    date_limite: date | None

    @property
    def manques(self) -> list[str]:
        return [situation.manque for situation in self.situations if situation.manque]


def relire(orientation: Orientation, aujourd_hui: date) -> Relecture:
    """Rend l'orientation en clair, ses critères dans l'ordre de la table."""
    coches = {coche.critere: coche.date_piece for coche in orientation.criteres.all()}
    situations = []
    for code, critere in CRITERES.items():
        if code in coches:
            refus = preuve_suffisante(critere, coches[code], aujourd_hui)
            situations.append(SituationLue(critere, coches[code], refus.phrase if refus else ""))
    envoyee_le = orientation.envoyee_le
    limite = date_limite_reponse(timezone.localdate(envoyee_le)) if envoyee_le else None
    return Relecture(
        age=age_au(orientation.date_naissance, aujourd_hui),
        situations=tuple(situations),
        freins=tuple(FREINS[code].libelle for code in orientation.freins),
        metiers=tuple(str(metier) for metier in orientation.metiers.all()),
        suite=suite_de(orientation, aujourd_hui),
        date_limite=limite,
    )
