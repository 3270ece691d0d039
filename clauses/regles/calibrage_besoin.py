"""Ce que l'on demande au calibrage : un marché à venir, et chaque valeur que l'on veut changer à la main."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from clauses.regles.calibrage_tables import (
    COUT_HORAIRE_EUROS,
    EFFORTS,
    HEURES_UTILES,
    METIERS,
    SAISI,
    USAGE,
    NatureMarche,
    TypeAcheteur,
)
from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import CENT, PLUS_PETIT_TERME, controler_formule
from clauses.regles.modes_dues import controler_nettoyage
from clauses.regles.objectifs import TAUX_NPNRU, PartNpnru

MOIS_MAXIMUM: Final = 600


@dataclass(frozen=True, slots=True)
class Besoin:
    """Un marché à venir. Vide (None) : la valeur de la table. Parts et efforts en pour cent, montants en euros HT.

    `siae`, `adaptees` : structures d'insertion, et EA ou ESAT, capables de répondre ; None : pas encore cherché. `dependance` : ce que le
    marché pèserait dans le chiffre d'affaires d'une d'elles. `heures_totales`, `heures_reprises` : nettoyage, reprise du personnel.
    """

    montant_ht_euros: Decimal
    duree_mois: int
    nature: NatureMarche
    acheteur: TypeAcheteur = TypeAcheteur.AUTRE
    metier: str = "batiment"
    part_main_oeuvre: Decimal | None = None
    cout_horaire_euros: Decimal | None = None
    effort_bas: Decimal | None = None
    effort: Decimal | None = None
    effort_haut: Decimal | None = None
    heures_utiles: Decimal | None = None
    npnru: PartNpnru | None = None
    heures_totales: Decimal | None = None
    heures_reprises: Decimal | None = None
    lots: int = 1
    siae: int | None = None
    adaptees: int | None = None
    dependance: Decimal | None = None
    insertion_est_l_objet: bool = False
    services_ess: bool = False
    publication: date | None = None
    seuil_euros: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Retenu:
    """Une valeur retenue, et d'où elle vient."""

    valeur: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Efforts:
    """Les trois efforts, en pour cent. `plancher` : celui du NPNRU ; `releve` : l'un d'eux était plus bas."""

    bas: Decimal
    conseille: Decimal
    haut: Decimal
    plancher: Decimal | None = None
    releve: bool = False


def part_retenue(besoin: Besoin) -> Retenu | None:
    """Rend la part de main-d'œuvre : celle que l'on a saisie, sinon celle du métier ; None s'il n'en a pas."""
    if besoin.part_main_oeuvre is not None:
        return Retenu(besoin.part_main_oeuvre, SAISI)
    metier = METIERS[besoin.metier]
    return None if metier.part_main_oeuvre is None else Retenu(metier.part_main_oeuvre, metier.source)


def cout_retenu(besoin: Besoin) -> Retenu:
    """Rend le coût d'une heure : celui que l'on a saisi, sinon 40 €."""
    if besoin.cout_horaire_euros is not None:
        return Retenu(besoin.cout_horaire_euros, SAISI)
    return Retenu(COUT_HORAIRE_EUROS, USAGE)


def heures_utiles_retenues(besoin: Besoin) -> Retenu:
    """Rend le nombre d'heures sous lequel une clause ne fait pas un contrat utile."""
    if besoin.heures_utiles is not None:
        return Retenu(besoin.heures_utiles, SAISI)
    return Retenu(HEURES_UTILES, USAGE)


def efforts_retenus(besoin: Besoin) -> Efforts:
    """Rend les efforts bas, conseillé et haut : 5, 7 et 10 % à défaut, jamais sous le plancher du NPNRU.

    Un effort saisi seul écarte les bornes qu'il dépasse. Lève Contradiction si les trois saisis ne se suivent pas.
    Source des planchers : charte nationale d'insertion 2014-2024 de l'ANRU (5 % en travaux, 10 % en gestion urbaine de proximité).
    """
    defaut_bas, defaut, defaut_haut = EFFORTS
    conseille = defaut if besoin.effort is None else besoin.effort
    bas = min(defaut_bas, conseille) if besoin.effort_bas is None else besoin.effort_bas
    haut = max(defaut_haut, conseille) if besoin.effort_haut is None else besoin.effort_haut
    if besoin.effort is None:
        conseille = min(max(conseille, bas), haut)
    if not bas <= conseille <= haut:
        raise Contradiction("effort", "L’effort conseillé se tient entre le bas et le haut de la fourchette.")
    plancher = TAUX_NPNRU[besoin.npnru] if besoin.npnru else None
    if plancher is None:
        return Efforts(bas, conseille, haut)
    return Efforts(max(bas, plancher), max(conseille, plancher), max(haut, plancher), plancher, bas < plancher)


def controler_besoin(besoin: Besoin) -> None:
    """Refuse ce qui ne tient pas, sur le champ en cause (Contradiction)."""
    if not 1 <= besoin.duree_mois <= MOIS_MAXIMUM:
        raise Contradiction("duree_mois", f"La durée va de 1 à {MOIS_MAXIMUM} mois.")
    if besoin.lots < 1:
        raise Contradiction("lots", "Un marché a au moins un lot.")
    if besoin.metier not in METIERS:
        raise Contradiction("metier", "Choisissez un métier dans la liste.")
    if part_retenue(besoin) is None:
        raise Contradiction("part_main_oeuvre", "Pour cet autre métier, écrivez la part de main-d’œuvre.")
    for champ, nombre in (("siae", besoin.siae), ("adaptees", besoin.adaptees)):
        if nombre is not None and nombre < 0:
            raise Contradiction(champ, "Un nombre de structures n’est pas négatif.")
    if besoin.dependance is not None and not 0 <= besoin.dependance <= CENT:
        raise Contradiction("dependance", "Une part va de 0 à 100\u00a0%.")
    for effort in _efforts_et_champs(efforts_retenus(besoin)):
        _controler_les_heures(besoin, *effort)


def est_en_reprise(besoin: Besoin) -> bool:
    """Dit si l'effort porte sur les seuls agents nouvellement affectés : propreté, reprise du personnel."""
    return besoin.heures_totales is not None or besoin.heures_reprises is not None


def _efforts_et_champs(efforts: Efforts) -> tuple[tuple[str, Decimal], ...]:
    return ("effort_bas", efforts.bas), ("effort", efforts.conseille), ("effort_haut", efforts.haut)


def _controler_les_heures(besoin: Besoin, champ_effort: str, effort: Decimal) -> None:
    part, cout = part_retenue(besoin), cout_retenu(besoin)
    termes = {
        "part_main_oeuvre": part.valeur if part else CENT,
        champ_effort: effort,
        "cout_horaire_euros": cout.valeur,
    }
    refus = controler_formule(
        montant_ht_euros=besoin.montant_ht_euros,
        part_main_oeuvre=termes["part_main_oeuvre"],
        taux_effort=effort,
        cout_horaire_euros=cout.valeur,
    )
    if refus is not None:
        faux = [nom for nom, valeur in termes.items() if valeur < PLUS_PETIT_TERME or (nom in _PARTS and valeur > CENT)]
        au_montant = refus.code == "formule_montant" or besoin.montant_ht_euros < PLUS_PETIT_TERME or not faux
        raise Contradiction("montant_ht_euros" if au_montant else faux[0], refus.phrase)
    if est_en_reprise(besoin):
        refus = controler_nettoyage(
            heures_totales=besoin.heures_totales, heures_reprises=besoin.heures_reprises, taux_effort=effort
        )
        if refus is not None:
            raise Contradiction(_CHAMPS_DU_NETTOYAGE.get(refus.code, champ_effort), refus.phrase)


_PARTS: Final = frozenset({"part_main_oeuvre", "effort_bas", "effort", "effort_haut"})
_CHAMPS_DU_NETTOYAGE: Final = {"nettoyage_totales": "heures_totales", "nettoyage_reprises": "heures_reprises"}
