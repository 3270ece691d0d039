"""« Puis-je compter cette personne ? » : une réponse indicative, sans nom, depuis une situation et deux dates."""

from dataclasses import dataclass, replace
from datetime import date

from beneficiaires.criteres import ORGANISMES_AVIS, Critere
from beneficiaires.periodes import ajouter_mois
from clauses.regles.decision import Decision
from clauses.regles.eligibilite import evaluer_eligibilite
from clauses.regles.faits import FaitSituation, FaitsMarche, FaitsPersonne
from clauses.regles.parametres import ParametresRegle
from comptes.formats import date_longue


@dataclass(frozen=True, slots=True)
class PreReponse:
    """Ce que donnerait la décision si tout ce que disent les `conditions` était vrai."""

    decision: Decision
    conditions: tuple[str, ...]


def pre_repondre(
    *, parametres: ParametresRegle, marche: FaitsMarche, critere: str, depuis: date, embauche: date, aujourd_hui: date
) -> PreReponse:
    """Répond comme si le facilitateur décidait aujourd'hui, pièce en main, pour une première embauche sous clause ce jour-là.

    Entrée : la règle et les dates du marché, le code de la situation et son premier jour, le jour d'embauche. L'âge, la pièce et l'avis
    ne sont pas demandés : ils deviennent des conditions. Lève KeyError si la situation est inconnue.
    """
    lu = parametres.critere(critere)
    une_situation = replace(parametres, criteres_minimum=1)
    situation = FaitSituation(
        critere=critere,
        date_debut=depuis,
        date_piece=aujourd_hui,
        vue_le=aujourd_hui,
        organisme=parametres.organismes[0] if lu.exige_avis else "",
    )

    def decider(naissance: date | None) -> Decision:
        return evaluer_eligibilite(
            parametres=une_situation,
            marche=marche,
            personne=FaitsPersonne(naissance),
            situations=(situation,),
            date_decision=aujourd_hui,
            date_embauche=embauche,
        )

    decision = decider(None)
    jour = decision.jour_appreciation
    age = lu.age_min if lu.age_min is not None else lu.age_max
    if jour is not None and age is not None:  # une personne de l'âge qu'il faut : la condition le dira
        decision = decider(ajouter_mois(jour, -12 * age))
    return PreReponse(decision, _conditions(parametres, lu, jour) if decision.est_eligible else ())


def _conditions(parametres: ParametresRegle, critere: Critere, jour: date | None) -> tuple[str, ...]:
    conditions = []
    if parametres.validation_prealable:
        conditions.append(
            "Le facilitateur valide la personne avant l’embauche\u00a0: les heures d’avant ne comptent pas."
        )
    validite = critere.validite_piece_mois
    limite = f", de moins de {validite}\u00a0mois" if validite else ""
    conditions.append(f"Il voit la pièce\u00a0: {critere.piece}{limite}.")
    if critere.exige_avis:
        organismes = ", ".join(ORGANISMES_AVIS[code] for code in parametres.organismes)
        conditions.append(f"Un avis motivé est donné par l’un de ces organismes\u00a0: {organismes}.")
    if jour is not None and (age := _ages(critere)):
        conditions.append(f"La personne a {age} le {date_longue(jour)}.")
    if parametres.criteres_minimum > 1:
        conditions.append(f"Le marché demande {parametres.criteres_minimum} situations\u00a0: une autre s’y ajoute.")
    conditions.append("Elle n’a pas déjà été comptée au titre d’une clause\u00a0: le facilitateur le vérifie.")
    return tuple(conditions)


def _ages(critere: Critere) -> str:
    match critere.age_min, critere.age_max:
        case None, None:
            return ""
        case None, maximum:
            return f"{maximum}\u00a0ans au plus"
        case minimum, None:
            return f"{minimum}\u00a0ans au moins"
        case minimum, maximum:
            return f"de {minimum} à {maximum}\u00a0ans"
