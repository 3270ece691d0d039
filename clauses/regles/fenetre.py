"""La fenêtre d'éligibilité : du point de départ que fixe le marché, pour la durée qu'il fixe, dernier jour compris."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Duree, Periode, lendemain, periode_depuis
from clauses.regles.choix import (
    FAMILLES,
    ChangementEntreprise,
    DureeContrat,
    FamilleContrat,
    MesureDuree,
    Perimetre,
    PointDepart,
    UniteDuree,
)
from clauses.regles.faits import FaitContrat, FaitProlongation
from clauses.regles.parametres import ParametresRegle
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
    """Les dates qui peuvent ouvrir ou borner une fenêtre ; None quand la date n'est pas connue.

    `quota_atteint` : le jour où les heures comptées atteignent une durée en temps de travail. `fin_pass` : la fin du PASS IAE,
    donnée comme un fait là où le marché en fait la durée des contrats de SIAE.
    """

    attribution: date | None = None
    notification: date | None = None
    demarrage: date | None = None
    validation: date | None = None
    embauche: date | None = None
    premiere_heure: date | None = None
    premier_contrat: date | None = None
    fin_operation: date | None = None
    quota_atteint: date | None = None
    fin_pass: date | None = None

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


def fenetre_eligibilite(
    parametres: ParametresRegle,
    dates: DatesFenetre,
    *,
    contrats: Sequence[FaitContrat] = (),
    prolongations: Sequence[FaitProlongation] = (),
    debut_impose: date | None = None,
) -> Periode | Refus:
    """Rend la fenêtre, ou « À compléter : date de notification. » quand la date qu'il faut n'est pas connue.

    24 mois depuis une embauche le 13/05/2024 : du 13/05/2024 au 12/05/2026. Sans durée, la fenêtre va jusqu'à la fin de
    l'opération (ouverte si elle n'est pas connue) ; en temps de travail, jusqu'au jour où les heures sont atteintes. Quand la
    règle regarde les contrats, c'est l'enveloppe de leurs fenêtres. `debut_impose` : ouverture fixée par une clause antérieure.
    Source : pièces du marché ; à défaut fiche A3, partie II.
    """
    fenetres = fenetres_par_contrat(parametres, dates, contrats, prolongations, debut_impose)
    if isinstance(fenetres, Refus):
        return fenetres
    fins = [fenetre.fin for fenetre in fenetres.values()]
    fin = None if None in fins else max(fin for fin in fins if fin is not None)
    return Periode(min(fenetre.debut for fenetre in fenetres.values()), fin)


def fenetres_par_contrat(
    parametres: ParametresRegle,
    dates: DatesFenetre,
    contrats: Sequence[FaitContrat] = (),
    prolongations: Sequence[FaitProlongation] = (),
    debut_impose: date | None = None,
) -> dict[str, Periode] | Refus:
    """Rend les fenêtres que la règle ouvre, par clé de contrat (`cle_de_contrat`) ; une seule clé vide si elle n'en ouvre qu'une."""
    groupes: dict[str, list[FaitContrat]] = {}
    for contrat in contrats if parametres.depend_des_contrats else ():
        groupes.setdefault(cle_de_contrat(parametres, contrat), []).append(contrat)
    fenetres: dict[str, Periode] = {}
    for cle, groupe in (groupes or {"": []}).items():
        debut = debut_impose or _embauche_du_groupe(parametres, dates, groupe).a(parametres.point_depart)
        if debut is None:
            return date_manquante(parametres.point_depart)
        fenetre = _ouverte_le(debut, parametres, dates, groupe)
        if isinstance(fenetre, Refus):
            return fenetre
        fenetres[cle] = _prolongee(fenetre, parametres, prolongations)
    return fenetres


def cle_de_contrat(parametres: ParametresRegle, contrat: FaitContrat) -> str:
    """Rend ce qui distingue la fenêtre de ce contrat : son marché, son entreprise, les deux, ou rien."""
    par_marche = parametres.perimetre == Perimetre.MARCHE
    par_entreprise = (
        parametres.perimetre == Perimetre.ENTREPRISE
        or parametres.changement_entreprise == ChangementEntreprise.NOUVELLE_FENETRE
    )
    return "|".join([*([contrat.marche] if par_marche else []), *([contrat.entreprise] if par_entreprise else [])])


def jour_du_quota(heures: Iterable[tuple[date, Decimal]], quota: Decimal) -> date | None:
    """Rend le jour où le cumul de ces heures atteint le quota, ou None s'il ne l'atteint pas.

    `heures` : (jour, heures comptées) dans n'importe quel ordre ; un relevé mensuel compte à son dernier jour. Source : durée
    en temps de travail que fixe le marché, 1 607 h pour douze mois (code du travail, L3121-41).
    """
    cumul = Decimal(0)
    for jour, nombre in sorted(heures, key=lambda ligne: ligne[0]):
        cumul += nombre
        if cumul >= quota:
            return jour
    return None


def date_manquante(point: PointDepart) -> Refus:
    """Rend le refus qui nomme la date à compléter."""
    return Refus(f"À compléter\u00a0: {NOMS_DATES[point]}.", f"date_manquante_{point.value}")


def _embauche_du_groupe(
    parametres: ParametresRegle, dates: DatesFenetre, groupe: Sequence[FaitContrat]
) -> DatesFenetre:
    """Rend les dates, l'embauche étant celle de ce groupe quand il a sa propre fenêtre."""
    if not groupe or not cle_de_contrat(parametres, groupe[0]):
        return dates
    embauche = min(contrat.debut for contrat in groupe)
    if parametres.perimetre == Perimetre.ENTREPRISE:
        anterieurs = [c.premier_dans_l_entreprise for c in groupe if c.premier_dans_l_entreprise is not None]
        embauche = min([embauche, *anterieurs])
    return replace(dates, embauche=embauche)


def _ouverte_le(
    debut: date, parametres: ParametresRegle, dates: DatesFenetre, groupe: Sequence[FaitContrat]
) -> Periode | Refus:
    """Rend la fenêtre qui s'ouvre ce jour-là : la plus longue que permettent la durée générale et les contrats du groupe."""
    if not any(parametres.duree_de(contrat.type_contrat) for contrat in groupe):
        return _duree_generale(debut, parametres, dates)
    ouvertes: list[Periode] = []
    refus: Refus | None = None
    for contrat in groupe:
        duree = parametres.duree_de(contrat.type_contrat)
        fenetre = (
            _duree_generale(debut, parametres, dates)
            if duree is None
            else _duree_du_contrat(debut, duree, contrat, groupe, dates)
        )
        if isinstance(fenetre, Refus):
            refus = refus or fenetre
        else:
            ouvertes.append(fenetre)
    if not ouvertes and refus is not None:
        return refus
    return max(ouvertes, key=lambda fenetre: fenetre.fin or date.max)


def _duree_generale(debut: date, parametres: ParametresRegle, dates: DatesFenetre) -> Periode | Refus:
    if parametres.unite_duree == UniteDuree.TRAVAIL:
        atteint = dates.quota_atteint
        return Periode(debut, None if atteint is None else max(debut, atteint))
    if parametres.duree_mois is not None:
        return periode_depuis(debut, Duree(mois=parametres.duree_mois))
    if dates.fin_operation is not None and dates.fin_operation < debut:
        return Refus(
            "L’opération finit avant le jour où la fenêtre s’ouvrirait. Vérifiez la fin de l’opération.",
            "operation_finie",
        )
    return Periode(debut, dates.fin_operation)


def _duree_du_contrat(
    debut: date, duree: DureeContrat, contrat: FaitContrat, groupe: Sequence[FaitContrat], dates: DatesFenetre
) -> Periode | Refus:
    """La durée propre à un type de contrat : N mois (depuis la première mission pour l'intérim), le contrat, ou le PASS IAE."""
    if duree.mesure == MesureDuree.AGREMENT:
        if dates.fin_pass is None:
            return Refus("À compléter\u00a0: date de fin du PASS IAE.", "date_manquante_fin_pass")
        fin: date | None = dates.fin_pass
    elif duree.mesure == MesureDuree.MOIS and FAMILLES.get(contrat.type_contrat) == FamilleContrat.INTERIM:
        missions = [c.debut for c in groupe if c.type_contrat == contrat.type_contrat]
        fin = periode_depuis(max(debut, min(missions)), Duree(mois=duree.mois)).fin
    else:
        plafond = None if duree.mois is None else periode_depuis(debut, Duree(mois=duree.mois)).fin
        fins = [contrat.fin, plafond] if duree.mesure == MesureDuree.CONTRAT else [plafond]
        fin = min((jour for jour in fins if jour is not None), default=None)
    if fin is not None and fin < debut:
        quoi = "Le PASS IAE" if duree.mesure == MesureDuree.AGREMENT else "Le contrat"
        return Refus(f"{quoi} finit avant le jour où la fenêtre s’ouvrirait.", "contrat_fini")
    return Periode(debut, fin)


def _prolongee(fenetre: Periode, parametres: ParametresRegle, prolongations: Sequence[FaitProlongation]) -> Periode:
    """Rend la fenêtre après ses renouvellements. En temps de travail, c'est le nombre d'heures qui grandit, pas la date."""
    if parametres.unite_duree == UniteDuree.TRAVAIL:
        return fenetre
    for prolongation in prolongations:
        if fenetre.fin is None:
            return fenetre
        if prolongation.mois is not None:
            fin = periode_depuis(lendemain(fenetre.fin), Duree(mois=prolongation.mois)).fin
        else:
            fin = periode_depuis(prolongation.avis_date, Duree(mois=parametres.duree_mois)).fin
        fenetre = Periode(fenetre.debut, max(fenetre.fin, fin or fenetre.fin))
    return fenetre
