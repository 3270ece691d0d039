"""Les décisions pour un marché : opérations et engagements, éligibilités et placements, heures."""

from clauses.models.engagements import Arrondi, Avenant, Engagement, ModeEngagement
from clauses.models.heures import CumulMensuel, EtatReleve, NatureHeures, ReleveHeures, SourceReleve
from clauses.models.imports import (
    ETATS_A_CHOISIR,
    ETATS_TRAITES,
    EtatImport,
    EtatLigne,
    ImportDecp,
    LigneDecp,
    RepriseDecp,
)
from clauses.models.lots import Lot, RoleTitulaire, Titulaire
from clauses.models.marches import BaseJuridique, Ccag, Marche, RegleClause, TypeClause
from clauses.models.operations import Financement, Operation
from clauses.models.placements import Affectation, Contrat, Eligibilite, ReponseEligibilite, TypeContrat

__all__ = [
    "ETATS_A_CHOISIR",
    "ETATS_TRAITES",
    "Affectation",
    "Arrondi",
    "Avenant",
    "BaseJuridique",
    "Ccag",
    "Contrat",
    "CumulMensuel",
    "Eligibilite",
    "Engagement",
    "EtatImport",
    "EtatLigne",
    "EtatReleve",
    "Financement",
    "ImportDecp",
    "LigneDecp",
    "Lot",
    "Marche",
    "ModeEngagement",
    "NatureHeures",
    "Operation",
    "RegleClause",
    "ReleveHeures",
    "ReponseEligibilite",
    "RepriseDecp",
    "RoleTitulaire",
    "SourceReleve",
    "Titulaire",
    "TypeClause",
    "TypeContrat",
]
