"""Lire qui un enregistrement DECP nomme : acheteur, titulaires, et s'ils sont groupés."""

from decimal import Decimal
from typing import Final

from clauses.decp.marche import SIRET, IdentiteLue
from clauses.decp.valeurs import (
    Carnet,
    Objet,
    citer,
    citer_en_tete,
    est_absent,
    est_vide,
    lire_texte,
    numeroter,
    plier,
)
from comptes.formats import INSECABLE, nombre, quantite
from comptes.regles import controler_siret

LONGUEUR_ENTREPRISE: Final = 40
LONGUEUR_NOM: Final = 160
TYPES_IDENTIFIANT: Final = ("SIRET", "TVA", "TAHITI", "RIDET", "FRWF", "IREP", "HORS-UE")
GROUPEMENTS: Final = {"conjoint": True, "solidaire": True, "pas de groupement": False}


def lire_identite(
    carnet: Carnet, champ: str, valeur: object, *, qui: str, longueur: int = LONGUEUR_ENTREPRISE
) -> IdentiteLue | None:
    """Rend l'identité. Un SIRET faux est gardé comme un texte : il reconnaît, mais ne s'enregistre pas."""
    source: Objet = valeur if isinstance(valeur, dict) else {}
    brut = source.get("id") if isinstance(valeur, dict) else valeur
    identifiant = lire_texte(brut).replace(" ", "")
    if isinstance(brut, int | Decimal) and controler_siret(identifiant.zfill(14)) is None:
        identifiant = identifiant.zfill(14)  # un SIRET écrit en nombre a perdu ses zéros de tête
    if not isinstance(valeur, dict) and not identifiant.isdecimal():
        if not est_absent(valeur):
            carnet.ecarter(champ, f"{citer_en_tete(valeur)} à la place d’un objet{INSECABLE}: {qui} est écarté.")
        return None
    if not identifiant or len(identifiant) > longueur:
        recu = citer(brut) if identifiant else "vide"
        carnet.ecarter(f"{champ}.id", f"L’identifiant est {recu}{INSECABLE}: {qui} est écarté.")
        return None
    nom = lire_texte(source.get("nom")) or lire_texte(source.get("denominationSociale"))
    type_lu = _lire_type_identifiant(carnet, champ, source.get("typeIdentifiant"))
    if type_lu != SIRET:
        carnet.douter(
            f"{champ}.id",
            f"Identifiant {type_lu} {citer(identifiant)}, et non un SIRET{INSECABLE}: gardé dans le nom.",
        )
        return IdentiteLue(identifiant, type_lu, nom=nom[:LONGUEUR_NOM])
    est_siret = _controler_siret(carnet, f"{champ}.id", identifiant)
    return IdentiteLue(identifiant, SIRET, est_siret, nom[:LONGUEUR_NOM])


def _lire_type_identifiant(carnet: Carnet, champ: str, valeur: object) -> str:
    ecrit = plier(lire_texte(valeur))
    connu = next((type_ for type_ in TYPES_IDENTIFIANT if plier(type_) == ecrit), "")
    if ecrit and not connu:
        carnet.douter(f"{champ}.typeIdentifiant", f"Type {citer(valeur)} inconnu{INSECABLE}: lu comme un SIRET.")
    return connu or SIRET


def _controler_siret(carnet: Carnet, champ: str, identifiant: str) -> bool:
    refus = controler_siret(identifiant)
    if refus is None:
        return True
    raison = "n’a pas la bonne clé, un chiffre est sans doute faux"
    if refus.code != "siret_cle":
        raison = (
            f"compte {quantite(len(identifiant), 'chiffre')} au lieu de 14"
            if identifiant.isdecimal()
            else "ne s’écrit pas qu’en chiffres"
        )
    carnet.douter(champ, f"Le SIRET {citer(identifiant)} {raison}{INSECABLE}: il n’est pas enregistré comme SIRET.")
    return False


def lire_titulaires(carnet: Carnet, champ: str, valeur: object, cle: str) -> tuple[IdentiteLue, ...]:
    """Rend les titulaires lisibles, chacun une fois."""
    titulaires: dict[tuple[str, str], IdentiteLue] = {}
    for numero, element in numeroter(carnet, champ, valeur, cle):
        identite = lire_identite(carnet, f"{champ}[{numero}]", element, qui="ce titulaire")
        if identite is None:
            continue
        if (identite.type_identifiant, identite.identifiant) in titulaires:
            carnet.ecarter(f"{champ}[{numero}]", f"Le titulaire {citer(identite.identifiant)} est écrit deux fois.")
        titulaires.setdefault((identite.type_identifiant, identite.identifiant), identite)
    return tuple(titulaires.values())


def lire_groupement(carnet: Carnet, valeur: object, titulaires: int) -> bool | None:
    """Dit si les titulaires sont groupés ; None si le fichier ne le dit pas."""
    lu = GROUPEMENTS.get(plier(lire_texte(valeur)))
    if lu is None and not est_vide(valeur):
        carnet.ecarter("typeGroupementOperateurs", f"{citer_en_tete(valeur)} n’est pas un type de groupement.")
    if titulaires > 1 and lu is None:
        carnet.douter(
            "typeGroupementOperateurs",
            f"{nombre(titulaires)} titulaires, sans dire s’ils sont groupés{INSECABLE}: chacun est inscrit seul.",
        )
    if titulaires > 1 and lu:
        carnet.douter("titulaires", f"Le mandataire n’est pas dit{INSECABLE}: le premier nommé en tient lieu.")
    return lu
