"""Les états d'un relevé d'heures et les passages permis : déclaré, vérifié, validé, refusé, rectifié, contesté."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from comptes.regles import Refus


class Etat(StrEnum):
    """L'état d'un relevé ; les trois premiers attendent une décision, le dernier l'issue d'un litige."""

    DECLARE = "declare"
    RECTIFIE = "rectifie"
    VERIFIE = "verifie"
    VALIDE = "valide"
    REFUSE = "refuse"
    CONTESTE = "conteste"


LIBELLES_ETAT: Final[Mapping[Etat, str]] = MappingProxyType(
    {
        Etat.DECLARE: "à vérifier",
        Etat.RECTIFIE: "rectifié",
        Etat.VERIFIE: "vérifié",
        Etat.VALIDE: "validé",
        Etat.REFUSE: "refusé",
        Etat.CONTESTE: "contesté",
    }
)
ETATS_A_VERIFIER: Final = frozenset({Etat.DECLARE, Etat.RECTIFIE, Etat.VERIFIE})
ETATS_MODIFIABLES: Final = frozenset({Etat.DECLARE, Etat.RECTIFIE, Etat.REFUSE})
LITIGE_OUVERT: Final = Refus(
    "Ces heures sont contestées\u00a0: elles ne changent plus avant la fin du litige.", "litige_ouvert"
)


@dataclass(frozen=True, slots=True)
class Transition:
    """Un passage permis : le verbe du bouton, qui peut le faire, et s'il demande un motif."""

    verbe: str
    exige_facilitateur: bool = True
    exige_motif: bool = False


# Rouvrir une case validée demande un motif et la rend « rectifiée » : ce qui a été validé ne change jamais en silence.
TRANSITIONS: Final[Mapping[tuple[Etat, Etat], Transition]] = MappingProxyType(
    {
        (Etat.DECLARE, Etat.VERIFIE): Transition("Vérifier"),
        (Etat.RECTIFIE, Etat.VERIFIE): Transition("Vérifier"),
        (Etat.VERIFIE, Etat.VALIDE): Transition("Valider"),
        (Etat.DECLARE, Etat.REFUSE): Transition("Refuser", exige_motif=True),
        (Etat.RECTIFIE, Etat.REFUSE): Transition("Refuser", exige_motif=True),
        (Etat.VERIFIE, Etat.REFUSE): Transition("Refuser", exige_motif=True),
        (Etat.VERIFIE, Etat.RECTIFIE): Transition("Rouvrir", exige_motif=True),
        (Etat.VALIDE, Etat.RECTIFIE): Transition("Rouvrir", exige_motif=True),
        (Etat.REFUSE, Etat.DECLARE): Transition("Revenir sur le refus"),
        (Etat.REFUSE, Etat.RECTIFIE): Transition("Rectifier", exige_facilitateur=False),
    }
)


def controler_transition(de: Etat | str, vers: Etat | str, motif: str = "", *, est_facilitateur: bool) -> Refus | None:
    """Dit si un relevé peut passer d'un état à l'autre ; rend None si oui.

    Le facilitateur vérifie, valide, refuse (motif exigé) et rouvre (motif exigé) ; l'entreprise déclare et rectifie un refus.
    """
    depart, arrivee = Etat(de), Etat(vers)
    transition = TRANSITIONS.get((depart, arrivee))
    if transition is None:
        return _refus_hors_table(depart, arrivee)
    if transition.exige_facilitateur and not est_facilitateur:
        return Refus(f"{transition.verbe} des heures revient au facilitateur.", "droit_facilitateur")
    if transition.exige_motif and not motif.strip():
        verbe = transition.verbe.lower()
        return Refus(f"Pour {verbe} ces heures, écrivez le motif\u00a0: l’entreprise le lira.", "motif_absent")
    return None


def etat_apres_saisie(etat: Etat | str | None) -> Etat | Refus:
    """Rend l'état après une saisie : une case vide ou déclarée est « déclarée », refusée ou rectifiée est « rectifiée ».

    Une case vérifiée ou validée ne se saisit plus : elle se rouvre, avec un motif. Contestée, elle attend la fin du litige.
    """
    if etat is None or Etat(etat) == Etat.DECLARE:
        return Etat.DECLARE
    if Etat(etat) in ETATS_MODIFIABLES:
        return Etat.RECTIFIE
    if Etat(etat) == Etat.CONTESTE:
        return LITIGE_OUVERT
    return Refus(
        f"Ces heures sont {_accorde(Etat(etat))}\u00a0: elles ne se modifient plus. "
        "Le facilitateur peut les rouvrir, avec un motif.",
        "heures_figees",
    )


def _refus_hors_table(de: Etat, vers: Etat) -> Refus:
    if de == Etat.CONTESTE:
        return LITIGE_OUVERT
    if de == vers:
        return Refus(f"Ces heures sont déjà {_accorde(de)}.", "deja_fait")
    if de == Etat.VALIDE:
        return Refus("Ces heures sont validées\u00a0: rouvrez-les d’abord, avec un motif.", "heures_figees")
    if vers == Etat.CONTESTE:
        return Refus("Seule une autre partie du contrat peut contester ces heures.", "droit_partie")
    if vers == Etat.VALIDE:
        return Refus(f"Ces heures sont {_accorde(de)}\u00a0: vérifiez-les avant de les valider.", "passage_interdit")
    return Refus(f"Ces heures sont {_accorde(de)}\u00a0: ce passage n’existe pas.", "passage_interdit")


def _accorde(etat: Etat) -> str:
    return "à vérifier" if etat == Etat.DECLARE else LIBELLES_ETAT[etat] + "es"
