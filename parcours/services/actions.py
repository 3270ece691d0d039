"""Garder une action, la clore, noter la réponse du service. Une action commencée met son frein en cours de levée."""

from datetime import date

from django.db import transaction

from beneficiaires.referentiels import FREINS
from comptes.ecriture import enregistrer, exiger
from parcours.models import Action, EtatFrein, Frein, ReponseService
from parcours.regles.actions import (
    FaitsAction,
    ResultatAction,
    controler_action,
    controler_frein_ouvert,
    controler_reponse,
)
from parcours.regles.actions import ReponseService as ReponseDeLaRegle
from parcours.regles.freins import EtatFrein as EtatDeLaRegle
from parcours.services.freins import changer_etat_frein
from parcours.services.verrou import parcours_modifiable

# Le champ où se lit chaque refus.
CHAMPS = {
    "action_sante": "intitule",
    "action_debut": "date_debut",
    "action_fin": "date_fin",
    "action_envoi": "reponse",
    "action_envoi_date": "envoyee_le",
    "action_reponse_date": "repondue_le",
    "action_motif": "motif_refus",
}


def faits_action(action: Action) -> FaitsAction:
    """Ce que lisent les règles."""
    return FaitsAction(
        rubrique=action.frein.rubrique,
        intitule=action.intitule,
        debut=action.date_debut,
        fin=action.date_fin,
        resultat=ResultatAction(action.resultat),
        reponse=ReponseDeLaRegle(action.reponse),
        envoyee_le=action.envoyee_le,
        repondue_le=action.repondue_le,
        motif_refus=action.motif_refus,
    )


@transaction.atomic
def enregistrer_action(*, action: Action, aujourd_hui: date) -> bool:
    """Crée ou change une action. Rend True quand elle a mis son frein en cours de levée. Lève ValidationError, par champ."""
    parcours = parcours_modifiable(action.frein.parcours)
    if FREINS[action.frein.rubrique].sensible:
        action.structure, action.service_id, action.motif_refus = "", "", ""
    if action.reponse != ReponseService.REFUSEE:
        action.motif_refus = ""
    est_nouvelle = action._state.adding
    frein = Frein.objects.get(pk=action.frein_id)
    if est_nouvelle:
        exiger(controler_frein_ouvert(frein.faits.etat))
    exiger(controler_action(faits_action(action), aujourd_hui=aujourd_hui), champs=CHAMPS)
    enregistrer(action)
    if not est_nouvelle or frein.etat != EtatFrein.REPERE or action.date_debut > aujourd_hui:
        return False
    changer_etat_frein(
        parcours=parcours,
        rubrique=frein.rubrique,
        vers=EtatDeLaRegle.EN_COURS,
        jour=max(action.date_debut, frein.date_etat),
        aujourd_hui=aujourd_hui,
    )
    return True


@transaction.atomic
def noter_reponse(*, action: Action, aujourd_hui: date) -> None:
    """Garde la réponse du service. Lève ValidationError si elle n'est ni datée ni motivée, ou si le parcours est fini."""
    parcours_modifiable(action.frein.parcours)
    if action.reponse != ReponseService.REFUSEE or FREINS[action.frein.rubrique].sensible:
        action.motif_refus = ""
    exiger(controler_reponse(faits_action(action), aujourd_hui=aujourd_hui), champs=CHAMPS)
    enregistrer(action)


@transaction.atomic
def supprimer_action(*, action: Action) -> None:
    """Retire une action saisie par erreur ; son frein garde son état. Lève ValidationError si le parcours est fini."""
    parcours_modifiable(action.frein.parcours)
    action.delete()
