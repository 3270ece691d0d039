"""Quel dispositif pour ce marché : clause, réservation, lot réservé, services d'insertion. Chacun avec ses raisons et sa base légale."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clauses.regles.calibrage_besoin import Besoin, heures_utiles_retenues
from clauses.regles.calibrage_tables import (
    DEPENDANCE_MAXIMUM,
    HEURES_D_UN_CRITERE,
    MOIS_MAXIMUM_ESS,
    MOIS_MINIMUM_EN_TRAVAUX,
    STRUCTURES_POUR_UN_LOT,
    STRUCTURES_POUR_UN_MARCHE,
    NatureMarche,
    TypeAcheteur,
)
from comptes.formats import heures as ecrire_heures
from comptes.formats import pourcent, quantite

# Les codes sont ceux du type de clause d'un marché ; le dernier dit qu'une clause n'aurait pas de sens ici.
AUCUNE: Final = "aucune"
LIBELLES_DISPOSITIF: Final = {
    "execution": "Clause d’exécution",
    "execution_critere": "Clause d’exécution, et critère d’attribution",
    "critere": "Critère d’attribution seul",
    "reserve_siae": "Réservation aux SIAE",
    "reserve_ea_esat": "Réservation aux EA et ESAT",
    "reserve_mixte": "Réservation aux SIAE, EA et ESAT",
    "reserve_ess": "Réservation à l’économie sociale et solidaire",
    "services_insertion": "Marché de services d’insertion",
    "formation": "Clause de formation ou de stage",
    "volontaire": "Clause volontaire",
    AUCUNE: "Pas de clause d’heures",
}
_CODE: Final = "code de la commande publique"
CINQUANTE: Final = "La moitié au moins des travailleurs concernés relève du public réservé (R2113-7)."
BASES: Final = {
    "execution": f"{_CODE}, L2112-2",
    "execution_critere": f"{_CODE}, L2112-2 et R2152-7",
    "critere": f"{_CODE}, R2152-7",
    "reserve_siae": f"{_CODE}, L2113-13 et R2113-7",
    "reserve_ea_esat": f"{_CODE}, L2113-12 et R2113-7",
    "reserve_mixte": f"{_CODE}, L2113-14 et R2113-7",
    "reserve_ess": f"{_CODE}, L2113-15 et L2113-16",
    "services_insertion": "ancien code des marchés publics, article 30\u00a0; texte d’aujourd’hui à confirmer avec votre juriste",
    "formation": f"{_CODE}, L2112-2",
    "volontaire": "engagement du maître d’ouvrage, par contrat",
    AUCUNE: "",
}

_EN_HEURES: Final = frozenset({"execution", "execution_critere", "volontaire"})


@dataclass(frozen=True, slots=True)
class Dispositif:
    """Un dispositif proposé. `sur_un_lot` : il vaut pour un lot, et non pour tout le marché."""

    code: str
    raisons: tuple[str, ...]
    sur_un_lot: bool = False

    @property
    def titre(self) -> str:
        """Rend le nom du dispositif : « Réservation aux SIAE, sur un lot »."""
        return f"{LIBELLES_DISPOSITIF[self.code]}{', sur un lot' if self.sur_un_lot else ''}"

    @property
    def demande_des_heures(self) -> bool:
        """Dit si ce dispositif écrit des heures d'insertion au marché."""
        return self.code in _EN_HEURES

    @property
    def base(self) -> str:
        """Rend le texte qui le permet."""
        return BASES[self.code]


def proposer_dispositifs(besoin: Besoin, heures: Decimal) -> tuple[Dispositif, ...]:
    """Rend les dispositifs possibles, le plus adapté d'abord ; `heures` : celles que la fourchette conseille.

    Un achat d'insertion et des services de l'ESS passent avant tout. Puis une réservation, si assez de structures peuvent répondre
    (plus de trente et moins de 30 % de leur chiffre d'affaires : le marché ; plus de dix : un lot). Puis la clause, si ses heures font un
    contrat utile. Sources : code de la commande publique ; le marché de l'inclusion, potentiel inclusif ; usage.
    """
    if besoin.acheteur == TypeAcheteur.PRIVE:
        return (_volontaire(besoin, heures),)
    proposes: list[Dispositif] = []
    if besoin.insertion_est_l_objet:
        proposes.append(
            Dispositif(
                "services_insertion",
                (
                    "Ce que vous achetez est l’insertion elle-même\u00a0: le chantier ou le service n’en est que le support.",
                ),
            )
        )
    if besoin.services_ess:
        proposes.append(_reserve_ess(besoin))
    if reserve := _reservation(besoin):
        proposes.append(reserve)
    return (*proposes, *_clauses(besoin, heures))


def obstacles(besoin: Besoin, heures: Decimal) -> tuple[str, ...]:
    """Rend ce qui prive une clause d'heures de son sens : trop peu d'heures, ou des travaux de moins de six mois. Usage."""
    utiles = heures_utiles_retenues(besoin)
    trouves = []
    if heures < utiles.valeur:
        trouves.append(
            f"{ecrire_heures(heures)}\u00a0: c’est moins que les {ecrire_heures(utiles.valeur)} d’un contrat utile "
            f"({utiles.source})."
        )
    if besoin.nature == NatureMarche.TRAVAUX and besoin.duree_mois < MOIS_MINIMUM_EN_TRAVAUX:
        trouves.append(
            f"Des travaux de {besoin.duree_mois} mois\u00a0: en dessous de {MOIS_MINIMUM_EN_TRAVAUX} mois, le temps manque "
            "pour recruter et accompagner."
        )
    return tuple(trouves)


def _clauses(besoin: Besoin, heures: Decimal) -> tuple[Dispositif, ...]:
    freins = obstacles(besoin, heures)
    if freins:
        suites = [Dispositif(AUCUNE, freins)]
        suites.append(Dispositif("critere", ("L’entreprise dit elle-même ce qu’elle peut faire, et c’est noté.",)))
        suites.append(
            Dispositif("formation", ("Un stage, une immersion ou une formation tiennent dans un marché court.",))
        )
        return tuple(suites)
    raisons = (
        f"{ecrire_heures(heures)} conseillées\u00a0: assez pour un contrat utile.",
        _relais(besoin),
        "L’entreprise choisit comment faire ces heures\u00a0: embauche, intérim d’insertion, GEIQ, sous-traitance.",
        "Avec plusieurs lots, la clause peut n’en porter que certains." if besoin.lots > 1 else "",
    )
    simple = Dispositif("execution", tuple(raison for raison in raisons if raison))
    if heures < HEURES_D_UN_CRITERE:
        return (simple,)
    critere = (
        f"À partir de {ecrire_heures(HEURES_D_UN_CRITERE)}, un an à temps plein, la qualité de "
        "l’accompagnement vaut d’être notée (usage, à confirmer)."
    )
    return Dispositif("execution_critere", (*simple.raisons, critere)), simple


def _relais(besoin: Besoin) -> str:
    connues = [nombre for nombre in (besoin.siae, besoin.adaptees) if nombre is not None]
    if not connues:
        return ""
    total = sum(connues)
    if total <= 1:
        return (
            "Une structure au plus peut aider l’entreprise\u00a0: parlez-en au facilitateur avant d’écrire les heures."
        )
    return f"{quantite(total, 'structure')} peuvent aider l’entreprise à faire ces heures."


def _reservation(besoin: Besoin) -> Dispositif | None:
    siae, adaptees = besoin.siae or 0, besoin.adaptees or 0
    total = siae + adaptees
    if total <= STRUCTURES_POUR_UN_LOT:
        return None
    code = "reserve_mixte" if siae and adaptees else "reserve_siae" if siae else "reserve_ea_esat"
    capables = f"{quantite(total, 'structure')} peuvent répondre"
    nombreuses = total > STRUCTURES_POUR_UN_MARCHE
    if nombreuses and besoin.dependance is not None and besoin.dependance < DEPENDANCE_MAXIMUM:
        legere = f"{pourcent(besoin.dependance, 1)} de leur chiffre d’affaires, moins de {pourcent(DEPENDANCE_MAXIMUM)}"
        raison = f"{capables}, plus de {STRUCTURES_POUR_UN_MARCHE}, et le marché pèserait {legere}."
        return Dispositif(code, (raison, CINQUANTE))
    raison = f"{capables}, plus de {STRUCTURES_POUR_UN_LOT}\u00a0: assez pour un lot, pas pour tout le marché."
    if nombreuses and besoin.dependance is None:
        raison = f"{capables}\u00a0: assez pour un lot. Pour tout le marché, dites ce qu’il pèserait dans leur chiffre d’affaires."
    seul = () if besoin.lots > 1 else ("Le marché n’a qu’un lot\u00a0: il faudrait en détacher un.",)
    return Dispositif(code, (raison, *seul, CINQUANTE), sur_un_lot=True)


def _reserve_ess(besoin: Besoin) -> Dispositif:
    raisons = ["Des services de santé, sociaux ou culturels peuvent se réserver aux entreprises de l’ESS."]
    if besoin.duree_mois > MOIS_MAXIMUM_ESS:
        raisons.append(
            f"Cette réservation dure trois ans au plus (à confirmer)\u00a0: vos {besoin.duree_mois} mois la dépassent."
        )
    return Dispositif("reserve_ess", tuple(raisons))


def _volontaire(besoin: Besoin, heures: Decimal) -> Dispositif:
    freins = obstacles(besoin, heures)
    if freins:
        return Dispositif(AUCUNE, freins)
    return Dispositif(
        "volontaire",
        (
            "Un maître d’ouvrage privé n’est pas soumis au code de la commande publique\u00a0: il s’engage par ses contrats.",
            f"{ecrire_heures(heures)} conseillées\u00a0: assez pour un contrat utile.",
        ),
    )
