"""L'ordre de la construction, d'un seul tenant : une erreur ne laisse rien dans la base."""

from datetime import date

import pgtrigger
from django.db import transaction
from django.db.models import F

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import decaler
from clauses.cumuls import recalculer_tous
from clauses.models import ConventionGlobalisation, Marche
from comptes.models import Adhesion, Organisation, Utilisateur
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import Calendrier, moment
from config.demonstration.construire_besoins import construire_besoins, dater_les_besoins
from config.demonstration.construire_bilans import construire_bilans
from config.demonstration.construire_comites import construire_comites, dater_les_comites
from config.demonstration.construire_confirmations import construire_confirmations
from config.demonstration.construire_constats import construire_constats
from config.demonstration.construire_declarations import construire_declarations
from config.demonstration.construire_echeances import construire_echeances
from config.demonstration.construire_freins import construire_freins, dater_les_freins
from config.demonstration.construire_globalisation import construire_globalisation
from config.demonstration.construire_heures import construire_heures
from config.demonstration.construire_heures_dues import construire_heures_dues
from config.demonstration.construire_offre import construire_offre
from config.demonstration.construire_operations import construire_operations, dater_les_operations
from config.demonstration.construire_organisations import construire_comptes, construire_organisations
from config.demonstration.construire_orientations import construire_orientations, dater_les_orientations
from config.demonstration.construire_parcours import construire_parcours, dater_les_parcours
from config.demonstration.construire_partages import construire_partages
from config.demonstration.construire_personnes import (
    construire_agrements,
    construire_personnes,
    construire_situations,
    dater_les_personnes,
)
from config.demonstration.construire_placements import construire_placements, dater_les_placements
from config.demonstration.construire_preuves import construire_preuves
from config.demonstration.construire_projets import construire_projets
from config.demonstration.construire_renouvellements import construire_renouvellements
from config.demonstration.construire_suites_agrements import construire_suites_agrements
from parcours.models import Agrement, Prolongation, Renouvellement, Suspension
from reporting.alertes import signaler_echeances

_SANS_DATE_A_ELLES = (
    Organisation,
    Adhesion,
    Marche,
    Agrement,
    Suspension,
    Prolongation,
    Renouvellement,
)
# Les récits de la fiche A3 se passent en 2021 et 2022.
PREMIERE_REFERENCE = date(2024, 1, 1)


def base_est_vide() -> bool:
    """Dit si personne ne s'est encore servi d'Étape ici."""
    return not any(modele.objects.exists() for modele in (Organisation, Utilisateur, Beneficiaire))


@transaction.atomic
def peupler(*, graine: int, reference: date) -> None:
    """Écrit toutes les données de démonstration. La base doit être vide."""
    atelier = Atelier(graine, Calendrier(reference))
    construire_organisations(atelier)
    construire_comptes(atelier)
    construire_operations(atelier)
    construire_partages(atelier)
    construire_heures_dues(atelier)
    construire_personnes(atelier)
    construire_situations(atelier)
    construire_agrements(atelier)
    construire_suites_agrements(atelier)
    affectations = construire_placements(atelier)
    construire_parcours(atelier)
    construire_freins(atelier)
    construire_heures(atelier, affectations)
    construire_confirmations(atelier)
    construire_declarations(atelier)
    construire_renouvellements(atelier)
    construire_constats(atelier)
    construire_preuves(atelier)
    construire_globalisation(atelier)
    recalculer_tous()
    construire_orientations(atelier)
    construire_comites(atelier)
    construire_bilans(atelier)
    construire_projets(atelier)
    construire_offre(atelier)
    construire_besoins(atelier)
    construire_echeances(atelier)
    with pgtrigger.ignore():  # corriger une date de création n'est pas un changement à journaliser
        dater_les_operations(atelier)
        dater_les_personnes(atelier)
        dater_les_placements()
        dater_les_parcours()
        dater_les_freins()
        dater_les_orientations(atelier)
        dater_les_comites(atelier)
        dater_les_besoins(atelier)
        _dater_le_reste(atelier)
    signaler_echeances(jour=reference, maintenant=moment(reference, 2, 30))


def _dater_le_reste(atelier: Atelier) -> None:
    """Rien ne garde l'heure du chargement : les mêmes données, un autre jour, sont les mêmes."""
    arrivee = moment(decaler(atelier.reference, -700), 9, 0)
    for modele in _SANS_DATE_A_ELLES:
        modele.objects.update(cree_le=arrivee)
    for convention in ConventionGlobalisation.objects.all():
        ConventionGlobalisation.objects.filter(pk=convention.pk).update(cree_le=moment(convention.signee_le, 15, 0))
    Beneficiaire.objects.update(modifie_le=F("cree_le"))
