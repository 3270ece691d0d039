"""Ce qui se dit d'une sortie du parcours, et les deux lectures qui la classent.

Deux lectures, qui sont des réglages (`RegleSortie`) et non des constantes :
- générale : un CDI, un CDD de plus de six mois (« 6 mois et un jour », fiche A3) ou une création sont durables dès la signature ;
  un CDD plus court ou un contrat aidé sont de transition ; formation, autre structure de l'IAE et retraite sont positives (usage) ;
- PLIE : l'emploi se juge **tenu** six mois, attesté, à mi-temps choisi au moins ; une formation qualifiante se valide en formation
  ou à la certification (note CIDEME de janvier 2013, d'après AVE, « PLIE mode d'emploi », 20 avril 2010 ; PLIE de Toulouse).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from parcours.regles.missions import Mission

SOURCE_USAGE: Final = "usage de l’IAE"
SOURCE_GENERALE: Final = f"fiche A3\u00a0; {SOURCE_USAGE}"
SOURCE_DUREE: Final = f"fiche A3 («\u00a06 mois et un jour\u00a0»)\u00a0; {SOURCE_USAGE}"
SOURCE_PLIE: Final = (
    "note CIDEME de janvier 2013, d’après AVE, «\u00a0PLIE mode d’emploi\u00a0» (2010)\u00a0; PLIE de Toulouse"
)


class NatureSortie(StrEnum):
    """Ce que fait la personne à la sortie."""

    CDI = "cdi"
    CDD = "cdd"
    ALTERNANCE = "alternance"
    CONTRAT_AIDE = "contrat_aide"
    INTERIM = "interim"
    SAISONNIER = "saisonnier"
    CREATION = "creation"
    ASSOCIATION_INTERMEDIAIRE = "association_intermediaire"
    AUTRE_SIAE = "autre_siae"
    FORMATION_QUALIFIANTE = "formation_qualifiante"
    AUTRE_FORMATION = "autre_formation"
    RETRAITE = "retraite"
    DEMENAGEMENT = "demenagement"
    SANTE = "sante"
    ABANDON = "abandon"
    FIN_DU_PARCOURS = "fin_du_parcours"
    DECES = "deces"


class ClasseSortie(StrEnum):
    """Les quatre classes, et deux réponses d'attente."""

    DURABLE = "durable"
    TRANSITION = "transition"
    POSITIVE = "positive"
    AUTRE = "autre"
    A_CONFIRMER = "a_confirmer"
    A_COMPLETER = "a_completer"


# Ce que la fiche A3 dit elle-même d'une sortie : la durée d'un emploi à terme ; l'emploi sans terme et la formation.
_A_TERME: Final = frozenset({NatureSortie.CDD, NatureSortie.ALTERNANCE, NatureSortie.INTERIM})
_SANS_DUREE: Final = frozenset(
    {NatureSortie.CDI, NatureSortie.CREATION, NatureSortie.FORMATION_QUALIFIANTE, NatureSortie.AUTRE_FORMATION}
)


@dataclass(frozen=True, slots=True)
class RegleSortie:
    """La lecture d'une structure ou d'un PLIE.

    `emploi_mois` : la durée d'un emploi durable ; `un_jour_de_plus` : « 6 mois et un jour ». `exige_tenue` : l'emploi se juge tenu,
    non signé. `quotite_minimale` : part d'un temps plein (None : sans minimum). `ecart_interim_jours` : jours sans mission admis
    entre deux missions (2 : une fin de semaine). `saisonnier_mois` : mois travaillés sur les douze derniers.
    """

    est_plie: bool = False
    emploi_mois: int = 6
    un_jour_de_plus: bool = True
    exige_tenue: bool = False
    quotite_minimale: Fraction | None = None
    ecart_interim_jours: int = 2
    saisonnier_mois: int = 8
    formation_longue_mois: int = 9
    formation_validee_mois: int = 6

    def __post_init__(self) -> None:
        if min(self.emploi_mois, self.saisonnier_mois, self.formation_longue_mois, self.formation_validee_mois) < 1:
            raise ValueError("Une durée compte au moins un mois.")
        if self.ecart_interim_jours < 0:
            raise ValueError("L’écart entre deux missions n’est jamais négatif.")
        if self.saisonnier_mois > 12:
            raise ValueError("Un saisonnier ne peut pas travailler plus de 12\u00a0mois sur 12.")
        if self.formation_validee_mois > self.formation_longue_mois:
            raise ValueError("Une formation ne se valide pas plus tard que la durée qui la rend longue.")

    def source_de(self, nature: NatureSortie) -> str:
        """Les textes qui fondent la lecture d'une sortie de cette nature."""
        if self.est_plie:
            return SOURCE_PLIE
        if nature in _A_TERME:
            return SOURCE_DUREE
        return SOURCE_GENERALE if nature in _SANS_DUREE else SOURCE_USAGE


REGLE_SORTIE: Final = RegleSortie()
REGLE_SORTIE_PLIE: Final = RegleSortie(
    est_plie=True, un_jour_de_plus=False, exige_tenue=True, quotite_minimale=Fraction(1, 2)
)


@dataclass(frozen=True, slots=True)
class FaitsSortie:
    """Ce que l'on sait de la sortie.

    `debut` : embauche, entrée en formation ou création. `fin_prevue` : la fin écrite au contrat. `fin_reelle` : la rupture ou
    l'abandon, s'il y en a. `quotite` : part d'un temps plein. `missions` : pour l'intérim et le travail saisonnier.
    """

    nature: NatureSortie
    debut: date | None = None
    fin_prevue: date | None = None
    fin_reelle: date | None = None
    quotite: Fraction = Fraction(1)
    est_temps_choisi: bool = True
    est_atteste: bool = True
    missions: tuple[Mission, ...] = ()
    plusieurs_employeurs_choisis: bool = False
    certification_le: date | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Sortie:
    """La réponse. `acquise_le` : le jour où elle est acquise, ou le sera si rien ne change ; `est_positive` : au sens large du bilan."""

    classe: ClasseSortie
    raisons: tuple[str, ...]
    source: str = ""
    acquise_le: date | None = None

    @property
    def est_positive(self) -> bool:
        """Dit si elle compte parmi les sorties positives d'un bilan (fiche A3 : emploi durable ou formation)."""
        return self.classe in {ClasseSortie.DURABLE, ClasseSortie.POSITIVE}
