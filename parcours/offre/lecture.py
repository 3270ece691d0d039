"""Un service ou une structure de data·inclusion (schéma v1), lu d'un fichier ou de l'interface en ligne : fonctions pures."""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Final

from parcours.offre.referentiel import (
    CATEGORIES,
    FRAIS,
    MOBILISABLE_PAR,
    MODES_ACCUEIL,
    MODES_MOBILISATION,
    PUBLICS,
    THEMATIQUES,
    TYPES,
)
from parcours.offre.valeurs import Cahier
from parcours.regles.services import CODES_FRANCE

CODE_INSEE: Final = re.compile(r"\d[\dAB]\d{3}")
CODE_POSTAL: Final = re.compile(r"\d{5}")
SIRET: Final = re.compile(r"\d{14}")
TEXTE_LONG: Final = 20_000
OUTRE_MER: Final = ("97", "98")


@dataclass(frozen=True, slots=True)
class StructureLue:
    """Ce qu'un service dit de sa structure, ou ce qu'en dit le fichier des structures."""

    identifiant: str
    nom: str
    siret: str
    telephone: str
    courriel: str

    def colonnes(self) -> tuple[object, ...]:
        return astuple(self)


@dataclass(frozen=True, slots=True)
class ServiceLu:
    """Un service, champ pour champ comme `ServiceInsertion` ; `structure_id` n'y est que pour le joindre à sa structure."""

    identifiant: str
    source: str
    nom: str
    description: str
    structure_id: str
    structure_nom: str
    structure_siret: str
    type_service: str
    thematiques: list[str]
    publics: list[str]
    publics_precisions: str
    frais: str
    frais_precisions: str
    modes_accueil: list[str]
    zone_eligibilite: list[str] | None
    conditions_acces: str
    adresse: str
    code_postal: str
    commune: str
    code_insee: str
    departement: str
    latitude: float | None
    longitude: float | None
    telephone: str
    courriel: str
    modes_mobilisation: list[str]
    mobilisable_par: list[str]
    mobilisation_precisions: str
    lien_mobilisation: str
    lien_source: str
    date_maj: date | None

    def colonnes(self) -> tuple[object, ...]:
        return tuple(getattr(self, nom) for nom in COLONNES)


COLONNES: Final = tuple(champ.name for champ in fields(ServiceLu))


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne lue : le service, ou la raison qui l'écarte, et les valeurs qui n'ont pas été prises."""

    identifiant: str
    departement: str
    service: ServiceLu | None
    raison: str
    remarques: tuple[str, ...]


def lire_service(brut: object, *, aujourd_hui: date) -> Ligne:
    """Rend ce qui se lit d'un service. Sans identifiant ni nom, il n'y a pas de service."""
    if not isinstance(brut, Mapping):
        return Ligne("", "", None, "ce n’est pas un service", ())
    cahier = Cahier()
    code_insee = cahier.code(brut.get("code_insee"), "code_insee", CODE_INSEE, 5)
    code_postal = cahier.code(brut.get("code_postal"), "code_postal", CODE_POSTAL, 5)
    departement = departement_de(code_insee, code_postal)
    identifiant = cahier.texte(brut.get("id"), "id", 160)
    nom = cahier.texte(brut.get("nom"), "nom", 300)
    if not identifiant or not nom:
        raison = "il n’a pas d’identifiant" if not identifiant else "il n’a pas de nom"
        return Ligne(identifiant, departement, None, raison, ())
    structure = brut.get("structure")
    porteuse = lire_structure(structure, cahier) if isinstance(structure, Mapping) else None
    position = cahier.position(brut.get("latitude"), brut.get("longitude"))
    telephone = cahier.texte(brut.get("telephone"), "telephone", 40)
    courriel = cahier.courriel(brut.get("courriel"), "courriel")
    service = ServiceLu(
        identifiant=identifiant,
        source=cahier.texte(brut.get("source"), "source", 80) or identifiant.partition("--")[0][:80],
        nom=nom,
        description=cahier.texte(brut.get("description"), "description", TEXTE_LONG),
        structure_id=cahier.texte(brut.get("structure_id"), "structure_id", 160),
        structure_nom=porteuse.nom if porteuse else "",
        structure_siret=porteuse.siret if porteuse else "",
        type_service=cahier.choix(brut.get("type"), "type", TYPES),
        thematiques=_thematiques(brut.get("thematiques"), cahier),
        publics=cahier.choix_multiples(brut.get("publics"), "publics", PUBLICS),
        publics_precisions=cahier.texte(brut.get("publics_precisions"), "publics_precisions", TEXTE_LONG),
        frais=cahier.choix(brut.get("frais"), "frais", FRAIS),
        frais_precisions=cahier.texte(brut.get("frais_precisions"), "frais_precisions", TEXTE_LONG),
        modes_accueil=cahier.choix_multiples(brut.get("modes_accueil"), "modes_accueil", MODES_ACCUEIL),
        # Une zone vide ne restreint rien de plus qu'une zone absente : le schéma n'en connaît pas.
        zone_eligibilite=cahier.liste(brut.get("zone_eligibilite"), "zone_eligibilite", 20) or None,
        conditions_acces=cahier.texte(brut.get("conditions_acces"), "conditions_acces", TEXTE_LONG),
        adresse=_adresse(brut, cahier),
        code_postal=code_postal,
        commune=cahier.texte(brut.get("commune"), "commune", 120),
        code_insee=code_insee,
        departement=departement,
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        telephone=telephone or (porteuse.telephone if porteuse else ""),
        courriel=courriel or (porteuse.courriel if porteuse else ""),
        modes_mobilisation=cahier.choix_multiples(
            brut.get("modes_mobilisation"), "modes_mobilisation", MODES_MOBILISATION
        ),
        mobilisable_par=cahier.choix_multiples(brut.get("mobilisable_par"), "mobilisable_par", MOBILISABLE_PAR),
        mobilisation_precisions=cahier.texte(
            brut.get("mobilisation_precisions"), "mobilisation_precisions", TEXTE_LONG
        ),
        lien_mobilisation=cahier.lien(brut.get("lien_mobilisation"), "lien_mobilisation"),
        lien_source=cahier.lien(brut.get("lien_source"), "lien_source"),
        date_maj=cahier.jour(brut.get("date_maj"), "date_maj", aujourd_hui),
    )
    return Ligne(identifiant, departement, service, "", tuple(cahier.remarques))


def deballer(brut: object) -> object:
    """Une réponse de recherche porte le service et sa distance ; un fichier, le service seul."""
    interieur = brut.get("service") if isinstance(brut, Mapping) else None
    return brut if interieur is None else interieur


def lire_structure(brut: Mapping[str, object], cahier: Cahier) -> StructureLue:
    """Rend ce qu'un service reprend de sa structure : son nom, et de quoi la joindre quand il ne le dit pas lui-même."""
    return StructureLue(
        identifiant=cahier.texte(brut.get("id"), "id de la structure", 160),
        nom=cahier.texte(brut.get("nom"), "nom de la structure", 300),
        siret=cahier.code(brut.get("siret"), "siret", SIRET, 14),
        telephone=cahier.texte(brut.get("telephone"), "telephone de la structure", 40),
        courriel=cahier.courriel(brut.get("courriel"), "courriel de la structure"),
    )


def departement_de(code_insee: str, code_postal: str) -> str:
    """« 69 », « 2A », « 974 » d'après le code de la commune, sinon le code postal ; vide quand le service n'a pas d'adresse."""
    if code_insee:
        return code_insee[:3] if code_insee.startswith(OUTRE_MER) else code_insee[:2]
    if code_postal.startswith("20"):
        return "2A" if code_postal[2] in "01" else "2B"
    return code_postal[:3] if code_postal.startswith(OUTRE_MER) else code_postal[:2]


def concerne(service: ServiceLu, departement: str) -> bool:
    """Dit si l'import d'un département prend ce service : il y est ou, sans adresse, ses habitants y ont droit.

    Une intercommunalité ne dit pas son département : elle est prise.
    """
    if service.departement or service.zone_eligibilite is None:
        return service.departement in ("", departement)
    return any(
        code in (departement, *CODES_FRANCE)
        or (len(code) == 5 and code.startswith(departement))
        or (len(code) == 9 and code.isdigit())
        for code in service.zone_eligibilite
    )


def _thematiques(brut: object, cahier: Cahier) -> list[str]:
    """Les thématiques connues ; une sous-thématique nouvelle d'une catégorie connue vaut sa catégorie."""
    retenues = []
    for code in cahier.liste(brut, "thematiques", 120):
        categorie = code.partition("--")[0]
        if code in THEMATIQUES or code in CATEGORIES:
            retenues.append(code)
        elif categorie in CATEGORIES:
            cahier.noter(f"thematiques\u00a0: «\u00a0{code}\u00a0» est inconnue, sa catégorie est gardée")
            retenues.append(categorie)
        else:
            cahier.noter(f"thematiques\u00a0: «\u00a0{code}\u00a0» est inconnue")
    return list(dict.fromkeys(retenues))


def _adresse(brut: Mapping[str, object], cahier: Cahier) -> str:
    voie = cahier.texte(brut.get("adresse"), "adresse", 300)
    complement = cahier.texte(brut.get("complement_adresse"), "complement_adresse", 300)
    return cahier.texte(", ".join(partie for partie in (voie, complement) if partie), "adresse", 300)
