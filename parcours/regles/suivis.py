"""Les suivis après la sortie : à 6 et 18 mois, à 3 et 12 si le réglage le veut, comptés de la sortie ou de l'embauche.

Source : fiche A3 ; suivi en emploi de six mois des PLIE ; les jalons et leur départ sont des réglages. « Non joint » est une réponse.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import ajouter_mois
from comptes.regles import Refus

JALONS_MOIS: Final = (6, 18)
JALONS_FACULTATIFS_MOIS: Final = (3, 12)


class DepartSuivi(StrEnum):
    """Le jour d'où se comptent les suivis."""

    SORTIE = "sortie"
    EMBAUCHE = "embauche"


class ReponseSuivi(StrEnum):
    """Ce que l'on a appris ; « non joint » en est une."""

    EN_EMPLOI = "en_emploi"
    EN_FORMATION = "en_formation"
    SANS_EMPLOI = "sans_emploi"
    AUTRE = "autre"
    NON_JOINT = "non_joint"


LIBELLES_REPONSE_SUIVI: Final[Mapping[ReponseSuivi, str]] = MappingProxyType(
    {
        ReponseSuivi.EN_EMPLOI: "En emploi",
        ReponseSuivi.EN_FORMATION: "En formation",
        ReponseSuivi.SANS_EMPLOI: "Sans emploi",
        ReponseSuivi.AUTRE: "Autre situation",
        ReponseSuivi.NON_JOINT: "Non joint",
    }
)


class EtatSuivi(StrEnum):
    """Où en est un suivi un jour donné."""

    A_VENIR = "a_venir"
    A_FAIRE = "a_faire"
    FAIT = "fait"
    NON_JOINT = "non_joint"


@dataclass(frozen=True, slots=True)
class RegleSuivi:
    """`depart` : la sortie ou l'embauche ; `facultatifs` : les jalons de plus, parmi 3 et 12 mois."""

    depart: DepartSuivi = DepartSuivi.SORTIE
    facultatifs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not set(self.facultatifs) <= set(JALONS_FACULTATIFS_MOIS):
            raise ValueError("Les suivis facultatifs sont à 3 et 12\u00a0mois.")

    @property
    def jalons_mois(self) -> tuple[int, ...]:
        """Tous les jalons, dans l'ordre."""
        return tuple(sorted({*JALONS_MOIS, *self.facultatifs}))


REGLE_SUIVI: Final = RegleSuivi()


@dataclass(frozen=True, slots=True)
class Suivi:
    """Un suivi à faire : son jalon en mois et son jour."""

    mois: int
    jour: date


def echeances_suivi(
    *, sortie: date | None, embauche: date | None = None, regle: RegleSuivi = REGLE_SUIVI
) -> tuple[Suivi, ...] | Refus:
    """Rend les suivis et leurs jours : le même quantième, ramené au dernier jour du mois s'il n'existe pas.

    Rend un refus « à compléter » quand la date d'où l'on compte manque.
    """
    depart = sortie if regle.depart == DepartSuivi.SORTIE else embauche
    if depart is None:
        quoi = "date de sortie" if regle.depart == DepartSuivi.SORTIE else "date d’embauche"
        return Refus(f"À compléter\u00a0: {quoi}.", "suivi_a_completer")
    return tuple(Suivi(mois, ajouter_mois(depart, mois)) for mois in regle.jalons_mois)


def etat_suivi(suivi: Suivi, reponse: ReponseSuivi | None, jour: date) -> EtatSuivi:
    """Rend l'état d'un suivi ce jour-là : une réponse l'emporte ; sans réponse, il est à faire à partir de son jour."""
    if reponse is not None:
        return EtatSuivi.NON_JOINT if reponse == ReponseSuivi.NON_JOINT else EtatSuivi.FAIT
    return EtatSuivi.A_FAIRE if jour >= suivi.jour else EtatSuivi.A_VENIR


def compter_suivis(reponses: Sequence[ReponseSuivi | None]) -> Mapping[ReponseSuivi | None, int]:
    """Compte les réponses, chacune présente même à zéro ; None compte ce qui n'a pas encore de réponse, à part de « non joint »."""
    comptes = Counter(reponses)
    return MappingProxyType({reponse: comptes[reponse] for reponse in (*ReponseSuivi, None)})
