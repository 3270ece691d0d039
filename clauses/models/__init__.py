"""Les décisions pour un marché : opérations et engagements, éligibilités et placements, heures."""

from clauses.models.alertes_offres import AlerteOffre, EnvoiOffres
from clauses.models.candidatures import Candidature, MessageCandidature
from clauses.models.clausier import ClauseCitee, VersionClause
from clauses.models.confirmations import Approbation, Litige, MessageLitige
from clauses.models.constats import Constat, EtatReexamen, NiveauControle, Rectificatif, Reexamen
from clauses.models.declarations import (
    ContactEntreprise,
    Declaration,
    EnvoiDeclaration,
    EtapeEnvoi,
    LienDeclaration,
    Reouverture,
    RoleContact,
)
from clauses.models.engagements import (
    Arrondi,
    Avenant,
    CalculCommandes,
    Commande,
    Engagement,
    ModeEngagement,
    Tranche,
)
from clauses.models.globalisation import ConventionGlobalisation, Imputation
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
from clauses.models.offres import Offre
from clauses.models.operations import DroitPartage, Financement, Operation
from clauses.models.partages import PartageOperation
from clauses.models.placements import (
    Affectation,
    Contrat,
    Eligibilite,
    ModeExecution,
    ReponseEligibilite,
    TypeContrat,
)
from clauses.models.preuves import EtatPreuve, Preuve
from clauses.models.projets import AvisFacilitateur, MessageProjet, ProjetMarche
from clauses.models.regles import ModeleRegle, NatureObjectif, SousObjectif

__all__ = [
    "ETATS_A_CHOISIR",
    "ETATS_TRAITES",
    "Affectation",
    "AlerteOffre",
    "Approbation",
    "Arrondi",
    "Avenant",
    "AvisFacilitateur",
    "BaseJuridique",
    "CalculCommandes",
    "Candidature",
    "Ccag",
    "ClauseCitee",
    "Commande",
    "Constat",
    "ContactEntreprise",
    "Contrat",
    "ConventionGlobalisation",
    "CumulMensuel",
    "Declaration",
    "DroitPartage",
    "Eligibilite",
    "Engagement",
    "EnvoiDeclaration",
    "EnvoiOffres",
    "EtapeEnvoi",
    "EtatImport",
    "EtatLigne",
    "EtatPreuve",
    "EtatReexamen",
    "EtatReleve",
    "Financement",
    "ImportDecp",
    "Imputation",
    "LienDeclaration",
    "LigneDecp",
    "Litige",
    "Lot",
    "Marche",
    "MessageCandidature",
    "MessageLitige",
    "MessageProjet",
    "ModeEngagement",
    "ModeExecution",
    "ModeleRegle",
    "NatureHeures",
    "NatureObjectif",
    "NiveauControle",
    "Offre",
    "Operation",
    "PartageOperation",
    "Preuve",
    "ProjetMarche",
    "Rectificatif",
    "Reexamen",
    "RegleClause",
    "ReleveHeures",
    "Reouverture",
    "ReponseEligibilite",
    "RepriseDecp",
    "RoleContact",
    "RoleTitulaire",
    "SourceReleve",
    "SousObjectif",
    "Titulaire",
    "Tranche",
    "TypeClause",
    "TypeContrat",
    "VersionClause",
]
