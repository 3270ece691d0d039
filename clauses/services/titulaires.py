"""Inscrire un titulaire et ses heures dues, en une fois."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.heures_dues import MODES_MOUVANTS
from clauses.models import Engagement, ModeEngagement, Titulaire
from clauses.services.engagements import accorder_les_arrondis, recalculer_heures_dues
from comptes.ecriture import enregistrer
from comptes.formats import quantite
from comptes.models import Utilisateur

HEURES_CHANGEES = (
    "Un avenant a changé ces heures\u00a0: celles de l’attribution ne se modifient plus. Enregistrez un nouvel avenant."
)
SUPPRIMER_D_ABORD = "Supprimez-les d’abord pour les calculer autrement."


def heures_figees(engagement: Engagement) -> bool:
    """Dit si un avenant est parti des heures de l'attribution : les changer fausserait l'historique."""
    return engagement.avenants.filter(heures_apres__isnull=False).exists()


def controler_changement_de_mode(engagement: Engagement, mode: str) -> str:
    """Rend la phrase qui dit pourquoi le mode de calcul ne peut pas changer ; vide s'il le peut."""
    if engagement._state.adding or engagement.mode == mode:
        return ""
    if n := engagement.tranches.count():
        return f"Ces heures viennent de {quantite(n, 'tranche')}. {SUPPRIMER_D_ABORD}"
    if n := engagement.commandes.count():
        return f"Ces heures viennent de {quantite(n, 'bon de commande,bons de commande')}. {SUPPRIMER_D_ABORD}"
    return ""


@transaction.atomic
def inscrire_titulaire(*, titulaire: Titulaire, engagement: Engagement | None, par: Utilisateur | None) -> Titulaire:
    """Enregistre le titulaire et, s'il est donné, son engagement ; les heures dues sont alors celles de l'attribution.

    Par tranches ou par bons de commande, elles suivent ce qui est déjà enregistré. Lève ValidationError, rien n'étant écrit, si un
    avenant a déjà changé ces heures.
    """
    enregistrer(titulaire)
    if engagement is None:
        return titulaire
    if engagement.pk and heures_figees(engagement):
        raise ValidationError(HEURES_CHANGEES)
    engagement.titulaire = titulaire
    if engagement.mode in MODES_MOUVANTS and engagement._state.adding:
        engagement.heures_initiales = Decimal(0)
    engagement.heures_dues = engagement.heures_initiales
    if engagement.mode != ModeEngagement.PART_LOT:
        engagement.part_lot_pourcent = engagement.heures_lot = None
    enregistrer(engagement)
    if engagement.mode in MODES_MOUVANTS:
        recalculer_heures_dues(engagement, par=par)
    accorder_les_arrondis(titulaire.lot.marche, par=par)
    return titulaire
