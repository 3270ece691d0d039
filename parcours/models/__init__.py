"""Le parcours de la personne : ses agréments, qui ne sont pas son éligibilité à une clause."""

from parcours.models.agrements import Agrement, AgrementQuerySet, TypeAgrement
from parcours.models.pass_iae import (
    EtatProlongation,
    MotifProlongation,
    MotifRefusProlongation,
    MotifSuspension,
    PrescripteurHabilite,
    Prolongation,
    StructureIae,
    Suspension,
)
from parcours.models.plie import Plie, Renouvellement

__all__ = [
    "Agrement",
    "AgrementQuerySet",
    "EtatProlongation",
    "MotifProlongation",
    "MotifRefusProlongation",
    "MotifSuspension",
    "Plie",
    "PrescripteurHabilite",
    "Prolongation",
    "Renouvellement",
    "StructureIae",
    "Suspension",
    "TypeAgrement",
]
