"""Les opérations de la démonstration : marchés, règles, lots, titulaires, engagements et avenants."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from clauses.models import BaseJuridique, Ccag, Financement, RoleTitulaire, TypeClause
from config.demonstration.calendrier import Repere
from config.demonstration.tables import regles

_COTRAITANT, _MANDATAIRE, _SOUS_TRAITANT = (
    RoleTitulaire.COTRAITANT,
    RoleTitulaire.MANDATAIRE,
    RoleTitulaire.SOUS_TRAITANT,
)


class Formule(NamedTuple):
    """Les termes du calcul des heures dues : euros HT, deux pour cent, euros par heure."""

    montant: int
    part_main_oeuvre: str
    taux_effort: str
    cout_horaire: str


class LigneTitulaire(NamedTuple):
    """Les heures dues sont écrites au marché (un nombre) ou calculées (une formule)."""

    entreprise: str
    heures: int | Formule
    role: RoleTitulaire = RoleTitulaire.TITULAIRE
    donneur_ordre: str = ""


class LigneLot(NamedTuple):
    numero: str
    intitule: str
    montant: int
    titulaires: tuple[LigneTitulaire, ...]
    fin: Repere | None = None
    clos_le: Repere | None = None


class LigneAvenant(NamedTuple):
    """`lot` et `entreprise` désignent l'engagement touché ; sans eux, l'avenant ne change que le marché. `date_fin` : celle qu'il écrit."""

    numero: int
    date_notification: Repere
    objet: str
    montant_ht: int | None = None
    date_fin: Repere | None = None
    lot: str = ""
    entreprise: str = ""
    heures_apres: int | None = None


class LigneOperation(NamedTuple):
    cle: str
    nom: str
    maitre_ouvrage: str
    objet: str
    reference: str
    attribution: Repere
    notification: Repere
    debut: Repere
    fin: Repere
    montant: int
    lots: tuple[LigneLot, ...]
    commune: str = "Villerive"
    structure: str = "confluent"
    financement: Financement = Financement.AUCUN
    programme: str = ""
    heures_qpv_visees: int | None = None
    type_clause: TypeClause = TypeClause.EXECUTION
    base_juridique: BaseJuridique = BaseJuridique.L2112_2
    ccag: Ccag = Ccag.TRAVAUX
    document: str = "CCAP"
    article: str = "9.3"
    technique: str = ""
    cpv: str = ""
    regle: dict[str, Any] = {}
    avenants: tuple[LigneAvenant, ...] = ()
    fin_initiale: Repere | None = None


CRITERES_LARGES = [
    "RSA", "ASS", "AAH", "DETLD", "DELD", "SENIOR", "JEUNE", "TH", "PI", "REF_DA", "QPV", "SIAE", "GEIQ", "REGIE", "CEJ",
]  # fmt: skip
CRITERES_STRICTS = ["RSA", "ASS", "DETLD", "DELD", "TH", "SENIOR", "JEUNE_CCAG", "REF_DA", "SIAE", "REGIE"]
ARTICLE_TRAVAUX = (
    "Le titulaire réserve une part des heures de travail à des personnes éloignées de l’emploi, dont l’éligibilité est "
    "validée par le facilitateur avant l’embauche. La situation s’apprécie au jour de l’attribution. Les heures comptent "
    "pendant 24\u00a0mois à partir de l’embauche sur l’opération."
)

OPERATIONS = (
    LigneOperation(
        "buissonnets",
        "Réhabilitation de la résidence Les Buissonnets, 88 logements",
        "habitat",
        "Réhabilitation thermique de 88 logements, en site occupé",
        "T0117",
        date(2021, 4, 6),
        date(2021, 4, 19),
        date(2021, 6, 1),
        date(2022, 10, 31),
        2_950_000,
        (
            LigneLot(
                "1",
                "Réhabilitation des logements",
                2_400_000,
                (LigneTitulaire("bati", 2060),),
                None,
                date(2022, 12, 15),
            ),
            LigneLot("2", "Nettoyage du chantier", 90_000, (LigneTitulaire("regie", 640),), None, date(2022, 12, 15)),
        ),
        financement=Financement.ANRU,
        programme="Renouvellement urbain des Buers",
        cpv="45453100",
        regle={
            "criteres": CRITERES_LARGES,
            "texte": ARTICLE_TRAVAUX,
            "penalite_euros_par_heure": Decimal(40),
            "mise_en_demeure_jours": 15,
        },
    ),
    LigneOperation(
        "peupliers",
        "Réhabilitation de la résidence Les Peupliers, 164 logements",
        "habitat",
        "Réhabilitation thermique et restructuration de 164 logements, en site occupé",
        "T0142",
        (-10, 14),
        (-10, 20),
        (-8, 2),
        (8, 31),
        6_480_000,
        (
            LigneLot(
                "1",
                "Gros œuvre",
                1_190_000,
                (
                    LigneTitulaire("bati", Formule(1_190_000, "50", "18", "30")),
                    LigneTitulaire("isolest", 180, _SOUS_TRAITANT, "bati"),
                ),
            ),
            LigneLot(
                "2",
                "Façades, isolation",
                1_620_000,
                (LigneTitulaire("tessier", 1400, _MANDATAIRE), LigneTitulaire("isolest", 900, _COTRAITANT)),
            ),
            LigneLot("3", "Menuiseries extérieures", 740_000, (LigneTitulaire("tessier", 650),)),
            LigneLot("4", "Électricité", 690_000, (LigneTitulaire("volteo", 750),)),
            LigneLot("5", "Nettoyage, lot réservé", 120_000, (LigneTitulaire("regie", 400),)),
        ),
        financement=Financement.NPNRU,
        programme="NPNRU Les Terrasses",
        heures_qpv_visees=1500,
        cpv="45453100",
        regle={
            "criteres": CRITERES_LARGES,
            "texte": ARTICLE_TRAVAUX,
            "penalite_euros_par_heure": Decimal(60),
            "mise_en_demeure_jours": 15,
            "options": regles.PEUPLIERS,
        },
        avenants=(
            LigneAvenant(
                1, (-6, 12), "Travaux supplémentaires de gros œuvre", 6_650_000, None, "1", "bati", heures_apres=4080
            ),
            LigneAvenant(2, (-2, 3), "Délai prolongé de deux mois", None, (8, 31)),
        ),
        fin_initiale=(6, 31),
    ),
    LigneOperation(
        "jean_mace",
        "Groupe scolaire Jean-Macé",
        "villerive",
        "Construction d’un groupe scolaire de douze classes",
        "T0208",
        (-7, 3),
        (-7, 17),
        (-5, 4),
        (12, 30),
        7_300_000,
        (
            LigneLot("1", "Gros œuvre", 1_760_000, (LigneTitulaire("bati", Formule(1_760_000, "50", "7.5", "30")),)),
            LigneLot("2", "Électricité", 610_000, (LigneTitulaire("volteo", 400),)),
            LigneLot("3", "Isolation, plâtrerie", 820_000, (LigneTitulaire("isolest", 600),)),
        ),
        cpv="45214200",
        regle={
            "criteres": CRITERES_STRICTS,
            "texte": ARTICLE_TRAVAUX,
            "penalite_euros_par_heure": Decimal(50),
            "options": regles.JEAN_MACE,
        },
    ),
    LigneOperation(
        "espaces_verts",
        "Entretien des espaces verts",
        "metropole",
        "Entretien des parcs et des alignements d’arbres, lot réservé aux structures d’insertion",
        "S0031",
        (-15, 8),
        (-15, 22),
        (-13, 1),
        (11, 31),
        840_000,
        (
            LigneLot("1", "Parcs et jardins", 520_000, (LigneTitulaire("verdance", 3700),)),
            LigneLot("2", "Alignements d’arbres", 320_000, (LigneTitulaire("regie", 1900),)),
        ),
        type_clause=TypeClause.RESERVE_SIAE,
        base_juridique=BaseJuridique.L2113_13,
        ccag=Ccag.FCS,
        article="12.1",
        cpv="77310000",
        regle={
            "criteres": CRITERES_LARGES,
            "duree_mois": 12,
            "date_appreciation": "validation",
            "texte": "Le titulaire affecte à l’exécution des personnes en parcours d’insertion. La situation s’apprécie au "
            "jour de la validation. Les heures comptent pendant 12\u00a0mois à partir de l’embauche.",
            "options": regles.ESPACES_VERTS,
        },
    ),
    LigneOperation(
        "tramway",
        "Tramway T9, section nord",
        "metropole",
        "Plateforme, voies et équipements de la section nord de la ligne T9",
        "T0075",
        (-29, 9),
        (-29, 23),
        (-27, 4),
        (14, 30),
        38_400_000,
        (
            LigneLot(
                "1",
                "Plateforme et voirie",
                21_000_000,
                (LigneTitulaire("bati", 19_000, _MANDATAIRE), LigneTitulaire("verdance", 2400, _COTRAITANT)),
            ),
            LigneLot("2", "Énergie et éclairage", 6_200_000, (LigneTitulaire("volteo", 4300),)),
        ),
        financement=Financement.ETAT,
        programme="Mobilités du quotidien",
        cpv="45234126",
        regle={
            "criteres": CRITERES_LARGES,
            "texte": ARTICLE_TRAVAUX,
            "penalite_euros_par_heure": Decimal(45),
            "mise_en_demeure_jours": 30,
            "options": regles.TRAMWAY,
        },
        avenants=(
            LigneAvenant(
                1, (-12, 6), "Déviation de réseaux, lot 2", 38_900_000, None, "2", "volteo", heures_apres=4600
            ),
        ),
    ),
    LigneOperation(
        "nettoyage",
        "Nettoyage des bâtiments communaux",
        "villerive",
        "Accord-cadre de nettoyage des écoles, gymnases et mairies annexes",
        "S0019",
        (-18, 2),
        (-18, 15),
        (-16, 1),
        (31, 31),
        2_100_000,
        (
            LigneLot("1", "Écoles", 1_150_000, (LigneTitulaire("regie", 9600),)),
            LigneLot("2", "Gymnases et mairies annexes", 950_000, (LigneTitulaire("verdance", 6200),)),
        ),
        type_clause=TypeClause.EXECUTION_CRITERE,
        base_juridique=BaseJuridique.L2112_2_1,
        ccag=Ccag.FCS,
        article="8",
        technique="Accord-cadre à bons de commande, 48\u00a0mois",
        cpv="90911200",
        regle={
            "criteres": CRITERES_LARGES,
            "duree_mois": 18,
            "date_appreciation": "validation",
            "texte": "La situation s’apprécie au jour de la validation. Les heures comptent pendant 18\u00a0mois à partir de "
            "l’embauche.",
        },
    ),
    LigneOperation(
        "nouvel_angle",
        "Nouvel Angle, 92 logements",
        "belvedere",
        "Construction de 92 logements en accession",
        "NA-07",
        (-14, 5),
        (-14, 12),
        (-12, 3),
        (3, 31),
        11_200_000,
        (
            LigneLot("7", "Façades et ravalement", 1_450_000, (LigneTitulaire("tessier", 1050),)),
            LigneLot("2", "Gros œuvre", 4_300_000, (LigneTitulaire("bati", 2450),)),
        ),
        commune="Montreval",
        type_clause=TypeClause.VOLONTAIRE,
        base_juridique=BaseJuridique.PRIVE,
        ccag=Ccag.AUCUN,
        document="Charte d’insertion",
        article="4",
        regle={
            "criteres": CRITERES_LARGES,
            "duree_mois": None,
            "texte": "Les heures comptent de l’embauche à la fin du chantier.",
        },
    ),
    LigneOperation(
        "siege",
        "Nouveau siège d’Habitat Confluence",
        "lumen",
        "Construction d’un immeuble de bureaux, vente en l’état futur d’achèvement",
        "LI-2204",
        (-11, 9),
        (-11, 18),
        (-9, 6),
        (9, 30),
        8_900_000,
        (
            LigneLot("9", "Second œuvre, façades", 1_300_000, (LigneTitulaire("tessier", 820),)),
            LigneLot("12", "Courants forts et faibles", 970_000, (LigneTitulaire("volteo", 1000),)),
        ),
        type_clause=TypeClause.VOLONTAIRE,
        base_juridique=BaseJuridique.PRIVE,
        ccag=Ccag.AUCUN,
        document="Convention d’insertion",
        article="3",
        regle={
            "criteres": CRITERES_LARGES,
            "texte": "Les personnes sont validées par le facilitateur\u00a0; leurs heures comptent 24\u00a0mois à partir de l’embauche.",
        },
    ),
    LigneOperation(
        "dargoire",
        "Résidence étudiante La Dargoire",
        "habitat",
        "Construction d’une résidence universitaire et de jeunes actifs",
        "T0131",
        (-12, 11),
        (-12, 24),
        (-10, 5),
        (6, 30),
        9_600_000,
        (
            LigneLot("3", "Façades, isolation", 1_180_000, (LigneTitulaire("tessier", 1150),)),
            LigneLot("1", "Gros œuvre", 3_200_000, (LigneTitulaire("bati", Formule(3_200_000, "45", "5", "30")),)),
        ),
        commune="Port-Ambroise",
        cpv="45215214",
        regle={"criteres": CRITERES_LARGES, "texte": ARTICLE_TRAVAUX},
        avenants=(
            LigneAvenant(1, (-3, 9), "Moins-value sur les façades", 9_540_000, None, "3", "tessier", heures_apres=1090),
        ),
    ),
    LigneOperation(
        "pole_sportif",
        "Pôle sportif de la Plaine, maîtrise d’œuvre",
        "metropole",
        "Études et maîtrise d’œuvre du centre d’entraînement",
        "PI0009",
        (-20, 6),
        (-20, 20),
        (-17, 2),
        (-4, 31),
        1_900_000,
        (LigneLot("1", "Études et suivi des travaux", 1_900_000, (LigneTitulaire("volteo", 1500),), None, (-3, 20)),),
        commune="Hautvallon",
        ccag=Ccag.PI,
        article="11.2",
        cpv="71221000",
        regle={
            "criteres": CRITERES_LARGES,
            "point_depart": "notification",
            "texte": "Prestations intellectuelles\u00a0: les heures comptent pendant 24\u00a0mois à partir de la notification.",
        },
    ),
    LigneOperation(
        "parties_communes",
        "Entretien des parties communes",
        "habitat",
        "Accord-cadre de nettoyage des parties communes et des abords",
        "S0024",
        (-17, 4),
        (-17, 18),
        (-15, 1),
        (20, 31),
        1_700_000,
        (
            LigneLot("1", "Secteur des Terrasses", 900_000, (LigneTitulaire("regie", 6300),)),
            LigneLot("2", "Secteur du Port", 800_000, (LigneTitulaire("verdance", 4700),)),
        ),
        type_clause=TypeClause.EXECUTION_CRITERE,
        base_juridique=BaseJuridique.L2112_2_1,
        ccag=Ccag.FCS,
        article="7.4",
        technique="Accord-cadre mono-attributaire, 36\u00a0mois",
        cpv="90911000",
        regle={
            "criteres": CRITERES_LARGES,
            "point_depart": "validation",
            "date_appreciation": "validation",
            "texte": "La situation s’apprécie au jour de la validation, qui ouvre 24\u00a0mois.",
        },
    ),
    LigneOperation(
        "peupliers_2",
        "Résidence Les Peupliers, tranche 2",
        "habitat",
        "Réhabilitation de 60 logements et création d’une maison de quartier",
        "T0233",
        -21,
        -12,
        (2, 2),
        (19, 30),
        3_100_000,
        (
            LigneLot("1", "Gros œuvre", 1_300_000, (LigneTitulaire("bati", Formule(1_300_000, "50", "8", "30")),)),
            LigneLot("2", "Électricité", 420_000, (LigneTitulaire("volteo", Formule(420_000, "40", "6.25", "30")),)),
        ),
        financement=Financement.NPNRU,
        programme="NPNRU Les Terrasses",
        heures_qpv_visees=900,
        cpv="45453100",
        regle={"criteres": CRITERES_LARGES, "texte": ARTICLE_TRAVAUX, "penalite_euros_par_heure": Decimal(60)},
    ),
    LigneOperation(
        "mediatheque",
        "Médiathèque de Hautvallon",
        "metropole",
        "Construction d’une médiathèque",
        "T0160",
        (-11, 12),
        (-11, 26),
        (-8, 6),
        (10, 31),
        4_200_000,
        (LigneLot("1", "Gros œuvre", 1_500_000, (LigneTitulaire("bati", 1400),)),),
        commune="Hautvallon",
        structure="haut_vallon",
        cpv="45212330",
        regle={"criteres": CRITERES_STRICTS, "texte": ARTICLE_TRAVAUX},
    ),
)
