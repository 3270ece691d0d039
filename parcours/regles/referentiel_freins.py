"""Les situations et les objectifs de chaque frein, et les services qui y répondent.

Codes et libellés : France Travail, table « contraintes » du dossier individuel (contraintes 23 à 29, bloc 7 « Résoudre ses contraintes
personnelles »). Thématiques : référentiel data·inclusion, version 1. Le numérique et « autre » n'ont pas de contrainte.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from beneficiaires.referentiels import FREINS
from comptes.regles import Refus


@dataclass(frozen=True, slots=True)
class Contrainte:
    """Une contrainte de France Travail : ses situations (ce qui freine) et ses objectifs (ce que l'on vise), code → libellé."""

    code: int
    libelle: str
    situations: Mapping[int, str]
    objectifs: Mapping[int, str]


_CONTRAINTES: Final = (
    Contrainte(
        23,
        "Développer sa mobilité",
        {
            6: "Aucun moyen de transport à disposition",
            7: "Dépendant des transports en commun",
            8: "Permis non valide ou suspendu",
            40: "État de santé incompatible avec la conduite",
        },
        {
            25: "Faire un point complet sur sa mobilité",
            26: "Accéder à un véhicule",
            27: "Entretenir ou réparer son véhicule",
            28: "Obtenir le permis de conduire (code, conduite)",
            29: "Trouver une solution de transport (hors achat ou entretien d’un véhicule)",
            30: "Travailler la mobilité psychologique",
        },
    ),
    Contrainte(
        24,
        "Surmonter ses contraintes familiales",
        {
            9: "Enfant en situation de handicap",
            10: "Contraintes horaires",
            11: "Aidant familial (s’occuper d’un proche)",
            12: "Autres contraintes familiales à prendre en compte",
            13: "Enfant de moins de 3\u00a0ans sans solution de garde",
            14: "Attend un enfant ou plus",
        },
        {
            1: "Faire face à la prise en charge d’une personne dépendante",
            2: "Trouver des solutions de garde d’enfant",
            3: "Surmonter des difficultés éducatives ou de parentalité",
            4: "Faire face à un conflit familial ou à une séparation",
            5: "Obtenir le statut d’aidant familial",
            6: "Rompre l’isolement",
        },
    ),
    Contrainte(
        25,
        "Prendre en compte son état de santé",
        {
            15: "Difficulté déclarée entravant l’exercice de certains métiers",
            16: "Couverture sociale ou mutuelle à mettre à jour",
            17: "Difficulté déclarée ne permettant plus d’exercer une activité professionnelle",
            18: "Difficulté déclarée ne permettant pas de reprendre une activité immédiate",
            19: "Difficulté déclarée entraînant des absences régulières",
        },
        {
            31: "Bénéficier d’un accompagnement pour accéder aux droits et aux soins",
            32: "Travailler sur les comportements de santé",
        },
    ),
    Contrainte(
        26,
        "Développer ses capacités en lecture, écriture et calcul",
        {
            20: "Ne maîtrise pas l’écrit en français",
            21: "Ne maîtrise pas la lecture en français",
            22: "Ne maîtrise pas la compréhension du français parlé",
            23: "Difficultés en calcul",
        },
        {23: "Apprendre ou améliorer ses capacités en français", 24: "Apprendre ou améliorer ses capacités en calcul"},
    ),
    Contrainte(
        27,
        "Faire face à des difficultés de logement",
        {
            24: "Sans hébergement ou en rupture effective de logement",
            25: "Logement insalubre",
            26: "Difficulté à payer le loyer",
            27: "Doit quitter le logement",
            28: "Territoire rural isolé",
            41: "Besoin d’adapter le logement",
        },
        {
            17: "Se maintenir dans le logement",
            18: "Réduire les impayés de loyer",
            19: "Rechercher une solution d’hébergement temporaire",
            20: "Accéder à un logement",
            21: "Changer de logement",
            22: "S’informer sur les démarches liées à l’accès au logement",
        },
    ),
    Contrainte(
        28,
        "Faire face à des difficultés financières",
        {
            29: "Sans aucune ressource",
            30: "Baisse des ressources",
            31: "Difficulté dans la gestion d’un budget",
            32: "En situation de surendettement",
            33: "Besoin d’un soutien alimentaire",
            34: "Ressources précaires (sous le seuil de pauvreté)",
        },
        {
            13: "Améliorer sa gestion budgétaire",
            14: "Faire face à une situation d’endettement ou de surendettement",
            15: "Acquérir une autonomie budgétaire",
            16: "Mettre en place une mesure de protection financière (tutelle, curatelle…)",
        },
    ),
    Contrainte(
        29,
        "Faire face à des difficultés administratives ou juridiques",
        {
            35: "Difficultés à effectuer une démarche administrative",
            36: "Besoin d’être guidé dans l’accès aux droits",
            37: "Rencontre des difficultés juridiques",
            38: "Difficulté à obtenir un justificatif d’identité",
            39: "Difficulté à obtenir son avis d’imposition",
        },
        {
            7: "Connaître les voies de recours face à une discrimination",
            8: "Prendre en compte une problématique judiciaire",
            9: "Bénéficier d’un appui aux démarches administratives",
            10: "Bénéficier d’un appui pour accéder aux droits",
            11: "Bénéficier d’une mesure d’accompagnement adaptée",
            12: "Bénéficier d’un appui à l’accès à la citoyenneté",
        },
    ),
)
CONTRAINTES: Final[Mapping[int, Contrainte]] = MappingProxyType({c.code: c for c in _CONTRAINTES})

# Objectif de France Travail → thématique data·inclusion : le service à chercher d'abord. Sans ligne, toute la catégorie du frein.
THEMATIQUES_PAR_OBJECTIF: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "famille--prise-en-charge-personne-dependante",
        2: "famille--garde-denfants",
        3: "famille--soutien-a-la-parentalite-et-a-leducation",
        4: "famille--surmonter-conflits-separation-violence",
        5: "famille--soutien-aidants",
        6: "remobilisation--lien-social",
        7: "difficultes-administratives-ou-juridiques--connaitre-ses-droits-face-a-une-discrimination",
        8: "difficultes-administratives-ou-juridiques--prendre-en-compte-une-problematique-judiciaire",
        9: "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",
        10: "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
        11: "difficultes-administratives-ou-juridiques--beneficier-dune-mesure-daccompagnement-adapte",
        12: "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-a-la-citoyennete",
        13: "difficultes-financieres--ameliorer-sa-gestion-budgetaire",
        14: "difficultes-financieres--situation-dendettement-surendettement",
        15: "difficultes-financieres--acquerir-une-autonomie-budgetaire",
        16: "difficultes-financieres--mettre-en-place-une-mesure-de-protection-financiere",
        17: "logement-hebergement--se-maintenir-dans-le-logement",
        18: "logement-hebergement--reduire-les-impayes-de-loyer",
        19: "logement-hebergement--rechercher-une-solution-dhebergement-temporaire",
        20: "logement-hebergement--louer-un-logement",
        21: "logement-hebergement--changer-de-logement",
        22: "logement-hebergement--sinformer-sur-les-demarches-liees-a-lacces-au-logement",
        23: "lecture-ecriture-calcul--maitriser-le-francais",
        24: "lecture-ecriture-calcul--maitriser-le-calcul",
        25: "mobilite--etre-accompagne-dans-son-parcours-mobilite",
        26: "mobilite--acceder-a-un-vehicule",
        27: "mobilite--entretenir-reparer-son-vehicule",
        28: "mobilite--preparer-un-permis",
        29: "mobilite--mobilite-douce-partagee-collective",
        30: "mobilite--etre-accompagne-dans-son-parcours-mobilite",
        31: "sante--acces-aux-soins",
        32: "sante--addictions",
    }
)


def contrainte_de(rubrique: str) -> Contrainte | None:
    """Rend la contrainte de France Travail d'une des neuf rubriques ; None pour le numérique et « autre ». Lève KeyError hors des neuf."""
    code = FREINS[rubrique].code_france_travail
    return None if code is None else CONTRAINTES[code]


def situations_de(rubrique: str) -> Mapping[int, str]:
    """Rend les situations d'une rubrique, code → libellé ; rien quand France Travail n'en a pas."""
    contrainte = contrainte_de(rubrique)
    return {} if contrainte is None else contrainte.situations


def objectifs_de(rubrique: str) -> Mapping[int, str]:
    """Rend les objectifs d'une rubrique, code → libellé ; rien quand France Travail n'en a pas."""
    contrainte = contrainte_de(rubrique)
    return {} if contrainte is None else contrainte.objectifs


def thematiques_de(rubrique: str, objectifs: Collection[int] = ()) -> tuple[str, ...]:
    """Rend les thématiques data·inclusion à chercher : celles des objectifs retenus, sinon les catégories de la rubrique.

    Chacune une fois, dans l'ordre des codes. Un objectif d'une autre rubrique est ignoré.
    """
    precises = [THEMATIQUES_PAR_OBJECTIF[code] for code in sorted(objectifs) if code in objectifs_de(rubrique)]
    return tuple(dict.fromkeys(precises)) or FREINS[rubrique].thematiques


def controler_codes(rubrique: str, situations: Collection[int], objectifs: Collection[int]) -> Refus | None:
    """Refuse un code qui n'est pas de la contrainte de cette rubrique. Source : table « contraintes » de France Travail."""
    if set(situations) - set(situations_de(rubrique)) or set(objectifs) - set(objectifs_de(rubrique)):
        return Refus(
            f"Une case cochée n’appartient pas au frein «\u00a0{FREINS[rubrique].libelle}\u00a0». Rechargez la page et recommencez.",
            "code_etranger",
        )
    return None
