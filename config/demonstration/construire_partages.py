"""Les partages d'opérations, proposés et acceptés par un membre de chaque structure."""

from clauses.models import PartageOperation
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.partages import PARTAGES


def construire_partages(atelier: Atelier) -> None:
    porteuses = {organisation.pk: cle for cle, organisation in atelier.organisations.items()}
    for ligne in PARTAGES:
        operation = atelier.operations[ligne.operation]
        accord = ligne.accepte and moment(atelier.calendrier.jour(ligne.accepte), 9, 40)
        PartageOperation.objects.create(
            id=atelier.id("partage", ligne.operation, ligne.droit),
            operation=operation,
            porteuse_id=operation.structure_id,
            structure=atelier.organisations[ligne.structure],
            droit=ligne.droit,
            propose_par=atelier.membre(porteuses[operation.structure_id], 0),
            propose_le=moment(atelier.calendrier.jour(ligne.propose), 16, 10),
            accepte_par=atelier.membre(ligne.structure, 0) if accord else None,
            accepte_le=accord,
        )
