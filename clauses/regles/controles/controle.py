"""Un contrôle : ce qu'il cherche, sa limite, d'où elle vient, ce qu'il dit, et le niveau qu'on peut lui donner."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clauses.regles.controles.faits import Faits
from clauses.regles.controles.niveaux import TOUS_LES_NIVEAUX, Niveau

USAGE: Final = "Usage"
MARCHE: Final = "Pièces du marché"
BASE: Final = "Étape"


@dataclass(frozen=True, slots=True)
class Controle:
    """Une ligne du catalogue. `phrase` rend la phrase complète quand le contrôle se déclenche, None sinon.

    `niveau` : celui par défaut. `niveaux` : ceux qu'un marché peut choisir ; un seul, le niveau est fixe. `reserve` : ne se dit qu'au
    facilitateur, parce que la phrase parle d'un autre employeur, d'une pièce ou d'un agrément.
    """

    code: str
    nom: str
    limite: str
    source: str
    phrase: Callable[[Faits], str | None]
    niveau: Niveau = Niveau.AVERTISSEMENT
    niveaux: tuple[Niveau, ...] = TOUS_LES_NIVEAUX
    reserve: bool = False
    version: int = 1

    @property
    def niveau_fixe(self) -> bool:
        """Dit si aucun marché ne peut changer ce niveau : la loi, la base ou les dates du contrat l'imposent."""
        return len(self.niveaux) == 1


@dataclass(frozen=True, slots=True)
class ConstatHeures:
    """Un contrôle qui s'est déclenché, avec le niveau que lui donne le marché."""

    code: str
    niveau: Niveau
    phrase: str
    limite: str
    version: int
    reserve: bool
