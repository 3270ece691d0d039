"""La décision d'éligibilité, ses pièces, et le PASS IAE d'un contrat d'insertion. Tout ici est réservé au facilitateur."""

from datetime import date
from typing import Final

from beneficiaires.criteres import CRITERES
from beneficiaires.regles import preuve_suffisante
from clauses.regles.controles.controle import MARCHE, Controle
from clauses.regles.controles.faits import Faits, FaitsPreuve
from clauses.regles.controles.niveaux import Niveau
from comptes.formats import date_longue
from comptes.formats import periode as ecrire_periode

# Contrats que seule une structure de l'insertion par l'activité économique signe, pour une personne qui a un PASS.
CONTRATS_DE_L_IAE: Final = frozenset({"cddi", "ctti", "cdi_inclusion"})
PLATEFORME: Final = "Plateforme de l’inclusion\u00a0; code du travail, L5132-3"


def preuve_absente(faits: Faits) -> str | None:
    """Une décision favorable dont aucune pièce n'a été vue ; rend la phrase, ou None."""
    decision = faits.decision
    if not faits.heures or not decision.est_favorable or any(p.vue_le for p in decision.preuves):
        return None
    return (
        f"{faits.quoi}\u00a0: aucune pièce vue ne prouve l’éligibilité décidée le {date_longue(decision.date_decision)}. "
        "Demandez la pièce, et notez le jour où vous l’avez vue."
    )


def preuve_ancienne(faits: Faits) -> str | None:
    """Des pièces vues, mais trop vieilles le jour de l'embauche comme le jour de la décision ; rend la phrase, ou None.

    Le critère n'est pas nommé : il peut dire une santé ou une peine.
    """
    decision, embauche = faits.decision, faits.contrat.periode.debut
    vues = [preuve for preuve in decision.preuves if preuve.vue_le]
    jours = (embauche, decision.date_decision)
    if not faits.heures or not vues or any(_suffit(preuve, jour) for preuve in vues for jour in jours):
        return None
    derniere = max((preuve.date_piece for preuve in vues if preuve.date_piece), default=None)
    datee = f"datée du {date_longue(derniere)}" if derniere else "sans date"
    return (
        f"{faits.quoi}\u00a0: la pièce de l’éligibilité, {datee}, ne valait plus le jour de l’embauche, le {date_longue(embauche)}. "
        "Demandez une pièce de ce moment-là."
    )


def _suffit(preuve: FaitsPreuve, jour: date) -> bool:
    critere = CRITERES.get(preuve.critere)
    return critere is None or preuve_suffisante(critere, preuve.date_piece, jour) is None


def decision_apres_embauche(faits: Faits) -> str | None:
    """Une éligibilité décidée après l'embauche ; rend la phrase, ou None."""
    embauche, decidee = faits.contrat.periode.debut, faits.decision.date_decision
    if not faits.heures or not faits.decision.est_favorable or decidee <= embauche:
        return None
    return (
        f"{faits.quoi}\u00a0: l’éligibilité a été décidée le {date_longue(decidee)}, après l’embauche du {date_longue(embauche)}. "
        "Vérifiez que le marché admet cette régularisation."
    )


def pass_suspendu(faits: Faits) -> str | None:
    """Des heures d'un contrat d'insertion pendant une suspension du PASS IAE ; rend la phrase, ou None."""
    travail = faits.travail
    if travail is None or faits.contrat.type_contrat not in CONTRATS_DE_L_IAE:
        return None
    for agrement in faits.pass_iae:
        for suspension in agrement.suspensions:
            if commune := travail.intersection(suspension):
                return (
                    f"{faits.quoi}\u00a0: le PASS IAE est suspendu {ecrire_periode(commune.debut, commune.fin)}. "
                    "Vérifiez les jours travaillés, ou la suspension."
                )
    return None


def pass_termine(faits: Faits) -> str | None:
    """Des heures d'un contrat d'insertion après la fin du dernier PASS IAE connu ; rend la phrase, ou None.

    Sans PASS enregistré, rien ne se dit : il n'est peut-être que pas encore relevé.
    """
    travail = faits.travail
    if travail is None or faits.contrat.type_contrat not in CONTRATS_DE_L_IAE or not faits.pass_iae:
        return None
    fins = [agrement.periode.fin for agrement in faits.pass_iae]
    derniere = max((fin for fin in fins if fin is not None), default=None)
    if derniere is None or None in fins or faits.fin_travail <= derniere:
        return None
    return (
        f"{faits.quoi}\u00a0: le PASS IAE a fini le {date_longue(derniere)} inclus, et le contrat est un {faits.contrat.ecrit}. "
        "Vérifiez la prolongation du PASS, ou le contrat."
    )


CONTROLES = (
    Controle(
        "preuve_absente",
        "Éligibilité sans pièce vue",
        "une pièce vue",
        "Arrêté du 4 septembre 2025",
        preuve_absente,
        reserve=True,
    ),
    Controle(
        "preuve_ancienne",
        "Pièce trop ancienne",
        "la durée de validité de la pièce, au jour de l’embauche ou de la décision",
        "Arrêté du 4 septembre 2025",
        preuve_ancienne,
        reserve=True,
    ),
    Controle(
        "decision_apres_embauche",
        "Éligibilité décidée après l’embauche",
        "le jour de l’embauche",
        MARCHE,
        decision_apres_embauche,
        Niveau.INFORMATION,
        reserve=True,
    ),
    Controle("pass_suspendu", "PASS IAE suspendu", "aucun jour de suspension", PLATEFORME, pass_suspendu, reserve=True),
    Controle(
        "pass_termine", "PASS IAE terminé", "le dernier jour du PASS, compris", PLATEFORME, pass_termine, reserve=True
    ),
)
