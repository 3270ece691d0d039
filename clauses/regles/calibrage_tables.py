"""Ce que le calibrage suppose : parts de main-d'œuvre, coût d'une heure, efforts, seuils européens. Chaque valeur dit d'où elle vient.

Une valeur de source publiée la nomme. Les autres sont un usage à confirmer : l'écran le dit, et chacune se change à la main.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from comptes.formats import date_longue, euros


class NatureMarche(StrEnum):
    """Ce que l'acheteur achète."""

    TRAVAUX = "travaux"
    SERVICES = "services"
    FOURNITURES = "fournitures"


class TypeAcheteur(StrEnum):
    """Qui achète : le seuil européen en dépend."""

    CENTRAL = "central"
    AUTRE = "autre"
    RESEAUX = "reseaux"
    PRIVE = "prive"


LIBELLES_NATURE: Final = {
    NatureMarche.TRAVAUX: "Travaux",
    NatureMarche.SERVICES: "Services",
    NatureMarche.FOURNITURES: "Fournitures",
}
LIBELLES_ACHETEUR: Final = {
    TypeAcheteur.AUTRE: "Collectivité, bailleur ou autre pouvoir adjudicateur",
    TypeAcheteur.CENTRAL: "État ou établissement public de l’État",
    TypeAcheteur.RESEAUX: "Opérateur de réseaux (entité adjudicatrice)",
    TypeAcheteur.PRIVE: "Maître d’ouvrage privé",
}

USAGE: Final = "usage, à confirmer"
SAISI: Final = "saisi à la main"
MEF_SUD_77: Final = "MEF du Sud 77 et LASER emploi"


@dataclass(frozen=True, slots=True)
class Metier:
    """Un métier et la part de main-d'œuvre, en pour cent du montant HT, qui s'y suppose ; None : à saisir."""

    code: str
    libelle: str
    part_main_oeuvre: Decimal | None
    source: str = USAGE


METIERS: Final = {
    metier.code: metier
    for metier in (
        Metier("batiment", "Bâtiment, tous corps d’état", Decimal(50), MEF_SUD_77),
        Metier("maconnerie", "Maçonnerie", Decimal(50), MEF_SUD_77),
        Metier("charpente_metal", "Charpente métallique", Decimal(20), MEF_SUD_77),
        Metier("peinture", "Peinture intérieure", Decimal(70), MEF_SUD_77),
        Metier("second_oeuvre", "Second œuvre\u00a0: cloisons, sols, menuiseries", Decimal(45)),
        Metier("reseaux_batiment", "Électricité, plomberie, chauffage", Decimal(40)),
        Metier("couverture", "Couverture, étanchéité, façades", Decimal(45)),
        Metier("demolition", "Démolition, désamiantage, curage", Decimal(50)),
        Metier("vrd", "Voirie et réseaux divers", Decimal(30)),
        Metier("espaces_verts", "Espaces verts", Decimal(60)),
        Metier("proprete", "Propreté, nettoyage", Decimal(85)),
        Metier("dechets", "Collecte et tri des déchets", Decimal(50)),
        Metier("securite", "Sécurité, gardiennage", Decimal(90)),
        Metier("restauration", "Restauration collective", Decimal(45)),
        Metier("maintenance", "Maintenance, exploitation", Decimal(50)),
        Metier("intellectuel", "Études, maîtrise d’œuvre, numérique", Decimal(80)),
        Metier("fournitures", "Fournitures, logistique", Decimal(10)),
        Metier("autre", "Autre métier", None),
    )
}

# L'heure « de 25 à 30 € » de la source date d'avant 2015 ; 35 à 45 € se disent aujourd'hui, sans texte publié.
COUT_HORAIRE_EUROS: Final = Decimal(40)
# Bas, conseillé, haut, en pour cent. « 5 à 10 % des heures travaillées » : Weka, dossier pratique des clauses d'insertion.
EFFORTS: Final = (Decimal(5), Decimal(7), Decimal(10))
SOURCE_EFFORTS: Final = "Weka\u00a0: 5 à 10\u00a0% des heures travaillées\u00a0; 7\u00a0% est un usage, à confirmer"
# En dessous, un contrat est trop court pour servir à quelqu'un : deux mois à temps plein. Usage, à confirmer.
HEURES_UTILES: Final = Decimal(300)
# À partir d'un temps plein d'un an, la qualité de l'offre d'insertion vaut d'être notée. Usage, à confirmer.
HEURES_D_UN_CRITERE: Final = Decimal(1607)
MOIS_MINIMUM_EN_TRAVAUX: Final = 6
MOIS_MAXIMUM_ESS: Final = 36
# Le marché de l'inclusion, « potentiel inclusif » : nombre de structures et dépendance économique.
STRUCTURES_POUR_UN_MARCHE: Final = 30
STRUCTURES_POUR_UN_LOT: Final = 10
DEPENDANCE_MAXIMUM: Final = Decimal(30)

# Loi 2021-1104 du 22 août 2021, article 35 : au plus tard cinq ans après.
OBLIGATION_DEPUIS: Final = date(2026, 8, 22)
DEROGATIONS: Final = (
    "le besoin se satisfait d’une solution immédiatement disponible",
    "l’objet du marché n’a pas de lien suffisant avec l’emploi ou le social",
    "la condition restreindrait la concurrence, ou rendrait l’exécution techniquement ou économiquement difficile",
    "ce sont des travaux de moins de six mois",
)


@dataclass(frozen=True, slots=True)
class SeuilEuropeen:
    """Un seuil de procédure formalisée, HT, et d'où il vient."""

    montant_euros: Decimal
    source: str


REGLEMENTS_2026: Final = "règlements délégués (UE) 2025/2150 et suivants, du 1er janvier 2026 au 31 décembre 2027"
_DEBUT, _FIN = date(2026, 1, 1), date(2027, 12, 31)
_TRAVAUX = Decimal(5_404_000)
_FOURNITURES_ET_SERVICES: Final = {
    TypeAcheteur.CENTRAL: Decimal(140_000),
    TypeAcheteur.AUTRE: Decimal(216_000),
    TypeAcheteur.RESEAUX: Decimal(432_000),
}


def seuil_europeen(nature: NatureMarche, acheteur: TypeAcheteur, jour: date) -> SeuilEuropeen | None:
    """Rend le seuil européen en vigueur ce jour-là ; None pour un acheteur privé, ou si ceux de ce jour ne sont pas connus.

    Ils changent tous les deux ans. Source : règlements délégués de la Commission du 22 octobre 2025, repris par code-commande-publique.com.
    """
    if acheteur == TypeAcheteur.PRIVE or not _DEBUT <= jour <= _FIN:
        return None
    montant = _TRAVAUX if nature == NatureMarche.TRAVAUX else _FOURNITURES_ET_SERVICES[acheteur]
    return SeuilEuropeen(montant, REGLEMENTS_2026)


def ecrire_seuil(seuil: SeuilEuropeen) -> str:
    """Rend « 216 000 € HT (règlements délégués…) »."""
    return f"{euros(seuil.montant_euros)} HT ({seuil.source})"


def choix_metiers() -> list[tuple[str, str]]:
    """Rend les métiers pour une liste de choix, chacun avec sa part de main-d'œuvre."""
    return [
        (m.code, m.libelle if m.part_main_oeuvre is None else f"{m.libelle} ({m.part_main_oeuvre}\u00a0%)")
        for m in METIERS.values()
    ]


def depuis_l_obligation(jour: date) -> bool:
    """Dit si la loi Climat s'applique à une consultation lancée ce jour-là."""
    return jour >= OBLIGATION_DEPUIS


PAS_ENCORE: Final = f"La loi Climat n’oblige qu’à partir du {date_longue(OBLIGATION_DEPUIS)}."
