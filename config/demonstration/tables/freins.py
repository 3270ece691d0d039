"""Les freins, les actions et les diagnostics de la démonstration. Un nombre de jours se compte depuis l'entrée dans le parcours."""

from typing import NamedTuple

from parcours.models import EtatFrein, ReponseService, ResultatAction

_R, _C, _L, _S = EtatFrein.REPERE, EtatFrein.EN_COURS, EtatFrein.LEVE, EtatFrein.SANS_OBJET
_FAITE, _VAINE = ResultatAction.ABOUTIE, ResultatAction.SANS_EFFET


class LigneAction(NamedTuple):
    """`mobilisee` : par le prescripteur de la personne. `envoyee`, `repondue` : l'orientation vers le service."""

    intitule: str
    structure: str
    debut: int
    fin: int | None = None
    resultat: ResultatAction = ResultatAction.EN_COURS
    mobilisee: bool = False
    reponse: ReponseService = ReponseService.NON_ENVOYEE
    envoyee: int | None = None
    repondue: int | None = None
    motif: str = ""


class LigneFrein(NamedTuple):
    """`repere` et `depuis` : repéré ce jour-là, dans son état d'aujourd'hui depuis celui-ci."""

    personne: str
    rubrique: str
    etat: EtatFrein
    repere: int
    depuis: int
    situations: tuple[int, ...] = ()
    objectifs: tuple[int, ...] = ()
    precision: str = ""
    actions: tuple[LigneAction, ...] = ()


_F, _A = LigneFrein, LigneAction
_REP = ReponseService

FREINS = (
    # M. Quesnel : un frein, levé avant l'embauche.
    _F(
        "quesnel",
        "numerique",
        _L,
        2,
        30,
        (),
        (),
        "Logiciel de dessin à mettre à jour",
        (_A("Prise en main du nouveau logiciel", "Maison de l’emploi", 8, 30, _FAITE),),
    ),
    _F("quesnel", "sante", _S, 2, 2),
    # Luna : le permis se prépare, la garde est trouvée.
    _F(
        "luna",
        "mobilite",
        _C,
        4,
        40,
        (7,),
        (28,),
        "Dernier bus à 20\u00a0h",
        (
            _A("Code de la route", "Auto-école solidaire du Confluent", 40, 120, _FAITE, True, _REP.ACCEPTEE, 30, 38),
            _A("Conduite, 30\u00a0h", "Auto-école solidaire du Confluent", 240),
        ),
    ),
    _F(
        "luna",
        "numerique",
        _L,
        4,
        95,
        (),
        (),
        "Messagerie et tableur",
        (_A("Atelier tableur, dix séances", "Médiathèque de Montreval", 25, 95, _FAITE),),
    ),
    # Assia : mère de famille, garde trouvée, formation Excel faite, logement à l'étude.
    _F(
        "assia",
        "contraintes_familiales",
        _L,
        0,
        20,
        (10,),
        (2,),
        "",
        (_A("Garde après l’école", "Centre social des Terrasses", 5, 20, _FAITE, True, _REP.ACCEPTEE, 4, 8),),
    ),
    _F(
        "assia",
        "numerique",
        _L,
        0,
        1614,
        (),
        (),
        "Excel demandé par l’employeur",
        (_A("Formation Excel, 35\u00a0h", "Greta du Confluent", 1610, 1614, _FAITE),),
    ),
    _F(
        "assia",
        "logement",
        _C,
        1700,
        1960,
        (27,),
        (21,),
        "",
        (
            _A(
                "Demande de mutation",
                "Habitat Confluence",
                1960,
                None,
                ResultatAction.EN_COURS,
                True,
                _REP.ENVOYEE,
                1962,
            ),
        ),
    ),
    _F("assia", "precarite_financiere", _L, 0, 60, (34,), (15,)),
    # Ceux du diagnostic : repérés, rien encore.
    _F("lucas", "mobilite", _R, 3, 3, (6,), (28,)),
    _F("lucas", "numerique", _R, 3, 3),
    _F("fatima", "savoirs_de_base", _R, 2, 2, (20, 21), (23,)),
    _F("fatima", "contraintes_familiales", _R, 2, 2, (13,), (2,)),
    _F("yasmine", "numerique", _S, 6, 6),
    _F("yasmine", "mobilite", _R, 6, 6, (7,), (29,)),
    # Ceux de l'accompagnement.
    _F(
        "moussa",
        "mobilite",
        _L,
        3,
        75,
        (8,),
        (28,),
        "",
        (_A("Stage de récupération de points", "Prévention routière", 40, 42, _FAITE),),
    ),
    _F("moussa", "logement", _R, 10, 10, (26,), (18,)),
    _F(
        "fatou",
        "savoirs_de_base",
        _C,
        5,
        30,
        (20, 21),
        (23,),
        "",
        (
            _A(
                "Ateliers de français, deux matinées",
                "Centre social des Terrasses",
                30,
                None,
                ResultatAction.EN_COURS,
                True,
                _REP.ACCEPTEE,
                12,
                25,
            ),
        ),
    ),
    _F(
        "fatou",
        "sante",
        _C,
        5,
        60,
        (19,),
        (31,),
        "",
        (
            _A(
                "Bénéficier d’un accompagnement pour accéder aux droits et aux soins",
                "",
                60,
                None,
                ResultatAction.EN_COURS,
                True,
                _REP.ACCEPTEE,
                60,
                70,
            ),
        ),
    ),
    _F(
        "fatou",
        "mobilite",
        _L,
        5,
        110,
        (6,),
        (29,),
        "",
        (_A("Carte de transport solidaire", "Ville de Villerive", 80, 110, _FAITE),),
    ),
    _F("nadia", "mobilite", _L, 4, 34, (7,), (26,), "", (_A("Prêt d’un scooter", "Garage solidaire", 20, 34, _FAITE),)),
    _F(
        "goran",
        "administratif_juridique",
        _C,
        3,
        50,
        (35, 38),
        (9,),
        "Titre de séjour à renouveler",
        (
            _A(
                "Rendez-vous à la préfecture",
                "Point d’accès au droit",
                50,
                None,
                ResultatAction.EN_COURS,
                False,
                _REP.REFUSEE,
                50,
                64,
                "Dossier incomplet\u00a0: deux pièces à fournir",
            ),
        ),
    ),
    _F(
        "goran",
        "mobilite",
        _L,
        3,
        200,
        (8,),
        (28,),
        "",
        (_A("Échange du permis", "Point d’accès au droit", 60, 200, _FAITE),),
    ),
    _F(
        "sylvie",
        "precarite_financiere",
        _C,
        6,
        120,
        (31, 32),
        (13, 14),
        "",
        (_A("Dossier de surendettement", "Point conseil budget", 120, 300, _VAINE),),
    ),
    _F("sylvie", "numerique", _L, 6, 80),
    _F("tarek", "logement", _R, 8, 8, (24,), (19, 20), "", ()),
    _F(
        "bilal",
        "mobilite",
        _L,
        2,
        90,
        (6,),
        (28,),
        "",
        (_A("Permis financé", "Mission locale", 20, 90, _FAITE, True, _REP.ACCEPTEE, 10, 18),),
    ),
    _F("bilal", "precarite_financiere", _R, 2, 2, (29,), (15,)),
    _F("daniel", "mobilite", _R, 5, 5, (8,), (28,)),
    _F("mariam", "contraintes_familiales", _L, 4, 150, (9,), (1,)),
    _F(
        "mariam",
        "savoirs_de_base",
        _L,
        4,
        300,
        (20,),
        (23,),
        "",
        (_A("Cours de français", "Greta du Confluent", 30, 300, _FAITE, True, _REP.ACCEPTEE, 20, 28),),
    ),
    _F("wassim", "mobilite", _L, 5, 60, (7,), (26,)),
    _F("jordan", "numerique", _L, 5, 45),
    _F("pascal", "administratif_juridique", _L, 7, 70, (36,), (10,)),
    _F("pascal", "mobilite", _R, 7, 7, (40,), (29,)),
)


class LigneDiagnostic(NamedTuple):
    """`reponses` : champ → réponse ; les métiers sont des codes ROME. Les étapes faites sont celles des champs remplis."""

    personne: str
    jour: int
    reponses: dict[str, object]
    est_fini: bool = True


_D = LigneDiagnostic

DIAGNOSTICS = (
    _D(
        "quesnel",
        2,
        {
            "logement": "locataire",
            "ressource": "are",
            "inactivite": "03",
            "niveau_formation": 5,
            "diplome": "BTS étude et réalisation",
            "metiers_exerces": ["F1104"],
            "annees_experience": 28,
            "experience": "Plans d’exécution, métrés, suivi de chantier.",
            "permis_b": "oui",
            "deplacement": "voiture",
            "rayon_km": 60,
            "temps_voulu": "plein",
            "metiers_vises": ["F1104"],
            "projet": "Retrouver un bureau d’études.",
        },
    ),
    _D(
        "luna",
        4,
        {
            "logement": "locataire",
            "ressource": "are",
            "inactivite": "03",
            "est_inscrit_france_travail": True,
            "niveau_formation": 4,
            "numerique": "avec_aide",
            "metiers_exerces": ["M1607"],
            "annees_experience": 12,
            "permis_b": "non",
            "deplacement": "transports",
            "rayon_km": 15,
            "temps_voulu": "plein",
            "accepte_horaires_decales": False,
            "metiers_vises": ["M1607"],
            "projet": "Un poste stable d’assistante.",
            "besoins_formation": "Tableur",
        },
    ),
    _D(
        "luna",
        190,
        {
            "logement": "locataire",
            "ressource": "salaire",
            "est_inscrit_france_travail": True,
            "niveau_formation": 4,
            "numerique": "sans_aide",
            "metiers_exerces": ["M1607"],
            "annees_experience": 12,
            "permis_b": "en_cours",
            "deplacement": "transports",
            "rayon_km": 25,
            "temps_voulu": "plein",
            "accepte_horaires_decales": False,
            "metiers_vises": ["M1607"],
            "projet": "Un CDI dans l’entreprise où elle travaille.",
        },
    ),
    _D(
        "assia",
        0,
        {
            "logement": "locataire",
            "ressource": "rsa",
            "inactivite": "04",
            "enfants_a_charge": 6,
            "niveau_formation": 3,
            "diplome": "Formation en secrétariat et comptabilité",
            "numerique": "avec_aide",
            "permis_b": "non",
            "deplacement": "transports",
            "temps_voulu": "partiel",
            "contraintes_horaires": "École des plus jeunes à 8\u00a0h\u00a030",
            "projet": "Travailler au contact des gens.",
        },
    ),
    _D(
        "assia",
        1700,
        {
            "logement": "locataire",
            "ressource": "salaire",
            "enfants_a_charge": 3,
            "niveau_formation": 3,
            "habilitations": "Excel, 35\u00a0h",
            "numerique": "sans_aide",
            "metiers_exerces": ["C1501"],
            "annees_experience": 4,
            "permis_b": "non",
            "deplacement": "transports",
            "temps_voulu": "plein",
            "metiers_vises": ["C1501"],
            "projet": "Un emploi de gestionnaire locative hors de l’insertion.",
        },
    ),
    _D("fatou", 5, {"logement": "locataire", "ressource": "rsa", "francais_ecrit": "pas_encore", "permis_b": "non"}),
    _D("bilal", 2, {"logement": "heberge", "inactivite": "02", "permis_b": "non", "deplacement": "aucun"}),
    _D("yasmine", 6, {"logement": "heberge", "inactivite": "01", "niveau_formation": 4, "permis_b": "en_cours"}, False),
)
