"""Décider une éligibilité et la garder telle qu'elle a été prise ; l'ancienne décision est remplacée, jamais modifiée."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.regles import controler_date
from clauses.models import Affectation, Eligibilite, Marche, Operation, RegleClause, ReponseEligibilite
from clauses.regles import Decision, FaitsPersonne, ParametresRegle, Perimetre, evaluer_eligibilite
from clauses.regles.ouverture import fenetre_du_contrat
from clauses.regles.placements import controler_heures_gardees
from clauses.services.faits import (
    clause_anterieure,
    contrats_en_place,
    fait_du_contrat,
    faits_du_marche,
    fin_de_pass_connue,
    jour_ou_la_duree_est_atteinte,
    premiere_embauche,
    premiere_heure,
    situations_vues,
)
from clauses.services.fenetres import heures_faites
from clauses.services.marches import verrouiller_marche
from comptes.ecriture import exiger
from comptes.formats import date_longue, quantite
from comptes.models import Utilisateur


@dataclass(frozen=True)
class Evaluation:
    """Une réponse qui n'est pas encore décidée : la règle appliquée et la décision qu'elle donne."""

    regle: RegleClause
    decision: Decision


@dataclass(frozen=True)
class Suites:
    """Ce qu'une nouvelle décision fait des contrats qui servent déjà l'opération."""

    suivent: tuple[Affectation, ...] = ()
    restent: tuple[Affectation, ...] = ()


def evaluer(
    *,
    beneficiaire: Beneficiaire,
    marche: Marche,
    date_decision: date,
    embauche_prevue: date | None = None,
    fin_pass: date | None = None,
) -> Evaluation:
    """Réunit les faits et rend la réponse de la règle en vigueur, sans rien écrire."""
    regle = regle_en_vigueur(marche)
    faits = reunir_faits(
        beneficiaire=beneficiaire,
        marche=regle.marche,
        parametres=regle.parametres,
        date_decision=date_decision,
        embauche_prevue=embauche_prevue,
        fin_pass=fin_pass,
    )
    decision = evaluer_eligibilite(**faits)
    quota = jour_ou_la_duree_est_atteinte(beneficiaire, regle.marche.operation, decision)
    if quota is not None:
        decision = evaluer_eligibilite(**faits, quota_atteint=quota)
    return Evaluation(regle, decision)


def regle_en_vigueur(marche: Marche) -> RegleClause:
    """Rend la règle du marché. Lève ValidationError s'il n'en a pas encore."""
    regle = marche.regles.filter(est_courante=True).select_related("marche__operation").first()
    if regle is None:
        raise ValidationError(
            "Ce marché n’a pas encore de règle\u00a0: écrivez-la avant de décider.", code="regle_absente"
        )
    return regle


def reunir_faits(
    *,
    beneficiaire: Beneficiaire,
    marche: Marche,
    parametres: ParametresRegle,
    date_decision: date,
    embauche_prevue: date | None = None,
    fin_pass: date | None = None,
) -> dict[str, Any]:
    """Réunit ce que `evaluer_eligibilite` demande, sous les noms de ses arguments. Une simulation en change certains."""
    operation = marche.operation
    du_marche = marche if parametres.perimetre == Perimetre.MARCHE else None
    return {
        "parametres": parametres,
        "marche": faits_du_marche(marche),
        "personne": FaitsPersonne(naissance=beneficiaire.date_naissance),
        "situations": situations_vues(beneficiaire),
        "date_decision": date_decision,
        "date_embauche": premiere_embauche(beneficiaire, operation, du_marche) or embauche_prevue,
        "premiere_heure": premiere_heure(beneficiaire, operation),
        "embauche_anterieure": clause_anterieure(beneficiaire, operation, parametres),
        "contrats": contrats_en_place(beneficiaire, operation),
        "fin_pass": fin_pass or fin_de_pass_connue(beneficiaire, operation),
    }


@transaction.atomic
def decider_eligibilite(
    *,
    beneficiaire: Beneficiaire,
    operation: Operation,
    marche: Marche,
    utilisateur: Utilisateur,
    date_decision: date,
    motif: str = "",
    embauche_prevue: date | None = None,
    fin_pass: date | None = None,
    reponse_vue: str = "",
    aujourd_hui: date | None = None,
) -> Eligibilite:
    """Prend la décision et la garde ; l'ancienne décision en vigueur est remplacée, jamais modifiée.

    Un second envoi de la même décision (double clic) rend celle qui vient d'être gardée.
    `reponse_vue` : la réponse que l'utilisateur avait sous les yeux (vide : aucune) ; si les faits ont changé entre-temps,
    rien n'est décidé. La règle ne change pas tant que la décision n'est pas gardée. Les contrats qui servent déjà l'opération passent
    sous une décision favorable quand leurs heures tiennent dans sa fenêtre, et gardent la leur sinon.
    """
    Beneficiaire.objects.select_for_update().get(pk=beneficiaire.pk)
    verrouiller_marche(marche.pk)
    _controler_cadre(beneficiaire, operation, marche, utilisateur)
    _controler_date_decision(date_decision, aujourd_hui or timezone.localdate())
    evaluation = evaluer(
        beneficiaire=beneficiaire,
        marche=marche,
        date_decision=date_decision,
        embauche_prevue=embauche_prevue,
        fin_pass=fin_pass,
    )
    decision = evaluation.decision
    ancienne = Eligibilite.objects.courantes().filter(beneficiaire=beneficiaire, operation=operation).first()
    if ancienne and _est_la_meme(ancienne, evaluation, utilisateur, motif):
        return ancienne
    if reponse_vue and reponse_vue != decision.reponse.value:
        raise ValidationError(
            "La réponse a changé depuis que cette page est affichée. Relisez-la ci-dessous avant de décider.",
            code="reponse_changee",
        )
    if decision.reponse == ReponseEligibilite.A_COMPLETER and ancienne and ancienne.reponse != decision.reponse:
        raise ValidationError(
            f"La décision du {date_longue(ancienne.date_decision)} reste en vigueur\u00a0: complétez le dossier "
            "avant de la remplacer.",
            code="a_completer",
        )
    return remplacer(
        ancienne=ancienne,
        decision=decision,
        nouvelle=Eligibilite(
            beneficiaire=beneficiaire,
            operation=operation,
            regle=evaluation.regle,
            decide_par=utilisateur,
            motif=motif,
        ),
    )


def remplacer(*, ancienne: Eligibilite | None, nouvelle: Eligibilite, decision: Decision) -> Eligibilite:
    """Garde une décision à la place de l'ancienne ; les contrats dont les heures y tiennent passent sous elle.

    À appeler dans la transaction qui a verrouillé la personne. `nouvelle` : qui décide, pour qui, et avec quelle règle.
    """
    suites = prevoir_suites(beneficiaire=nouvelle.beneficiaire, operation=nouvelle.operation, decision=decision)
    if ancienne:
        ancienne.est_courante = False
        ancienne.save(update_fields=["est_courante"])
    fenetre = decision.fenetre
    nouvelle.reponse = decision.reponse.value
    nouvelle.criteres_retenus = list(decision.criteres)
    nouvelle.date_decision = decision.date_decision
    nouvelle.date_debut = fenetre.debut if fenetre else None
    nouvelle.date_fin = fenetre.fin if fenetre else None
    nouvelle.decision = decision.vers_json()
    nouvelle.full_clean(exclude=["criteres_retenus"])  # aucun critère retenu : une liste vide est juste
    nouvelle.save()
    Affectation.objects.filter(pk__in=[affectation.pk for affectation in suites.suivent]).update(eligibilite=nouvelle)
    return nouvelle


def prevoir_suites(*, beneficiaire: Beneficiaire, operation: Operation, decision: Decision) -> Suites:
    """Dit ce que deviendraient les contrats qui servent déjà l'opération si cette décision était prise."""
    affectations = list(
        Affectation.objects.filter(
            contrat__beneficiaire=beneficiaire, engagement__titulaire__lot__marche__operation=operation
        ).select_related(
            "contrat__employeur", "contrat__entreprise_utilisatrice", "eligibilite", "engagement__titulaire__lot"
        )
    )
    if not decision.est_eligible:
        return Suites(restent=tuple(affectations))
    heures = heures_faites(affectations)
    suivent, restent = [], []
    for affectation in affectations:
        refus = controler_heures_gardees(
            heures.get(affectation.pk, []),
            contrat=affectation.contrat.periode,
            fenetre=fenetre_du_contrat(
                decision, fait_du_contrat(affectation.contrat, affectation.engagement.titulaire.lot.marche_id, {})
            ),
            aujourd_hui=decision.date_decision,
        )
        (restent if refus else suivent).append(affectation)
    return Suites(tuple(suivent), tuple(restent))


def phrases_des_suites(suites: Suites, decision: Decision, ancienne: Eligibilite | None) -> list[str]:
    """Ce que la page dit des contrats déjà en place, avant que la décision soit prise."""
    phrases = []
    suivent, restent = ({affectation.contrat_id for affectation in part} for part in (suites.suivent, suites.restent))
    if suivent:
        mots = ("sert", "il passe") if len(suivent) == 1 else ("servent", "ils passent")
        phrases.append(
            f"{quantite(len(suivent), 'contrat')} {mots[0]} déjà cette opération\u00a0: {mots[1]} sous la nouvelle "
            "décision, avec sa fenêtre."
        )
    if restent and ancienne:
        garde = "garde" if len(restent) == 1 else "gardent"
        raison = (
            "des heures déclarées sortiraient de la nouvelle fenêtre. Corrigez-les d’abord dans la grille."
            if decision.est_eligible
            else "les heures déjà déclarées restent comptées. Refusez dans la grille celles qui ne doivent pas l’être."
        )
        quand = date_longue(ancienne.date_decision)
        phrases.append(f"{quantite(len(restent), 'contrat')} {garde} la décision du {quand}\u00a0: {raison}")
    return phrases


def _est_la_meme(ancienne: Eligibilite, evaluation: Evaluation, utilisateur: Utilisateur, motif: str) -> bool:
    return (
        ancienne.decision == evaluation.decision.vers_json()
        and ancienne.regle_id == evaluation.regle.pk
        and ancienne.decide_par_id == utilisateur.pk
        and ancienne.motif == motif
    )


# Les contrôles -------------------------------------------------------------------------------------------------------


def _controler_cadre(
    beneficiaire: Beneficiaire, operation: Operation, marche: Marche, utilisateur: Utilisateur
) -> None:
    if marche.operation_id != operation.pk:
        raise ValidationError("Ce marché n’est pas dans cette opération\u00a0: choisissez-en un autre.", code="marche")
    est_la_sienne = beneficiaire.structure_id == getattr(utilisateur.organisation, "pk", None)
    if not est_la_sienne or not Operation.objects.pour(utilisateur).filter(pk=operation.pk).exists():
        raise ValidationError(
            "Une éligibilité se décide pour une personne de votre structure, et une opération qu’elle porte ou "
            "qu’une autre lui partage en écriture.",
            code="structure",
        )


def _controler_date_decision(jour: date, aujourd_hui: date) -> None:
    exiger(controler_date(jour, "La date de décision"))
    if jour > aujourd_hui:
        raise ValidationError(
            f"La décision ne peut pas dater d’un jour à venir\u00a0: nous sommes le {date_longue(aujourd_hui)}.",
            code="decision_future",
        )
