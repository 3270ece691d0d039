"""Les marchés à venir de la démonstration : brouillon, avis attendus, avis rendu, marché publié. Jours depuis la référence."""

from typing import NamedTuple

from clauses.models import Ccag


class LigneMessage(NamedTuple):
    """`du_facilitateur` : sinon, de l'acheteur."""

    jour: int
    texte: str
    du_facilitateur: bool = False


class LigneAvis(NamedTuple):
    jour: int
    dispositif: str
    heures: int | None
    texte: str
    clauses: tuple[str, ...] = ()


class LigneProjet(NamedTuple):
    """`calibrage` : ce qui a été tapé dans le calibrage, montant et durée compris. `demande` : None, c'est un brouillon."""

    cle: str
    compte: str
    organisation: str
    objet: str
    ccag: Ccag
    calibrage: dict[str, str]
    question: str
    cree: int
    demande: int | None = None
    publication: int | None = None
    publie: int | None = None
    cpv: str = ""
    lots: str = ""
    messages: tuple[LigneMessage, ...] = ()
    avis: LigneAvis | None = None
    attente: tuple[str, int] | None = None


PROJETS = (
    LigneProjet(
        "espaces_verts",
        "pierre",
        "habitat",
        "Entretien des espaces verts des résidences du plateau",
        Ccag.FCS,
        {
            "montant_ht_euros": "420000",
            "duree_mois": "48",
            "nature": "services",
            "metier": "espaces_verts",
            "lots": "3",
            "siae": "12",
        },
        "Faut-il réserver un lot, ou écrire des heures dans les trois ?",
        cree=-21,
        demande=-18,
        publication=45,
        cpv="77310000",
        lots="Lot 1, plateau nord\nLot 2, plateau sud\nLot 3, tonte des talus",
        attente=("facilitateur", -18),
    ),
    LigneProjet(
        "glycines",
        "pierre",
        "habitat",
        "Réhabilitation de 120 logements, résidence Les Glycines",
        Ccag.TRAVAUX,
        {
            "montant_ht_euros": "6200000",
            "duree_mois": "20",
            "nature": "travaux",
            "metier": "batiment",
            "lots": "8",
            "npnru": "travaux",
        },
        "La clause est obligatoire à ce montant : combien d’heures, et sur quels lots ?",
        cree=-34,
        demande=-30,
        publication=60,
        cpv="45453100",
        lots="Gros œuvre\nFaçades\nMenuiseries\nPlomberie, chauffage\nÉlectricité\nPeinture, sols",
        messages=(
            LigneMessage(-27, "Le lot façades sera-t-il séparé de l’isolation ?", du_facilitateur=True),
            LigneMessage(-26, "Non, un seul lot pour les deux."),
        ),
        avis=LigneAvis(
            -23,
            "execution_critere",
            5425,
            "Une clause d’exécution sur les lots gros œuvre, façades, plomberie et peinture, au prorata de leur montant, et un "
            "critère noté sur 5 points pour l’accompagnement proposé. Le minimum de la charte pour les habitants des quartiers "
            "est à écrire à part.",
            ("objet-ccag", "publics-qpv", "heures-lots", "facilitateur", "suivi", "rc-critere"),
        ),
    ),
    LigneProjet(
        "parties_communes",
        "pierre",
        "habitat",
        "Nettoyage des parties communes",
        Ccag.FCS,
        {
            "montant_ht_euros": "310000",
            "duree_mois": "36",
            "nature": "services",
            "metier": "proprete",
            "heures_totales": "12000",
            "heures_reprises": "9000",
        },
        "Le personnel en place est repris : que reste-t-il pour l’insertion ?",
        cree=-2,
    ),
    LigneProjet(
        "gymnase",
        "agnes",
        "villerive",
        "Démolition de l’ancien gymnase",
        Ccag.TRAVAUX,
        {"montant_ht_euros": "180000", "duree_mois": "4", "nature": "travaux", "metier": "demolition"},
        "Une clause a-t-elle un sens sur quatre mois ?",
        cree=-7,
        demande=-5,
        publication=30,
        messages=(LigneMessage(-3, "Le tri des matériaux est-il dans le marché ?", du_facilitateur=True),),
        attente=("acheteur", -3),
    ),
    LigneProjet(
        "collecte",
        "yves",
        "metropole",
        "Collecte et tri des encombrants",
        Ccag.FCS,
        {
            "montant_ht_euros": "640000",
            "duree_mois": "36",
            "nature": "services",
            "metier": "dechets",
            "siae": "34",
            "dependance": "12",
        },
        "Les structures d’insertion du territoire peuvent-elles tout prendre ?",
        cree=-80,
        demande=-76,
        publication=-20,
        publie=-20,
        cpv="90511000",
        avis=LigneAvis(
            -70,
            "reserve_siae",
            None,
            "Trente-quatre structures peuvent répondre et le marché pèse peu pour chacune : réservez-le tout entier aux SIAE.",
            ("rc-reserve-siae",),
        ),
    ),
)
