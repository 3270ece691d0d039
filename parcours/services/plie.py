"""Régler un PLIE, renouveler un parcours sur avis motivé : la fin des agréments est recopiée dans la même transaction."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.ecriture import enregistrer, exiger
from comptes.formats import quantite
from parcours.models import Agrement, Plie, Renouvellement
from parcours.regles import REGLE_PLIE, controler_renouvellement_plie
from parcours.services.faits import recalculer_fin, verrouiller

# Le champ où se lit chaque refus ; « il n'en reste pas » n'est la faute d'aucun.
CHAMPS = {
    "plie_avis": "avis_texte",
    "plie_organisme": "avis_organisme",
    "avis_futur": "avis_date",
    "avis_ancien": "avis_date",
}


@transaction.atomic
def enregistrer_renouvellement(*, renouvellement: Renouvellement, aujourd_hui: date) -> Renouvellement:
    """Crée ou corrige un renouvellement : il prend la durée que règle le PLIE le jour où il est accordé.

    Lève ValidationError, par champ, avec la phrase de la règle.
    """
    agrement = verrouiller(renouvellement.agrement)
    if agrement.est_pass:
        raise ValidationError("Un PASS IAE se prolonge, il ne se renouvelle pas.", code="pas_un_plie")
    regle = agrement.plie.regle if agrement.plie else REGLE_PLIE
    refus = controler_renouvellement_plie(
        deja_accordes=agrement.renouvellements.exclude(pk=renouvellement.pk).count(),
        avis_motive=renouvellement.avis_texte,
        organisme=renouvellement.avis_organisme,
        regle=regle,
        debut=agrement.date_debut,
        date_avis=renouvellement.avis_date,
        aujourd_hui=aujourd_hui,
    )
    exiger(refus, CHAMPS.get(refus.code) if refus else None)
    if renouvellement._state.adding:
        renouvellement.mois = regle.renouvellement_mois
    enregistrer(renouvellement)
    recalculer_fin(agrement)
    return renouvellement


@transaction.atomic
def supprimer_renouvellement(*, renouvellement: Renouvellement) -> None:
    """Retire un renouvellement : la fin du parcours revient où elle serait sans lui."""
    agrement = verrouiller(renouvellement.agrement)
    renouvellement.delete()
    recalculer_fin(agrement)


@transaction.atomic
def enregistrer_plie(*, plie: Plie) -> int:
    """Garde les réglages d'un PLIE et rend le nombre de parcours dont la fin estimée a changé ; son nom est celui du porteur.

    Un renouvellement déjà accordé garde sa durée ; une fin écrite sur le document ne bouge pas.
    """
    enregistrer(plie)
    plie.agrements.exclude(porteur=plie.nom).update(porteur=plie.nom)
    changes = 0
    for agrement in Agrement.objects.avec_faits().filter(plie=plie).order_by("pk"):
        fin = agrement.date_fin
        try:
            recalculer_fin(agrement)
        except ValidationError as erreur:
            raise ValidationError(
                f"Avec ces réglages, un parcours déjà enregistré en recouvrirait un autre. {' '.join(erreur.messages)}",
                code="plie_recouvrement",
            ) from erreur
        changes += agrement.date_fin != fin
    return changes


@transaction.atomic
def supprimer_plie(*, plie: Plie) -> None:
    """Retire un PLIE qu'aucun parcours ne nomme."""
    suivis = plie.agrements.count()
    if suivis:
        raise ValidationError(
            f"{quantite(suivis, 'parcours,parcours')} suivent ses réglages\u00a0: ce PLIE ne se retire pas."
            if suivis > 1
            else "Un parcours suit ses réglages\u00a0: ce PLIE ne se retire pas.",
            code="plie_suivi",
        )
    plie.delete()
