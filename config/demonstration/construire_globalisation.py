"""La convention qui fait compter à La Dargoire des heures que Luna a faites à Nouvel Angle, et ce qu'elle y déplace."""

from decimal import Decimal

from clauses.models import ConventionGlobalisation, Imputation, ReleveHeures
from clauses.services.globalisation import examiner
from comptes.ecriture import exiger
from config.demonstration.atelier import Atelier
from config.demonstration.tables.placements import CONVENTION


def construire_globalisation(atelier: Atelier) -> None:
    """Écrit la convention, puis impute chaque mois : la règle l'admet, ou la construction s'arrête."""
    jour = atelier.calendrier.jour
    convention = ConventionGlobalisation.objects.create(
        id=atelier.id("convention", CONVENTION.personne),
        structure=atelier.organisations["confluent"],
        reference=f"CG-{jour(CONVENTION.signee).year}-04",
        entreprise=atelier.organisations[CONVENTION.entreprise],
        beneficiaire=atelier.personnes[CONVENTION.personne],
        signee_le=jour(CONVENTION.signee),
        date_debut=jour(CONVENTION.debut),
        date_fin=jour(CONVENTION.fin),
    )
    lignes = CONVENTION.imputations
    nommes = {cle for ligne in lignes for cle in (ligne.depuis, ligne.vers)}
    convention.engagements.set(atelier.engagements[cle] for cle in nommes)
    for ligne in lignes:
        releve = ReleveHeures.objects.select_related("affectation__engagement__titulaire__lot__marche").get(
            affectation__contrat__beneficiaire=convention.beneficiaire,
            affectation__engagement=atelier.engagements[ligne.depuis],
            mois=jour((ligne.mois, 1)),
        )
        vers, heures = atelier.engagements[ligne.vers], Decimal(ligne.heures)
        exiger(examiner(convention=convention, releve=releve, engagement=vers, heures=heures))
        Imputation.objects.create(
            id=atelier.id("imputation", releve.pk), convention=convention, releve=releve, engagement=vers, heures=heures
        )
        releve.heures_imputees = heures
        releve.save(update_fields=["heures_imputees"])
