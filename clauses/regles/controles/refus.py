"""Les refus de saisie, devenus contrôles. Leurs phrases sont dans `clauses.regles.saisie` : une seule source."""

from collections.abc import Callable

from clauses.regles.controles.controle import BASE, MARCHE, USAGE, Controle
from clauses.regles.controles.faits import Faits
from clauses.regles.controles.niveaux import TOUS_LES_NIVEAUX, Niveau
from clauses.regles.saisie import REFUS_DE_SAISIE
from comptes.formats import date_longue

FIXE = (Niveau.BLOQUANT,)


def _refus(code: str) -> Callable[[Faits], str | None]:
    refuser = REFUS_DE_SAISIE[code]
    return lambda faits: refuser(faits.saisie)


def _decision_defavorable(faits: Faits) -> str | None:
    if not faits.heures or faits.decision.est_favorable:
        return None
    return (
        f"{faits.quoi}\u00a0: la décision du {date_longue(faits.decision.date_decision)} n’est pas favorable, ces heures ne peuvent "
        "pas compter. Complétez l’éligibilité, ou retirez ces heures."
    )


def _eligibilite_absente(faits: Faits) -> str | None:
    return REFUS_DE_SAISIE["eligibilite_absente"](faits.saisie) if faits.decision.est_favorable else None


def _bloquant(code: str, nom: str, limite: str, source: str) -> Controle:
    return Controle(code, nom, limite, source, _refus(code), Niveau.BLOQUANT, FIXE)


NOMBRE = (
    _bloquant("heures_illisibles", "Nombre illisible", "un nombre d’heures", BASE),
    _bloquant("heures_negatives", "Nombre négatif", "0 h au moins", BASE),
    _bloquant("heures_impossibles", "Plus d’heures que le mois n’en compte", "744 h par mois (31 jours de 24 h)", BASE),
    _bloquant("heures_decimales", "Plus de deux décimales", "deux décimales", BASE),
)
DATES = (
    _bloquant("lot_clos", "Lot clos", "rien après la clôture du lot", BASE),
    _bloquant("heures_futures", "Mois à venir", "rien avant le premier jour de la période", BASE),
    _bloquant("avant_embauche", "Avant l’embauche", "le premier jour du contrat", "Code du travail, L1221-1"),
    _bloquant("apres_contrat", "Après la fin du contrat", "le dernier jour du contrat", "Code du travail, L1243-5"),
    _bloquant("hors_lot", "Hors de l’exécution du lot", "les dates du lot, à défaut du marché", MARCHE),
)
FENETRE = (
    Controle(
        "decision_defavorable",
        "Éligibilité refusée ou à compléter",
        "une décision favorable",
        "Fiche A3, partie II",
        _decision_defavorable,
        Niveau.BLOQUANT,
        FIXE,
    ),
    Controle(
        "eligibilite_absente",
        "Éligibilité pas ouverte",
        "une fenêtre ouverte",
        "Fiche A3, partie II",
        _eligibilite_absente,
        Niveau.BLOQUANT,
        FIXE,
    ),
    _bloquant("avant_fenetre", "Avant le début de l’éligibilité", "le premier jour de la fenêtre", MARCHE),
    _bloquant("apres_fenetre", "Après la fin de l’éligibilité", "le dernier jour de la fenêtre, compris", MARCHE),
    _bloquant("a_cheval", "Total à cheval sur l’éligibilité", "une période toute dans la fenêtre", MARCHE),
)
VOLUME = (
    Controle(
        "plafond_mensuel",
        "Plus que le mois plausible",
        "le plafond mensuel de la règle, 220 h par défaut, toutes opérations",
        USAGE,
        _refus("plafond_mensuel"),
        Niveau.BLOQUANT,
        TOUS_LES_NIVEAUX,
    ),
    _bloquant(
        "plafond_journalier",
        "Plus de 12 h par jour de contrat",
        "12 h par jour",
        "Code du travail, L3121-18 et L3121-19",
    ),
)
