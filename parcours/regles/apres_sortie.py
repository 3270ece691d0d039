"""Après la sortie : la classe qui peut encore changer avec le temps, et les suivis attendus."""

from datetime import date
from typing import Final

from comptes.formats import date_longue
from comptes.regles import Refus
from parcours.regles.regle_sorties import REGLE_SORTIE, REGLE_SORTIE_PLIE, ClasseSortie, NatureSortie, RegleSortie
from parcours.regles.suivis import REGLE_SUIVI, RegleSuivi, ReponseSuivi, Suivi, echeances_suivi

# De transition aujourd'hui, durables plus tard si rien ne change : l'ancienneté ou les mois travaillés se gagnent.
_QUI_MURISSENT: Final = frozenset({NatureSortie.SAISONNIER, NatureSortie.ASSOCIATION_INTERMEDIAIRE})


def regle_sortie_de(dispositif: str) -> RegleSortie:
    """Rend la lecture d'une sortie : celle du PLIE pour un parcours suivi par un PLIE, la générale sinon."""
    return REGLE_SORTIE_PLIE if dispositif == "plie" else REGLE_SORTIE


def peut_encore_changer(nature: NatureSortie, classe: ClasseSortie) -> bool:
    """Dit si le temps seul peut changer la classe. Une sortie durable ou positive est acquise : elle ne se perd pas en attendant."""
    if classe == ClasseSortie.A_CONFIRMER:
        return True
    return classe == ClasseSortie.TRANSITION and nature in _QUI_MURISSENT


def suivis_attendus(
    nature: NatureSortie, *, sortie: date, embauche: date | None, regle: RegleSuivi = REGLE_SUIVI
) -> tuple[Suivi, ...] | Refus:
    """Rend les suivis d'une sortie (`echeances_suivi`) ; aucun après un décès. Rend un refus quand l'embauche qui les date manque."""
    if nature == NatureSortie.DECES:
        return ()
    return echeances_suivi(sortie=sortie, embauche=embauche, regle=regle)


def controler_reponse_suivi(
    reponse: ReponseSuivi | None, *, fait_le: date | None, sortie: date, aujourd_hui: date
) -> Refus | None:
    """Contrôle une réponse de suivi : une situation (« non joint » en est une), un jour passé, après la sortie."""
    if reponse is None:
        return Refus("Dites ce que vous avez appris, ou «\u00a0non joint\u00a0».", "suivi_sans_reponse")
    if fait_le is None:
        return Refus("Indiquez le jour du suivi.", "suivi_sans_jour")
    if fait_le > aujourd_hui:
        return Refus(f"Le {date_longue(fait_le)} est à venir\u00a0: le suivi se note quand il est fait.", "suivi_futur")
    if fait_le < sortie:
        return Refus(
            f"Le {date_longue(fait_le)} est avant la sortie du parcours, le {date_longue(sortie)}.",
            "suivi_avant_sortie",
        )
    return None
