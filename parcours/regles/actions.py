"""Une action pour lever un frein : ses dates, son résultat, et l'orientation vers le service, de l'envoi à la réponse.

Santé : l'action se choisit dans une liste, sans nom de service ni raison écrite ; un nom de service dirait ce dont la personne souffre.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from beneficiaires.referentiels import FREINS
from beneficiaires.regles import controler_date, controler_jour_passe
from comptes.formats import date_longue
from comptes.regles import Refus
from parcours.regles.freins import A_LEVER, LIBELLES_ETAT_FREIN, EtatFrein
from parcours.regles.referentiel_freins import objectifs_de

AUTRE_ACTION: Final = "Autre action"


class ResultatAction(StrEnum):
    """Ce qu'a donné l'action."""

    EN_COURS = "en_cours"
    ABOUTIE = "aboutie"
    SANS_EFFET = "sans_effet"
    ABANDONNEE = "abandonnee"


class ReponseService(StrEnum):
    """Où en est l'orientation vers le service."""

    NON_ENVOYEE = "non_envoyee"
    ENVOYEE = "envoyee"
    ACCEPTEE = "acceptee"
    REFUSEE = "refusee"


REPONDUES: Final = frozenset({ReponseService.ACCEPTEE, ReponseService.REFUSEE})


@dataclass(frozen=True, slots=True)
class FaitsAction:
    """Une action telle qu'elle serait gardée."""

    rubrique: str
    intitule: str
    debut: date
    fin: date | None = None
    resultat: ResultatAction = ResultatAction.EN_COURS
    reponse: ReponseService = ReponseService.NON_ENVOYEE
    envoyee_le: date | None = None
    repondue_le: date | None = None
    motif_refus: str = ""


def intitules_permis(rubrique: str) -> tuple[str, ...]:
    """Rend la liste fermée des actions d'un frein sensible (la santé) ; vide quand l'intitulé s'écrit librement."""
    return (*objectifs_de(rubrique).values(), AUTRE_ACTION) if FREINS[rubrique].sensible else ()


def controler_frein_ouvert(etat: EtatFrein) -> Refus | None:
    """Une action nouvelle porte sur un frein repéré ou en cours de levée."""
    if etat in A_LEVER:
        return None
    return Refus(
        f"Ce frein est «\u00a0{LIBELLES_ETAT_FREIN[etat].lower()}\u00a0»\u00a0: dites-le repéré, puis ajoutez l’action.",
        "action_frein",
    )


def controler_action(faits: FaitsAction, *, aujourd_hui: date) -> Refus | None:
    """Rend la première raison de refuser une action, ou None. Source : usage ; décret 2019-341 pour la santé."""
    permis = intitules_permis(faits.rubrique)
    if permis and faits.intitule not in permis:
        return Refus(
            "Pour la santé, choisissez l’action dans la liste\u00a0: Étape n’en garde aucun texte.", "action_sante"
        )
    return _controler_dates(faits, aujourd_hui) or _controler_orientation(faits, aujourd_hui)


def _controler_dates(faits: FaitsAction, aujourd_hui: date) -> Refus | None:
    if refus := controler_date(faits.debut, "Le début de l’action"):
        return Refus(refus.phrase, "action_debut")
    if faits.fin is not None and faits.fin < faits.debut:
        return Refus("L’action ne peut pas finir avant d’avoir commencé.", "action_fin")
    if faits.resultat == ResultatAction.EN_COURS:
        return None
    if faits.fin is None:
        return Refus("Une action close a une date de fin.", "action_fin")
    if faits.fin > aujourd_hui:
        return Refus(
            f"L’action finit le {date_longue(faits.fin)}\u00a0: son résultat se dira ce jour-là.", "action_fin"
        )
    return None


def _controler_orientation(faits: FaitsAction, aujourd_hui: date) -> Refus | None:
    if faits.reponse == ReponseService.NON_ENVOYEE:
        if faits.envoyee_le or faits.repondue_le:
            return Refus(
                "Une date est écrite\u00a0: dites que l’orientation est envoyée, ou effacez-la.", "action_envoi"
            )
        return None
    if faits.envoyee_le is None:
        return Refus("Dites quand l’orientation a été envoyée.", "action_envoi_date")
    if refus := controler_jour_passe(faits.envoyee_le, "L’envoi", aujourd_hui):
        return Refus(refus.phrase, "action_envoi_date")
    if faits.reponse not in REPONDUES:
        if faits.repondue_le:
            return Refus("Une date de réponse est écrite\u00a0: dites si le service accepte ou refuse.", "action_envoi")
        return None
    return controler_reponse(faits, aujourd_hui=aujourd_hui)


def controler_reponse(faits: FaitsAction, *, aujourd_hui: date) -> Refus | None:
    """Contrôle la réponse d'un service : datée, après l'envoi, et motivée quand elle refuse (sauf santé, qui n'a pas de texte)."""
    if faits.envoyee_le is None:
        return Refus("Cette orientation n’a pas encore été envoyée.", "action_envoi_date")
    if faits.repondue_le is None:
        return Refus("Dites quand le service a répondu.", "action_reponse_date")
    if refus := controler_jour_passe(faits.repondue_le, "La réponse", aujourd_hui):
        return Refus(refus.phrase, "action_reponse_date")
    if faits.repondue_le < faits.envoyee_le:
        return Refus(
            f"L’orientation est partie le {date_longue(faits.envoyee_le)}\u00a0: la réponse ne peut pas précéder l’envoi.",
            "action_reponse_date",
        )
    if faits.reponse == ReponseService.REFUSEE and not faits.motif_refus and not FREINS[faits.rubrique].sensible:
        return Refus("Dites pourquoi le service refuse.", "action_motif")
    return None
