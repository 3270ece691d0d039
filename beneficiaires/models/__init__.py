"""Les faits sur une personne : identité, situations et pièces vues, orientation par un prescripteur, consultations."""

from beneficiaires.models.champs import (
    choix_criteres,
    choix_freins,
    choix_niveaux,
    choix_organismes,
    sans_nir,
    valider_identifiant_france_travail,
)
from beneficiaires.models.communes import Commune, CommuneQuerySet
from beneficiaires.models.orientations import (
    CritereOriente,
    EtatOrientation,
    MotifRefusOrientation,
    Orientation,
    OrientationQuerySet,
    PassIae,
)
from beneficiaires.models.personnes import (
    Beneficiaire,
    BeneficiaireQuerySet,
    Consultation,
    HeureUtc,
    MetierRome,
    ModeQpv,
    SansAccent,
    Sexe,
    StatutQpv,
)
from beneficiaires.models.residences import Residence
from beneficiaires.models.situations import Justificatif, Situation, SituationQuerySet

__all__ = [
    "Beneficiaire",
    "BeneficiaireQuerySet",
    "Commune",
    "CommuneQuerySet",
    "Consultation",
    "CritereOriente",
    "EtatOrientation",
    "HeureUtc",
    "Justificatif",
    "MetierRome",
    "ModeQpv",
    "MotifRefusOrientation",
    "Orientation",
    "OrientationQuerySet",
    "PassIae",
    "Residence",
    "SansAccent",
    "Sexe",
    "Situation",
    "SituationQuerySet",
    "StatutQpv",
    "choix_criteres",
    "choix_freins",
    "choix_niveaux",
    "choix_organismes",
    "sans_nir",
    "valider_identifiant_france_travail",
]
