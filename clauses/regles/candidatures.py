"""Une candidature : qui peut la faire avancer, ce que chaque côté en lit, à qui le tour, quand un silence se dit.

Un silence se montre aux deux côtés ; il ne vaut jamais refus d'une personne.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import decaler
from comptes.formats import date_longue, de, depuis_jours
from comptes.regles import Refus


class EtatCandidature(StrEnum):
    ENVOYEE = "envoyee"
    RENCONTRE = "rencontre"
    RETENUE = "retenue"
    REFUSEE = "refusee"
    RETIREE = "retiree"
    SANS_SUITE = "sans_suite"


LIBELLES_CANDIDATURE: Final[Mapping[EtatCandidature, str]] = MappingProxyType(
    {
        EtatCandidature.ENVOYEE: "Envoyée",
        EtatCandidature.RENCONTRE: "Rencontre",
        EtatCandidature.RETENUE: "Retenue",
        EtatCandidature.REFUSEE: "Refusée",
        EtatCandidature.RETIREE: "Retirée",
        EtatCandidature.SANS_SUITE: "Sans suite",
    }
)
# Une réponse y est encore possible ; vivante, elle interdit d'en envoyer une autre de la même personne à la même offre.
EN_COURS: Final = frozenset({EtatCandidature.ENVOYEE, EtatCandidature.RENCONTRE})
VIVANTES: Final = EN_COURS | {EtatCandidature.RETENUE}
# L'entreprise lit le nom entier de qui elle rencontre ou retient, et de personne d'autre.
IDENTITE_OUVERTE: Final = frozenset({EtatCandidature.RENCONTRE, EtatCandidature.RETENUE})


class Cote(StrEnum):
    """De quel côté on regarde. Le facilitateur de l'opération peut tout ce que peut l'entreprise, en son nom."""

    ENTREPRISE = "entreprise"
    PRESCRIPTEUR = "prescripteur"
    FACILITATEUR = "facilitateur"


_ENTREPRISE: Final = frozenset({Cote.ENTREPRISE, Cote.FACILITATEUR})
_PRESCRIPTEUR: Final = frozenset({Cote.PRESCRIPTEUR})
# De quel état à quel autre, et par qui. « Sans suite » n'y est pas : seul le dernier poste pris y mène. Source : usage.
PASSAGES: Final[Mapping[EtatCandidature, Mapping[EtatCandidature, frozenset[Cote]]]] = MappingProxyType(
    {
        EtatCandidature.ENVOYEE: {
            EtatCandidature.RENCONTRE: _ENTREPRISE,
            EtatCandidature.REFUSEE: _ENTREPRISE,
            EtatCandidature.RETIREE: _PRESCRIPTEUR,
        },
        EtatCandidature.RENCONTRE: {
            EtatCandidature.RETENUE: _ENTREPRISE,
            EtatCandidature.REFUSEE: _ENTREPRISE,
            EtatCandidature.RETIREE: _PRESCRIPTEUR,
        },
        EtatCandidature.RETENUE: {
            EtatCandidature.REFUSEE: _ENTREPRISE,
            EtatCandidature.RETIREE: _PRESCRIPTEUR,
        },
        EtatCandidature.REFUSEE: {},
        EtatCandidature.RETIREE: {},
        EtatCandidature.SANS_SUITE: {},
    }
)


class MotifRefus(StrEnum):
    EXPERIENCE = "experience"
    DISPONIBILITE = "disponibilite"
    DEPLACEMENT = "deplacement"
    ABSENTE = "absente"
    NON_COMPTEE = "non_comptee"
    BESOIN = "besoin"
    AUTRE = "autre"


# Aucun motif ne dit rien de la situation de la personne.
LIBELLES_MOTIF: Final[Mapping[MotifRefus, str]] = MappingProxyType(
    {
        MotifRefus.EXPERIENCE: "Son expérience ne correspond pas au poste",
        MotifRefus.DISPONIBILITE: "Ses disponibilités ne vont pas avec les dates",
        MotifRefus.DEPLACEMENT: "Le lieu ou les horaires ne lui conviennent pas",
        MotifRefus.ABSENTE: "La rencontre n’a pas pu avoir lieu",
        MotifRefus.NON_COMPTEE: "Ses heures ne compteraient pas sur ce marché",
        MotifRefus.BESOIN: "Le besoin a changé",
        MotifRefus.AUTRE: "Autre raison",
    }
)


@dataclass(frozen=True, slots=True)
class DelaiSilence:
    """Après tant de jours de calendrier sans signe de l'entreprise, le silence se dit. Réglable : `SILENCE_CANDIDATURE_JOURS`."""

    jours: int
    source: str


SILENCE: Final = DelaiSilence(7, "Usage")


@dataclass(frozen=True, slots=True)
class FaitsCandidature:
    """Ce que les règles lisent d'une candidature. `signe_le` : la dernière réponse ou le dernier message de l'entreprise."""

    etat: EtatCandidature
    envoyee_le: date
    entreprise: str
    prescripteur: str
    signe_le: date | None = None
    rencontre_le: date | None = None
    decidee_le: date | None = None
    motif: str = ""
    est_placee: bool = False


def controler_passage(
    etat: EtatCandidature | str, vers: EtatCandidature | str, cote: Cote | str, *, est_placee: bool = False
) -> Refus | None:
    """Dit ce qui empêche ce côté de mener une candidature à cet état ; None si rien. `est_placee` : son contrat est enregistré."""
    depart, arrivee = EtatCandidature(etat), EtatCandidature(vers)
    if depart == arrivee:
        return Refus(
            f"Cette candidature est déjà {LIBELLES_DEJA[depart]}\u00a0: quelqu’un vient de répondre. Rien n’a changé.",
            "deja_fait",
        )
    if est_placee and depart == EtatCandidature.RETENUE:
        return Refus("Son contrat est enregistré\u00a0: la candidature ne change plus. Rien n’a changé.", "deja_placee")
    permis = PASSAGES[depart].get(arrivee)
    if permis is None and depart not in VIVANTES:
        return Refus(
            f"Cette candidature est {LIBELLES_DEJA[depart]}\u00a0: elle ne change plus. Rien n’a changé.",
            "candidature_finie",
        )
    if permis is None and arrivee == EtatCandidature.RETENUE:
        return Refus("Dites d’abord que vous rencontrez la personne\u00a0: son nom s’ouvrira.", "rencontre_d_abord")
    if permis is None or cote not in permis:
        return Refus("Cette réponse n’est pas la vôtre à donner. Rien n’a changé.", "passage_impossible")
    return None


LIBELLES_DEJA: Final[Mapping[EtatCandidature, str]] = MappingProxyType(
    {
        EtatCandidature.ENVOYEE: "envoyée",
        EtatCandidature.RENCONTRE: "suivie d’une rencontre",
        EtatCandidature.RETENUE: "retenue",
        EtatCandidature.REFUSEE: "refusée",
        EtatCandidature.RETIREE: "retirée par le prescripteur",
        EtatCandidature.SANS_SUITE: "sans suite, les postes étant pourvus",
    }
)


def controler_motif(vers: EtatCandidature | str, motif: str) -> Refus | None:
    """Un refus se motive."""
    if vers == EtatCandidature.REFUSEE and not motif:
        return Refus("Choisissez la raison du refus\u00a0: la personne a droit à une réponse.", "motif_absent")
    return None


def controler_rencontre(
    vers: EtatCandidature | str, *, rencontre_le: date | None, envoyee_le: date, aujourd_hui: date
) -> Refus | None:
    """La date d'une rencontre, si elle est donnée, va du jour de la candidature à un an plus tard."""
    if vers != EtatCandidature.RENCONTRE or rencontre_le is None:
        return None
    if not envoyee_le <= rencontre_le <= decaler(aujourd_hui, 365):
        return Refus(
            f"La rencontre est notée le {date_longue(rencontre_le)}. Vérifiez le mois et l’année.",
            "rencontre_impossible",
        )
    return None


def identite_visible(etat: EtatCandidature | str, cote: Cote | str) -> bool:
    """L'entreprise ne lit le nom entier que de qui elle rencontre ou retient ; les deux autres côtés connaissent la personne."""
    return cote != Cote.ENTREPRISE or etat in IDENTITE_OUVERTE


def nom_montre(prenom: str, nom: str, *, est_visible: bool) -> str:
    """« Yasmine Kaced », ou « Yasmine K. » tant que le nom ne se lit pas."""
    return f"{prenom} {nom}" if est_visible else f"{prenom} {nom[:1].upper()}."


def silence_depuis(faits: FaitsCandidature, aujourd_hui: date, *, jours: int = SILENCE.jours) -> date | None:
    """Rend le jour depuis lequel l'entreprise se tait, une fois `jours` passés ; None si son tour n'est pas dépassé.

    Envoyée : depuis l'envoi, ou son dernier message. Rencontrée : depuis le jour de la rencontre, s'il vient après ce message.
    """
    if faits.etat not in EN_COURS:
        return None
    depart = max(jour for jour in (faits.envoyee_le, faits.signe_le, _rencontre(faits)) if jour is not None)
    return depart if aujourd_hui > decaler(depart, jours) else None


def _rencontre(faits: FaitsCandidature) -> date | None:
    return faits.rencontre_le if faits.etat == EtatCandidature.RENCONTRE else None


@dataclass(frozen=True, slots=True)
class Statut:
    """Où en est une candidature, pour un côté : `teinte` et `mot` font la puce, `phrase` dit tout, `a_faire` le geste attendu ici."""

    teinte: str
    mot: str
    phrase: str
    a_faire: str = ""
    symbole: str = ""
    est_en_silence: bool = False


def statut_de(faits: FaitsCandidature, cote: Cote | str, aujourd_hui: date, *, jours: int = SILENCE.jours) -> Statut:
    """Rend le statut tel que ce côté le lit."""
    ici = Cote(cote)
    if (depuis := silence_depuis(faits, aujourd_hui, jours=jours)) is not None:
        return _en_silence(faits, ici, depuis, aujourd_hui)
    entreprise = _nous(faits, ici)
    decidee = date_longue(faits.decidee_le)
    match faits.etat:
        case EtatCandidature.ENVOYEE:
            phrase = f"Envoyée le {date_longue(faits.envoyee_le)}\u00a0: {_attend(faits, ici)}."
            a_faire = "Dites si vous rencontrez la personne." if ici == Cote.ENTREPRISE else ""
            return Statut("attente", "Envoyée", phrase, a_faire)
        case EtatCandidature.RENCONTRE:
            return Statut("info", "Rencontre", _rencontre_prevue(faits, ici, aujourd_hui), _apres_rencontre(ici))
        case EtatCandidature.RETENUE:
            return _retenue(faits, ici)
        case EtatCandidature.REFUSEE:
            return Statut("refus", "Refusée", f"Refusée {entreprise} le {decidee}\u00a0: {_minuscule(faits.motif)}.")
        case EtatCandidature.RETIREE:
            auteur = "vous" if ici == Cote.PRESCRIPTEUR else faits.prescripteur
            return Statut("neutre", "Retirée", f"Retirée par {auteur} le {decidee}.")
        case EtatCandidature.SANS_SUITE:
            return Statut("neutre", "Sans suite", f"Sans suite\u00a0: tous les postes ont été pourvus le {decidee}.")


def _en_silence(faits: FaitsCandidature, ici: Cote, depuis: date, aujourd_hui: date) -> Statut:
    a_faire = {
        Cote.ENTREPRISE: "Répondez, même par un mot\u00a0: la personne attend.",
        Cote.PRESCRIPTEUR: "Relancez l’entreprise par un message, ou appelez le facilitateur.",
        Cote.FACILITATEUR: "Appelez l’entreprise, puis répondez en son nom si elle vous le demande.",
    }[ici]
    attente = depuis_jours(depuis, aujourd_hui)
    if faits.etat == EtatCandidature.RENCONTRE:
        phrase = f"Rencontre sans suite {attente}."
        return Statut("refus", "Sans réponse", phrase, a_faire, "triangle", est_en_silence=True)
    return Statut("refus", "Sans réponse", f"Sans réponse {attente}.", a_faire, "triangle", est_en_silence=True)


def _retenue(faits: FaitsCandidature, ici: Cote) -> Statut:
    phrase = f"Retenue {_nous(faits, ici)} le {date_longue(faits.decidee_le)}"
    if faits.est_placee:
        return Statut("valide", "Placée", f"{phrase}, contrat enregistré.")
    suite = {
        Cote.ENTREPRISE: "Le facilitateur vérifie que ses heures compteront\u00a0: attendez sa réponse avant de signer.",
        Cote.PRESCRIPTEUR: "",
        Cote.FACILITATEUR: "Vérifiez son éligibilité, puis enregistrez le contrat.",
    }[ici]
    return Statut("valide", "Retenue", f"{phrase}, contrat à enregistrer par le facilitateur.", suite)


def _rencontre_prevue(faits: FaitsCandidature, ici: Cote, aujourd_hui: date) -> str:
    qui = "Vous rencontrez" if ici == Cote.ENTREPRISE else f"{faits.entreprise} rencontre"
    if faits.rencontre_le is None:
        return f"{qui} la personne, date à fixer ensemble."
    if faits.rencontre_le < aujourd_hui:
        return f"{qui} la personne\u00a0: c’était le {date_longue(faits.rencontre_le)}, la décision est attendue."
    return f"{qui} la personne le {date_longue(faits.rencontre_le)}."


def _apres_rencontre(ici: Cote) -> str:
    return "Après la rencontre, dites si vous retenez la personne." if ici == Cote.ENTREPRISE else ""


def _attend(faits: FaitsCandidature, ici: Cote) -> str:
    return (
        "la personne attend votre réponse"
        if ici == Cote.ENTREPRISE
        else f"la réponse {de(faits.entreprise)} est attendue"
    )


def _nous(faits: FaitsCandidature, ici: Cote) -> str:
    return "par vous" if ici == Cote.ENTREPRISE else f"par {faits.entreprise}"


def _minuscule(texte: str) -> str:
    return f"{texte[:1].lower()}{texte[1:]}"
