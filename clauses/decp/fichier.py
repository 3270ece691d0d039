"""Ouvrir un fichier DECP : octets, JSON, enregistrements. Un fichier illisible lève une phrase ; un enregistrement illisible, non."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from clauses.decp.lecture import lire_enregistrement
from clauses.decp.marche import MarcheLu
from clauses.decp.valeurs import Gravite, Remarque, citer_en_tete, deplier, lire_texte
from comptes.formats import INSECABLE, nombre, quantite, taille


@dataclass(frozen=True, slots=True)
class Limites:
    octets: int
    enregistrements: int


LIMITES_ENVOI: Final = Limites(20_000_000, 20_000)
LIMITES_COMMANDE: Final = Limites(200_000_000, 500_000)
# Un fichier ordinaire compte 17 000 accolades et crochets par million d'octets ; une bombe, jusqu'à un million.
ELEMENTS_PAR_MILLION: Final = 60_000
CHIFFRES_ORDINAIRES: Final = 30
PAS_DE_PROGRESSION: Final = 250
SIGNATURES: Final = {
    b"PK\x03\x04": "un classeur ou une archive",
    b"%PDF": "un PDF",
    b"\xd0\xcf\x11\xe0": "un classeur Excel",
    b"\x1f\x8b": "une archive compressée",
}
PAS_DE_MARCHE: Final = (
    f"Ce fichier JSON ne contient pas de marché{INSECABLE}: il n’a pas de rubrique «{INSECABLE}marches{INSECABLE}». "
    "Choisissez le fichier des données essentielles de la commande publique."
)


class FichierIllisible(ValueError):
    """Rien ne peut être lu du fichier. Le texte de l'erreur dit pourquoi et quoi faire."""


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """Un élément du fichier, à son rang ; `marche` vaut None quand il est écarté, et les remarques disent pourquoi."""

    rang: int
    titre: str
    marche: MarcheLu | None
    remarques: tuple[Remarque, ...]


@dataclass(frozen=True, slots=True)
class Lecture:
    """Tout ce qui se lit du fichier. `remarques_fichier` : ce qui concerne le fichier entier."""

    enregistrements: tuple[Enregistrement, ...]
    remarques_fichier: tuple[Remarque, ...] = ()

    @property
    def marches(self) -> list[MarcheLu]:
        return [e.marche for e in self.enregistrements if e.marche is not None]

    @property
    def remarques(self) -> list[Remarque]:
        return [*self.remarques_fichier, *(r for e in self.enregistrements for r in e.remarques)]


def controler_taille(octets: int, limites: Limites) -> None:
    """Lève FichierIllisible si le fichier est vide ou trop lourd."""
    if octets == 0:
        raise FichierIllisible("Ce fichier est vide.")
    if octets > limites.octets:
        suite = (
            "Demandez à l’acheteur un fichier par année, ou confiez-le à votre administrateur\u00a0: "
            f"la commande importer_decp lit jusqu’à {taille(LIMITES_COMMANDE.octets)}."
            if limites.octets < LIMITES_COMMANDE.octets
            else "Découpez-le, par exemple par année."
        )
        raise FichierIllisible(f"Ce fichier pèse {taille(octets)}, {taille(limites.octets)} au plus. {suite}")


def lire(
    contenu: bytes,
    *,
    aujourd_hui: date,
    limites: Limites = LIMITES_ENVOI,
    avancer: Callable[[int, int], None] = lambda faits, total: None,
) -> Lecture:
    """Lit un fichier DECP, imbriqué ou plat. Lève FichierIllisible si ce n'est pas du JSON, ou s'il n'a pas de marché.

    Chaque enregistrement se lit pour lui-même ; d'un même marché publié deux fois, la publication la plus récente reste.
    `avancer(lus, total)` est appelée de temps en temps.
    """
    controler_taille(len(contenu), limites)
    texte, remarques = _decoder(contenu)
    marches, concessions = _trouver_enregistrements(_ouvrir_json(texte, len(contenu)), remarques)
    total = len(marches) + len(concessions)
    if total == 0:
        raise FichierIllisible("Ce fichier ne contient aucun marché.")
    if total > limites.enregistrements:
        raise FichierIllisible(
            f"Ce fichier compte {quantite(total, 'enregistrement')}, {nombre(limites.enregistrements)} au plus. "
            "Découpez-le, par exemple par année."
        )
    lus = []
    for rang, brut in enumerate([*marches, *concessions], start=1):
        marche, siennes = lire_enregistrement(
            brut, rang=rang, est_concession=rang > len(marches), aujourd_hui=aujourd_hui
        )
        lus.append(Enregistrement(rang, _titre(brut, marche), marche, tuple(siennes)))
        if rang % PAS_DE_PROGRESSION == 0:
            avancer(rang, total)
    return Lecture(tuple(_sans_doubles(lus)), tuple(remarques))


def _decoder(contenu: bytes) -> tuple[str, list[Remarque]]:
    debut = contenu[:4]
    for signature, nature in SIGNATURES.items():
        if debut.startswith(signature):
            raise FichierIllisible(f"Ce fichier est {nature}. Choisissez la version JSON des données essentielles.")
    try:
        texte, remarques = contenu.decode(json.detect_encoding(contenu)), []
    except UnicodeDecodeError:
        phrase = f"Le fichier n’est pas en UTF-8{INSECABLE}: lu en Windows-1252. Vérifiez les accents."
        texte, remarques = contenu.decode("cp1252", errors="replace"), [Remarque(0, "", phrase, Gravite.DOUTE)]
    texte = texte.removeprefix("\ufeff")
    if texte.lstrip().startswith("<"):
        raise FichierIllisible("Ce fichier est du XML. Choisissez la version JSON des données essentielles.")
    return texte, remarques


def _ouvrir_json(texte: str, octets: int) -> object:
    elements = texte.count("{") + texte.count("[")
    if elements > ELEMENTS_PAR_MILLION * max(1, octets / 1_000_000):
        raise FichierIllisible(
            f"Ce fichier imbrique {nombre(elements)} éléments, bien plus que des données essentielles\u00a0: il n’est pas lu."
        )
    try:
        return json.loads(texte, parse_int=_entier, parse_float=_decimal, parse_constant=str)
    except json.JSONDecodeError as erreur:
        raise FichierIllisible(
            f"Ce fichier n’est pas du JSON\u00a0: la lecture s’arrête ligne {nombre(erreur.lineno)}, "
            f"colonne {nombre(erreur.colno)}. Choisissez le fichier tel que l’acheteur l’a publié."
        ) from erreur
    except RecursionError as erreur:
        raise FichierIllisible(
            "Ce fichier emboîte trop de listes ou d’objets les uns dans les autres\u00a0: ce n’est pas un fichier DECP."
        ) from erreur


def _entier(chiffres: str) -> int | Decimal:
    return int(chiffres) if len(chiffres) <= CHIFFRES_ORDINAIRES else Decimal(chiffres)


def _decimal(chiffres: str) -> Decimal | str:
    try:
        return Decimal(chiffres)
    except InvalidOperation:  # un exposant de vingt chiffres
        return chiffres


def _trouver_enregistrements(racine: object, remarques: list[Remarque]) -> tuple[list[object], list[object]]:
    """Rend les marchés et les concessions bruts, dans l'ordre du fichier."""
    contenu = racine.get("marches") if isinstance(racine, dict) else racine
    if isinstance(contenu, list):
        return contenu, []
    if not isinstance(contenu, dict):
        raise FichierIllisible(PAS_DE_MARCHE)
    if "marche" not in contenu and "contrat-concession" not in contenu:
        raise FichierIllisible(PAS_DE_MARCHE)
    trouves: list[list[object]] = []
    for cle in ("marche", "contrat-concession"):
        valeur = contenu.get(cle)
        if valeur is not None and not isinstance(valeur, list | dict):
            phrase = f"{citer_en_tete(valeur)} à la place de la liste des marchés."
            remarques.append(Remarque(0, f"marches.{cle}", phrase, Gravite.ECARTE))
            valeur = None
        trouves.append(valeur if isinstance(valeur, list) else deplier(valeur, ""))
    return trouves[0], trouves[1]


def _titre(brut: object, marche: MarcheLu | None) -> str:
    """Ce qui nomme l'enregistrement : sa référence, même écarté."""
    if marche is not None:
        return marche.identifiant
    identifiant = lire_texte(brut.get("id")) if isinstance(brut, dict) else ""
    return identifiant[:60] or "sans référence"


def _sans_doubles(lus: list[Enregistrement]) -> list[Enregistrement]:
    """D'un même marché écrit plusieurs fois, garde la publication la plus récente, la première à égalité."""
    par_cle: dict[str, list[Enregistrement]] = defaultdict(list)
    for lu in lus:
        if lu.marche is not None:
            par_cle[lu.marche.cle].append(lu)
    retenus = {cle: max(memes, key=_fraicheur).rang for cle, memes in par_cle.items()}
    return [
        lu if lu.marche is None or retenus[lu.marche.cle] == lu.rang else _ecarter_double(lu, retenus[lu.marche.cle])
        for lu in lus
    ]


def _fraicheur(lu: Enregistrement) -> tuple[date, int, int]:
    publication = lu.marche.date_publication if lu.marche else None
    return publication or date.min, len(lu.marche.avenants) if lu.marche else 0, -lu.rang


def _ecarter_double(lu: Enregistrement, retenu: int) -> Enregistrement:
    phrase = f"Même acheteur et même référence que l’enregistrement {retenu}, qui est retenu."
    rejet = Remarque(lu.rang, "id", phrase, Gravite.REJET)
    return Enregistrement(lu.rang, lu.titre, None, (rejet, *lu.remarques))
