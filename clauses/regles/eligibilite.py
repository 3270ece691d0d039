"""L'éligibilité d'une personne pour une opération : une réponse qui porte ses raisons, ses dates et ses articles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from beneficiaires.periodes import Duree, Periode, ajouter_mois, decaler, periode_depuis
from clauses.regles.decision import Decision, Raison, Reponse
from clauses.regles.examen import SituationsExaminees, examiner_situations
from clauses.regles.fenetre import (
    NOMS_DATES,
    POINTS_A_VENIR,
    DatesFenetre,
    fenetre_eligibilite,
    fenetre_ouverte_le,
)
from clauses.regles.parametres import (
    EmbaucheAnterieure,
    FaitClauseAnterieure,
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    JourAppreciation,
    ParametresRegle,
    Perimetre,
    PointDepart,
)
from comptes.formats import date_longue, periode, quantite

# Les raisons qu'ajoute l'ouverture d'une fenêtre ; refermée, elle les perd.
RAISONS_DE_L_OUVERTURE: Final = frozenset(
    {"fenetre_a_ouvrir", "embauche_anterieure_admise", "embauche_anterieure_reexaminee", "validation_tardive"}
)


@dataclass(frozen=True, slots=True)
class _Anteriorite:
    """Ce que change une embauche d'avant le marché : refus, manque, dispense de réexamen, autre jour d'ouverture."""

    raison: Raison | None = None
    est_refusee: bool = False
    dispense_examen: bool = False
    debut_fenetre: date | None = None
    manque: str | None = None


def evaluer_eligibilite(
    *,
    parametres: ParametresRegle,
    marche: FaitsMarche,
    personne: FaitsPersonne,
    situations: Sequence[FaitSituation],
    date_decision: date,
    date_embauche: date | None = None,
    premiere_heure: date | None = None,
    embauche_anterieure: FaitClauseAnterieure | None = None,
) -> Decision:
    """Dit si une personne est éligible pour une opération, sur quelle fenêtre, et pourquoi.

    Entrée : la règle du marché, ses dates, la naissance, les situations, le jour de la décision, et s'ils sont connus le
    jour d'embauche, de la première heure, et un passage antérieur sous clause. Sortie : une décision complète, à garder
    telle quelle. Une date du marché qui manque rend « à compléter » et la nomme ; une embauche à venir laisse la fenêtre
    à None, avec une raison qui le dit. Le PASS IAE et le PLIE n'entrent jamais dans ce calcul.
    Source : fiche A3, partie II ; article du marché porté par chaque raison.
    """
    dates = DatesFenetre(
        attribution=marche.date_attribution,
        notification=marche.date_notification,
        demarrage=marche.date_demarrage,
        validation=date_decision,
        embauche=date_embauche,
        premiere_heure=premiere_heure,
        premier_contrat=embauche_anterieure.premier_contrat if embauche_anterieure else None,
        fin_operation=marche.date_fin,
    )
    jour = _jour_appreciation(parametres, dates)
    anteriorite = _examiner_anteriorite(parametres, dates, embauche_anterieure)
    manques: list[str] = []
    if jour is None:
        manques.append(NOMS_DATES[PointDepart(parametres.date_appreciation.value)])
    if anteriorite.manque:
        manques.append(anteriorite.manque)
    examen = SituationsExaminees()
    if jour is not None and not anteriorite.dispense_examen:
        examen = examiner_situations(parametres, personne, situations, jour, date_decision)
    base = Decision(
        reponse=Reponse.A_COMPLETER,
        jour_appreciation=jour,
        date_decision=date_decision,
        parametres=parametres,
        dates=dates,
        debut_impose=anteriorite.debut_fenetre,
        faits=examen.retenus,
        ecartees=examen.ecartees,
        raisons=(*examen.raisons, *([anteriorite.raison] if anteriorite.raison else [])),
    )
    if anteriorite.est_refusee:
        return replace(base, reponse=Reponse.NON_ELIGIBLE)
    if not anteriorite.dispense_examen and jour is not None and len(examen.retenus) < parametres.criteres_minimum:
        if examen.manques:
            return replace(base, manques=(*manques, *examen.manques))
        return replace(base, reponse=Reponse.NON_ELIGIBLE, raisons=(*base.raisons, *examen.ecartees))
    if manques:
        return replace(base, manques=tuple(manques))
    return _avec_fenetre(base)


def ouvrir_fenetre(
    decision: Decision, *, date_embauche: date | None = None, premiere_heure: date | None = None
) -> Decision:
    """Rend la décision prise, sa fenêtre ouverte à l'embauche ou à la première heure, avec **ses** paramètres.

    Une décision qui n'est pas « éligible », ou dont la fenêtre est déjà ouverte, revient inchangée. Une embauche d'avant la
    notification suit le sort que le marché lui fait : la réponse peut alors n'être plus « éligible », et sa raison le dit.
    """
    if decision.reponse != Reponse.ELIGIBLE or decision.fenetre is not None:
        return decision
    dates = replace(
        decision.dates,
        embauche=date_embauche or decision.dates.embauche,
        premiere_heure=premiere_heure or decision.dates.premiere_heure,
    )
    anteriorite = _Anteriorite()
    if dates.embauche != decision.dates.embauche:
        anteriorite = _examiner_anteriorite(decision.parametres, dates, None)
    sans_attente = tuple(raison for raison in decision.raisons if raison.fait != "fenetre_a_ouvrir")
    ouverte = replace(
        decision,
        dates=dates,
        debut_impose=decision.debut_impose or anteriorite.debut_fenetre,
        raisons=(*sans_attente, *([anteriorite.raison] if anteriorite.raison else [])),
    )
    if anteriorite.est_refusee:
        return replace(ouverte, reponse=Reponse.NON_ELIGIBLE)
    if anteriorite.manque:
        return replace(ouverte, reponse=Reponse.A_COMPLETER, manques=(*decision.manques, anteriorite.manque))
    return _avec_fenetre(ouverte)


def refermer_fenetre(decision: Decision) -> Decision:
    """Rend la décision telle qu'elle attendait l'embauche ou la première heure, pour l'ouvrir à une autre date.

    Sert quand la date d'un contrat est corrigée. Une fenêtre qui ne dépend pas de l'embauche (attribution, notification,
    début d'exécution, validation, clause en cours) revient inchangée, comme une réponse autre que « éligible ».
    """
    depend_de_l_embauche = decision.parametres.point_depart in POINTS_A_VENIR and not any(
        raison.fait == "clause_en_cours" for raison in decision.raisons
    )
    if decision.reponse != Reponse.ELIGIBLE or not depend_de_l_embauche:
        return decision
    return _avec_fenetre(
        replace(
            decision,
            dates=replace(decision.dates, embauche=None, premiere_heure=None),
            fenetre=None,
            ouverture=None,
            debut_impose=None,
            raisons=tuple(raison for raison in decision.raisons if raison.fait not in RAISONS_DE_L_OUVERTURE),
        )
    )


def _jour_appreciation(parametres: ParametresRegle, dates: DatesFenetre) -> date | None:
    match parametres.date_appreciation:
        case JourAppreciation.ATTRIBUTION:
            return dates.attribution
        case JourAppreciation.EMBAUCHE:
            return dates.embauche
        case JourAppreciation.VALIDATION:
            return dates.validation


def _examiner_anteriorite(
    parametres: ParametresRegle, dates: DatesFenetre, clause: FaitClauseAnterieure | None
) -> _Anteriorite:
    """Examine ce qui précède le marché : une clause encore en cours (modèle I1), ou une embauche d'avant la notification."""
    if parametres.embauche_anterieure == EmbaucheAnterieure.FENETRE_EN_COURS and clause is not None:
        return _examiner_clause_en_cours(parametres, dates, clause)
    if dates.embauche is None or parametres.perimetre == Perimetre.GLOBAL:
        return _Anteriorite()
    if dates.notification is None and parametres.embauche_anterieure != EmbaucheAnterieure.REEXAMINEE:
        return _Anteriorite(manque=NOMS_DATES[PointDepart.NOTIFICATION])
    if dates.notification is None or dates.embauche >= dates.notification:
        return _Anteriorite()
    return _sort_embauche_anterieure(parametres, dates, dates.embauche, dates.notification)


def _examiner_clause_en_cours(
    parametres: ParametresRegle, dates: DatesFenetre, clause: FaitClauseAnterieure
) -> _Anteriorite:
    """Modèle I1 : déjà sous clause à l'attribution, la personne reste éligible, pour une durée entière depuis ce jour."""
    if dates.attribution is None:
        return _Anteriorite(manque=NOMS_DATES[PointDepart.ATTRIBUTION])
    court_jusqu_au = clause.eligible_jusqu_au or _fin_depuis(clause.premier_contrat, parametres)
    if court_jusqu_au is not None and dates.attribution > court_jusqu_au:
        return _Anteriorite()
    texte = (
        f"Déjà sous clause depuis le {date_longue(clause.premier_contrat)}, la personne reste éligible\u00a0: "
        f"la nouvelle fenêtre part de l’attribution, le {date_longue(dates.attribution)}."
    )
    article = parametres.article_de("embauche_anterieure")
    return _Anteriorite(
        Raison(texte, "clause_en_cours", dates.attribution, article),
        dispense_examen=True,
        debut_fenetre=dates.attribution,
    )


def _sort_embauche_anterieure(
    parametres: ParametresRegle, dates: DatesFenetre, embauche: date, notification: date
) -> _Anteriorite:
    article = parametres.article_de("embauche_anterieure")
    constat = f"L’embauche du {date_longue(embauche)} précède la notification du {date_longue(notification)}"
    match parametres.embauche_anterieure:
        case EmbaucheAnterieure.REFUSEE:
            return _Anteriorite(
                Raison(f"{constat}, ce que le marché n’admet pas.", "embauche_anterieure", embauche, article),
                est_refusee=True,
            )
        case EmbaucheAnterieure.RECENTE:
            mois = parametres.embauche_anterieure_mois or 0
            if embauche < ajouter_mois(notification, -mois):
                texte = f"{constat} de plus de {quantite(mois, 'mois')}, la limite du marché."
                return _Anteriorite(Raison(texte, "embauche_anterieure", embauche, article), est_refusee=True)
            texte = f"{constat}, dans la limite de {quantite(mois, 'mois')} que le marché admet."
            return _Anteriorite(Raison(texte, "embauche_anterieure_admise", embauche, article))
        case _:
            # L'opération ouvre sa propre fenêtre (fiche A3) : elle ne peut pas commencer avant le marché.
            debut = (dates.attribution or notification) if parametres.point_depart == PointDepart.EMBAUCHE else None
            suite = f"\u00a0: la fenêtre de cette opération part du {date_longue(debut)}." if debut is not None else "."
            return _Anteriorite(
                Raison(
                    f"{constat}\u00a0; les critères ont été réexaminés{suite}",
                    "embauche_anterieure_reexaminee",
                    embauche,
                    article,
                ),
                debut_fenetre=debut,
            )


def _fin_depuis(debut: date, parametres: ParametresRegle) -> date | None:
    return None if parametres.duree_mois is None else periode_depuis(debut, Duree(mois=parametres.duree_mois)).fin


def _avec_fenetre(decision: Decision) -> Decision:
    """Rend la décision « éligible » avec sa fenêtre ; « à compléter » ou « non éligible » si les dates l'imposent."""
    parametres, dates = decision.parametres, decision.dates
    if decision.debut_impose is not None:
        resultat = fenetre_ouverte_le(decision.debut_impose, parametres, dates.fin_operation)
    else:
        resultat = fenetre_eligibilite(parametres, dates)
    article = parametres.article_de("duree_mois")
    if isinstance(resultat, Periode):
        return _bornee_par_la_validation(decision, resultat)
    if resultat.code == "operation_finie":
        raison = Raison(resultat.phrase, resultat.code, dates.fin_operation, article)
        return replace(decision, reponse=Reponse.NON_ELIGIBLE, raisons=(*decision.raisons, raison))
    if parametres.point_depart in POINTS_A_VENIR:
        raison = Raison(
            f"La fenêtre s’ouvrira à {_evenement(parametres.point_depart)}\u00a0: son dernier jour sera calculé ce jour-là.",
            "fenetre_a_ouvrir",
            None,
            article,
        )
        return replace(decision, reponse=Reponse.ELIGIBLE, raisons=(*decision.raisons, raison))
    return replace(decision, manques=(*decision.manques, NOMS_DATES[parametres.point_depart]))


def _bornee_par_la_validation(decision: Decision, fenetre: Periode) -> Decision:
    """Retire de la fenêtre les jours d'avant la décision, quand le marché ne les admet pas."""
    parametres, decidee, embauche = decision.parametres, decision.date_decision, decision.dates.embauche
    dernier_utile = max(decidee, embauche or decidee)
    if fenetre.fin is not None and dernier_utile > fenetre.fin:
        raison = Raison(
            f"La fenêtre ({periode(fenetre.debut, fenetre.fin)}) s’est fermée avant "
            f"{'la validation' if dernier_utile == decidee else 'l’embauche'} du {date_longue(dernier_utile)}\u00a0: "
            "aucune heure ne peut plus compter.",
            "fenetre_fermee",
            fenetre.fin,
            parametres.article_de("duree_mois"),
        )
        return replace(decision, reponse=Reponse.NON_ELIGIBLE, raisons=(*decision.raisons, raison))
    ouverture, raisons = fenetre.debut, list(decision.raisons)
    premier_jour = max(ouverture, embauche or ouverture)
    if ouverture < decidee and not _regularisable(parametres, premier_jour, decidee):
        fenetre = Periode(decidee, fenetre.fin)
        if embauche is not None and premier_jour < decidee:
            texte = (
                f"La validation du {date_longue(decidee)} suit l’embauche du {date_longue(embauche)}\u00a0: "
                "les heures faites avant la validation ne comptent pas."
            )
            article = parametres.article_de("validation_prealable")
            raisons.append(Raison(texte, "validation_tardive", decidee, article))
    return replace(decision, reponse=Reponse.ELIGIBLE, fenetre=fenetre, ouverture=ouverture, raisons=tuple(raisons))


def _regularisable(parametres: ParametresRegle, premier_jour: date, decidee: date) -> bool:
    if parametres.validation_prealable:
        return False
    if parametres.regularisation_jours is None:
        return True
    return decidee <= decaler(premier_jour, parametres.regularisation_jours)


def _evenement(point: PointDepart) -> str:
    return "la première heure sur l’opération" if point == PointDepart.PREMIERE_HEURE else "l’embauche"
