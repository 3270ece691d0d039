"""Inscrire un titulaire et ses heures dues, en une fois."""

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.models import Engagement, Titulaire
from comptes.ecriture import enregistrer

HEURES_CHANGEES = (
    "Un avenant a changé ces heures\u00a0: celles de l’attribution ne se modifient plus. Enregistrez un nouvel avenant."
)


def heures_figees(engagement: Engagement) -> bool:
    """Dit si un avenant est parti des heures de l'attribution : les changer fausserait l'historique."""
    return engagement.avenants.filter(heures_apres__isnull=False).exists()


@transaction.atomic
def inscrire_titulaire(*, titulaire: Titulaire, engagement: Engagement | None) -> Titulaire:
    """Enregistre le titulaire et, s'il est donné, son engagement ; les heures dues sont alors celles de l'attribution.

    Lève ValidationError, rien n'étant écrit, si un avenant a déjà changé ces heures.
    """
    enregistrer(titulaire)
    if engagement is None:
        return titulaire
    if engagement.pk and heures_figees(engagement):
        raise ValidationError(HEURES_CHANGEES)
    engagement.titulaire = titulaire
    engagement.heures_dues = engagement.heures_initiales
    enregistrer(engagement)
    return titulaire
