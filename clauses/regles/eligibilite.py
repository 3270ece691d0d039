"""L'éligibilité d'une personne pour une opération : une réponse qui porte ses raisons, ses dates et ses articles."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from clauses.regles.anteriorite import examiner_anteriorite
from clauses.regles.choix import JourAppreciation, PointDepart
from clauses.regles.decision import Decision, Reponse
from clauses.regles.examen import SituationsExaminees, examiner_situations
from clauses.regles.faits import FaitClauseAnterieure, FaitContrat, FaitSituation, FaitsMarche, FaitsPersonne
from clauses.regles.fenetre import NOMS_DATES, DatesFenetre
from clauses.regles.ouverture import avec_fenetre, fenetre_du_contrat, ouvrir_fenetre, refermer_fenetre
from clauses.regles.parametres import ParametresRegle

__all__ = ["evaluer_eligibilite", "fenetre_du_contrat", "ouvrir_fenetre", "refermer_fenetre"]


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
    contrats: Sequence[FaitContrat] = (),
    fin_pass: date | None = None,
    quota_atteint: date | None = None,
) -> Decision:
    """Dit si une personne est éligible pour une opération, sur quelle fenêtre, et pourquoi.

    Entrée : la règle du marché, ses dates, la naissance, les situations, le jour de la décision, et s'ils sont connus le
    jour d'embauche, de la première heure, un passage antérieur sous clause, les contrats déjà en place, la fin du PASS IAE et le
    jour où une durée en temps de travail est atteinte. Sortie : une décision complète, à garder telle quelle. Une date qui manque
    rend « à compléter » et la nomme ; une embauche à venir laisse la fenêtre à None, avec une raison qui le dit. Le PASS IAE
    n'entre dans ce calcul que si le marché en fait la durée des contrats de SIAE ; le PLIE, jamais.
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
        quota_atteint=quota_atteint,
        fin_pass=fin_pass,
    )
    anteriorite = examiner_anteriorite(parametres, dates, embauche_anterieure)
    jour = _jour_appreciation(parametres, dates)
    manques: list[str] = []
    if jour is None and not anteriorite.dispense_examen:
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
        contrats=tuple(contrats) if parametres.depend_des_contrats else (),
        entreprises_connues=tuple(sorted({contrat.entreprise for contrat in contrats if contrat.entreprise})),
    )
    if anteriorite.est_refusee:
        return replace(base, reponse=Reponse.NON_ELIGIBLE)
    if not anteriorite.dispense_examen and jour is not None and len(examen.retenus) < parametres.criteres_minimum:
        if examen.manques:
            return replace(base, manques=(*manques, *examen.manques))
        return replace(base, reponse=Reponse.NON_ELIGIBLE, raisons=(*base.raisons, *examen.ecartees))
    if manques:
        return replace(base, manques=tuple(manques))
    return avec_fenetre(base)


def _jour_appreciation(parametres: ParametresRegle, dates: DatesFenetre) -> date | None:
    match parametres.date_appreciation:
        case JourAppreciation.ATTRIBUTION:
            return dates.attribution
        case JourAppreciation.EMBAUCHE:
            return dates.embauche
        case JourAppreciation.VALIDATION:
            return dates.validation
