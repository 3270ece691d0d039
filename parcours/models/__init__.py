"""Le chemin de la personne : parcours et phases, diagnostic, freins, étapes, sortie, comité technique ; et ses agréments, qui ne
sont pas son éligibilité à une clause."""

from parcours.models.agrements import Agrement, AgrementQuerySet, TypeAgrement
from parcours.models.comite import ComiteTechnique, DecisionPoint, PointComite, SujetPoint
from parcours.models.diagnostics import (
    CHAMPS_DES_ETAPES,
    Aisance,
    Deplacement,
    Diagnostic,
    EtapeDiagnostic,
    Inactivite,
    Logement,
    PermisB,
    Ressource,
    TempsVoulu,
)
from parcours.models.etapes import Etape, IssueEtape, TypeEtape
from parcours.models.freins import Action, EtatFrein, Frein, ReponseService, ResultatAction
from parcours.models.offre_insertion import EtatImport, ImportServices, ServiceInsertion
from parcours.models.parcours import Dispositif, Parcours, PassagePhase, Phase
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
from parcours.models.sorties import (
    ClasseSortie,
    MissionSortie,
    NatureSortie,
    ReglageSuivi,
    ReponseSuivi,
    Sortie,
    Suivi,
)

__all__ = [
    "CHAMPS_DES_ETAPES",
    "Action",
    "Agrement",
    "AgrementQuerySet",
    "Aisance",
    "ClasseSortie",
    "ComiteTechnique",
    "DecisionPoint",
    "Deplacement",
    "Diagnostic",
    "Dispositif",
    "Etape",
    "EtapeDiagnostic",
    "EtatFrein",
    "EtatImport",
    "EtatProlongation",
    "Frein",
    "ImportServices",
    "Inactivite",
    "IssueEtape",
    "Logement",
    "MissionSortie",
    "MotifProlongation",
    "MotifRefusProlongation",
    "MotifSuspension",
    "NatureSortie",
    "Parcours",
    "PassagePhase",
    "PermisB",
    "Phase",
    "Plie",
    "PointComite",
    "PrescripteurHabilite",
    "Prolongation",
    "ReglageSuivi",
    "Renouvellement",
    "ReponseService",
    "ReponseSuivi",
    "Ressource",
    "ResultatAction",
    "ServiceInsertion",
    "Sortie",
    "StructureIae",
    "Suivi",
    "SujetPoint",
    "Suspension",
    "TempsVoulu",
    "TypeAgrement",
    "TypeEtape",
]
