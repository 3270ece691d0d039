"""Le chemin d'une personne : ce qui peut s'ouvrir, se passer, se clore, et où l'on en est un jour donné.

Source : fiche A3, partie II. Trois phases, personnelles : elles se sautent, se recouvrent et se rouvrent ; une clause est une étape
parmi d'autres. Une étape de contrat se lit sur son contrat.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode
from beneficiaires.regles import AGE_MINIMUM, age_au
from comptes.formats import date_longue
from comptes.regles import Refus

# Les premiers PLIE datent de 1993.
PREMIERE_ANNEE: Final = 1993
# Ce qui peut se poursuivre après la sortie : c'est souvent la sortie elle-même.
ETAPES_QUI_CONTINUENT: Final = frozenset({"contrat_clause", "contrat_iae", "emploi", "formation"})


# Le parcours --------------------------------------------------------------------------------------------------------


def controler_ouverture(
    debut: date, *, naissance: date, fins_precedentes: Sequence[date | None], aujourd_hui: date
) -> Refus | None:
    """Contrôle l'entrée dans un parcours. `fins_precedentes` : les sorties des autres parcours de la personne, None s'il est ouvert.

    À 16 ans au plus tôt ; un seul parcours ouvert ; le suivant commence après la sortie du précédent ; une entrée ne se note pas d'avance.
    """
    if debut.year < PREMIERE_ANNEE:
        return Refus(f"Une entrée le {date_longue(debut)}\u00a0: vérifiez l’année.", "entree_implausible")
    if debut > aujourd_hui:
        return Refus(
            f"L’entrée du {date_longue(debut)} est à venir\u00a0: un parcours s’ouvre le jour de l’entrée.",
            "entree_future",
        )
    if debut < naissance or age_au(naissance, debut) < AGE_MINIMUM:
        return Refus(
            f"Le {date_longue(debut)}, la personne n’avait pas {AGE_MINIMUM}\u00a0ans. Vérifiez l’année de l’entrée.",
            "entree_trop_jeune",
        )
    if None in fins_precedentes:
        return Refus(
            "Cette personne a déjà un parcours ouvert\u00a0: il faut le clore avant d’en ouvrir un autre.",
            "parcours_ouvert",
        )
    derniere = max((fin for fin in fins_precedentes if fin), default=None)
    if derniere is not None and debut <= derniere:
        return Refus(
            f"Son parcours précédent a fini le {date_longue(derniere)}\u00a0: celui-ci commence après.",
            "entree_ancienne",
        )
    return None


def controler_reouverture(*, debuts_suivants: Collection[date]) -> Refus | None:
    """Contrôle qu'un parcours clos peut se rouvrir : la personne n'en a pas commencé un autre depuis."""
    suivant = min(debuts_suivants, default=None)
    if suivant is None:
        return None
    return Refus(
        f"La personne a commencé un autre parcours le {date_longue(suivant)}\u00a0: celui-ci ne se rouvre plus.",
        "parcours_suivi",
    )


def controler_entree(debut: date, *, premiers_jours: Collection[date]) -> Refus | None:
    """Contrôle une entrée corrigée : rien de ce que porte le parcours (phases, étapes, sortie) n'a commencé avant elle."""
    premier = min(premiers_jours, default=None)
    if premier is None or debut <= premier:
        return None
    return Refus(
        f"Une phase ou une étape de ce parcours commence le {date_longue(premier)}\u00a0: l’entrée ne peut pas la suivre.",
        "entree_tardive",
    )


# Les phases ---------------------------------------------------------------------------------------------------------


class EtatPhase(StrEnum):
    """Où en est une phase."""

    A_VENIR = "a_venir"
    EN_COURS = "en_cours"
    FINIE = "finie"
    SAUTEE = "sautee"


class GestePhase(StrEnum):
    """Ce qui se fait d'une phase."""

    COMMENCER = "commencer"
    FINIR = "finir"
    SAUTER = "sauter"
    ROUVRIR = "rouvrir"


GESTES: Final[Mapping[EtatPhase, tuple[GestePhase, ...]]] = MappingProxyType(
    {
        EtatPhase.A_VENIR: (GestePhase.COMMENCER, GestePhase.SAUTER),
        EtatPhase.EN_COURS: (GestePhase.FINIR, GestePhase.SAUTER),
        EtatPhase.FINIE: (GestePhase.ROUVRIR,),
        EtatPhase.SAUTEE: (GestePhase.ROUVRIR,),
    }
)


@dataclass(frozen=True, slots=True)
class PassageDit:
    """Un passage dans une phase : ses jours, compris tous les deux ; sautée, elle n'a qu'un jour, celui de la décision."""

    debut: date
    fin: date | None = None
    est_sautee: bool = False


def etat_phase(passages: Sequence[PassageDit]) -> EtatPhase:
    """Rend l'état d'une phase d'après ses passages : un passage ouvert l'emporte, sinon le dernier parle."""
    if not passages:
        return EtatPhase.A_VENIR
    if any(passage.fin is None for passage in passages):
        return EtatPhase.EN_COURS
    dernier = max(passages, key=lambda passage: (passage.fin or passage.debut, passage.debut))
    return EtatPhase.SAUTEE if dernier.est_sautee else EtatPhase.FINIE


def controler_geste(
    geste: GestePhase,
    *,
    passages: Sequence[PassageDit],
    jour: date,
    motif: str,
    entree: date,
    parcours_clos: bool,
    aujourd_hui: date,
) -> Refus | None:
    """Contrôle un geste sur une phase ce jour-là : possible dans son état, daté dans le parcours, motivé si elle est sautée."""
    if parcours_clos:
        return Refus("Ce parcours est clos\u00a0: rouvrez-le pour changer ses phases.", "parcours_clos")
    etat = etat_phase(passages)
    if geste not in GESTES[etat]:
        return Refus(_IMPOSSIBLES[etat], "phase_geste")
    if jour > aujourd_hui:
        return Refus(f"Le {date_longue(jour)} est à venir\u00a0: une phase se note quand elle change.", "phase_future")
    if jour < entree:
        return Refus(
            f"Le {date_longue(jour)} est avant l’entrée dans le parcours, le {date_longue(entree)}.",
            "phase_avant_entree",
        )
    dernier = max((passage.fin or passage.debut for passage in passages), default=None)
    if dernier is not None and jour < dernier:
        verbe = "a commencé" if etat == EtatPhase.EN_COURS else "était finie"
        return Refus(
            f"Cette phase {verbe} le {date_longue(dernier)}\u00a0: choisissez ce jour ou un suivant.", "phase_ordre"
        )
    if geste == GestePhase.SAUTER and not motif.strip():
        return Refus("Dites pourquoi cette phase est sautée.", "phase_sans_motif")
    return None


_IMPOSSIBLES: Final[Mapping[EtatPhase, str]] = MappingProxyType(
    {
        EtatPhase.A_VENIR: "Cette phase n’a pas commencé\u00a0: commencez-la ou sautez-la.",
        EtatPhase.EN_COURS: "Cette phase est déjà ouverte\u00a0: finissez-la d’abord.",
        EtatPhase.FINIE: "Cette phase est finie\u00a0: rouvrez-la pour y revenir.",
        EtatPhase.SAUTEE: "Cette phase a été sautée\u00a0: rouvrez-la pour y revenir.",
    }
)


# Les étapes ---------------------------------------------------------------------------------------------------------


class EtatEtape(StrEnum):
    """Où en est une étape un jour donné. « À conclure » : ses dates sont passées, on ne sait pas encore si elle a été faite."""

    PREVUE = "prevue"
    EN_COURS = "en_cours"
    A_CONCLURE = "a_conclure"
    REALISEE = "realisee"
    INTERROMPUE = "interrompue"
    SAUTEE = "sautee"


LIBELLES_ETAT_ETAPE: Final[Mapping[EtatEtape, str]] = MappingProxyType(
    {
        EtatEtape.PREVUE: "Prévue",
        EtatEtape.EN_COURS: "En cours",
        EtatEtape.A_CONCLURE: "À conclure",
        EtatEtape.REALISEE: "Réalisée",
        EtatEtape.INTERROMPUE: "Interrompue",
        EtatEtape.SAUTEE: "Sautée",
    }
)


class IssueEtape(StrEnum):
    """Ce qu'est devenue une étape."""

    REALISEE = "realisee"
    INTERROMPUE = "interrompue"
    SAUTEE = "sautee"


def etat_etape(periode: Periode, *, issue: IssueEtape | None, jour: date) -> EtatEtape:
    """Rend l'état d'une étape ce jour-là : son issue l'emporte ; sans issue, ses dates parlent, bornes comprises."""
    if issue is not None:
        return EtatEtape(issue.value)
    if jour < periode.debut:
        return EtatEtape.PREVUE
    return EtatEtape.EN_COURS if periode.contient(jour) else EtatEtape.A_CONCLURE


def etat_contrat(periode: Periode, *, est_rompu: bool, jour: date) -> EtatEtape:
    """Rend l'état d'une étape de contrat : le contrat fini, elle est réalisée, ou interrompue s'il a été rompu."""
    etat = etat_etape(periode, issue=None, jour=jour)
    if etat != EtatEtape.A_CONCLURE:
        return etat
    return EtatEtape.INTERROMPUE if est_rompu else EtatEtape.REALISEE


def controler_dates_etape(
    debut: date, fin: date | None, *, type_etape: str, entree: date, sortie: date | None
) -> Refus | None:
    """Contrôle les jours d'une étape : dans l'ordre, et dans le parcours. `sortie` : None tant qu'il est ouvert.

    Un contrat, un emploi ou une formation commencés avant la sortie peuvent finir après elle.
    """
    if fin is not None and fin < debut:
        return Refus(
            f"L’étape finirait le {date_longue(fin)}, avant son début du {date_longue(debut)}. Corrigez l’une des deux dates.",
            "etape_inversee",
        )
    if debut < entree:
        return Refus(
            f"L’étape commence le {date_longue(debut)}, avant l’entrée dans le parcours, le {date_longue(entree)}.",
            "etape_avant_entree",
        )
    if sortie is None:
        return None
    if debut > sortie:
        return Refus(
            f"L’étape commence le {date_longue(debut)}, après la sortie du parcours, le {date_longue(sortie)}.",
            "etape_apres_sortie",
        )
    if type_etape not in ETAPES_QUI_CONTINUENT and (fin is None or fin > sortie):
        dite = f"finit le {date_longue(fin)}" if fin else "n’a pas de fin"
        return Refus(
            f"L’étape {dite}, or la sortie du parcours est du {date_longue(sortie)}. Donnez-lui une fin qui la précède.",
            "etape_deborde",
        )
    return None


def controler_issue(
    issue: IssueEtape, *, debut: date, dernier_jour: date | None, motif: str, aujourd_hui: date
) -> Refus | None:
    """Contrôle ce que l'on dit d'une étape. `dernier_jour` : celui où elle a fini ou s'est interrompue.

    Une étape sautée n'a pas eu lieu : elle n'a pas besoin de dernier jour. Sautée ou interrompue, elle dit pourquoi.
    """
    if issue != IssueEtape.REALISEE and not motif.strip():
        return Refus(
            f"Dites pourquoi l’étape est {LIBELLES_ETAT_ETAPE[EtatEtape(issue.value)].lower()}.", "issue_sans_motif"
        )
    if issue == IssueEtape.SAUTEE:
        return None
    if debut > aujourd_hui:
        return Refus(
            f"L’étape commence le {date_longue(debut)}\u00a0: elle peut être sautée, ou sa date corrigée.",
            "issue_avant_debut",
        )
    if dernier_jour is None:
        return Refus("Indiquez son dernier jour.", "issue_sans_jour")
    if dernier_jour < debut:
        return Refus(
            f"Le {date_longue(dernier_jour)} est avant son début du {date_longue(debut)}. Corrigez le dernier jour.",
            "issue_inversee",
        )
    if dernier_jour > aujourd_hui:
        return Refus(f"Le {date_longue(dernier_jour)} est à venir\u00a0: dites-le quand ce sera fait.", "issue_future")
    return None


# La sortie ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EtapeDite:
    """Une étape telle que la sortie la regarde : son nom, son type, ses jours."""

    nom: str
    type_etape: str
    periode: Periode


def controler_date_sortie(
    sortie: date,
    *,
    entree: date,
    debuts_contrats: Collection[date],
    debuts_phases: Collection[date],
    etapes: Sequence[EtapeDite],
    aujourd_hui: date,
    entree_suivante: date | None = None,
) -> Refus | None:
    """Contrôle le jour de la sortie. `debuts_contrats` : les embauches de la personne depuis son entrée, même à venir.

    `entree_suivante` : l'entrée dans un parcours suivant, si la personne est revenue.

    `etapes` : celles qui ont eu lieu ou sont prévues (ni sautées, ni interrompues). La sortie ne précède ni l'entrée, ni le début du
    dernier contrat, ni une phase, ni une étape ; elle se note quand elle a eu lieu.
    """
    if sortie > aujourd_hui:
        return Refus(
            f"Le {date_longue(sortie)} est à venir\u00a0: une sortie se note quand elle a eu lieu.", "sortie_future"
        )
    if sortie < entree:
        return Refus(
            f"La sortie du {date_longue(sortie)} précède l’entrée dans le parcours, le {date_longue(entree)}.",
            "sortie_avant_entree",
        )
    if entree_suivante is not None and sortie >= entree_suivante:
        return Refus(
            f"La personne est entrée dans un autre parcours le {date_longue(entree_suivante)}\u00a0: cette sortie le précède.",
            "sortie_apres_retour",
        )
    dernier = max(debuts_contrats, default=None)
    if dernier is not None and sortie < dernier:
        return Refus(
            f"La sortie du {date_longue(sortie)} précède le début du dernier contrat, le {date_longue(dernier)}.",
            "sortie_avant_contrat",
        )
    phase = max(debuts_phases, default=None)
    if phase is not None and sortie < phase:
        return Refus(f"Une phase a commencé le {date_longue(phase)}, après cette sortie.", "sortie_avant_phase")
    for etape in etapes:
        refus = controler_dates_etape(
            etape.periode.debut, etape.periode.fin, type_etape=etape.type_etape, entree=entree, sortie=sortie
        )
        if refus is not None:
            return Refus(
                f"{etape.nom}\u00a0: {_en_suite(refus.phrase)} Concluez-la ou corrigez-la d’abord.", "sortie_etape"
            )
    return None


def _en_suite(phrase: str) -> str:
    """« L’étape commence… » devient « l’étape commence… », dans une phrase qui l'a déjà nommée."""
    return phrase[:1].lower() + phrase[1:]
