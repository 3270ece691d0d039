"""La règle d'un marché, en valeurs : ses paramètres, les modèles I1, I2, I3, et ce qu'elle refuse de contradictoire.

Source : fiche A3 (24 mois par principe, par opération, au jour de l'attribution) ; les autres valeurs sont des pratiques que les
pièces d'un marché peuvent écrire.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Self

from beneficiaires.criteres import CRITERES, ORGANISMES_AVIS, Critere
from clauses.regles.choix import (
    FAMILLES,
    LIBELLES_APPRECIATION,
    LIBELLES_EMBAUCHE_ANTERIEURE,
    LIBELLES_POINT_DEPART,
    ChangementEntreprise,
    ChangementOperation,
    DureeContrat,
    EmbaucheAnterieure,
    FamilleContrat,
    Globalisation,
    JourAppreciation,
    MesureDuree,
    MoisACheval,
    Perimetre,
    PointDepart,
    Renouvellement,
    UniteDuree,
    choix_appreciations,
    choix_embauches_anterieures,
    choix_points_depart,
)
from clauses.regles.contradiction import Contradiction
from clauses.regles.faits import FaitClauseAnterieure, FaitSituation, FaitsMarche, FaitsPersonne

__all__ = [
    "LIBELLES_APPRECIATION",
    "LIBELLES_EMBAUCHE_ANTERIEURE",
    "LIBELLES_MODELES",
    "LIBELLES_POINT_DEPART",
    "PRESETS",
    "EmbaucheAnterieure",
    "FaitClauseAnterieure",
    "FaitSituation",
    "FaitsMarche",
    "FaitsPersonne",
    "JourAppreciation",
    "ParametresRegle",
    "Perimetre",
    "PointDepart",
    "choix_appreciations",
    "choix_embauches_anterieures",
    "choix_modeles",
    "choix_points_depart",
]

# Code du travail, L3121-41 : une année de travail à temps plein.
HEURES_PAR_AN: Final = Decimal(1607)


@dataclass(frozen=True, slots=True)
class ParametresRegle:
    """La règle d'un marché. Lève Contradiction (ValueError), phrase en français, quand les paramètres se contredisent.

    `duree_mois` : None pour toute l'opération ; comptés au calendrier ou, `unite_duree`, en temps de travail. `durees_contrat` :
    la durée propre à des familles de contrats ; les autres suivent `duree_mois`. `criteres` : codes acceptés, vide pour toute la
    table. `ages`, `pieces`, `validites` : bornes d'âge comprises, pièce et sa validité en mois (None : sans limite) propres au
    marché, par critère. `organismes_avis` : vide pour toute la liste. `validation_prealable` : les heures faites avant la décision
    ne comptent pas ; sinon une régularisation est admise dans `regularisation_jours` (None : sans limite). `articles`, `textes` :
    article et rédaction propres à un paramètre, par son nom ; à défaut `article`.
    """

    duree_mois: int | None = 24
    unite_duree: UniteDuree = UniteDuree.CALENDRIER
    point_depart: PointDepart = PointDepart.EMBAUCHE
    date_appreciation: JourAppreciation = JourAppreciation.ATTRIBUTION
    perimetre: Perimetre = Perimetre.OPERATION
    durees_contrat: Mapping[FamilleContrat, DureeContrat] = field(default_factory=dict)
    criteres: tuple[str, ...] = ()
    criteres_minimum: int = 1
    ages: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    pieces: Mapping[str, str] = field(default_factory=dict)
    validites: Mapping[str, int | None] = field(default_factory=dict)
    organismes_avis: tuple[str, ...] = ()
    embauche_anterieure: EmbaucheAnterieure = EmbaucheAnterieure.REEXAMINEE
    embauche_anterieure_mois: int | None = None
    validation_prealable: bool = True
    regularisation_jours: int | None = None
    renouvellement: Renouvellement = Renouvellement.AUCUN
    renouvellement_mois: int = 12
    renouvellements_maximum: int = 1
    changement_entreprise: ChangementEntreprise = ChangementEntreprise.CONTINUE
    changement_operation: ChangementOperation = ChangementOperation.NOUVEL_EXAMEN
    globalisation: Globalisation = Globalisation.CONVENTION
    mois_a_cheval: MoisACheval = MoisACheval.PARTAGER
    modele: str = "I3"
    version: int = 1
    document: str = "CCAP"
    article: str = ""
    articles: Mapping[str, str] = field(default_factory=dict)
    textes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for nom, type_ in _ENUMERATIONS.items():
            object.__setattr__(self, nom, type_(getattr(self, nom)))
        object.__setattr__(self, "criteres", tuple(self.criteres))
        object.__setattr__(self, "organismes_avis", tuple(self.organismes_avis))
        object.__setattr__(self, "ages", {code: (b[0], b[1]) for code, b in self.ages.items()})
        object.__setattr__(
            self, "durees_contrat", {FamilleContrat(f): _duree_contrat(d) for f, d in self.durees_contrat.items()}
        )
        for champ, faux, phrase in self._contradictions():
            if faux:
                raise Contradiction(champ, phrase)

    def _contradictions(self) -> list[tuple[str, object, str]]:
        """Rend chaque contradiction possible : le champ, si elle est là, et sa phrase."""
        inconnus = [
            code for code in (*self.criteres, *self.ages, *self.pieces, *self.validites) if code not in CRITERES
        ]
        pass_ailleurs = [
            famille
            for famille, duree in self.durees_contrat.items()
            if duree.mesure == MesureDuree.AGREMENT and famille != FamilleContrat.SIAE
        ]
        ages_croises = [code for code, (a, b) in self.ages.items() if a is not None and b is not None and a > b]
        en_travail = self.unite_duree == UniteDuree.TRAVAIL
        recente = self.embauche_anterieure == EmbaucheAnterieure.RECENTE
        renouvelle = self.renouvellement == Renouvellement.AVIS
        return [
            (
                "duree_mois",
                self.duree_mois is not None and self.duree_mois < 1,
                "La durée compte au moins un mois, ou reste vide pour toute l’opération.",
            ),
            (
                "duree_mois",
                en_travail and self.duree_mois is None,
                "En temps de travail, donnez la durée\u00a0: 24\u00a0mois font 3\u00a0214\u00a0h.",
            ),
            (
                "durees_contrat",
                en_travail and self.durees_contrat,
                "Une durée par type de contrat se compte au calendrier, pas en temps de travail. Choisissez l’un ou l’autre.",
            ),
            (
                "renouvellement",
                en_travail and self.renouvellement == Renouvellement.DIAGNOSTIC,
                "Un nouveau diagnostic rouvre une durée de calendrier, pas un temps de travail.",
            ),
            (
                "renouvellement",
                self.duree_mois is None and self.renouvellement != Renouvellement.AUCUN,
                "Une fenêtre qui dure toute l’opération ne se renouvelle pas.",
            ),
            ("durees_contrat", pass_ailleurs, "Seuls les contrats des SIAE ont la durée d’un PASS IAE."),
            ("criteres", inconnus, f"Critère inconnu\u00a0: {', '.join(inconnus)}."),
            ("criteres_minimum", self.criteres_minimum < 1, "Il faut au moins un critère."),
            (
                "criteres_minimum",
                self.criteres and self.criteres_minimum > len(self.criteres),
                "Le marché demande plus de critères qu’il n’en accepte.",
            ),
            ("ages", ages_croises, "L’âge minimal dépasse l’âge maximal."),
            (
                "validites",
                any(m is not None and m < 1 for m in self.validites.values()),
                "Une pièce vaut au moins un mois.",
            ),
            (
                "organismes_avis",
                [code for code in self.organismes_avis if code not in ORGANISMES_AVIS],
                "Cet organisme n’est pas dans la liste.",
            ),
            (
                "embauche_anterieure_mois",
                recente and self.embauche_anterieure_mois is None,
                "Une embauche antérieure récente demande un nombre de mois.",
            ),
            (
                "renouvellement_mois",
                renouvelle and self.renouvellement_mois < 1,
                "Un renouvellement dure au moins un mois.",
            ),
            (
                "renouvellements_maximum",
                self.renouvellement != Renouvellement.AUCUN and self.renouvellements_maximum < 1,
                "Un renouvellement prévu a lieu au moins une fois.",
            ),
        ]

    def accepte(self, code: str) -> bool:
        """Dit si le marché accepte ce critère, lui-même ou un critère qu'il remplit aussi (24 mois valent 12 mois)."""
        if not self.criteres:
            return True
        return code in self.criteres or any(autre in self.criteres for autre in CRITERES[code].implique)

    def critere(self, code: str) -> Critere:
        """Rend le critère tel que ce marché le lit : ses âges, sa pièce, la validité de celle-ci. KeyError s'il est inconnu."""
        critere = CRITERES[code]
        age_min, age_max = self.ages.get(code, (critere.age_min, critere.age_max))
        return replace(
            critere,
            age_min=age_min,
            age_max=age_max,
            piece=self.pieces.get(code) or critere.piece,
            validite_piece_mois=self.validites.get(code, critere.validite_piece_mois),
        )

    @property
    def organismes(self) -> tuple[str, ...]:
        """Rend les codes des organismes dont le marché admet l'avis motivé."""
        return self.organismes_avis or tuple(ORGANISMES_AVIS)

    @property
    def heures_de_la_duree(self) -> Decimal | None:
        """Rend les heures d'une durée en temps de travail : 24 mois font 3 214 h ; None au calendrier."""
        if self.unite_duree != UniteDuree.TRAVAIL or self.duree_mois is None:
            return None
        return HEURES_PAR_AN * self.duree_mois / 12

    @property
    def depend_des_contrats(self) -> bool:
        """Dit si la fenêtre dépend du type, de l'entreprise ou du marché de chaque contrat."""
        return (
            bool(self.durees_contrat)
            or self.changement_entreprise != ChangementEntreprise.CONTINUE
            or self.perimetre in (Perimetre.MARCHE, Perimetre.ENTREPRISE)
        )

    def duree_de(self, type_contrat: str) -> DureeContrat | None:
        """Rend la durée propre à ce type de contrat, ou None quand la durée générale s'y applique."""
        famille = FAMILLES.get(type_contrat)
        return None if famille is None else self.durees_contrat.get(famille)

    def article_de(self, parametre: str = "") -> str:
        """Rend « CCAP, article 9.3 » pour ce paramètre, ou le seul document quand l'article n'est pas connu."""
        article = self.articles.get(parametre) or self.article
        return f"{self.document}, article {article}" if article else self.document

    @classmethod
    def depuis_json(cls, donnees: Mapping[str, Any]) -> Self:
        """Relit les paramètres qu'une décision porte ; un paramètre que la décision ne connaissait pas a sa valeur par défaut."""
        connus = {champ.name for champ in fields(cls)}
        return cls(**{nom: valeur for nom, valeur in donnees.items() if nom in connus})


_ENUMERATIONS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "unite_duree": UniteDuree,
        "point_depart": PointDepart,
        "date_appreciation": JourAppreciation,
        "perimetre": Perimetre,
        "embauche_anterieure": EmbaucheAnterieure,
        "renouvellement": Renouvellement,
        "changement_entreprise": ChangementEntreprise,
        "changement_operation": ChangementOperation,
        "globalisation": Globalisation,
        "mois_a_cheval": MoisACheval,
    }
)


def _duree_contrat(duree: DureeContrat | Mapping[str, Any]) -> DureeContrat:
    return duree if isinstance(duree, DureeContrat) else DureeContrat(**duree)


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
