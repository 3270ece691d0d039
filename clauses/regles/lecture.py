"""Une règle relue en français, ligne par ligne, et ce qui change d'une règle à une autre."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from beneficiaires.criteres import CRITERES, CRITERES_CCAG, ORGANISMES_AVIS
from clauses.regles.choix import (
    LIBELLES_APPRECIATION,
    LIBELLES_CHANGEMENT_ENTREPRISE,
    LIBELLES_CHANGEMENT_OPERATION,
    LIBELLES_EMBAUCHE_ANTERIEURE,
    LIBELLES_FAMILLE,
    LIBELLES_GLOBALISATION,
    LIBELLES_MOIS_A_CHEVAL,
    LIBELLES_PERIMETRE,
    LIBELLES_POINT_DEPART,
    LIBELLES_RENOUVELLEMENT,
    DureeContrat,
    EmbaucheAnterieure,
    MesureDuree,
    Renouvellement,
)
from clauses.regles.parametres import LIBELLES_MODELES, ParametresRegle
from comptes.formats import heures, quantite

# Le nom de chaque paramètre, comme l'écran le dit ; c'est aussi ce que citent les articles du marché.
NOMS_PARAMETRES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "modele": "Lecture des 24\u00a0mois",
        "duree_mois": "Durée",
        "point_depart": "Comptée depuis",
        "date_appreciation": "Situation appréciée",
        "criteres": "Situations acceptées",
        "pieces": "Pièces et âges",
        "validation_prealable": "Validation",
        "durees_contrat": "Durée par type de contrat",
        "perimetre": "Une fenêtre couvre",
        "embauche_anterieure": "Embauche d’avant la notification",
        "changement_entreprise": "Changement d’entreprise",
        "changement_operation": "Changement d’opération",
        "renouvellement": "Renouvellement",
        "globalisation": "Heures globalisées",
        "mois_a_cheval": "Mois à cheval sur la fin",
        "organismes_avis": "Avis motivés admis",
    }
)


@dataclass(frozen=True, slots=True)
class LigneRegle:
    """Un paramètre, son nom et sa valeur en français."""

    parametre: str
    nom: str
    valeur: str


@dataclass(frozen=True, slots=True)
class ChangementRegle:
    """Une ligne qui change : sa valeur d'avant, celle d'après."""

    nom: str
    avant: str
    apres: str


def lire_en_francais(parametres: ParametresRegle) -> list[LigneRegle]:
    """Rend la règle ligne par ligne, dans l'ordre où elle se lit, avec les mots de l'écran."""
    valeurs = {
        "modele": LIBELLES_MODELES[parametres.modele],
        "duree_mois": _duree(parametres),
        "point_depart": LIBELLES_POINT_DEPART[parametres.point_depart],
        "date_appreciation": LIBELLES_APPRECIATION[parametres.date_appreciation],
        "criteres": _criteres(parametres),
        "pieces": _pieces(parametres),
        "validation_prealable": _validation(parametres),
        "durees_contrat": _durees(parametres),
        "perimetre": LIBELLES_PERIMETRE[parametres.perimetre],
        "embauche_anterieure": _embauche_anterieure(parametres),
        "changement_entreprise": LIBELLES_CHANGEMENT_ENTREPRISE[parametres.changement_entreprise],
        "changement_operation": LIBELLES_CHANGEMENT_OPERATION[parametres.changement_operation],
        "renouvellement": _renouvellement(parametres),
        "globalisation": LIBELLES_GLOBALISATION[parametres.globalisation],
        "mois_a_cheval": LIBELLES_MOIS_A_CHEVAL[parametres.mois_a_cheval],
        "organismes_avis": _organismes(parametres),
    }
    return [LigneRegle(nom, NOMS_PARAMETRES[nom], valeur) for nom, valeur in valeurs.items()]


def lignes_a_montrer(parametres: ParametresRegle) -> list[LigneRegle]:
    """Rend ce que la règle a de particulier, et toujours sa durée et son départ : assez pour relire une décision."""
    usage = {ligne.parametre: ligne.valeur for ligne in lire_en_francais(ParametresRegle(criteres=parametres.criteres))}
    return [
        ligne
        for ligne in lire_en_francais(parametres)
        if ligne.parametre in ("duree_mois", "point_depart") or ligne.valeur != usage[ligne.parametre]
    ]


def comparer(avant: ParametresRegle, apres: ParametresRegle) -> list[ChangementRegle]:
    """Rend les lignes qui changent d'une règle à l'autre. Les critères ajoutés ou retirés sont nommés."""
    changements = [
        ChangementRegle(ligne.nom, ancienne.valeur, ligne.valeur)
        for ancienne, ligne in zip(lire_en_francais(avant), lire_en_francais(apres), strict=True)
        if ancienne.valeur != ligne.valeur and ligne.parametre != "criteres"
    ]
    retires, ajoutes = _ecart(avant.criteres, apres.criteres), _ecart(apres.criteres, avant.criteres)
    if retires or ajoutes:
        changements.append(
            ChangementRegle(NOMS_PARAMETRES["criteres"], _signes("sans", retires), _signes("avec", ajoutes))
        )
    return changements


def _ecart(de: tuple[str, ...], moins: tuple[str, ...]) -> list[str]:
    """Les critères du premier qui ne sont pas dans le second ; une liste vide vaut toute la table."""
    premiers, seconds = de or tuple(CRITERES), moins or tuple(CRITERES)
    return [CRITERES[code].libelle_court for code in CRITERES if code in premiers and code not in seconds]


def _signes(mot: str, noms: list[str]) -> str:
    return f"{mot} {', '.join(noms)}" if noms else "rien de plus" if mot == "avec" else "rien de moins"


def _duree(parametres: ParametresRegle) -> str:
    if parametres.duree_mois is None:
        return "toute l’opération"
    mois = quantite(parametres.duree_mois, "mois")
    travail = parametres.heures_de_la_duree
    return mois if travail is None else f"{mois} de travail, soit {heures(travail)}"


def _criteres(parametres: ParametresRegle) -> str:
    acceptes = parametres.criteres
    liste = "la liste du CCAG 2021" if set(acceptes) == set(CRITERES_CCAG) else quantite(len(acceptes), "situation")
    texte = liste if acceptes else "toutes celles de la table"
    return texte if parametres.criteres_minimum == 1 else f"{texte}, {parametres.criteres_minimum} à la fois"


def _pieces(parametres: ParametresRegle) -> str:
    propres = {*parametres.pieces, *parametres.validites, *parametres.ages}
    return f"propres au marché pour {quantite(len(propres), 'situation')}" if propres else "celles d’usage"


def _validation(parametres: ParametresRegle) -> str:
    if parametres.validation_prealable:
        return "avant l’embauche\u00a0: les heures d’avant ne comptent pas"
    if parametres.regularisation_jours is None:
        return "peut suivre l’embauche, sans délai"
    return f"peut suivre l’embauche, dans les {quantite(parametres.regularisation_jours, 'jour')}"


def _durees(parametres: ParametresRegle) -> str:
    durees = [f"{LIBELLES_FAMILLE[famille]}, {_duree_contrat(d)}" for famille, d in parametres.durees_contrat.items()]
    return "\u00a0; ".join(durees) or "la même pour tous"


def _duree_contrat(duree: DureeContrat) -> str:
    match duree.mesure:
        case MesureDuree.AGREMENT:
            return "durée du PASS IAE"
        case MesureDuree.CONTRAT:
            plafond = "" if duree.mois is None else f" ({quantite(duree.mois, 'mois')} au plus)"
            return f"durée du contrat{plafond}"
        case MesureDuree.MOIS:
            return quantite(duree.mois, "mois")


def _embauche_anterieure(parametres: ParametresRegle) -> str:
    texte = LIBELLES_EMBAUCHE_ANTERIEURE[parametres.embauche_anterieure]
    if parametres.embauche_anterieure == EmbaucheAnterieure.RECENTE and parametres.embauche_anterieure_mois:
        return f"{texte} ({quantite(parametres.embauche_anterieure_mois, 'mois')} au plus)"
    return texte


def _renouvellement(parametres: ParametresRegle) -> str:
    if parametres.renouvellement == Renouvellement.AUCUN:
        return LIBELLES_RENOUVELLEMENT[parametres.renouvellement]
    fois = f"{quantite(parametres.renouvellements_maximum, 'fois')} au plus"
    if parametres.renouvellement == Renouvellement.AVIS:
        return f"sur avis motivé, {quantite(parametres.renouvellement_mois, 'mois')}, {fois}"
    return f"{LIBELLES_RENOUVELLEMENT[parametres.renouvellement]}, {fois}"


def _organismes(parametres: ParametresRegle) -> str:
    return ", ".join(ORGANISMES_AVIS[code] for code in parametres.organismes)
