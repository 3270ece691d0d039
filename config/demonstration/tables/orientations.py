"""Les orientations et les agréments de la démonstration."""

from datetime import date
from typing import NamedTuple

from beneficiaires.models import EtatOrientation, MotifRefusOrientation, PassIae, Sexe
from config.demonstration.calendrier import Repere
from parcours.models import TypeAgrement

F, H = Sexe.FEMME, Sexe.HOMME
_ENVOYEE, _REFUSEE, _BROUILLON = EtatOrientation.ENVOYEE, EtatOrientation.REFUSEE, EtatOrientation.BROUILLON


class LigneOrientation(NamedTuple):
    """`envoyee` et `repondue` : nombres de jours depuis la référence."""

    prescripteur: str
    prenom: str
    nom: str
    sexe: Sexe
    age: int
    etat: EtatOrientation
    envoyee: int | None
    criteres: tuple[str, ...]
    freins: tuple[str, ...]
    metier: str
    projet: str = ""
    repondue: int | None = None
    motif: str = ""
    message: str = ""
    pass_iae: PassIae = PassIae.INCONNU
    structure: str = "confluent"


_L = LigneOrientation
_FT, _ML, _SJ = "france_travail", "mission_locale", "service_jeunesse"

ORIENTATIONS = (
    # Sans réponse ; les deux premières attendent depuis plus de quinze jours.
    _L(
        _ML, "Nolan", "Berger", H, 20, _ENVOYEE, -19, ("JEUNE", "CEJ"), ("mobilite",), "F1703",
        "Entrer en apprentissage de maçon à la rentrée.",
    ),
    _L(
        _FT, "Ghislaine", "Prévost", F, 55, _ENVOYEE, -17, ("SENIOR", "DETLD"), ("numerique", "sante"), "K2204",
        "Reprendre un temps partiel, le matin.",
    ),
    _L(_FT, "Youssef", "El Amrani", H, 37, _ENVOYEE, -11, ("RSA", "QPV"), ("savoirs_de_base",), "F1702"),
    _L(
        _SJ, "Inaya", "Kouassi", F, 22, _ENVOYEE, -9, ("JEUNE", "QPV"), ("contraintes_familiales",), "M1602",
        "Un premier contrat à l’accueil ou au secrétariat d’un chantier.",
    ),
    _L(_ML, "Tom", "Hervieu", H, 18, _ENVOYEE, -6, ("JEUNE",), (), "F1602", "", None, "", "", PassIae.NON),
    _L(_FT, "Slimane", "Bekkouche", H, 44, _ENVOYEE, -5, ("ASS",), ("logement",), "F1302", "", None, "", "", PassIae.OUI),
    _L(_SJ, "Mélissa", "Sauvage", F, 26, _ENVOYEE, -2, ("PI",), ("contraintes_familiales", "mobilite"), "K2204"),
    _L(_ML, "Adrien", "Costa", H, 23, _ENVOYEE, -1, ("JEUNE", "TH"), ("sante",), "A1203"),
    # Refusées, avec leur raison.
    _L(
        _FT, "Bernard", "Tissot", H, 62, _REFUSEE, -48, ("SENIOR",), (), "F1104", "Finir sa carrière en bureau d’études.",
        -41, MotifRefusOrientation.AUCUNE_OFFRE, "Aucun bureau d’études ne recrute en ce moment. Nous gardons son profil.",
    ),
    _L(
        _ML, "Jade", "Pichon", F, 21, _REFUSEE, -62, ("JEUNE",), ("logement",), "F1606", "",
        -33, MotifRefusOrientation.INJOIGNABLE, "Trois appels et un courrier sans réponse. Vous pouvez l’orienter de nouveau.",
    ),
    _L(
        _SJ, "Driss", "Benkirane", H, 30, _REFUSEE, -90, ("QPV",), (), "K2503", "",
        -84, MotifRefusOrientation.CRITERE, "",
    ),
    _L(
        _ML, "Marion", "Vasseur-Leclerc", F, 24, _REFUSEE, -29, ("JEUNE",), ("mobilite",), "A1203", "",
        -24, MotifRefusOrientation.TERRITOIRE, "Elle habite Hautvallon\u00a0: le PLIE du Haut-Vallon peut la recevoir.",
    ),
    # Brouillons, que la structure ne voit pas.
    _L(_ML, "Sacha", "Meunier", H, 19, _BROUILLON, None, ("JEUNE",), (), "F1704"),
    _L(_FT, "Viviane", "Jourdain", F, 51, _BROUILLON, None, (), (), "K2204"),
    # La seconde structure.
    _L(_FT, "Gérard", "Poncet", H, 57, _ENVOYEE, -4, ("SENIOR", "DELD"), (), "F1703", structure="haut_vallon"),
)  # fmt: skip

# Personnes déjà suivies, venues par une orientation acceptée : (personne, envoyée, répondue).
ACCEPTEES = (
    ("yasmine", -46, -40),
    ("lucas", -38, -35),
    ("noah", -52, -44),
    ("lina", -33, -30),
    ("abdou", -21, -15),
    ("djamila", -64, -58),
    ("kevin", -88, -80),
    ("tarek", -130, -123),
    ("sarah", -160, -150),
    ("teresa", -16, -10),
)
FREINS_PAR_PERSONNE = {
    "yasmine": ("mobilite",),
    "lucas": ("mobilite", "logement"),
    "abdou": ("savoirs_de_base",),
    "djamila": ("contraintes_familiales",),
    "teresa": ("numerique",),
}


class LigneAgrement(NamedTuple):
    """`fin` : dernier jour. `officielle` : la date a été relevée sur le document, sinon Étape l’estime depuis le début.

    `prescripteur_habilite` : celui qui a demandé le PASS pendant la carence du précédent.
    """

    personne: str
    type_agrement: TypeAgrement
    fin: Repere
    officielle: bool = False
    prescripteur_habilite: str = ""


_A = LigneAgrement
_PASS, _PLIE = TypeAgrement.PASS_IAE, TypeAgrement.PLIE

AGREMENTS = (
    # Dans chaque tranche d’échéance.
    _A("assia", _PASS, 36, prescripteur_habilite="France Travail Villerive"),
    _A("laurent", _PASS, 12, True),
    _A("rosa", _PASS, 27),
    _A("stephanie", _PASS, 58, True),
    _A("mariam", _PASS, 71),
    _A("goran", _PASS, 84),
    _A("amina", _PASS, 44),
    _A("karim", _PLIE, 19),
    _A("sylvie", _PLIE, 48),
    _A("fatima", _PLIE, 66),
    _A("djamila", _PLIE, 88),
    # Dépassés depuis peu.
    _A("dragan", _PLIE, -9),
    _A("ewa", _PASS, -3),
    # Plus tard.
    _A("assia", _PLIE, (5, 31)),
    _A("kevin", _PASS, 640),
    _A("thi_lan", _PASS, 655),
    _A("fatou", _PASS, 470),
    _A("tarek", _PASS, 600),
    _A("patrice", _PASS, 520),
    _A("bilal", _PASS, 590),
    _A("helene", _PASS, 510),
    _A("thomas", _PASS, 660),
    _A("kadiatou", _PASS, 250),
    _A("jean_luc", _PASS, 262),
    _A("cedric", _PASS, 545),
    _A("joel", _PASS, 410),
    _A("aurelie", _PLIE, 320),
    _A("remi", _PLIE, 75),
    # Le premier parcours d’Assia, fini depuis longtemps.
    _A("assia", _PASS, date(2023, 6, 6)),
)
