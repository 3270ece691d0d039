"""La section « eligibilite » des options d'une règle : ce qui ne tient pas dans une colonne, et ce qui ne va pas avec le marché."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from enum import StrEnum
from typing import Any, Final

from clauses.regles.choix import ChangementEntreprise, Perimetre, PointDepart
from clauses.regles.citations import lire_citations
from clauses.regles.contradiction import Contradiction
from clauses.regles.faits import FaitsMarche
from clauses.regles.parametres import PRESETS, ParametresRegle

# Les paramètres que la règle garde en colonnes.
COLONNES_DE_PARAMETRES: Final = ("duree_mois", "point_depart", "date_appreciation", "criteres", "validation_prealable")
# Les paramètres de la section ; les autres sont des colonnes de la règle, ou viennent du marché.
PARAMETRES_EN_SECTION: Final = (
    "unite_duree",
    "perimetre",
    "durees_contrat",
    "criteres_minimum",
    "ages",
    "pieces",
    "validites",
    "organismes_avis",
    "embauche_anterieure",
    "embauche_anterieure_mois",
    "regularisation_jours",
    "renouvellement",
    "renouvellement_mois",
    "renouvellements_maximum",
    "changement_entreprise",
    "changement_operation",
    "globalisation",
    "mois_a_cheval",
)
_DATES_DU_MARCHE: Final[Mapping[PointDepart, tuple[str, str]]] = {
    PointDepart.ATTRIBUTION: ("date_attribution", "date d’attribution"),
    PointDepart.NOTIFICATION: ("date_notification", "date de notification"),
    PointDepart.DEMARRAGE: ("date_demarrage", "date de début d’exécution"),
}


def lire_parametres(
    *,
    modele: str,
    colonnes: Mapping[str, Any],
    options: Mapping[str, Any],
    version: int = 1,
    document: str = "CCAP",
    article: str = "",
) -> ParametresRegle:
    """Rend la règle d'un marché en valeurs : son modèle, ses colonnes, puis sa section « eligibilite » et ses citations.

    Une section absente ou un paramètre absent ont la valeur du modèle. Lève Contradiction si l'ensemble se contredit.
    """
    section = options.get("eligibilite", {})
    citations = lire_citations(options.get("citations", {}))
    ecrits = {nom: section[nom] for nom in PARAMETRES_EN_SECTION if nom in section}
    return replace(
        PRESETS[modele],
        **{**colonnes, "criteres": tuple(colonnes["criteres"])},
        **ecrits,
        version=version,
        document=document,
        article=article,
        articles={nom: citation.article for nom, citation in citations.items() if citation.article},
        textes={nom: citation.texte for nom, citation in citations.items() if citation.texte},
    )


def section_vers_json(parametres: ParametresRegle) -> dict[str, Any]:
    """Rend la section à garder : seulement ce qui s'écarte du modèle, en textes, nombres et listes."""
    base = PRESETS[parametres.modele]
    return {
        nom: _en_json(getattr(parametres, nom))
        for nom in PARAMETRES_EN_SECTION
        if getattr(parametres, nom) != getattr(base, nom)
    }


def controler_regle(parametres: ParametresRegle, marche: FaitsMarche) -> list[Contradiction]:
    """Rend ce qui ne va pas entre les paramètres, ou avec les dates du marché ; une liste vide si la règle se tient.

    Une date du marché qui manque n'est jamais devinée : elle est à compléter, ou le point de départ est à changer.
    """
    depart = parametres.point_depart
    trouvees: list[Contradiction] = []
    if depart in _DATES_DU_MARCHE:
        attribut, nom = _DATES_DU_MARCHE[depart]
        if getattr(marche, attribut) is None:
            phrase = f"À compléter\u00a0: {nom}. Ajoutez-la au marché, ou choisissez un autre point de départ."
            trouvees.append(Contradiction("point_depart", phrase))
    est_global = parametres.perimetre == Perimetre.GLOBAL
    if est_global and depart != PointDepart.PREMIER_CONTRAT:
        phrase = (
            "Une seule fenêtre pour tout le parcours se compte depuis le premier contrat de clause. "
            "Choisissez ce point de départ."
        )
        trouvees.append(Contradiction("point_depart", phrase))
    if depart == PointDepart.PREMIER_CONTRAT and not est_global:
        phrase = "Ce point de départ va avec la lecture «\u00a0une seule fenêtre\u00a0»."
        trouvees.append(Contradiction("point_depart", phrase))
    nouvelle = parametres.changement_entreprise == ChangementEntreprise.NOUVELLE_FENETRE
    if nouvelle and depart != PointDepart.EMBAUCHE:
        phrase = "Une nouvelle fenêtre s’ouvre à l’embauche dans l’autre entreprise\u00a0: comptez les mois depuis l’embauche."
        trouvees.append(Contradiction("changement_entreprise", phrase))
    if parametres.perimetre == Perimetre.ENTREPRISE and depart != PointDepart.EMBAUCHE:
        phrase = "Une fenêtre par entreprise s’ouvre à l’embauche dans cette entreprise\u00a0: comptez les mois depuis l’embauche."
        trouvees.append(Contradiction("perimetre", phrase))
    if parametres.validation_prealable and parametres.regularisation_jours is not None:
        phrase = "Ce délai ne sert que si la validation peut suivre l’embauche. Videz-le, ou décochez la validation avant l’embauche."
        trouvees.append(Contradiction("regularisation_jours", phrase))
    return trouvees


def _en_json(valeur: Any) -> Any:
    if isinstance(valeur, StrEnum):
        return valeur.value
    if isinstance(valeur, Mapping):
        return {str(cle): _en_json(element) for cle, element in valeur.items()}
    if isinstance(valeur, tuple | list):
        return [_en_json(element) for element in valeur]
    if is_dataclass(valeur) and not isinstance(valeur, type):
        return _en_json(asdict(valeur))
    return valeur
