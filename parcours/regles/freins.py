"""La vie d'un frein : ses états, ses dates, sa durée, et quand il est bloqué.

États : France Travail (non abordé, oui, clôturé) et usage des facilitateurs. Un frein non abordé n'est pas une absence de frein.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import decaler
from comptes.formats import date_longue
from comptes.regles import Refus

JOURS_AVANT_BLOCAGE: Final = 90


class EtatFrein(StrEnum):
    """Où en est un frein."""

    NON_ABORDE = "non_aborde"
    REPERE = "repere"
    EN_COURS = "en_cours"
    LEVE = "leve"
    SANS_OBJET = "sans_objet"


LIBELLES_ETAT_FREIN: Final[Mapping[EtatFrein, str]] = MappingProxyType(
    {
        EtatFrein.NON_ABORDE: "Non abordé",
        EtatFrein.REPERE: "Repéré",
        EtatFrein.EN_COURS: "En cours de levée",
        EtatFrein.LEVE: "Levé",
        EtatFrein.SANS_OBJET: "Sans objet",
    }
)
A_LEVER: Final = frozenset({EtatFrein.REPERE, EtatFrein.EN_COURS})

# Ce qui peut suivre chaque état. On ne lève que ce qui a été repéré ; ce qui a été abordé ne redevient pas « non abordé ».
TRANSITIONS: Final[Mapping[EtatFrein, tuple[EtatFrein, ...]]] = MappingProxyType(
    {
        EtatFrein.NON_ABORDE: (EtatFrein.REPERE, EtatFrein.EN_COURS, EtatFrein.SANS_OBJET),
        EtatFrein.REPERE: (EtatFrein.EN_COURS, EtatFrein.LEVE, EtatFrein.SANS_OBJET),
        EtatFrein.EN_COURS: (EtatFrein.LEVE, EtatFrein.REPERE, EtatFrein.SANS_OBJET),
        EtatFrein.LEVE: (EtatFrein.EN_COURS, EtatFrein.REPERE),
        EtatFrein.SANS_OBJET: (EtatFrein.REPERE, EtatFrein.EN_COURS),
    }
)


@dataclass(frozen=True, slots=True)
class FaitsFrein:
    """`depuis` : le jour où l'état a commencé, None tant que rien n'est dit ; `repere_le`, `leve_le` : de quoi dire la durée."""

    etat: EtatFrein = EtatFrein.NON_ABORDE
    depuis: date | None = None
    repere_le: date | None = None
    leve_le: date | None = None


def changer_etat(
    faits: FaitsFrein, vers: EtatFrein, *, jour: date, debut_parcours: date, aujourd_hui: date
) -> FaitsFrein | Refus:
    """Rend le frein dans son nouvel état depuis `jour`, ou le refus.

    Rouvrir un frein levé efface sa date de levée et garde le jour où il a été repéré : sa durée court depuis là. « Sans objet » efface
    les deux dates : ce n'était pas un frein. Source : usage.
    """
    if vers not in TRANSITIONS[faits.etat]:
        return _refuser_transition(faits.etat, vers)
    if jour > aujourd_hui:
        return Refus(f"Le {date_longue(jour)} est à venir\u00a0: un état se constate.", "frein_futur")
    if jour < debut_parcours:
        return Refus(
            f"Le parcours a commencé le {date_longue(debut_parcours)}\u00a0: datez après.", "frein_avant_parcours"
        )
    if faits.depuis is not None and jour < faits.depuis:
        return Refus(
            f"Ce frein est «\u00a0{LIBELLES_ETAT_FREIN[faits.etat].lower()}\u00a0» depuis le {date_longue(faits.depuis)}\u00a0: "
            "la suite ne peut pas être datée d’avant.",
            "frein_desordre",
        )
    if vers == EtatFrein.SANS_OBJET:
        return FaitsFrein(vers, jour)
    repere_le = faits.repere_le or jour
    return FaitsFrein(vers, jour, repere_le, jour if vers == EtatFrein.LEVE else None)


def _refuser_transition(etat: EtatFrein, vers: EtatFrein) -> Refus:
    if vers == etat:
        return Refus(f"Ce frein est déjà «\u00a0{LIBELLES_ETAT_FREIN[etat].lower()}\u00a0».", "frein_meme_etat")
    if vers == EtatFrein.NON_ABORDE:
        return Refus(
            "Un frein abordé ne redevient pas «\u00a0non abordé\u00a0»\u00a0: dites-le sans objet.", "frein_aborde"
        )
    if vers == EtatFrein.LEVE:
        return Refus(
            "Un frein se lève après avoir été repéré\u00a0: dites d’abord depuis quand il l’est.", "frein_non_repere"
        )
    return Refus("Un frein levé se rouvre avant de devenir sans objet.", "frein_leve")


def corriger_jour(faits: FaitsFrein, jour: date, *, debut_parcours: date, aujourd_hui: date) -> FaitsFrein | Refus:
    """Redate l'état courant sans en changer ; le jour de repérage suit pour un frein repéré, le jour de levée pour un frein levé."""
    if jour > aujourd_hui:
        return Refus(f"Le {date_longue(jour)} est à venir\u00a0: un état se constate.", "frein_futur")
    if jour < debut_parcours:
        return Refus(
            f"Le parcours a commencé le {date_longue(debut_parcours)}\u00a0: datez après.", "frein_avant_parcours"
        )
    meme_jour = faits.repere_le is not None and faits.repere_le == faits.depuis
    if faits.etat in A_LEVER and meme_jour:
        return replace(faits, depuis=jour, repere_le=jour)
    if faits.repere_le is not None and jour < faits.repere_le:
        return Refus(
            f"Ce frein a été repéré le {date_longue(faits.repere_le)}\u00a0: la suite ne peut pas être datée d’avant.",
            "frein_desordre",
        )
    return replace(faits, depuis=jour, leve_le=jour if faits.etat == EtatFrein.LEVE else None)


def jours_de_levee(repere_le: date | None, leve_le: date | None) -> int | None:
    """Rend le nombre de jours entre le repérage et la levée (0 le même jour) ; None tant que le frein n'est pas levé."""
    return None if repere_le is None or leve_le is None else (leve_le - repere_le).days


def dernier_signe(depuis: date, actions: Collection[date], jour: date) -> date:
    """Rend le dernier jour où quelque chose s'est passé : le changement d'état, ou une date d'action déjà venue."""
    return max([depuis, *(quand for quand in actions if quand <= jour)])


def est_bloque(
    etat: EtatFrein,
    depuis: date,
    actions: Collection[date],
    *,
    jour: date,
    fin_prevue: date | None = None,
    seuil_jours: int = JOURS_AVANT_BLOCAGE,
) -> bool:
    """Dit si un frein repéré ou en cours n'a connu ni changement ni action depuis plus de `seuil_jours` jours.

    `actions` : les dates de ses actions (début, fin, envoi, réponse) ; `fin_prevue` : la fin la plus lointaine d'une action, qui ne
    le laisse pas bloqué tant qu'elle n'est pas passée. Source : usage, seuil réglable (90 jours par défaut).
    """
    if etat not in A_LEVER or (fin_prevue is not None and fin_prevue >= jour):
        return False
    return dernier_signe(depuis, actions, jour) < limite_de_blocage(jour, seuil_jours)


def limite_de_blocage(jour: date, seuil_jours: int) -> date:
    """Rend le jour avant lequel un dernier signe est trop ancien : vu ce jour-là, un frein sans action prévue est bloqué."""
    return decaler(jour, -seuil_jours)
