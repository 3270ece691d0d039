"""Un marché à venir : où il en est, qui attend une réponse et depuis quand, ce qui peut encore s'y faire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from comptes.formats import date_longue, depuis_jours
from comptes.regles import Refus

# Au-delà, l'attente se dit en rouge des deux côtés. Usage.
DELAI_AVIS_JOURS: Final = 15


class Partie(StrEnum):
    """Qui doit répondre."""

    FACILITATEUR = "facilitateur"
    ACHETEUR = "acheteur"


class EtatProjet(StrEnum):
    """Où en est un marché à venir."""

    BROUILLON = "brouillon"
    DEMANDE = "demande"
    RENDU = "rendu"
    PUBLIE = "publie"
    SUIVI = "suivi"
    ABANDONNE = "abandonne"


class Geste(StrEnum):
    """Ce que l'on peut vouloir y faire."""

    MODIFIER = "modifier"
    DEMANDER = "demander"
    ECRIRE = "ecrire"
    RENDRE_AVIS = "rendre_avis"
    PUBLIER = "publier"
    ABANDONNER = "abandonner"
    CREER_OPERATION = "creer_operation"


@dataclass(frozen=True, slots=True)
class FaitsProjet:
    """Ce que l'on sait d'un projet : ses dates, et qui attend. `operation` : elle est créée."""

    demande_le: date | None = None
    avis_le: date | None = None
    publie_le: date | None = None
    abandonne_le: date | None = None
    operation: bool = False
    attente: Partie | None = None
    attente_depuis: date | None = None


def etat_projet(faits: FaitsProjet) -> EtatProjet:
    """Rend l'état : abandonné, opération créée, publié, avis rendu, avis demandé, brouillon, dans cet ordre."""
    if faits.abandonne_le is not None:
        return EtatProjet.ABANDONNE
    if faits.operation:
        return EtatProjet.SUIVI
    if faits.publie_le is not None:
        return EtatProjet.PUBLIE
    if faits.avis_le is not None:
        return EtatProjet.RENDU
    return EtatProjet.BROUILLON if faits.demande_le is None else EtatProjet.DEMANDE


def jours_d_attente(faits: FaitsProjet, aujourd_hui: date) -> int:
    """Rend les jours écoulés depuis que l'autre partie attend ; 0 quand personne n'attend, ou que le projet est fini."""
    if faits.attente is None or faits.attente_depuis is None or etat_projet(faits) in _FINIS:
        return 0
    return max((aujourd_hui - faits.attente_depuis).days, 0)


def est_en_retard(faits: FaitsProjet, aujourd_hui: date) -> bool:
    """Dit si l'on attend depuis plus de quinze jours."""
    return jours_d_attente(faits, aujourd_hui) > DELAI_AVIS_JOURS


def ecrire_etat(faits: FaitsProjet, aujourd_hui: date) -> str:
    """Rend l'état en une phrase : « Avis demandé le 3 novembre 2026, sans réponse depuis 12 jours. »"""
    match etat_projet(faits):
        case EtatProjet.ABANDONNE:
            return f"Abandonné le {date_longue(faits.abandonne_le)}."
        case EtatProjet.SUIVI:
            return "Attribué\u00a0: l’opération est créée."
        case EtatProjet.PUBLIE:
            return f"Publié le {date_longue(faits.publie_le)}."
        case EtatProjet.RENDU:
            return f"Avis rendu le {date_longue(faits.avis_le)}{_attente(faits, aujourd_hui)}."
        case EtatProjet.DEMANDE:
            return f"Avis demandé le {date_longue(faits.demande_le)}{_attente(faits, aujourd_hui)}."
        case EtatProjet.BROUILLON:
            return "Brouillon\u00a0: votre facilitateur ne le voit pas encore."


def _attente(faits: FaitsProjet, aujourd_hui: date) -> str:
    if faits.attente is None or faits.attente_depuis is None:
        return ""
    depuis = depuis_jours(faits.attente_depuis, aujourd_hui)
    if faits.attente == Partie.ACHETEUR:
        return f", une précision est attendue de l’acheteur {depuis}"
    if faits.avis_le is not None:
        return f", une question de l’acheteur attend {depuis}"
    return f", sans réponse {depuis}"


_FINIS: Final = frozenset({EtatProjet.SUIVI, EtatProjet.ABANDONNE})
_PERMIS: Final[Mapping[Geste, frozenset[EtatProjet]]] = MappingProxyType(
    {
        Geste.MODIFIER: frozenset({EtatProjet.BROUILLON, EtatProjet.DEMANDE}),
        Geste.DEMANDER: frozenset({EtatProjet.BROUILLON}),
        Geste.ECRIRE: frozenset({EtatProjet.DEMANDE, EtatProjet.RENDU, EtatProjet.PUBLIE}),
        Geste.RENDRE_AVIS: frozenset({EtatProjet.DEMANDE, EtatProjet.RENDU}),
        Geste.PUBLIER: frozenset({EtatProjet.DEMANDE, EtatProjet.RENDU}),
        Geste.ABANDONNER: frozenset(EtatProjet) - _FINIS,
        Geste.CREER_OPERATION: frozenset({EtatProjet.RENDU, EtatProjet.PUBLIE}),
    }
)
_REFUS: Final[Mapping[Geste, str]] = MappingProxyType(
    {
        Geste.MODIFIER: "Ce marché ne se modifie plus\u00a0: l’avis a été rendu sur ce qu’il dit. Écrivez une précision.",
        Geste.DEMANDER: "L’avis est déjà demandé.",
        Geste.ECRIRE: "On ne peut pas écrire ici\u00a0: l’avis n’est pas demandé, ou le marché est fini.",
        Geste.RENDRE_AVIS: "Un avis ne se rend plus ici\u00a0: le marché est publié, attribué ou abandonné.",
        Geste.PUBLIER: "Ce marché est déjà publié, ou son avis n’est pas encore demandé.",
        Geste.ABANDONNER: "Ce marché est déjà fini.",
        Geste.CREER_OPERATION: "L’opération se crée une fois l’avis rendu, et une seule fois.",
    }
)


def peut(faits: FaitsProjet, geste: Geste) -> bool:
    """Dit si ce geste se fait dans cet état."""
    return etat_projet(faits) in _PERMIS[geste]


def controler_geste(faits: FaitsProjet, geste: Geste) -> Refus | None:
    """Refuse un geste hors de son état, avec sa phrase."""
    return None if peut(faits, geste) else Refus(_REFUS[geste], f"projet_{geste.value}")


def controler_facilitateur(faits: FaitsProjet, *, change: bool) -> Refus | None:
    """L'avis demandé, le facilitateur reste : le fil est entre lui et l'acheteur."""
    if change and faits.demande_le is not None:
        return Refus(
            "L’avis est déjà demandé à ce facilitateur\u00a0: pour en changer, abandonnez ce marché et annoncez-le de nouveau.",
            "projet_facilitateur",
        )
    return None


def controler_publication(publie_le: date, aujourd_hui: date) -> Refus | None:
    """Une publication est un fait : elle n'est pas à venir."""
    if publie_le > aujourd_hui:
        return Refus(
            "Cette publication est à venir\u00a0: notez-la le jour où elle a lieu.", "projet_publication_a_venir"
        )
    return None
