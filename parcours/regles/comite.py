"""Le comité technique : quand une séance se tient, ce qu'elle peut décider, quand elle se clôt, ce qui lui revient."""

from datetime import date

from beneficiaires.periodes import Periode, ajouter_mois, decaler
from comptes.formats import date_longue
from comptes.regles import Refus

MOIS_AUTOUR = 12


def controler_jour_seance(jour: date, aujourd_hui: date) -> Refus | None:
    """Contrôle le jour d'une séance : un an avant ou après aujourd'hui, au plus. Au-delà, c'est l'année qui est fausse."""
    if ajouter_mois(aujourd_hui, -MOIS_AUTOUR) <= jour <= ajouter_mois(aujourd_hui, MOIS_AUTOUR):
        return None
    return Refus(
        f"La séance serait le {date_longue(jour)}, à plus d’un an d’aujourd’hui. Vérifiez l’année.", "seance_loin"
    )


def controler_ouverte(close_le: date | None) -> Refus | None:
    """Une séance close ne change plus : son compte rendu est celui du jour."""
    if close_le is None:
        return None
    return Refus(
        f"Cette séance est close depuis le {date_longue(close_le)}\u00a0: elle se lit, elle ne change plus.",
        "seance_close",
    )


def controler_decision(*, est_motivee: bool, motif: str, seance: date, aujourd_hui: date) -> Refus | None:
    """Une décision se note le jour de la séance ou après ; défavorable ou ajournée (`est_motivee`), elle donne sa raison."""
    if aujourd_hui < seance:
        return Refus(
            f"La séance est le {date_longue(seance)}\u00a0: ses décisions se notent à partir de ce jour.",
            "seance_a_venir",
        )
    if est_motivee and not motif.strip():
        return Refus("Dites pourquoi la décision est défavorable ou ajournée.", "decision_sans_motif")
    return None


def controler_cloture(*, points: int, seance: date, aujourd_hui: date) -> Refus | None:
    """Une séance se clôt une fois tenue, et si elle a eu un ordre du jour."""
    if aujourd_hui < seance:
        return Refus(f"La séance est le {date_longue(seance)}\u00a0: elle se clôt une fois tenue.", "cloture_avant")
    if not points:
        return Refus("L’ordre du jour est vide\u00a0: il n’y a rien à clore.", "cloture_vide")
    return None


def fins_a_examiner(*, seance: date, aujourd_hui: date, horizon_jours: int) -> Periode:
    """Les fins d'éligibilité et d'agrément que cette séance examine : d'aujourd'hui à `horizon_jours` jours après elle."""
    return Periode(aujourd_hui, decaler(max(seance, aujourd_hui), horizon_jours))


def decision_vaut_encore(decidee_le: date, *, fin: date, horizon_jours: int) -> bool:
    """Dit si une décision répond à la question que pose cette fin : elle était déjà dans l'horizon ce jour-là.

    Un renouvellement accordé donne une autre fin, plus lointaine : quand elle y entre à son tour, la question se pose à nouveau.
    """
    return fin <= decaler(decidee_le, horizon_jours)
