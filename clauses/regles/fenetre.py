"""La fenêtre d'éligibilité : du point de départ que fixe le marché, pour la durée qu'il fixe, dernier jour compris."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Duree, Periode, periode_depuis
from clauses.regles.parametres import ParametresRegle, PointDepart
from comptes.regles import Refus

NOMS_DATES: Final[Mapping[PointDepart, str]] = MappingProxyType(
    {
        PointDepart.ATTRIBUTION: "date d’attribution",
        PointDepart.NOTIFICATION: "date de notification",
        PointDepart.DEMARRAGE: "date de début d’exécution",
        PointDepart.VALIDATION: "date de validation",
        PointDepart.EMBAUCHE: "date d’embauche",
        PointDepart.PREMIERE_HEURE: "date de la première heure",
        PointDepart.PREMIER_CONTRAT: "date du premier contrat de clause",
    }
)
# Ces jours-là sont à venir quand la décision précède l'embauche : leur absence n'est pas un oubli.
POINTS_A_VENIR: Final = frozenset({PointDepart.EMBAUCHE, PointDepart.PREMIERE_HEURE, PointDepart.PREMIER_CONTRAT})


@dataclass(frozen=True, slots=True)
class DatesFenetre:
    """Les dates qui peuvent ouvrir ou borner une fenêtre ; None quand la date n'est pas connue."""

    attribution: date | None = None
    notification: date | None = None
    demarrage: date | None = None
    validation: date | None = None
    embauche: date | None = None
    premiere_heure: date | None = None
    premier_contrat: date | None = None
    fin_operation: date | None = None

    def a(self, point: PointDepart) -> date | None:
        """Rend la date de ce point de départ. Sans contrat antérieur, le premier contrat de clause est l'embauche."""
        if point == PointDepart.PREMIER_CONTRAT:
            return self.premier_contrat or self.embauche
        valeurs: dict[PointDepart, date | None] = {
            PointDepart.ATTRIBUTION: self.attribution,
            PointDepart.NOTIFICATION: self.notification,
            PointDepart.DEMARRAGE: self.demarrage,
            PointDepart.VALIDATION: self.validation,
            PointDepart.EMBAUCHE: self.embauche,
            PointDepart.PREMIERE_HEURE: self.premiere_heure,
        }
        return valeurs[point]


def fenetre_eligibilite(parametres: ParametresRegle, dates: DatesFenetre) -> Periode | Refus:
    """Rend la fenêtre où les heures comptent, dernier jour compris, ou un refus « À compléter » qui nomme la date.

    24 mois depuis une embauche le 13/05/2024 : du 13/05/2024 au 12/05/2026. Sans durée, la fenêtre va jusqu'à la fin de
    l'opération (ouverte si elle n'est pas connue). Source : pièces du marché ; à défaut fiche A3, partie II.
    """
    debut = dates.a(parametres.point_depart)
    if debut is None:
        return date_manquante(parametres.point_depart)
    return fenetre_ouverte_le(debut, parametres, dates.fin_operation)


def fenetre_ouverte_le(debut: date, parametres: ParametresRegle, fin_operation: date | None) -> Periode | Refus:
    """Rend la fenêtre qui s'ouvre ce jour-là, ou un refus si l'opération est déjà finie."""
    if parametres.duree_mois is not None:
        return periode_depuis(debut, Duree(mois=parametres.duree_mois))
    if fin_operation is not None and fin_operation < debut:
        return Refus(
            "L’opération finit avant le jour où la fenêtre s’ouvrirait. Vérifiez la fin de l’opération.",
            "operation_finie",
        )
    return Periode(debut, fin_operation)


def date_manquante(point: PointDepart) -> Refus:
    """Rend le refus qui nomme la date à compléter."""
    return Refus(f"À compléter\u00a0: {NOMS_DATES[point]}.", f"date_manquante_{point.value}")
