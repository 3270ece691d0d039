"""Les opérations que les deux structures de la démonstration partagent : chacune garde ses personnes."""

from typing import NamedTuple

from clauses.models import DroitPartage
from config.demonstration.calendrier import Repere


class LignePartage(NamedTuple):
    """`accepte` : rien, la proposition attend encore."""

    operation: str
    structure: str
    droit: DroitPartage
    propose: Repere
    accepte: Repere | None = None


PARTAGES = (
    # Awa, suivie par le PLIE, travaille aussi sur ce chantier : le PLIE l'y a placée.
    LignePartage("nouvel_angle", "haut_vallon", DroitPartage.ECRITURE, (-4, 6), (-4, 9)),
    # La Maison de l'emploi lit la médiathèque ; on lui propose maintenant d'y placer ses personnes.
    LignePartage("mediatheque", "confluent", DroitPartage.LECTURE, (-6, 3), (-6, 4)),
    LignePartage("mediatheque", "confluent", DroitPartage.ECRITURE, -2),
)
