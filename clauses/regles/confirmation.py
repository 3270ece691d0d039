"""La chaîne de confirmation : qui répond des heures déclarées, quand un silence ne bloque plus, ce que décide un litige.

Un sous-traitant, une ETTI, un GEIQ ou une SIAE déclare ; le titulaire approuve ou conteste ; le facilitateur valide. La section
« confirmation » de la règle d'un marché dit si l'accord du titulaire est exigé.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from clauses.regles.etats import ETATS_A_VERIFIER, LITIGE_OUVERT, Etat
from comptes.formats import date_longue
from comptes.formats import heures as ecrire_heures
from comptes.regles import Refus

DELAI_MAXIMAL_JOURS: Final = 90
DELAI_PAR_DEFAUT_JOURS: Final = 15
SOURCES_CONCORDANTES: Final = 2


@dataclass(frozen=True, slots=True)
class ParametresConfirmation:
    """La section « confirmation ». `exige` : l'accord du titulaire précède la validation. Délais en jours de calendrier.

    `silence_jours` : au-delà, sans réponse du titulaire, la validation n'attend plus. `litige_jours` : le temps laissé pour régler
    un désaccord. Lève ValueError, avec la phrase à montrer, sur un délai hors de 1 à 90 jours. Source : usage, selon le marché.
    """

    exige: bool = False
    silence_jours: int = DELAI_PAR_DEFAUT_JOURS
    litige_jours: int = DELAI_PAR_DEFAUT_JOURS

    def __post_init__(self) -> None:
        for jours in (self.silence_jours, self.litige_jours):
            if not 1 <= jours <= DELAI_MAXIMAL_JOURS:
                raise ValueError(f"Un délai compte de 1 à {DELAI_MAXIMAL_JOURS} jours.")

    def vers_json(self) -> dict[str, Any]:
        """Rend la section telle qu'elle se garde ; vide quand rien ne s'écarte des valeurs par défaut."""
        section = {"exige": self.exige, "silence_jours": self.silence_jours, "litige_jours": self.litige_jours}
        return {} if self == ParametresConfirmation() else section

    @classmethod
    def depuis_json(cls, valeurs: Mapping[str, Any]) -> "ParametresConfirmation":
        """Relit la section gardée ; ce qui n'y est pas a sa valeur par défaut. Lève ValueError sur un délai impossible."""
        connues = ("exige", "silence_jours", "litige_jours")
        return cls(**{nom: valeurs[nom] for nom in connues if nom in valeurs})


def doit_repondre(entreprise: Hashable, *, parties: Collection[Hashable], declarant: Hashable | None) -> bool:
    """Dit si cette entreprise doit confirmer des heures : elle est partie au contrat ou au lot, et ne les a pas déclarées.

    `declarant` à None : le facilitateur les a saisies à la place d'une entreprise ; chaque partie peut alors répondre.
    """
    return entreprise in parties and entreprise != declarant


def controler_reponse(etat: Etat | str) -> Refus | None:
    """Dit si l'on peut encore approuver ou contester des heures dans cet état ; None si oui."""
    if etat == Etat.CONTESTE:
        return LITIGE_OUVERT
    if Etat(etat) in ETATS_A_VERIFIER:
        return None
    return Refus("Le facilitateur a déjà décidé de ces heures\u00a0: demandez-lui de les rouvrir.", "deja_decide")


def controler_contestation(declarees: Decimal, reconnues: Decimal) -> Refus | None:
    """Contester, c'est reconnaître un autre nombre d'heures que celui déclaré, moindre ou plus grand."""
    if reconnues == declarees:
        return Refus(
            f"Vous reconnaissez {ecrire_heures(declarees)}, autant que déclaré\u00a0: approuvez ces heures, il n’y a pas de désaccord.",
            "sans_desaccord",
        )
    return None


def controler_accord(
    parametres: ParametresConfirmation,
    *,
    titulaire: Hashable,
    nom: str,
    declarant: Hashable | None,
    approbateurs: Collection[Hashable],
    declare_le: date,
    aujourd_hui: date,
) -> Refus | None:
    """Dit ce qui empêche de valider des heures dont le marché veut l'accord du titulaire ; None si rien.

    Le titulaire qui déclare lui-même n'a pas à s'approuver. Passé `silence_jours` après la déclaration, son silence ne bloque plus.
    """
    if not parametres.exige or titulaire == declarant or titulaire in approbateurs:
        return None
    limite = fin_du_delai(declare_le, parametres.silence_jours)
    if aujourd_hui > limite:
        return None
    return Refus(
        f"Ce marché veut l’accord du titulaire\u00a0: {nom} n’a pas encore répondu. Sans réponse, ces heures pourront être validées "
        f"après le {date_longue(limite)}.",
        "accord_attendu",
    )


def fin_du_delai(depart: date, jours: int) -> date:
    """Rend le dernier jour pour répondre, compris : le jour de départ n'est pas compté (usage des délais en jours)."""
    return depart + timedelta(days=jours)


class IssueLitige(StrEnum):
    """Ce que le facilitateur décide à la fin d'un litige."""

    MAINTENUES = "maintenues"
    CORRIGEES = "corrigees"
    REFUSEES = "refusees"


LIBELLES_ISSUE: Final[Mapping[IssueLitige, str]] = MappingProxyType(
    {
        IssueLitige.MAINTENUES: "Les heures déclarées sont maintenues",
        IssueLitige.CORRIGEES: "Un autre nombre d’heures est retenu",
        IssueLitige.REFUSEES: "Aucune heure n’est retenue",
    }
)


def etat_apres_litige(issue: IssueLitige | str, *, declarees: Decimal, retenues: Decimal | None) -> Etat | Refus:
    """Rend l'état du relevé une fois le litige réglé : vérifié s'il est maintenu, rectifié s'il est corrigé, ou refusé.

    Ensuite, la validation suit son cours : un litige ne valide jamais. `retenues` ne sert qu'à une correction.
    """
    if IssueLitige(issue) == IssueLitige.MAINTENUES:
        return Etat.VERIFIE
    if IssueLitige(issue) == IssueLitige.REFUSEES:
        return Etat.REFUSE
    if not retenues:
        return Refus("Écrivez les heures retenues, ou choisissez qu’aucune ne l’est.", "retenues_absentes")
    if retenues == declarees:
        return Refus("Ce sont les heures déclarées\u00a0: choisissez de les maintenir.", "retenues_identiques")
    return Etat.RECTIFIE


def nombre_de_sources(
    *, est_declaree: bool, approbations: int, heures: Decimal, heures_bulletin: Decimal | None
) -> int:
    """Compte ce qui dit les mêmes heures : la déclaration d'une entreprise, l'accord d'une autre, le bulletin de paie vu.

    `heures_bulletin` : celles du mois entier, donc au moins autant. Ce que le facilitateur saisit n'est pas une source à lui seul.
    """
    bulletin = heures_bulletin is not None and heures_bulletin >= heures
    return int(est_declaree) + approbations + int(bulletin)
