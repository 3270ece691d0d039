"""Une écriture à la fois sur le dossier d'une personne."""

from beneficiaires.models import Beneficiaire
from parcours.models import Parcours


def verrouiller(parcours: Parcours) -> Parcours:
    """Rend le parcours relu, sa personne verrouillée : deux écritures se suivent, jamais ne se croisent."""
    Beneficiaire.objects.select_for_update().get(pk=parcours.beneficiaire_id)
    return Parcours.objects.select_related("beneficiaire").get(pk=parcours.pk)
