"""Les critères qui ouvrent droit, en table : listes de l'IAE, du CCAG 2021 et des GEIQ, codes de la plateforme de l'IAE.

Un marché choisit dans cette table les critères qu'il accepte. Les libellés de l'IAE et leurs pièces viennent de l'arrêté du
4 septembre 2025 ; ceux du CCAG, de l'article 16.1 (20.1 pour les travaux) des arrêtés du 30 mars 2021 ; ceux que les GEIQ ajoutent, de
l'annexe 1 de leur liste sur la plateforme (les autres, annexe 2, sont déjà ceux de l'IAE).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

IAE: Final = "arrêté du 4 septembre 2025, annexe"
CCAG_STRUCTURE: Final = "CCAG 2021, article 16.1.1.1 (20.1 pour les travaux)"
CCAG_PERSONNE: Final = "CCAG 2021, article 16.1.1.2 (20.1 pour les travaux)"
GEIQ: Final = "liste des GEIQ, annexe 1 (plateforme de l’inclusion)"

ORGANISMES_AVIS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FT": "France Travail",
        "MDE": "Maison de l’emploi",
        "PLIE": "PLIE",
        "ML": "Mission locale",
        "CAP_EMPLOI": "Cap emploi",
        "MDPH": "MDPH",
    }
)


@dataclass(frozen=True, slots=True)
class Critere:
    """Un critère : `niveau` 1 ou 2 selon l'IAE (None hors IAE), âges en années révolues et bornes comprises.

    `sensible` : santé ou justice ; jamais montré à une entreprise ni à un acheteur hors comptes masqués.
    `implique` : les critères que celui-ci remplit aussi (24 mois d'inscription en font bien 12).
    """

    code: str
    libelle: str
    libelle_court: str
    niveau: int | None
    piece: str
    validite_piece_mois: int | None
    source: str
    age_min: int | None = None
    age_max: int | None = None
    sensible: bool = False
    implique: tuple[str, ...] = ()
    exige_avis: bool = False


def _iae(
    code: str,
    libelle: str,
    court: str,
    niveau: int,
    piece: str,
    mois: int | None,
    *,
    age_min: int | None = None,
    age_max: int | None = None,
    sensible: bool = False,
    implique: tuple[str, ...] = (),
) -> Critere:
    return Critere(code, libelle, court, niveau, piece, mois, IAE, age_min, age_max, sensible, implique)


def _ccag(
    code: str,
    libelle: str,
    court: str,
    piece: str,
    mois: int | None,
    *,
    source: str = CCAG_STRUCTURE,
    age_max: int | None = None,
    sensible: bool = False,
    exige_avis: bool = False,
    implique: tuple[str, ...] = (),
) -> Critere:
    return Critere(code, libelle, court, None, piece, mois, source, None, age_max, sensible, implique, exige_avis)


def _geiq(
    code: str, libelle: str, court: str, piece: str, *, age_min: int | None = None, age_max: int | None = None
) -> Critere:
    return Critere(code, libelle, court, None, piece, None, GEIQ, age_min, age_max)


_TABLE: Final = (
    _iae("RSA", "Bénéficiaire du RSA", "RSA", 1, "attestation RSA", 3, implique=("MINIMA",)),
    _iae("ASS", "Allocataire de l’ASS", "ASS", 1, "attestation ASS", 3, implique=("MINIMA",)),
    _iae("AAH", "Allocataire de l’AAH", "AAH", 1, "attestation AAH", 3, sensible=True, implique=("MINIMA",)),
    _iae(
        "DETLD",
        "Demandeur d’emploi de très longue durée (plus de 24\u00a0mois)",
        "DETLD",
        1,
        "attestation France Travail",
        3,
        implique=("DELD", "ELOIGNE_12"),
    ),
    _iae(
        "DELD",
        "Demandeur d’emploi de longue durée (plus de 12\u00a0mois)",
        "DELD",
        2,
        "attestation France Travail",
        3,
        implique=("ELOIGNE_12",),
    ),
    _iae(
        "CAP_BEP",
        "Niveau d’étude 3 (CAP, BEP) ou inférieur",
        "Niveau 3 ou moins",
        2,
        "diplôme ou attestation sur l’honneur",
        None,
    ),
    _iae("SENIOR", "Senior (50\u00a0ans et plus)", "50\u00a0ans et plus", 2, "pièce d’identité", None, age_min=50),
    _iae("JEUNE", "Jeune (moins de 26\u00a0ans)", "Moins de 26\u00a0ans", 2, "pièce d’identité", None, age_max=25),
    _iae("ASE", "Sortant de l’aide sociale à l’enfance", "Sortant de l’ASE", 2, "attestation ASE", 12, sensible=True),
    _iae("TH", "Travailleur handicapé", "RQTH", 2, "attestation RQTH en cours de validité", None, sensible=True),
    _iae("PI", "Parent isolé", "Parent isolé", 2, "attestation CAF", 3),
    _iae(
        "PSH_PR",
        "Personne sans hébergement, hébergée ou ayant un parcours de rue",
        "Sans hébergement",
        2,
        "certificat de domiciliation ou déclaration d’un travailleur social",
        3,
        sensible=True,
    ),
    _iae(
        "REF_DA",
        "Réfugié, bénéficiaire d’une protection ou demandeur d’asile",
        "Réfugié ou protégé",
        2,
        "titre de séjour en cours de validité",
        None,
        sensible=True,
    ),
    _iae(
        "ZRR", "Résident d’une zone France ruralités revitalisation", "Résident ZFRR", 2, "justificatif de domicile", 6
    ),
    _iae("QPV", "Résident d’un quartier prioritaire de la ville", "Résident QPV", 2, "justificatif de domicile", 6),
    _iae(
        "DETENTION_MJ",
        "Sortant de détention ou personne placée sous main de justice",
        "Sous main de justice",
        2,
        "billet de sortie ou attestation du juge de l’application des peines",
        6,
        sensible=True,
    ),
    _iae("FLE", "Maîtrise du français inférieure au niveau A1", "Français sous A1", 2, "évaluation FLE", 6),
    _iae("PM", "Problème de mobilité", "Mobilité", 2, "diagnostic mobilité d’un prescripteur", 6),
    _ccag(
        "SIAE",
        "Salarié d’une structure d’insertion par l’activité économique",
        "SIAE",
        "PASS IAE",
        None,
        implique=("SIAE_CUI",),
    ),
    _ccag(
        "EA_ESAT",
        "Personne accueillie en entreprise adaptée ou en ESAT",
        "EA ou ESAT",
        "attestation de la structure",
        3,
        sensible=True,
    ),
    _ccag("GEIQ", "Personne en parcours d’insertion dans un GEIQ", "GEIQ", "attestation du GEIQ", 3),
    _ccag("REGIE", "Salarié d’une régie de quartier ou de territoire agréée", "Régie", "attestation de la régie", 3),
    _ccag("EPIDE_E2C", "Jeune suivi par l’EPIDE ou une école de la 2e chance", "EPIDE ou E2C", "attestation", 3),
    _ccag(
        "CEJ",
        "Jeune en suivi renforcé (contrat d’engagement jeune, PACEA)",
        "CEJ",
        "contrat d’engagement",
        12,
        source=CCAG_PERSONNE,
        age_max=29,
    ),
    _ccag(
        "JEUNE_CCAG",
        "Moins de 26\u00a0ans, sans qualification et sorti du système scolaire depuis 6\u00a0mois, "
        "ou diplômé sans activité depuis 6\u00a0mois",
        "Jeune, liste CCAG",
        "pièce d’identité et attestation de la mission locale",
        3,
        source=CCAG_PERSONNE,
        age_max=25,
    ),
    _ccag(
        "ASI",
        "Titulaire d’une pension d’invalidité ou de l’allocation supplémentaire d’invalidité",
        "Invalidité",
        "notification de pension",
        None,
        source=CCAG_PERSONNE,
        sensible=True,
    ),
    _ccag(
        "AI_VEUVAGE",
        "Bénéficiaire d’une allocation d’insertion ou de veuvage",
        "Autre minimum social",
        "attestation de l’organisme payeur",
        3,
        source=CCAG_PERSONNE,
    ),
    _ccag(
        "AUTRE_AVIS",
        "Autre personne éloignée de l’emploi, sur avis motivé d’un organisme",
        "Avis motivé",
        "avis motivé de l’organisme",
        6,
        source=CCAG_PERSONNE,
        exige_avis=True,
    ),
    _geiq(
        "JEUNE_SQ",
        "Jeune de moins de 26\u00a0ans sans qualification (niveau 4 au plus)",
        "Jeune, liste GEIQ",
        "justificatif de diplôme, certificats de travail ou attestation sur l’honneur",
        age_max=25,
    ),
    _geiq("MINIMA", "Bénéficiaire d’un minimum social", "Minimum social", "attestation de l’organisme payeur"),
    _geiq(
        "ELOIGNE_12",
        "Personne éloignée du marché du travail depuis plus d’un an, inscrite ou non à France Travail",
        "Sans emploi depuis un an",
        "CV ou attestation sur l’honneur",
    ),
    _geiq(
        "DE_45",
        "Demandeur d’emploi de 45\u00a0ans et plus",
        "45\u00a0ans et plus",
        "pièce d’identité et attestation France Travail",
        age_min=45,
    ),
    _geiq(
        "RECONVERSION",
        "Personne en reconversion professionnelle contrainte",
        "Reconversion",
        "preuve de la contrainte (licenciement économique, inaptitude)",
    ),
    _geiq(
        "SIAE_CUI",
        "Personne bénéficiant ou sortant d’un dispositif d’insertion",
        "Dispositif d’insertion",
        "contrat ou attestation de la structure précédente",
    ),
)

CRITERES: Final[Mapping[str, Critere]] = MappingProxyType({critere.code: critere for critere in _TABLE})

# La liste de l'article 16.1 du CCAG (20.1 pour les travaux) dans les codes de la table : ce qu'un marché qui s'y réfère accepte.
CRITERES_CCAG_PERSONNE: Final = (
    "DELD",
    "DETLD",
    "RSA",
    "TH",
    "ASS",
    "AAH",
    "ASI",
    "AI_VEUVAGE",
    "JEUNE_CCAG",
    "SENIOR",
    "CEJ",
    "QPV",
    "REF_DA",
    "AUTRE_AVIS",
)
CRITERES_CCAG_STRUCTURE: Final = ("SIAE", "EA_ESAT", "GEIQ", "REGIE", "EPIDE_E2C", "DETENTION_MJ")
CRITERES_GEIQ: Final = ("JEUNE_SQ", "MINIMA", "ELOIGNE_12", "DE_45", "RECONVERSION", "SIAE_CUI")
CRITERES_CCAG: Final = CRITERES_CCAG_PERSONNE + CRITERES_CCAG_STRUCTURE
