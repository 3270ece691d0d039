"""Ce que partagent les étapes de la construction : le hasard, les dates, les identifiants et ce qui est déjà fait."""

import random
from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import decaler
from clauses.models import Engagement, Operation, RegleClause
from comptes.models import Organisation, Utilisateur
from config.demonstration.calendrier import Calendrier

_ESPACE = uuid5(NAMESPACE_URL, "urn:etape:demonstration")


@dataclass
class Atelier:
    """Une construction en cours. Même graine et même référence : mêmes données, identifiants compris."""

    graine: int
    calendrier: Calendrier
    organisations: dict[str, Organisation] = field(default_factory=dict)
    comptes: dict[str, Utilisateur] = field(default_factory=dict)
    comptes_par_organisation: dict[str, list[Utilisateur]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    regles: dict[str, RegleClause] = field(default_factory=dict)
    engagements: dict[str, Engagement] = field(default_factory=dict)
    personnes: dict[str, Beneficiaire] = field(default_factory=dict)

    @property
    def reference(self) -> date:
        return self.calendrier.reference

    def id(self, sorte: str, *cles: object) -> UUID:
        """Donne l'identifiant d'un objet : il ne dépend que de la graine et de sa place dans les tables."""
        return uuid5(_ESPACE, "/".join(map(str, (self.graine, sorte, *cles))))

    def hasard(self, *cles: object) -> random.Random:
        """Donne un tirage propre à un objet : ajouter une ligne à une table ne change pas les autres."""
        return random.Random("/".join(map(str, (self.graine, *cles))))  # noqa: S311

    def jours_avant(self, jour: date, tirage: random.Random, minimum: int, maximum: int) -> date:
        return decaler(jour, -tirage.randint(minimum, maximum))

    def membre(self, structure: str, rang: int) -> Utilisateur:
        """Donne un membre de la structure, chacun son tour."""
        membres = self.comptes_par_organisation[structure]
        return membres[rang % len(membres)]
