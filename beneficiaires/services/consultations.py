"""Journal des lectures : qui a ouvert le dossier de qui (CNIL, journalisation)."""

from beneficiaires.models import Beneficiaire, Consultation
from comptes.models import Utilisateur


def noter_consultation(beneficiaire: Beneficiaire, utilisateur: Utilisateur) -> None:
    """Note la lecture du dossier : une ligne par personne, utilisateur et heure au plus, en une requête.

    La base garde l'unicité : deux pages ouvertes ensemble ne font qu'une ligne.
    """
    Consultation.objects.bulk_create(
        [Consultation(beneficiaire=beneficiaire, utilisateur=utilisateur)], ignore_conflicts=True
    )
