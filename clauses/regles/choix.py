"""Les choix qu'un marché peut faire : chaque liste de valeurs, et la phrase qui la dit.

Source : fiche A3 ; les autres valeurs sont des pratiques que les pièces d'un marché peuvent écrire.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class PointDepart(StrEnum):
    """Le jour où s'ouvre la fenêtre d'éligibilité."""

    ATTRIBUTION = "attribution"
    NOTIFICATION = "notification"
    DEMARRAGE = "demarrage"
    VALIDATION = "validation"
    EMBAUCHE = "embauche"
    PREMIERE_HEURE = "premiere_heure"
    PREMIER_CONTRAT = "premier_contrat"


class JourAppreciation(StrEnum):
    """Le jour où les critères doivent être remplis."""

    ATTRIBUTION = "attribution"
    EMBAUCHE = "embauche"
    VALIDATION = "validation"


class EmbaucheAnterieure(StrEnum):
    """Ce que devient une personne embauchée avant la notification du marché."""

    REEXAMINEE = "reexaminee"
    REFUSEE = "refusee"
    RECENTE = "recente"
    FENETRE_EN_COURS = "en_cours"


class Perimetre(StrEnum):
    """Ce que couvre une fenêtre : une opération (fiche A3), un marché, une entreprise ou tout le dispositif."""

    OPERATION = "operation"
    MARCHE = "marche"
    ENTREPRISE = "entreprise"
    GLOBAL = "global"


# Chaque marché, ou chaque entreprise, a sa fenêtre.
PERIMETRES_PARTAGES: Final = (Perimetre.MARCHE, Perimetre.ENTREPRISE)


class UniteDuree(StrEnum):
    """Comment se comptent les mois : au calendrier, ou en temps de travail (1 607 h pour douze mois)."""

    CALENDRIER = "calendrier"
    TRAVAIL = "travail"


class Renouvellement(StrEnum):
    """Ce qui prolonge une fenêtre : rien, un avis motivé, ou un nouveau diagnostic qui la rouvre entière."""

    AUCUN = "aucun"
    AVIS = "avis"
    DIAGNOSTIC = "diagnostic"


class ChangementEntreprise(StrEnum):
    """Ce que fait la fenêtre quand la personne change d'entreprise sur la même opération."""

    CONTINUE = "continue"
    NOUVELLE_FENETRE = "nouvelle_fenetre"
    NOUVELLE_VALIDATION = "nouvelle_validation"


class ChangementOperation(StrEnum):
    """Ce que fait la fenêtre quand la personne passe d'une opération à une autre."""

    NOUVEL_EXAMEN = "nouvel_examen"
    CONTINUE = "continue"


class Globalisation(StrEnum):
    """Si des heures faites sur un marché peuvent compter sur un autre."""

    INTERDITE = "interdite"
    CONVENTION = "convention"
    ENTRE_LOTS = "entre_lots"


class MoisACheval(StrEnum):
    """Ce que devient un total d'heures à cheval sur une borne de la fenêtre."""

    PARTAGER = "partager"
    PRORATA = "prorata"


class FamilleContrat(StrEnum):
    """Les familles de contrats auxquelles un marché peut donner leur propre durée."""

    CDI = "cdi"
    CDD = "cdd"
    ALTERNANCE = "alternance"
    INTERIM = "interim"
    SIAE = "siae"


class MesureDuree(StrEnum):
    """Comment se mesure la durée d'une famille de contrats."""

    MOIS = "mois"
    CONTRAT = "contrat"
    AGREMENT = "agrement"


@dataclass(frozen=True, slots=True)
class DureeContrat:
    """La durée d'une famille : N mois, la durée du contrat (`mois` au plus, None sans plafond), ou celle du PASS IAE."""

    mesure: MesureDuree
    mois: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mesure", MesureDuree(self.mesure))
        if self.mesure == MesureDuree.MOIS and self.mois is None:
            raise ValueError("Donnez le nombre de mois.")
        if self.mois is not None and not 1 <= self.mois <= 120:
            raise ValueError("La durée va de 1 à 120\u00a0mois.")


# Durées usuelles par type de contrat, à proposer à la saisie : un marché les écrit ou les tait.
DUREES_USUELLES: Final[Mapping[FamilleContrat, DureeContrat]] = MappingProxyType(
    {
        FamilleContrat.CDI: DureeContrat(MesureDuree.MOIS, 24),
        FamilleContrat.CDD: DureeContrat(MesureDuree.CONTRAT, 24),
        FamilleContrat.ALTERNANCE: DureeContrat(MesureDuree.CONTRAT, 36),
        FamilleContrat.INTERIM: DureeContrat(MesureDuree.MOIS, 24),
        FamilleContrat.SIAE: DureeContrat(MesureDuree.AGREMENT),
    }
)
# « autre » n'a pas de famille : la durée générale s'y applique.
FAMILLES: Final[Mapping[str, FamilleContrat]] = MappingProxyType(
    {
        "cdi": FamilleContrat.CDI,
        "cdi_chantier": FamilleContrat.CDI,
        "cdd": FamilleContrat.CDD,
        "cddu": FamilleContrat.CDD,
        "cdd_tremplin": FamilleContrat.CDD,
        "apprentissage": FamilleContrat.ALTERNANCE,
        "professionnalisation": FamilleContrat.ALTERNANCE,
        "interim": FamilleContrat.INTERIM,
        "cddi": FamilleContrat.SIAE,
        "ctti": FamilleContrat.SIAE,
        "cdi_inclusion": FamilleContrat.SIAE,
    }
)

LIBELLES_POINT_DEPART: Final[Mapping[PointDepart, str]] = MappingProxyType(
    {
        PointDepart.EMBAUCHE: "l’embauche sur l’opération",
        PointDepart.ATTRIBUTION: "l’attribution du marché",
        PointDepart.NOTIFICATION: "la notification du marché",
        PointDepart.DEMARRAGE: "l’ordre de service ou le début d’exécution",
        PointDepart.VALIDATION: "la validation par le facilitateur",
        PointDepart.PREMIERE_HEURE: "la première heure sur l’opération",
        PointDepart.PREMIER_CONTRAT: "le premier contrat de clause, toutes opérations",
    }
)
LIBELLES_APPRECIATION: Final[Mapping[JourAppreciation, str]] = MappingProxyType(
    {
        JourAppreciation.ATTRIBUTION: "au jour de l’attribution",
        JourAppreciation.EMBAUCHE: "au jour de l’embauche",
        JourAppreciation.VALIDATION: "au jour de la validation",
    }
)
LIBELLES_EMBAUCHE_ANTERIEURE: Final[Mapping[EmbaucheAnterieure, str]] = MappingProxyType(
    {
        EmbaucheAnterieure.REEXAMINEE: "acceptée, les critères sont réexaminés",
        EmbaucheAnterieure.REFUSEE: "refusée",
        EmbaucheAnterieure.RECENTE: "acceptée si l’embauche est récente",
        EmbaucheAnterieure.FENETRE_EN_COURS: "acceptée si une éligibilité antérieure court encore",
    }
)
LIBELLES_PERIMETRE: Final[Mapping[Perimetre, str]] = MappingProxyType(
    {
        Perimetre.OPERATION: "une opération",
        Perimetre.MARCHE: "un marché, depuis le premier contrat qui le sert",
        Perimetre.ENTREPRISE: "une entreprise, toutes opérations",
        Perimetre.GLOBAL: "toutes les opérations et toutes les entreprises",
    }
)
LIBELLES_UNITE: Final[Mapping[UniteDuree, str]] = MappingProxyType(
    {
        UniteDuree.CALENDRIER: "en mois de calendrier",
        UniteDuree.TRAVAIL: "en temps de travail, 1\u00a0607\u00a0h pour douze mois",
    }
)
LIBELLES_RENOUVELLEMENT: Final[Mapping[Renouvellement, str]] = MappingProxyType(
    {
        Renouvellement.AUCUN: "le marché n’en prévoit pas",
        Renouvellement.AVIS: "sur avis motivé, de quelques mois",
        Renouvellement.DIAGNOSTIC: "sur un nouveau diagnostic, qui rouvre la durée entière",
    }
)
LIBELLES_CHANGEMENT_ENTREPRISE: Final[Mapping[ChangementEntreprise, str]] = MappingProxyType(
    {
        ChangementEntreprise.CONTINUE: "la même fenêtre continue",
        ChangementEntreprise.NOUVELLE_FENETRE: "une nouvelle fenêtre s’ouvre",
        ChangementEntreprise.NOUVELLE_VALIDATION: "le facilitateur valide à nouveau",
    }
)
LIBELLES_CHANGEMENT_OPERATION: Final[Mapping[ChangementOperation, str]] = MappingProxyType(
    {
        ChangementOperation.NOUVEL_EXAMEN: "la situation est examinée à nouveau",
        ChangementOperation.CONTINUE: "la fenêtre en cours continue, sans nouvel examen",
    }
)
LIBELLES_GLOBALISATION: Final[Mapping[Globalisation, str]] = MappingProxyType(
    {
        Globalisation.CONVENTION: "seulement avec une convention de globalisation",
        Globalisation.ENTRE_LOTS: "entre les lots d’une entreprise, sur cette opération",
        Globalisation.INTERDITE: "jamais",
    }
)
LIBELLES_MOIS_A_CHEVAL: Final[Mapping[MoisACheval, str]] = MappingProxyType(
    {
        MoisACheval.PARTAGER: "se partage\u00a0: l’entreprise dit les heures d’avant et d’après",
        MoisACheval.PRORATA: "compte au prorata des jours",
    }
)
LIBELLES_FAMILLE: Final[Mapping[FamilleContrat, str]] = MappingProxyType(
    {
        FamilleContrat.CDI: "CDI",
        FamilleContrat.CDD: "CDD",
        FamilleContrat.ALTERNANCE: "Alternance",
        FamilleContrat.INTERIM: "Intérim",
        FamilleContrat.SIAE: "CDDI, CTTI, CDI inclusion",
    }
)


def en_choix(libelles: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Rend une table de libellés pour une liste de choix, chaque phrase avec sa capitale."""
    return [(str(code), libelle[:1].upper() + libelle[1:]) for code, libelle in libelles.items()]


def choix_points_depart() -> list[tuple[str, str]]:
    """Rend les points de départ pour une liste de choix."""
    return en_choix(LIBELLES_POINT_DEPART)


def choix_appreciations() -> list[tuple[str, str]]:
    """Rend les jours d'appréciation pour une liste de choix."""
    return en_choix(LIBELLES_APPRECIATION)


def choix_embauches_anterieures() -> list[tuple[str, str]]:
    """Rend les sorts d'une embauche antérieure pour une liste de choix."""
    return en_choix(LIBELLES_EMBAUCHE_ANTERIEURE)
