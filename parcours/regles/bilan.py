"""Le bilan socio-professionnel : ses dates, et ce qui a changé d'un bilan au suivant. Source : fiche A3, partie II ; usage."""

from datetime import date
from enum import StrEnum

from beneficiaires.regles import age_au, controler_date, controler_jour_passe
from comptes.formats import date_longue, quantite
from comptes.regles import Refus

AGE_DU_PREMIER_EMPLOI = 14
ANNEES_D_AVANCE = 2


class Changement(StrEnum):
    """Ce qu'une réponse est devenue d'un bilan au suivant."""

    MEME = "meme"
    DITE = "dite"
    CHANGEE = "changee"
    TUE = "tue"


def comparer_reponses(avant: str, apres: str) -> Changement:
    """Compare deux réponses, vides quand rien n'a été dit : la même, dite depuis, changée, ou plus dite."""
    if avant == apres:
        return Changement.MEME
    if not avant:
        return Changement.DITE
    return Changement.CHANGEE if apres else Changement.TUE


def controler_jour_diagnostic(jour: date, *, debut_parcours: date, aujourd_hui: date) -> Refus | None:
    """Contrôle le jour de l'entretien : passé, et dans le parcours."""
    if refus := controler_jour_passe(jour, "Le jour de l’entretien", aujourd_hui):
        return refus
    if jour < debut_parcours:
        return Refus(
            f"Le parcours a commencé le {date_longue(debut_parcours)}\u00a0: le diagnostic se date de ce jour ou d’après.",
            "diagnostic_avant_parcours",
        )
    return None


def controler_fin_emploi(jour: date, *, naissance: date, aujourd_hui: date) -> Refus | None:
    """Contrôle la fin du dernier emploi : passée, après les 14 ans de la personne."""
    if refus := controler_jour_passe(jour, "La fin du dernier emploi", aujourd_hui):
        return refus
    if jour < naissance or age_au(naissance, jour) < AGE_DU_PREMIER_EMPLOI:
        return Refus("À cette date, la personne n’avait pas 14\u00a0ans. Vérifiez l’année.", "emploi_trop_tot")
    return None


def controler_experience(annees: int, *, naissance: date, jour: date) -> Refus | None:
    """Refuse plus d'années d'expérience que d'années depuis les 14 ans de la personne."""
    possibles = max(age_au(naissance, jour) - AGE_DU_PREMIER_EMPLOI, 0)
    if annees > possibles:
        return Refus(
            f"À {age_au(naissance, jour)}\u00a0ans, {quantite(possibles, 'an')} d’expérience au plus. Vérifiez le nombre.",
            "experience_trop_longue",
        )
    return None


def controler_disponibilite(jour: date, *, entretien: date) -> Refus | None:
    """Contrôle le jour où la personne est disponible : une date plausible, au plus tard à la fin de la deuxième année qui suit."""
    if refus := controler_date(jour, "La date de disponibilité"):
        return refus
    if jour.year > entretien.year + ANNEES_D_AVANCE:
        return Refus("Cette date est à plus de deux ans. Vérifiez l’année.", "disponible_trop_tard")
    return None
