"""Les contrats de la démonstration, les engagements qu’ils servent, et les décisions prises sans embauche encore."""

from datetime import date
from typing import NamedTuple

from clauses.models import EtatReleve, TypeContrat
from config.demonstration.calendrier import Repere


class LignePlacement(NamedTuple):
    """`parts` : pour chaque engagement (opération/lot/entreprise), la part du temps, en pour cent.

    `formation_heures` : heures de formation par mois, en plus du travail.
    """

    personne: str
    type_contrat: TypeContrat
    employeur: str
    debut: Repere
    fin: Repere | None
    heures_hebdo: int
    parts: dict[str, int]
    utilisatrice: str = ""
    rupture: Repere | None = None
    formation_heures: int = 0


class LigneDecision(NamedTuple):
    """Une décision demandée sans embauche : la règle du marché dit la réponse."""

    personne: str
    operation: str
    date_decision: Repere
    remarque: str = ""


_P, _D = LignePlacement, LigneDecision
_CDD, _CDI, _CDI_CHANTIER = TypeContrat.CDD, TypeContrat.CDI, TypeContrat.CDI_CHANTIER
_CDDI, _CTTI = TypeContrat.CDDI, TypeContrat.CTTI
_APPRENTI, _PRO = TypeContrat.APPRENTISSAGE, TypeContrat.PROFESSIONNALISATION

PLACEMENTS = (
    # M. Quesnel : CDD puis CDI dans la même entreprise ; toujours en poste, le lot est fini.
    _P("quesnel", _CDD, "volteo", (-16, 4), (-11, 3), 35, {"pole_sportif/1/volteo": 100}),
    _P("quesnel", _CDI, "volteo", (-11, 4), None, 35, {"pole_sportif/1/volteo": 100}),
    # Luna : un CDD de plus de six mois, partagé entre trois opérations de trois maîtres d’ouvrage, dont deux privés.
    _P(
        "luna", _CDD, "tessier", (-8, 4), (4, 3), 35,
        {"dargoire/3/tessier": 30, "nouvel_angle/7/tessier": 35, "siege/9/tessier": 35},
    ),
    # Assia : un premier CTTI de juin 2021 à octobre 2022, puis une autre opération avec la même entreprise.
    _P("assia", _CTTI, "elan", date(2021, 6, 7), date(2022, 10, 28), 35, {"buissonnets/1/bati": 100}, "bati"),
    _P("assia", _CTTI, "elan", (-8, 2), (1, 29), 35, {"peupliers/1/bati": 100}, "bati", None, 7),
    # Les Buissonnets.
    _P("joel", _CDDI, "regie", date(2022, 5, 2), date(2022, 10, 31), 26, {"buissonnets/2/regie": 100}),
    # Les Peupliers.
    _P("moussa", _CDD, "bati", (-4, 24), (5, 23), 35, {"peupliers/1/bati": 100}),
    _P("yann", _APPRENTI, "geiq", (-2, 1), (21, 31), 35, {"peupliers/1/bati": 50, "nouvel_angle/2/bati": 20}, "bati", None, 35),
    _P("thi_lan", _CTTI, "elan", (-2, 26), (2, 15), 35, {"peupliers/1/isolest": 100}, "isolest"),
    _P("ilyes", _CDI, "tessier", (-6, 20), None, 35, {"peupliers/2/tessier": 90}),
    _P("kevin", _CTTI, "elan", (-2, 21), (1, 20), 28, {"peupliers/2/tessier": 100}, "tessier"),
    _P("nadia", _PRO, "geiq", (-7, 6), (5, 5), 26, {"peupliers/2/isolest": 60}, "isolest", None, 28),
    _P("sofia", _CDD, "tessier", (-8, 9), (3, 8), 14, {"peupliers/3/tessier": 100}),
    _P("adama", _CDD, "volteo", (-3, 18), (3, 17), 35, {"peupliers/4/volteo": 90}),
    _P("fatou", _CDDI, "regie", (-8, 9), (3, 8), 26, {"peupliers/5/regie": 40, "nettoyage/1/regie": 60}),
    # Groupe scolaire.
    _P("tarek", _CTTI, "elan", (-3, 6), (2, 5), 35, {"jean_mace/1/bati": 100}, "bati"),
    _P("vanessa", _CDD, "isolest", (-2, 2), (4, 1), 35, {"jean_mace/3/isolest": 90}),
    # Espaces verts.
    _P("laurent", _CDDI, "verdance", -349, 14, 26, {"espaces_verts/1/verdance": 100}, "", None, 7),
    _P("amina", _CDDI, "verdance", -320, 44, 26, {"espaces_verts/1/verdance": 100}, "", None, 14),
    _P("joel", _CDDI, "regie", -300, 64, 26, {"espaces_verts/2/regie": 60}),
    _P("patrice", _CDDI, "regie", (-6, 18), (6, 17), 26, {"espaces_verts/2/regie": 100}),
    # Tramway : les plus anciens arrivent au bout de leurs 24 mois.
    _P("karim", _CDI_CHANTIER, "bati", -727, None, 35, {"tramway/1/bati": 100}),
    _P("mehdi", _CDI_CHANTIER, "bati", -690, None, 35, {"tramway/1/bati": 100}),
    _P("sekou", _CDD, "bati", -652, 78, 35, {"tramway/1/bati": 100}),
    _P("dragan", _CDD, "bati", -752, -23, 35, {"tramway/1/bati": 100}),
    _P("omar", _CDI, "bati", -736, None, 24, {"tramway/1/bati": 100}),
    _P("stephanie", _CDDI, "verdance", -560, 60, 26, {"tramway/1/verdance": 100}),
    _P("hugo", _CDI, "volteo", (-20, 6), None, 35, {"tramway/2/volteo": 100}),
    _P("bilal", _CTTI, "elan", (-4, 3), (2, 2), 35, {"tramway/2/volteo": 100}, "volteo"),
    # Nettoyage des bâtiments communaux : 18 mois depuis l’embauche.
    _P("mariam", _CDDI, "regie", (-16, 3), (2, 2), 26, {"nettoyage/1/regie": 100}),
    _P("sylvie", _CDD, "regie", (-15, 5), (3, 4), 26, {"nettoyage/1/regie": 100}),
    _P("rosa", _CDDI, "verdance", (-16, 8), (2, 7), 26, {"nettoyage/2/verdance": 100}),
    _P("helene", _CDDI, "verdance", (-6, 1), (5, 30), 26, {"nettoyage/2/verdance": 100}),
    # Maîtres d’ouvrage privés.
    _P("wassim", _CDD, "tessier", (-12, 10), (-7, 9), 35, {"nouvel_angle/7/tessier": 100}),
    _P("ali", _CDI_CHANTIER, "bati", (-12, 21), None, 35, {"nouvel_angle/2/bati": 100}),
    _P("jordan", _CDD, "bati", (-9, 12), (3, 11), 35, {"nouvel_angle/2/bati": 100}, "", (-2, 18)),
    _P("rachid", _CDD, "volteo", (-5, 20), (6, 19), 35, {"siege/12/volteo": 90}),
    # La Dargoire.
    _P("sarah", _CDD, "tessier", (-4, 25), (2, 24), 35, {"dargoire/3/tessier": 100}),
    _P("goran", _CTTI, "elan", (-9, 3), (3, 2), 35, {"dargoire/1/bati": 100}, "bati"),
    _P("thomas", _CTTI, "elan", (-2, 1), (1, 31), 35, {"dargoire/1/bati": 100}, "bati"),
    # Parties communes.
    _P("kadiatou", _CDDI, "regie", (-15, 6), (6, 5), 26, {"parties_communes/1/regie": 100}),
    _P("jean_luc", _CDDI, "regie", (-15, 20), (6, 19), 26, {"parties_communes/1/regie": 100}),
    _P("ewa", _CDDI, "verdance", (-14, 4), (7, 3), 26, {"parties_communes/2/verdance": 100}),
    _P("cedric", _CDDI, "verdance", (-5, 6), (6, 5), 26, {"parties_communes/2/verdance": 100}),
    # La seconde structure.
    _P("pascal", _CDD, "bati", (-7, 3), (4, 2), 35, {"mediatheque/1/bati": 60}),
    # Awa sert aussi une opération que l’autre structure partage.
    _P("awa", _CDD, "bati", (-3, 1), (2, 28), 35, {"mediatheque/1/bati": 60, "nouvel_angle/2/bati": 30}),
)  # fmt: skip

DECISIONS = (
    # Éligibles, en attente d’embauche.
    _D("yasmine", "peupliers", -24),
    _D("daniel", "jean_mace", -12),
    _D("mamadou", "peupliers_2", -5),
    _D("corinne", "siege", -31),
    # La règle du marché ne retient pas leur situation.
    _D("lina", "jean_mace", -18, "Le QPV n’est pas dans la liste de ce marché. Proposer plutôt Les Peupliers."),
    _D("emma", "jean_mace", -40),
    # Il manque une pièce.
    _D("fatima", "nettoyage", -9),
    _D("aurelie", "parties_communes", -14),
    _D("olivier", "tramway", -20),
    _D("celine", "espaces_verts", -6),
    _D("abdou", "tramway", -3),
    _D("remi", "mediatheque", -16),
    _D("louise", "mediatheque", -8),
)

# Validées après l'embauche, de tant de jours : les heures d'avant la décision ne comptent pas.
VALIDATIONS_TARDIVES = {("vanessa", "jean_mace"): 6}


class Cas(NamedTuple):
    """`bulletin` : les heures lues au bulletin de paie du mois."""

    heures: str
    etat: EtatReleve
    motif: str = ""
    bulletin: str = ""


# Relevés racontés un à un : (personne, engagement, mois).
CAS_PARTICULIERS = {
    ("sofia", "peupliers/3/tessier", -3): Cas(
        "14",
        EtatReleve.REFUSE,
        "Heures faites au groupe scolaire Jean-Macé. Sans convention de globalisation, l’article 9.3 du CCAP ne compte que "
        "les heures faites sur l’opération.",
    ),
    ("rosa", "nettoyage/2/verdance", -1): Cas(
        "188",
        EtatReleve.REFUSE,
        "188\u00a0h pour un contrat de 26\u00a0h par semaine\u00a0: le total est celui de deux mois. Déclarez chaque mois à part.",
    ),
    ("joel", "espaces_verts/2/regie", -1): Cas(
        "58", EtatReleve.RECTIFIE, "Les heures du 3 avaient été comptées deux fois."
    ),
    # Ce que les contrôles signalent : plus que le bulletin, trois mois identiques, quatre mois ronds, un PASS suspendu.
    ("karim", "tramway/1/bati", -1): Cas("149", EtatReleve.DECLARE, bulletin="142"),
    ("mehdi", "tramway/1/bati", -3): Cas("139.5", EtatReleve.VALIDE),
    ("mehdi", "tramway/1/bati", -2): Cas("139.5", EtatReleve.VALIDE),
    ("mehdi", "tramway/1/bati", -1): Cas("139.5", EtatReleve.DECLARE),
    ("sekou", "tramway/1/bati", -4): Cas("130", EtatReleve.VALIDE),
    ("sekou", "tramway/1/bati", -3): Cas("140", EtatReleve.VALIDE),
    ("sekou", "tramway/1/bati", -2): Cas("120", EtatReleve.VALIDE),
    ("sekou", "tramway/1/bati", -1): Cas("130", EtatReleve.DECLARE),
    ("tarek", "jean_mace/1/bati", -1): Cas("112", EtatReleve.DECLARE),
    # Luna : des heures de Nouvel Angle, que la convention fait compter à La Dargoire.
    ("luna", "nouvel_angle/7/tessier", -4): Cas("46", EtatReleve.VALIDE),
    ("luna", "nouvel_angle/7/tessier", -3): Cas("44.5", EtatReleve.VALIDE),
    ("luna", "nouvel_angle/7/tessier", -2): Cas("48", EtatReleve.VALIDE),
    # Sarah : un mois publié dans un bilan, que son bulletin de paie fera rectifier.
    ("sarah", "dargoire/3/tessier", -3): Cas("142", EtatReleve.VALIDE),
}

# Des déclarations qui n’arrivent pas : la case du dernier mois reste à déclarer.
NON_DECLARES = frozenset({"tessier"})
MOTIFS_REFUS = (
    "Le relevé n’est pas signé par la personne. Renvoyez-le signé.",
    "Ces heures ont été faites sur un autre chantier\u00a0: elles ne comptent pas pour cette opération.",
    "Le nombre d’heures dépasse le bulletin de paie du mois. Corrigez-le d’après le bulletin.",
    "Les jours d’absence ont été comptés comme travaillés.",
)


class LigneImputation(NamedTuple):
    """Des heures d'un relevé (personne, engagement, mois) qui comptent pour l'engagement `vers`."""

    mois: int
    depuis: str
    vers: str
    heures: str


class LigneConvention(NamedTuple):
    personne: str
    entreprise: str
    signee: Repere
    debut: Repere
    fin: Repere
    imputations: tuple[LigneImputation, ...]


_NOUVEL_ANGLE, _DARGOIRE = "nouvel_angle/7/tessier", "dargoire/3/tessier"

# Luna est embauchée quatre mois plus tôt : ce qu'elle a fait avant la convention reste où elle l'a fait.
CONVENTION = LigneConvention(
    "luna", "tessier", (-5, 22), (-4, 1), (4, 3),
    tuple(
        LigneImputation(mois, _NOUVEL_ANGLE, _DARGOIRE, heures)
        for mois, heures in ((-4, "40"), (-3, "44.5"), (-2, "30"))
    ),
)  # fmt: skip


class LigneRenouvellement(NamedTuple):
    personne: str
    operation: str
    organisme: str
    avis_date: Repere
    date_decision: Repere
    avis_texte: str


RENOUVELLEMENTS = (
    LigneRenouvellement(
        "mehdi", "tramway", "PLIE", -26, -19,
        "Il passe le CACES en avril et l’entreprise lui propose ensuite un poste de conducteur d’engins\u00a0: un an de plus "
        "l’y mène.",
    ),
)  # fmt: skip
# Le mois que le bulletin de paie fait rectifier, une fois le bilan publié.
RECTIFICATION = ("sarah", _DARGOIRE, -3, "136", "Le bulletin de paie du mois porte 136\u00a0h.")
