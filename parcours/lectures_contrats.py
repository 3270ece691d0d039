"""Les contrats d'une personne que son parcours ne porte pas encore : chacun peut en devenir une étape."""

from clauses.models import Contrat
from comptes.models import Utilisateur
from parcours.models import Parcours


def contrats_a_ajouter(parcours: Parcours, utilisateur: Utilisateur) -> list[Contrat]:
    """Les contrats commencés pendant ce parcours qui n'en sont pas une étape, du premier au dernier. Une requête."""
    contrats = Contrat.objects.pour(utilisateur).filter(
        beneficiaire=parcours.beneficiaire_id, date_debut__gte=parcours.date_debut
    )
    if parcours.date_fin:
        contrats = contrats.filter(date_debut__lte=parcours.date_fin)
    absents = contrats.exclude(etapes__parcours=parcours)
    return list(absents.select_related("employeur", "entreprise_utilisatrice").order_by("date_debut", "pk"))
