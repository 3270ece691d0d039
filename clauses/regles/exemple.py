"""Un exemple chiffré de la règle d'un marché, pour que qui la saisit voie ce qu'elle donne."""

from datetime import date

from beneficiaires.periodes import Duree, Periode, decaler, periode_depuis
from clauses.regles.choix import LIBELLES_FAMILLE, FamilleContrat, MesureDuree, PointDepart, Renouvellement
from clauses.regles.faits import FaitContrat, FaitProlongation, FaitsMarche
from clauses.regles.fenetre import NOMS_DATES, POINTS_A_VENIR, DatesFenetre, fenetre_eligibilite
from clauses.regles.parametres import ParametresRegle
from comptes.formats import date_chiffres, heures
from comptes.regles import Refus

ECART_PREMIERE_HEURE_JOURS = 8
# Un contrat d'exemple par famille : son type, et sa durée en mois (None : sans fin).
_CONTRATS = (
    (FamilleContrat.CDI, "cdi", None),
    (FamilleContrat.CDD, "cdd", 6),
    (FamilleContrat.ALTERNANCE, "apprentissage", 36),
    (FamilleContrat.INTERIM, "interim", 1),
    (FamilleContrat.SIAE, "cddi", 12),
)


def ecrire_exemple(parametres: ParametresRegle, marche: FaitsMarche, embauche: date) -> str:
    """Rend « Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026 », calculé par la règle de la fenêtre.

    `embauche` : le jour d'embauche de l'exemple. La première heure y suit de huit jours, la validation est du jour même.
    Une date qui manque au marché est nommée : « À compléter : date de notification. »
    """
    dates = _dates(marche, embauche)
    fenetre = fenetre_eligibilite(parametres, dates)
    if isinstance(fenetre, Refus):
        return fenetre.phrase
    return f"{_faits(parametres.point_depart, dates, embauche)} → heures comptées jusqu’{_fin(parametres, fenetre)}"


def ecrire_exemples(parametres: ParametresRegle, marche: FaitsMarche, embauche: date) -> list[str]:
    """Rend l'exemple de la règle, puis un pour chaque variante qu'elle admet : type de contrat, renouvellement, entreprise.

    Le CDD de l'exemple dure six mois, l'alternance trois ans, la mission d'intérim un mois.
    """
    exemples = [ecrire_exemple(parametres, marche, embauche)]
    dates = _dates(marche, embauche)
    for famille, type_contrat, mois in _CONTRATS:
        duree = parametres.durees_contrat.get(famille)
        if duree is not None and duree.mesure == MesureDuree.AGREMENT:
            exemples.append(f"{_nom(famille, None)} → jusqu’à la fin du PASS IAE")
        elif duree is not None:
            contrat = FaitContrat(
                type_contrat, embauche, periode_depuis(embauche, Duree(mois=mois)).fin if mois else None
            )
            fenetre = fenetre_eligibilite(parametres, dates, contrats=[contrat])
            exemples.append(f"{_nom(famille, mois)}{_suite(parametres, fenetre)}")
    fenetre = fenetre_eligibilite(parametres, dates)
    if isinstance(fenetre, Periode) and parametres.renouvellement != Renouvellement.AUCUN and fenetre.fin is not None:
        sur_avis = parametres.renouvellement == Renouvellement.AVIS
        prolongation = FaitProlongation(fenetre.fin, "FT", parametres.renouvellement_mois if sur_avis else None)
        fenetre = fenetre_eligibilite(parametres, dates, prolongations=[prolongation])
        exemples.append(f"Renouvelée une fois{_suite(parametres, fenetre)}")
    return exemples


def _suite(parametres: ParametresRegle, fenetre: Periode | Refus) -> str:
    if isinstance(fenetre, Refus):
        return f"\u00a0: {fenetre.phrase}"
    return f" → jusqu’{_fin(parametres, fenetre)}"


def _fin(parametres: ParametresRegle, fenetre: Periode) -> str:
    if fenetre.fin is not None:
        return f"au {date_chiffres(fenetre.fin)}"
    quota = parametres.heures_de_la_duree
    return "à la fin de l’opération" if quota is None else f"à {heures(quota)} de travail"


def _nom(famille: FamilleContrat, mois: int | None) -> str:
    return LIBELLES_FAMILLE[famille] + (f" de {mois}\u00a0mois" if mois else "")


def _dates(marche: FaitsMarche, embauche: date) -> DatesFenetre:
    return DatesFenetre(
        attribution=marche.date_attribution,
        notification=marche.date_notification,
        demarrage=marche.date_demarrage,
        validation=embauche,
        embauche=embauche,
        premiere_heure=decaler(embauche, ECART_PREMIERE_HEURE_JOURS),
        fin_operation=marche.date_fin,
    )


def _faits(point: PointDepart, dates: DatesFenetre, embauche: date) -> str:
    faits = f"Embauchée le {date_chiffres(embauche)}"
    if point == PointDepart.PREMIERE_HEURE:
        return f"{faits}, première heure le {date_chiffres(dates.premiere_heure)}"
    if point == PointDepart.PREMIER_CONTRAT:
        return f"{faits}, premier contrat de clause"
    if point in POINTS_A_VENIR or point == PointDepart.VALIDATION:
        return faits
    return f"{faits}, {NOMS_DATES[point].removeprefix('date d’').removeprefix('date de ')} le {date_chiffres(dates.a(point))}"
