"""Lire une valeur d'un fichier DECP : un texte, un nombre, une date. Ce qui ne se lit pas devient une remarque."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from beneficiaires.regles import controler_date
from clauses.regles.duree import DUREE_MAXIMALE_MOIS
from comptes.formats import INSECABLE, date_longue, nombre

# Ce que des logiciels d'acheteurs écrivent quand ils n'ont rien à dire.
TEXTES_VIDES: Final = frozenset({"", "nan", "nat", "nc", "nr", "n/a", "na", "null", "none", "nil", "inconnu", "inf"})
MONTANT_MAXIMAL: Final = Decimal(10_000_000_000)
LONGUEUR_CITEE: Final = 60
ELEMENTS_MAXIMUM: Final = 100
_ISO: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_FRANCAISE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_NOMBRE: Final = re.compile(r"[+-]?[0-9]{1,40}([.,][0-9]{0,40})?([eE][+-]?[0-9]{1,4})?")
_ILLISIBLES: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_CPV: Final = re.compile(r"[0-9]{8}(-?[0-9])?")


Objet = Mapping[str, object]


class Gravite(StrEnum):
    """Ce que la remarque change : tout l'enregistrement, une valeur, ou rien encore."""

    REJET = "rejet"
    ECARTE = "ecarte"
    DOUTE = "doute"


@dataclass(frozen=True, slots=True)
class Remarque:
    """Une valeur écartée ou douteuse. `rang` : 1 pour le premier enregistrement du fichier, 0 pour le fichier entier."""

    rang: int
    champ: str
    phrase: str
    gravite: Gravite


class Carnet:
    """Les remarques d'un enregistrement, notées au fil de la lecture."""

    def __init__(self, rang: int, aujourd_hui: date) -> None:
        self.rang = rang
        self.aujourd_hui = aujourd_hui
        self.remarques: list[Remarque] = []

    def ecarter(self, champ: str, phrase: str) -> None:
        self.remarques.append(Remarque(self.rang, champ, phrase, Gravite.ECARTE))

    def douter(self, champ: str, phrase: str) -> None:
        self.remarques.append(Remarque(self.rang, champ, phrase, Gravite.DOUTE))

    def rejeter(self, champ: str, phrase: str) -> None:
        self.remarques.append(Remarque(self.rang, champ, phrase, Gravite.REJET))


def nettoyer(texte: str) -> str:
    """Rend le texte sans caractère de contrôle ni moitié de caractère, espaces réduites à une."""
    return " ".join(_ILLISIBLES.sub(" ", texte).split())


def plier(texte: str) -> str:
    """Rend le texte en minuscules, sans accents ni apostrophes courbes : deux écritures du même mot se valent."""
    simple = texte.casefold().replace("œ", "oe").replace("’", "'")
    return " ".join(_ACCENTS.sub("", unicodedata.normalize("NFKD", simple)).split())


def est_absent(valeur: object) -> bool:
    """Dit si rien n'est écrit : null, texte vide, liste vide, objet vide."""
    return valeur is None or valeur in ([], {}) or (isinstance(valeur, str) and not nettoyer(valeur))


def est_vide(valeur: object) -> bool:
    """Dit si la valeur ne dit rien : absente, ou « nan », « NC »…"""
    return est_absent(valeur) or (isinstance(valeur, str) and valeur.strip().casefold() in TEXTES_VIDES)


def citer(valeur: object) -> str:
    """Rend la valeur reçue entre guillemets, courte ; un objet ou une liste se dit en un mot."""
    if isinstance(valeur, dict):
        return "un objet"
    if isinstance(valeur, list):
        return "une liste"
    mot = {True: "true", False: "false", None: "null"}[valeur] if valeur is None or isinstance(valeur, bool) else valeur
    texte = nettoyer(str(mot))
    court = texte if len(texte) <= LONGUEUR_CITEE else f"{texte[: LONGUEUR_CITEE - 1]}…"
    return f"«{INSECABLE}{court}{INSECABLE}»"


def citer_en_tete(valeur: object) -> str:
    """Rend la même chose pour ouvrir une phrase : « Une liste… »."""
    cite = citer(valeur)
    return cite[:1].upper() + cite[1:]


def lire_texte(valeur: object) -> str:
    """Rend le texte, ou le nombre écrit ; rien pour une valeur vide ou d'une autre nature."""
    if est_vide(valeur) or isinstance(valeur, bool | dict | list):
        return ""
    if isinstance(valeur, Decimal):
        return f"{valeur:f}" if abs(valeur.adjusted()) < LONGUEUR_CITEE and valeur.is_finite() else str(valeur)
    return nettoyer(str(valeur))


def lire_texte_court(carnet: Carnet, champ: str, valeur: object, *, longueur: int) -> str:
    """Rend le texte, coupé à la longueur admise avec une remarque ; une remarque aussi s'il n'est pas un texte."""
    texte = lire_texte(valeur)
    if not texte and not est_vide(valeur):
        carnet.ecarter(champ, f"{citer_en_tete(valeur)} à la place d’un texte{INSECABLE}: laissé vide.")
    if len(texte) > longueur:
        carnet.douter(champ, f"Texte coupé à {nombre(longueur)} signes, sur {nombre(len(texte))}.")
        texte = f"{texte[: longueur - 1].rstrip()}…"
    return texte


def lire_nombre(valeur: object) -> Decimal | None:
    """Rend le nombre, écrit en chiffres ou en texte (« 575 000,50 ») ; None s'il ne se lit pas."""
    if isinstance(valeur, bool):
        return None
    if isinstance(valeur, int | Decimal):
        decimal = Decimal(valeur)
        return decimal if decimal.is_finite() else None
    if not isinstance(valeur, str):
        return None
    compact = "".join(valeur.split())
    if not _NOMBRE.fullmatch(compact):
        return None
    try:
        return Decimal(compact.replace(",", "."))
    except InvalidOperation:
        return None


def lire_montant(carnet: Carnet, champ: str, valeur: object, *, du: str = "du marché") -> Decimal | None:
    """Rend un montant en euros, au centime ; None et une remarque hors de 0 à 10 milliards."""
    suite = f"montant {du} laissé vide"
    if est_absent(valeur):
        carnet.ecarter(champ, f"Le montant manque{INSECABLE}: {suite}.")
        return None
    montant = lire_nombre(valeur)
    if montant is None:
        carnet.ecarter(champ, f"{citer_en_tete(valeur)} n’est pas un montant{INSECABLE}: {suite}.")
        return None
    if montant < 0:
        carnet.ecarter(champ, f"Le montant {citer(valeur)} est négatif{INSECABLE}: {suite}.")
        return None
    if montant > MONTANT_MAXIMAL:
        carnet.ecarter(champ, f"Le montant {citer(valeur)} dépasse 10 milliards d’euros{INSECABLE}: {suite}.")
        return None
    if montant < 1:
        carnet.douter(champ, f"Le montant {du} est de {nombre(montant)}{INSECABLE}€{INSECABLE}: à vérifier.")
    return montant.quantize(Decimal("0.01"))


def lire_duree(carnet: Carnet, champ: str, valeur: object, *, du: str = "du marché") -> int | None:
    """Rend un nombre entier de mois, de 1 à 1 200 ; sinon None et une remarque."""
    suite = f"durée {du} laissée vide"
    if est_absent(valeur):
        carnet.ecarter(champ, f"La durée manque{INSECABLE}: {suite}.")
        return None
    duree = lire_nombre(valeur)
    if duree is None:
        carnet.ecarter(champ, f"{citer_en_tete(valeur)} n’est pas un nombre de mois{INSECABLE}: {suite}.")
        return None
    # La borne d'abord : « 1e999 » ne se déplie pas en entier.
    if not 1 <= duree <= DUREE_MAXIMALE_MOIS:
        carnet.ecarter(
            champ,
            f"Une durée de {citer(valeur)} mois est hors de 1 à {nombre(DUREE_MAXIMALE_MOIS)}{INSECABLE}: {suite}.",
        )
        return None
    if duree != int(duree):
        carnet.ecarter(champ, f"{citer(valeur)} n’est pas un nombre entier de mois{INSECABLE}: {suite}.")
        return None
    return int(duree)


def lire_date(carnet: Carnet, champ: str, valeur: object, *, nom: str, attendue: bool = True) -> date | None:
    """Rend une date (AAAA-MM-JJ, heure et fuseau admis, ou JJ/MM/AAAA) de 1900 à 2100 ; sinon None et une remarque.

    `nom` ouvre la phrase : « La date de notification ». `attendue` : son absence se remarque aussi.
    """
    if est_absent(valeur):
        if attendue:
            carnet.ecarter(champ, f"{nom} manque{INSECABLE}: laissée vide.")
        return None
    try:
        jour = _date_ecrite(lire_texte(valeur))
    except ValueError:
        carnet.ecarter(champ, f"{citer_en_tete(valeur)} n’est pas une date{INSECABLE}: laissée vide.")
        return None
    if controler_date(jour, nom):
        carnet.ecarter(champ, f"{nom} tombe en {jour.year}{INSECABLE}: laissée vide.")
        return None
    return jour


def _date_ecrite(texte: str) -> date:
    if francaise := _FRANCAISE.fullmatch(texte):
        jour, mois, annee = (int(part) for part in francaise.groups())
        return date(annee, mois, jour)
    if iso := _ISO.match(texte):
        return date.fromisoformat(iso[1])
    raise ValueError(texte)


def douter_du_futur(carnet: Carnet, champ: str, jour: date | None, *, nom: str) -> bool:
    """Note une date à venir, gardée mais à vérifier. Rend vrai dans ce cas."""
    if jour is None or jour <= carnet.aujourd_hui:
        return False
    carnet.douter(champ, f"{nom} est à venir, le {date_longue(jour)}{INSECABLE}: à vérifier.")
    return True


def lire_cpv(carnet: Carnet, champ: str, valeur: object) -> str:
    """Rend le code CPV : huit chiffres, avec ou sans chiffre de contrôle ; sinon rien et une remarque."""
    if est_vide(valeur):
        carnet.douter(champ, f"Le code CPV manque{INSECABLE}: laissé vide.")
        return ""
    code = lire_texte(valeur).replace(" ", "")
    if not _CPV.fullmatch(code):
        carnet.ecarter(champ, f"{citer_en_tete(valeur)} n’est pas un code CPV{INSECABLE}: laissé vide.")
        return ""
    return code if len(code) != 9 else f"{code[:8]}-{code[8]}"


def deplier(valeur: object, cle: str) -> list[object]:
    """Rend les éléments d'une liste DECP, quelle que soit sa forme.

    `[{cle: {…}}]`, `{cle: [{…}]}`, `{cle: {…}}`, `[{…}]`, `{…}` et `"mot"` se lisent ; vide ou absente : aucun élément.
    """
    if est_vide(valeur):
        return []
    if isinstance(valeur, dict) and cle in valeur:
        valeur = valeur[cle]
    elements: list[object] = []
    for element in valeur if isinstance(valeur, list) else [valeur]:
        interieur = element[cle] if isinstance(element, dict) and cle in element else element
        if isinstance(interieur, list):
            elements.extend(interieur)
        elif interieur is not None:
            elements.append(interieur)
    return elements


def numeroter(carnet: Carnet, champ: str, valeur: object, cle: str) -> Iterator[tuple[int, object]]:
    """Rend les éléments d'une liste DECP, numérotés depuis 1 ; au-delà du maximum, le reste est écarté."""
    elements = deplier(valeur, cle)
    if len(elements) > ELEMENTS_MAXIMUM:
        reste = nombre(len(elements) - ELEMENTS_MAXIMUM)
        carnet.ecarter(champ, f"Plus de {ELEMENTS_MAXIMUM} éléments{INSECABLE}: les {reste} derniers sont écartés.")
    yield from enumerate(elements[:ELEMENTS_MAXIMUM], start=1)
