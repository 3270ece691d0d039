"""Ce qui précède le marché : une clause encore en cours, ou une embauche d'avant la notification."""

from dataclasses import dataclass
from datetime import date

from beneficiaires.periodes import Duree, ajouter_mois, periode_depuis
from clauses.regles.choix import ChangementOperation, EmbaucheAnterieure, Perimetre, PointDepart, UniteDuree
from clauses.regles.decision import Raison
from clauses.regles.faits import FaitClauseAnterieure
from clauses.regles.fenetre import NOMS_DATES, DatesFenetre
from clauses.regles.parametres import ParametresRegle
from comptes.formats import date_longue, quantite


@dataclass(frozen=True, slots=True)
class Anteriorite:
    """Ce que change ce qui précède : refus, manque, dispense de réexamen, autre jour d'ouverture."""

    raison: Raison | None = None
    est_refusee: bool = False
    dispense_examen: bool = False
    debut_fenetre: date | None = None
    manque: str | None = None


def examiner_anteriorite(
    parametres: ParametresRegle, dates: DatesFenetre, clause: FaitClauseAnterieure | None
) -> Anteriorite:
    """Dit ce que le marché fait d'une clause encore en cours ailleurs, ou d'une embauche d'avant la notification."""
    if parametres.changement_operation == ChangementOperation.CONTINUE and clause is not None:
        continuee = _fenetre_qui_continue(parametres, dates, clause)
        if continuee is not None:
            return continuee
    if parametres.embauche_anterieure == EmbaucheAnterieure.FENETRE_EN_COURS and clause is not None:
        return _examiner_clause_en_cours(parametres, dates, clause)
    if dates.embauche is None or parametres.perimetre == Perimetre.GLOBAL:
        return Anteriorite()
    if dates.notification is None and parametres.embauche_anterieure != EmbaucheAnterieure.REEXAMINEE:
        return Anteriorite(manque=NOMS_DATES[PointDepart.NOTIFICATION])
    if dates.notification is None or dates.embauche >= dates.notification:
        return Anteriorite()
    return _sort_embauche_anterieure(parametres, dates, dates.embauche, dates.notification)


def _fenetre_qui_continue(
    parametres: ParametresRegle, dates: DatesFenetre, clause: FaitClauseAnterieure
) -> Anteriorite | None:
    """D'une opération à l'autre, la fenêtre en cours continue : ni nouvel examen, ni nouveau départ. None si elle est finie."""
    ouverte = clause.ouverte_le or clause.premier_contrat
    fin = clause.eligible_jusqu_au or _fin_depuis(ouverte, parametres)
    jour = dates.embauche or dates.validation
    if jour is not None and fin is not None and jour > fin:
        return None
    texte = (
        f"Une éligibilité ouverte le {date_longue(ouverte)} court encore\u00a0: le marché la continue sur cette opération, "
        "sans nouvel examen."
    )
    raison = Raison(texte, "fenetre_continue", ouverte, parametres.article_de("changement_operation"))
    return Anteriorite(raison, dispense_examen=True, debut_fenetre=ouverte)


def _examiner_clause_en_cours(
    parametres: ParametresRegle, dates: DatesFenetre, clause: FaitClauseAnterieure
) -> Anteriorite:
    """Modèle I1 : déjà sous clause à l'attribution, la personne reste éligible, pour une durée entière depuis ce jour."""
    if dates.attribution is None:
        return Anteriorite(manque=NOMS_DATES[PointDepart.ATTRIBUTION])
    court_jusqu_au = clause.eligible_jusqu_au or _fin_depuis(clause.premier_contrat, parametres)
    if court_jusqu_au is not None and dates.attribution > court_jusqu_au:
        return Anteriorite()
    texte = (
        f"Déjà sous clause depuis le {date_longue(clause.premier_contrat)}, la personne reste éligible\u00a0: "
        f"la nouvelle fenêtre part de l’attribution, le {date_longue(dates.attribution)}."
    )
    article = parametres.article_de("embauche_anterieure")
    return Anteriorite(
        Raison(texte, "clause_en_cours", dates.attribution, article),
        dispense_examen=True,
        debut_fenetre=dates.attribution,
    )


def _sort_embauche_anterieure(
    parametres: ParametresRegle, dates: DatesFenetre, embauche: date, notification: date
) -> Anteriorite:
    article = parametres.article_de("embauche_anterieure")
    constat = f"L’embauche du {date_longue(embauche)} précède la notification du {date_longue(notification)}"
    match parametres.embauche_anterieure:
        case EmbaucheAnterieure.REFUSEE:
            return Anteriorite(
                Raison(f"{constat}, ce que le marché n’admet pas.", "embauche_anterieure", embauche, article),
                est_refusee=True,
            )
        case EmbaucheAnterieure.RECENTE:
            mois = parametres.embauche_anterieure_mois or 0
            if embauche < ajouter_mois(notification, -mois):
                texte = f"{constat} de plus de {quantite(mois, 'mois')}, la limite du marché."
                return Anteriorite(Raison(texte, "embauche_anterieure", embauche, article), est_refusee=True)
            texte = f"{constat}, dans la limite de {quantite(mois, 'mois')} que le marché admet."
            return Anteriorite(Raison(texte, "embauche_anterieure_admise", embauche, article))
        case _:
            # L'opération ouvre sa propre fenêtre (fiche A3) : elle ne peut pas commencer avant le marché.
            debut = (dates.attribution or notification) if parametres.point_depart == PointDepart.EMBAUCHE else None
            suite = f"\u00a0: la fenêtre de cette opération part du {date_longue(debut)}." if debut is not None else "."
            return Anteriorite(
                Raison(
                    f"{constat}\u00a0; les critères ont été réexaminés{suite}",
                    "embauche_anterieure_reexaminee",
                    embauche,
                    article,
                ),
                debut_fenetre=debut,
            )


def _fin_depuis(debut: date, parametres: ParametresRegle) -> date | None:
    """Rend la fin d'une fenêtre ouverte ce jour-là ; None si elle dure toute l'opération ou se compte en heures."""
    if parametres.duree_mois is None or parametres.unite_duree == UniteDuree.TRAVAIL:
        return None
    return periode_depuis(debut, Duree(mois=parametres.duree_mois)).fin
