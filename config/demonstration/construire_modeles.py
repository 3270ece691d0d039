"""Deux modèles de règle que la maison de l'emploi a gardés de ses marchés."""

import pgtrigger

from beneficiaires.periodes import decaler
from clauses.models import ModeleRegle
from clauses.services.modeles import valeurs_de
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment

MODELES = (
    ("Travaux, renouvelable sur avis", "24\u00a0mois depuis l’embauche, 12 de plus sur avis motivé.", "peupliers"),
    ("Espaces verts, 12\u00a0mois", "Une durée courte, la situation jugée à la validation.", "espaces_verts"),
)


def construire_modeles(atelier: Atelier) -> None:
    """Chaque modèle est la copie d'une règle de la démonstration."""
    modeles = [
        ModeleRegle(
            id=atelier.id("modele", operation),
            structure=atelier.operations[operation].structure,
            nom=nom,
            description=description,
            valeurs=valeurs_de(atelier.regles[operation]),
            cree_par=atelier.regles[operation].cree_par,
        )
        for nom, description, operation in MODELES
    ]
    ModeleRegle.objects.bulk_create(modeles)
    with pgtrigger.ignore():  # dater la création n'est pas un changement à journaliser
        ModeleRegle.objects.update(cree_le=moment(decaler(atelier.reference, -120), 9, 0))
