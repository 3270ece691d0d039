"""Un exemple chiffré de la règle d'un marché, pour que qui la saisit voie ce qu'elle donne."""

from datetime import date

from beneficiaires.periodes import decaler
from clauses.regles.fenetre import NOMS_DATES, POINTS_A_VENIR, DatesFenetre, fenetre_eligibilite
from clauses.regles.parametres import FaitsMarche, ParametresRegle, PointDepart
from comptes.formats import date_chiffres
from comptes.regles import Refus

ECART_PREMIERE_HEURE_JOURS = 8


def ecrire_exemple(parametres: ParametresRegle, marche: FaitsMarche, embauche: date) -> str:
    """Rend « Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026 », calculé par la règle de la fenêtre.

    `embauche` : le jour d'embauche de l'exemple. La première heure y suit de huit jours, la validation est du jour même.
    Une date qui manque au marché est nommée : « À compléter : date de notification. »
    """
    dates = DatesFenetre(
        attribution=marche.date_attribution,
        notification=marche.date_notification,
        demarrage=marche.date_demarrage,
        validation=embauche,
        embauche=embauche,
        premiere_heure=decaler(embauche, ECART_PREMIERE_HEURE_JOURS),
        fin_operation=marche.date_fin,
    )
    fenetre = fenetre_eligibilite(parametres, dates)
    if isinstance(fenetre, Refus):
        return fenetre.phrase
    fin = "à la fin de l’opération" if fenetre.fin is None else f"au {date_chiffres(fenetre.fin)}"
    return f"{_faits(parametres.point_depart, dates, embauche)} → heures comptées jusqu’{fin}"


def _faits(point: PointDepart, dates: DatesFenetre, embauche: date) -> str:
    faits = f"Embauchée le {date_chiffres(embauche)}"
    if point == PointDepart.PREMIERE_HEURE:
        return f"{faits}, première heure le {date_chiffres(dates.premiere_heure)}"
    if point == PointDepart.PREMIER_CONTRAT:
        return f"{faits}, premier contrat de clause"
    if point in POINTS_A_VENIR or point == PointDepart.VALIDATION:
        return faits
    return f"{faits}, {NOMS_DATES[point].removeprefix('date d’').removeprefix('date de ')} le {date_chiffres(dates.a(point))}"
