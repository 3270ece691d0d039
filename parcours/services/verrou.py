"""Une écriture à la fois sur le dossier d'une personne."""

from django.core.exceptions import ValidationError

from beneficiaires.models import Beneficiaire
from comptes.formats import date_longue
from parcours.models import Parcours


def verrouiller(parcours: Parcours) -> Parcours:
    """Rend le parcours relu, sa personne verrouillée : deux écritures se suivent, jamais ne se croisent."""
    Beneficiaire.objects.select_for_update().get(pk=parcours.beneficiaire_id)
    return Parcours.objects.select_related("beneficiaire").get(pk=parcours.pk)


def parcours_modifiable(parcours: Parcours) -> Parcours:
    """Le parcours verrouillé. Lève ValidationError s'il est fini."""
    parcours = verrouiller(parcours)
    if parcours.date_fin is not None:
        raise ValidationError(
            f"Ce parcours est fini depuis le {date_longue(parcours.date_fin)}\u00a0: il se lit, il ne change plus.",
            code="parcours_fini",
        )
    return parcours
