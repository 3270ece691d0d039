"""Ce qu'un marché peut régler, en valeurs : paramètres de la règle, modèles I1, I2, I3, et faits donnés aux règles.

Source : fiche A3 (24 mois par principe, par opération, au jour de l'attribution) ; les autres valeurs sont des pratiques que les
pièces d'un marché peuvent écrire. Issue suivante : d'autres paramètres s'ajoutent ici, avec une valeur par défaut.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.criteres import CRITERES


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
    """Ce que couvre une fenêtre : une opération (fiche A3) ou tout le dispositif."""

    OPERATION = "operation"
    GLOBAL = "global"


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


@dataclass(frozen=True, slots=True)
class ParametresRegle:
    """La règle d'un marché. Lève ValueError, phrase en français, quand les paramètres se contredisent.

    `duree_mois` : mois de calendrier, None pour toute l'opération. `criteres` : codes acceptés, vide pour toute la table.
    `ages` : bornes propres au marché, code → (minimum, maximum), comprises. `validation_prealable` : les heures faites avant
    la décision ne comptent pas ; sinon une régularisation est admise dans `regularisation_jours` (None : sans limite).
    `articles` : l'article propre à un paramètre, par son nom ; à défaut `article`.
    """

    duree_mois: int | None = 24
    point_depart: PointDepart = PointDepart.EMBAUCHE
    date_appreciation: JourAppreciation = JourAppreciation.ATTRIBUTION
    perimetre: Perimetre = Perimetre.OPERATION
    criteres: tuple[str, ...] = ()
    criteres_minimum: int = 1
    ages: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    embauche_anterieure: EmbaucheAnterieure = EmbaucheAnterieure.REEXAMINEE
    embauche_anterieure_mois: int | None = None
    validation_prealable: bool = True
    regularisation_jours: int | None = None
    modele: str = "I3"
    version: int = 1
    document: str = "CCAP"
    article: str = ""
    articles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "point_depart", PointDepart(self.point_depart))
        object.__setattr__(self, "date_appreciation", JourAppreciation(self.date_appreciation))
        object.__setattr__(self, "perimetre", Perimetre(self.perimetre))
        object.__setattr__(self, "embauche_anterieure", EmbaucheAnterieure(self.embauche_anterieure))
        object.__setattr__(self, "criteres", tuple(self.criteres))
        if self.duree_mois is not None and self.duree_mois < 1:
            raise ValueError("La durée compte au moins un mois, ou reste vide pour toute l’opération.")
        if inconnus := [code for code in self.criteres if code not in CRITERES]:
            raise ValueError(f"Critère inconnu\u00a0: {', '.join(inconnus)}.")
        if self.criteres_minimum < 1:
            raise ValueError("Il faut au moins un critère.")
        if self.embauche_anterieure == EmbaucheAnterieure.RECENTE and self.embauche_anterieure_mois is None:
            raise ValueError("Une embauche antérieure récente demande un nombre de mois.")

    def accepte(self, code: str) -> bool:
        """Dit si le marché accepte ce critère, lui-même ou un critère qu'il remplit aussi (24 mois valent 12 mois)."""
        if not self.criteres:
            return True
        return code in self.criteres or any(autre in self.criteres for autre in CRITERES[code].implique)

    def article_de(self, parametre: str = "") -> str:
        """Rend « CCAP, article 9.3 » pour ce paramètre, ou le seul document quand l'article n'est pas connu."""
        article = self.articles.get(parametre) or self.article
        return f"{self.document}, article {article}" if article else self.document


# Les trois lectures de « par opération, au jour de l'attribution » (fiche A3). I3 est celle du projet.
#  I1 : déjà sous clause depuis moins de 24 mois à l'attribution, elle reste éligible, pour 24 mois depuis l'attribution.
#  I2 : une seule fenêtre de 24 mois depuis le premier contrat de clause ; après, rien ne compte nulle part.
#  I3 : chaque opération ouvre sa fenêtre ; les critères sont réexaminés au jour de l'attribution.
PRESETS: Final[Mapping[str, ParametresRegle]] = MappingProxyType(
    {
        "I1": ParametresRegle(modele="I1", embauche_anterieure=EmbaucheAnterieure.FENETRE_EN_COURS),
        "I2": ParametresRegle(modele="I2", point_depart=PointDepart.PREMIER_CONTRAT, perimetre=Perimetre.GLOBAL),
        "I3": ParametresRegle(modele="I3"),
    }
)
LIBELLES_MODELES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "I3": "Une fenêtre par opération, critères réexaminés à l’attribution",
        "I1": "Déjà sous clause\u00a0: une nouvelle fenêtre depuis l’attribution",
        "I2": "Une seule fenêtre depuis le premier contrat de clause",
    }
)


def choix_modeles() -> list[tuple[str, str]]:
    """Rend les modèles de règle pour une liste de choix, le modèle par défaut en tête."""
    return list(LIBELLES_MODELES.items())


def choix_points_depart() -> list[tuple[str, str]]:
    """Rend les points de départ pour une liste de choix."""
    return [(point.value, _capitale(libelle)) for point, libelle in LIBELLES_POINT_DEPART.items()]


def choix_appreciations() -> list[tuple[str, str]]:
    """Rend les jours d'appréciation pour une liste de choix."""
    return [(jour.value, _capitale(libelle)) for jour, libelle in LIBELLES_APPRECIATION.items()]


def choix_embauches_anterieures() -> list[tuple[str, str]]:
    """Rend les sorts d'une embauche antérieure pour une liste de choix."""
    return [(sort.value, _capitale(libelle)) for sort, libelle in LIBELLES_EMBAUCHE_ANTERIEURE.items()]


def _capitale(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


@dataclass(frozen=True, slots=True)
class FaitsMarche:
    """Les dates du marché ; None quand la date n'est pas connue. `fin` : fin de l'opération."""

    date_attribution: date | None = None
    date_notification: date | None = None
    date_demarrage: date | None = None
    date_fin: date | None = None


@dataclass(frozen=True, slots=True)
class FaitsPersonne:
    """Ce que les règles lisent d'une personne : sa naissance, pour les critères d'âge."""

    naissance: date | None = None


@dataclass(frozen=True, slots=True)
class FaitSituation:
    """Une situation qui peut ouvrir droit : critère, jours où elle est vraie, pièce vue.

    `date_piece` : date écrite sur la pièce. `vue_le`, `vue_par` : quand et par qui elle a été vue. `organisme` : auteur
    de l'avis motivé. `precision` : ce qui s'écrit à côté du critère (nom du quartier).
    """

    critere: str
    date_debut: date
    date_fin: date | None = None
    date_piece: date | None = None
    piece: str = ""
    vue_le: date | None = None
    vue_par: str = ""
    organisme: str = ""
    precision: str = ""


@dataclass(frozen=True, slots=True)
class FaitClauseAnterieure:
    """Un passage antérieur sous clause : premier contrat et, s'il y en a une, dernier jour de son éligibilité."""

    premier_contrat: date
    eligible_jusqu_au: date | None = None
    operation: str = ""
