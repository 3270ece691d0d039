"""Le catalogue des contrôles, ses niveaux par marché, et son application à des heures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from clauses.regles.controles import contrat, decision, duree, refus, vraisemblance
from clauses.regles.controles.controle import ConstatHeures, Controle
from clauses.regles.controles.faits import Faits
from clauses.regles.controles.niveaux import LIBELLES_NIVEAU, Niveau
from comptes.regles import Refus

# L'ordre est celui où les contrôles parlent : le nombre, les dates, la fenêtre, puis ce qui demande de comparer.
SUJETS: Final[Mapping[str, tuple[Controle, ...]]] = MappingProxyType(
    {
        "Le nombre tapé": refus.NOMBRE,
        "Les dates du contrat et du lot": refus.DATES,
        "L’éligibilité": (*refus.FENETRE, *decision.CONTROLES),
        "La durée du travail": (*refus.VOLUME, *duree.CONTROLES),
        "Le contrat et l’employeur": contrat.CONTROLES,
        "D’un mois à l’autre": vraisemblance.CONTROLES,
    }
)
CATALOGUE: Final[Mapping[str, Controle]] = MappingProxyType(
    {controle.code: controle for controles in SUJETS.values() for controle in controles}
)
LONGUEUR_PHRASE: Final = 500
PHRASE_RESERVEE: Final = (
    "Ces heures ne peuvent pas être gardées telles quelles\u00a0: votre facilitateur vous dira pourquoi."
)
_DU_NOMBRE: Final = frozenset(controle.code for controle in refus.NOMBRE)


@dataclass(frozen=True, slots=True)
class ParametresControles:
    """La section « controles » de la règle d'un marché : les niveaux qui diffèrent du catalogue.

    Lève ValueError, avec la phrase à montrer, sur un contrôle inconnu ou un niveau que ce contrôle ne peut pas prendre.
    """

    niveaux: Mapping[str, Niveau] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for code, niveau in self.niveaux.items():
            controle = CATALOGUE.get(code)
            if controle is None:
                raise ValueError(f"Le contrôle «\u00a0{code}\u00a0» n’existe pas.")
            if niveau not in controle.niveaux:
                permis = " ou ".join(f"«\u00a0{LIBELLES_NIVEAU[n].lower()}\u00a0»" for n in controle.niveaux)
                raise ValueError(f"{controle.nom}\u00a0: le niveau est {permis}, rien d’autre.")

    def niveau(self, code: str) -> Niveau:
        """Rend le niveau de ce contrôle : celui du marché, à défaut celui du catalogue."""
        return self.niveaux.get(code, CATALOGUE[code].niveau)

    def vers_json(self) -> dict[str, Any]:
        """Rend la section telle qu'elle se garde : seulement ce qui diffère du catalogue."""
        return {code: n.value for code, n in sorted(self.niveaux.items()) if n != CATALOGUE[code].niveau}

    @classmethod
    def depuis_json(cls, valeurs: Mapping[str, Any]) -> "ParametresControles":
        """Relit la section gardée. Un contrôle retiré du catalogue, ou un niveau qu'il ne prend plus, ne compte pas."""
        gardes = {
            code: Niveau(niveau)
            for code, niveau in valeurs.items()
            if code in CATALOGUE and niveau in CATALOGUE[code].niveaux
        }
        return cls(MappingProxyType(gardes))


NIVEAUX_PAR_DEFAUT: Final = ParametresControles()


def constater(faits: Faits, parametres: ParametresControles = NIVEAUX_PAR_DEFAUT) -> tuple[ConstatHeures, ...]:
    """Passe des heures au catalogue ; rend ce qui s'est déclenché, dans l'ordre du catalogue, niveaux du marché.

    Un nombre illisible arrête tout : les autres contrôles n'auraient rien à comparer.
    """
    constats: list[ConstatHeures] = []
    for controle in CATALOGUE.values():
        if constats and constats[0].code in _DU_NOMBRE:
            break
        niveau = parametres.niveau(controle.code)
        phrase = None if niveau == Niveau.INACTIF else controle.phrase(faits)
        if phrase:
            constats.append(
                ConstatHeures(
                    controle.code,
                    niveau,
                    phrase[:LONGUEUR_PHRASE],
                    controle.limite,
                    controle.version,
                    controle.reserve,
                )
            )
    return tuple(constats)


def refus_de(constats: Iterable[ConstatHeures], *, pour_le_facilitateur: bool = True) -> Refus | None:
    """Rend le premier constat bloquant, en refus ; None si les heures peuvent être gardées.

    Une entreprise ne lit pas un constat réservé au facilitateur : elle lit qu'il y en a un.
    """
    for constat in constats:
        if constat.niveau == Niveau.BLOQUANT:
            lisible = pour_le_facilitateur or not constat.reserve
            return Refus(constat.phrase if lisible else PHRASE_RESERVEE, constat.code)
    return None


def heures_ne_comptent_pas(constats: Iterable[ConstatHeures]) -> bool:
    """Dit si un constat au moins est au niveau « ne compte pas » : les heures sont gardées et comptent pour zéro."""
    return any(constat.niveau == Niveau.NE_COMPTE_PAS for constat in constats)
