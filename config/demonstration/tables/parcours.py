"""Les parcours de la démonstration : d'abord les trois personnes de la fiche A3, puis d'autres dans toutes les phases."""

from datetime import date
from typing import NamedTuple

from config.demonstration.calendrier import Repere
from parcours.models import Dispositif, IssueEtape, Phase, TypeEtape


class LignePhase(NamedTuple):
    """Un passage ; `motif` : pourquoi elle est sautée (elle n'a alors qu'un jour), ou rouverte."""

    phase: Phase
    debut: Repere
    fin: Repere | None = None
    motif: str = ""
    est_sautee: bool = False


class LigneEtape(NamedTuple):
    """Une étape sans contrat. Celles des contrats de clause se prennent dans les placements."""

    type_etape: TypeEtape
    debut: Repere
    fin: Repere | None = None
    intitule: str = ""
    structure: str = ""
    issue: str = ""
    motif: str = ""


class LigneSortie(NamedTuple):
    """`reponses` : pour un jalon en mois, la réponse de suivi et le nombre de jours après la date prévue."""

    nature: str
    jour: Repere
    employeur: str = ""
    debut: Repere | None = None
    fin: Repere | None = None
    est_atteste: bool = True
    missions: tuple[tuple[str, Repere, Repere], ...] = ()
    reponses: dict[int, tuple[str, int]] = {}


class LigneParcours(NamedTuple):
    personne: str
    dispositif: Dispositif
    entree: Repere
    phases: tuple[LignePhase, ...]
    etapes: tuple[LigneEtape, ...] = ()
    sortie: LigneSortie | None = None


_DIAG, _ACC, _SORTIE = Phase.DIAGNOSTIC, Phase.ACCOMPAGNEMENT, Phase.SORTIE
_DC, _PLIE, _IAE, _CEJ, _RSA = (
    Dispositif.DROIT_COMMUN,
    Dispositif.PLIE,
    Dispositif.IAE,
    Dispositif.CEJ,
    Dispositif.RSA,
)
_P, _E, _S, _L = LignePhase, LigneEtape, LigneSortie, LigneParcours
_FAIT = IssueEtape.REALISEE.value

PARCOURS = (
    # M. Quesnel : CDD puis CDI dans la même entreprise ; sortie durable, joint à six mois, toujours en poste.
    _L(
        "quesnel", _DC, (-17, 4),
        (_P(_DIAG, (-17, 4), (-17, 20)), _P(_ACC, (-17, 20), (-11, 4)), _P(_SORTIE, (-11, 4), (-11, 4))),
        (_E(TypeEtape.ACCOMPAGNEMENT, (-17, 20), (-16, 3), "Préparer l’entretien", "Maison de l’emploi", _FAIT),),
        _S("cdi", (-11, 4), "Voltéo", (-11, 4), reponses={6: ("en_emploi", 5)}),
    ),
    # Luna : un seul contrat, partagé entre trois opérations ; il court encore.
    _L(
        "luna", _DC, (-9, 6),
        (_P(_DIAG, (-9, 6), (-9, 24)), _P(_ACC, (-9, 24))),
        (_E(TypeEtape.EMPLOI, (4, 4), None, "Assistante administrative, CDI visé", "Tessier"),),
    ),
    # Assia : un premier CTTI, le parcours suspendu, une formation Excel, puis une nouvelle opération.
    _L(
        "assia", _IAE, date(2021, 5, 10),
        (_P(_DIAG, date(2021, 5, 10), date(2021, 6, 4)), _P(_ACC, date(2021, 6, 4))),
        (
            _E(TypeEtape.SUSPENSION, date(2022, 10, 29), (-10, 28), "", "", _FAIT),
            _E(TypeEtape.FORMATION, (-9, 6), (-9, 10), "Excel, 35\u00a0h", "Greta du Confluent", _FAIT),
            _E(TypeEtape.ACCOMPAGNEMENT, (2, 1), (3, 31), "Préparer un CDD hors de l’insertion", "Maison de l’emploi"),
        ),
    ),
    # En diagnostic.
    _L("lucas", _CEJ, -20, (_P(_DIAG, -20),)),
    _L("fatima", _RSA, -12, (_P(_DIAG, -12),)),
    _L("yasmine", _DC, -34, (_P(_DIAG, -34),), (_E(TypeEtape.IMMERSION, 20, 31, "Secrétariat", "Mairie de Villerive"),)),
    _L("djamila", _PLIE, -9, (_P(_DIAG, -9),)),
    # En accompagnement.
    _L("moussa", _DC, (-6, 4), (_P(_DIAG, (-6, 4), (-6, 18)), _P(_ACC, (-6, 18)))),
    _L(
        "fatou", _IAE, (-9, 4), (_P(_DIAG, (-9, 4), (-9, 20)), _P(_ACC, (-9, 20))),
        (_E(TypeEtape.REMOBILISATION, (-9, 20), (-8, 6), "Atelier «\u00a0reprendre confiance\u00a0»", "Centre social", _FAIT),),
    ),
    _L(
        "nadia", _DC, (-8, 2), (_P(_DIAG, (-8, 2), (-8, 16)), _P(_ACC, (-8, 16))),
        (
            _E(
                TypeEtape.IMMERSION, (-8, 9), (-8, 20), "Pose d’isolants", "Isolest", IssueEtape.INTERROMPUE.value,
                "L’entreprise l’embauche avant la fin",
            ),
        ),
    ),
    _L(
        "goran", _IAE, (-10, 6),
        (
            _P(_DIAG, (-10, 6), (-10, 6), "Bilan déjà fait par France Travail, relu ensemble", est_sautee=True),
            _P(_ACC, (-10, 6)),
        ),
    ),
    _L("sylvie", _PLIE, (-15, 2), (_P(_DIAG, (-15, 2), (-15, 4)), _P(_ACC, (-15, 4)))),
    _L(
        "tarek", _IAE, (-4, 4), (_P(_DIAG, (-4, 4), (-4, 20)), _P(_ACC, (-4, 20))),
        (_E(TypeEtape.SUSPENSION, -40, 50, "Attente de la reprise du chantier"),),
    ),
    _L(
        "bilal", _CEJ, (-6, 2), (_P(_DIAG, (-6, 2), (-6, 12)), _P(_ACC, (-6, 12))),
        (
            _E(TypeEtape.CEJ, (-6, 12), (-4, 2), "", "Mission locale", _FAIT),
            _E(
                TypeEtape.FORMATION, (-5, 2), (-5, 20), "Habilitation électrique", "", IssueEtape.SAUTEE.value,
                "Session complète",
            ),
        ),
    ),
    _L(
        "daniel", _DC, (-3, 4),
        (
            _P(_DIAG, (-3, 4), (-3, 20)),
            _P(_ACC, (-3, 20), (-2, 10)),
            _P(_ACC, -25, None, "L’emploi trouvé n’a pas duré"),
        ),
        (_E(TypeEtape.IMMERSION, -30, -19, "Maçonnerie", "Bâti-Rhône"),),
    ),
    # En sortie : la phase est ouverte, la suite se prépare.
    _L(
        "mariam", _IAE, (-17, 6),
        (_P(_DIAG, (-17, 6), (-17, 20)), _P(_ACC, (-17, 20), -30), _P(_SORTIE, -30)),
        (_E(TypeEtape.FORMATION, 90, 240, "Titre d’agent de propreté", "Greta du Confluent"),),
    ),
    # Sorties : durable ou non, positive, à confirmer, autre ; des suivis faits, à faire, et des « non joint ».
    _L(
        "wassim", _DC, (-13, 4),
        (_P(_DIAG, (-13, 4), (-13, 20)), _P(_ACC, (-13, 20), (-7, 12)), _P(_SORTIE, (-7, 12), (-7, 12))),
        (),
        _S("cdd", (-7, 12), "Peintures du Port", (-7, 12), (-4, 11)),
    ),
    _L(
        "dragan", _PLIE, -760,
        (_P(_DIAG, -760, -745), _P(_ACC, -745, -20), _P(_SORTIE, -20, -20)),
        (),
        _S("cdi", -20, "Bâti-Rhône", -20),
    ),
    _L(
        "jordan", _DC, (-10, 4),
        (_P(_DIAG, (-10, 4), (-10, 20)), _P(_ACC, (-10, 20), (-2, 20)), _P(_SORTIE, (-2, 20), (-2, 20))),
        (),
        _S("abandon", (-2, 20)),
    ),
    _L(
        "victor", _DC, (-26, 4),
        (_P(_DIAG, (-26, 4), (-26, 20)), _P(_ACC, (-26, 20), (-20, 8)), _P(_SORTIE, (-20, 8), (-20, 8))),
        (),
        _S("retraite", (-20, 8), reponses={6: ("autre", 4), 18: ("non_joint", 21)}),
    ),
    _L(
        "celine", _DC, (-14, 4),
        (_P(_DIAG, (-14, 4), (-14, 20)), _P(_ACC, (-14, 20), (-8, 8)), _P(_SORTIE, (-8, 8), (-8, 8))),
        (),
        _S("formation_qualifiante", (-8, 8), "CFPPA des Monts", (-8, 8), (2, 20), reponses={6: ("en_formation", 2)}),
    ),
    _L(
        "olivier", _RSA, (-15, 4),
        (_P(_DIAG, (-15, 4), (-15, 20)), _P(_ACC, (-15, 20), (-9, 3)), _P(_SORTIE, (-9, 3), (-9, 3))),
        (),
        _S(
            "interim", (-9, 3), missions=(
                ("Volteo", (-10, 2), (-10, 27)), ("Volteo", (-9, 1), (-9, 26)), ("Peintures du Port", (-7, 6), (-7, 24)),
            ),
            reponses={6: ("non_joint", 14)},
        ),
    ),
    _L(
        "nathalie", _DC, (-24, 4),
        (_P(_DIAG, (-24, 4), (-24, 20)), _P(_ACC, (-24, 20), (-19, 5)), _P(_SORTIE, (-19, 5), (-19, 5))),
        (),
        _S("cdi", (-19, 5), "Propreté du Val", (-19, 5), reponses={6: ("en_emploi", 3), 18: ("non_joint", 10)}),
    ),
    # Elle revient : un premier parcours clos, un second ouvert.
    _L(
        "teresa", _RSA, (-22, 4),
        (_P(_DIAG, (-22, 4), (-22, 20)), _P(_ACC, (-22, 20), (-16, 15)), _P(_SORTIE, (-16, 15), (-16, 15))),
        (),
        _S("demenagement", (-16, 15), reponses={6: ("non_joint", 30)}),
    ),
    _L("teresa", _RSA, -15, (_P(_DIAG, -15),)),
    # La seconde structure.
    _L("pascal", _DC, (-8, 4), (_P(_DIAG, (-8, 4), (-8, 20)), _P(_ACC, (-8, 20)))),
)  # fmt: skip
