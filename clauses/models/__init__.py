"""Les décisions pour un marché : opérations et engagements, éligibilités et placements, heures."""

from clauses.models.heures import CumulMensuel, EtatReleve, NatureHeures, ReleveHeures, SourceReleve
from clauses.models.marches import (
    Arrondi,
    Avenant,
    BaseJuridique,
    Ccag,
    Engagement,
    Financement,
    Lot,
    Marche,
    ModeEngagement,
    Operation,
    RegleClause,
    RoleTitulaire,
    Titulaire,
    TypeClause,
)
from clauses.models.placements import Affectation, Contrat, Eligibilite, ReponseEligibilite, TypeContrat

__all__ = [
    "Affectation",
    "Arrondi",
    "Avenant",
    "BaseJuridique",
    "Ccag",
    "Contrat",
    "CumulMensuel",
    "Eligibilite",
    "Engagement",
    "EtatReleve",
    "Financement",
    "Lot",
    "Marche",
    "ModeEngagement",
    "NatureHeures",
    "Operation",
    "RegleClause",
    "ReleveHeures",
    "ReponseEligibilite",
    "RoleTitulaire",
    "SourceReleve",
    "Titulaire",
    "TypeClause",
    "TypeContrat",
]
