"""Écrire en français un nombre, une durée, une date : fonctions pures, les mêmes à l'écran, au PDF et dans les courriels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

INSECABLE = "\u00a0"
MOINS = "\u2212"
ABSENT = "–"
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
MOIS_COURTS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
VOYELLES = "aàâeéèêëiîïoôuùûyh"

Nombre = int | float | Decimal


def _decimal(valeur: Nombre) -> Decimal:
    return valeur if isinstance(valeur, Decimal) else Decimal(str(valeur))


def nombre(valeur: Nombre | None, decimales: int = 2) -> str:
    """« 1 421,5 », « − 12 » : au plus `decimales` chiffres après la virgule, sans zéro inutile ; « – » si rien n'est connu."""
    if valeur is None:
        return ABSENT
    arrondi = _decimal(valeur).quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    entiere, _, fraction = f"{abs(arrondi):,f}".partition(".")
    texte = entiere.replace(",", INSECABLE)
    if fraction := fraction.rstrip("0"):
        texte += f",{fraction}"
    return f"{MOINS}{INSECABLE}{texte}" if arrondi < 0 else texte


def heures(valeur: Nombre | None, decimales: int = 2) -> str:
    """« 1 421,5 h »."""
    return ABSENT if valeur is None else f"{nombre(valeur, decimales)}{INSECABLE}h"


def pourcent(valeur: Nombre | None, decimales: int = 0) -> str:
    """« 43 % » pour 43 (et non 0,43). On n'écrit jamais « 100 % » avant d'y être, ni « 0 % » quand il y a quelque chose."""
    if valeur is None:
        return ABSENT
    exact = _decimal(valeur)
    texte = nombre(exact, decimales)
    if decimales == 0 and 99 < exact < 100:
        texte = "99"
    if decimales == 0 and 0 < exact < 1:
        return f"moins de 1{INSECABLE}%"
    return f"{texte}{INSECABLE}%"


def part(valeur: Nombre | None, total: Nombre | None) -> Decimal | None:
    """Ce que `valeur` fait de `total`, en pour cent ; rien si le total est nul ou inconnu."""
    if valeur is None or not total:
        return None
    return _decimal(valeur) * 100 / _decimal(total)


def euros(valeur: Nombre | None) -> str:
    """« 1 250 000 € » ; les centimes, toujours par deux, seulement s'il y en a."""
    if valeur is None:
        return ABSENT
    texte = nombre(valeur)
    if "," in texte:
        entiere, _, centimes = texte.partition(",")
        texte = f"{entiere},{centimes:0<2}"
    return f"{texte}{INSECABLE}€"


def _jour(jour: date) -> str:
    return "1er" if jour.day == 1 else str(jour.day)


def date_longue(jour: date | None) -> str:
    """« 1er mars 2028 »."""
    return ABSENT if jour is None else f"{_jour(jour)} {MOIS[jour.month - 1]} {jour.year}"


def date_courte(jour: date | None) -> str:
    """« 29 déc. 2026 »."""
    return ABSENT if jour is None else f"{_jour(jour)} {MOIS_COURTS[jour.month - 1]} {jour.year}"


def date_chiffres(jour: date | None) -> str:
    """« 06/11/2026 », comme on la tape."""
    return ABSENT if jour is None else f"{jour.day:02}/{jour.month:02}/{jour.year:04}"


def jour_et_date(jour: date | None) -> str:
    """« mardi 17 novembre 2026 »."""
    return ABSENT if jour is None else f"{JOURS[jour.weekday()]} {date_longue(jour)}"


def heure(moment: datetime | None) -> str:
    """« 14 h 30 », « 9 h » : l'heure du moment donné, sans changer de fuseau."""
    if moment is None:
        return ABSENT
    minutes = f"{INSECABLE}{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}{INSECABLE}h{minutes}"


def mois_annee(jour: date | None) -> str:
    """« octobre 2026 »."""
    return ABSENT if jour is None else f"{MOIS[jour.month - 1]} {jour.year}"


def mois(jour: date | None) -> str:
    """« octobre »."""
    return ABSENT if jour is None else MOIS[jour.month - 1]


def periode(debut: date | None, fin: date | None) -> str:
    """« du 2 mars au 29 décembre 2026 », bornes comprises, sans répéter le mois ni l'année."""
    if debut is None and fin is None:
        return ABSENT
    if fin is None:
        return f"depuis le {date_longue(debut)}"
    if debut is None:
        return f"jusqu’au {date_longue(fin)}"
    if debut == fin:
        return f"le {date_longue(debut)}"
    premier = _jour(debut)
    if debut.year != fin.year:
        premier = date_longue(debut)
    elif debut.month != fin.month:
        premier = f"{premier} {MOIS[debut.month - 1]}"
    return f"du {premier} au {date_longue(fin)}"


def depuis_jours(jour: date | None, aujourd_hui: date) -> str:
    """« depuis 12 jours », « depuis hier » : ce qui attend."""
    if jour is None:
        return ABSENT
    ecart = (aujourd_hui - jour).days
    if ecart <= 0:
        return "depuis aujourd’hui"
    return "depuis hier" if ecart == 1 else f"depuis {quantite(ecart, 'jour')}"


def dans_jours(jour: date | None, aujourd_hui: date) -> str:
    """« dans 42 jours », « demain », « aujourd’hui », « hier », « il y a 3 jours » : une échéance."""
    if jour is None:
        return ABSENT
    ecart = (jour - aujourd_hui).days
    proches = {-1: "hier", 0: "aujourd’hui", 1: "demain"}
    if ecart in proches:
        return proches[ecart]
    return f"dans {quantite(ecart, 'jour')}" if ecart > 0 else f"il y a {quantite(-ecart, 'jour')}"


def accord(n: Nombre | None, mots: str) -> str:
    """Le mot accordé : « personne » au-dessous de 2, « personnes » à partir de 2.

    `mots` est « singulier » (le pluriel prend un s à chaque mot) ou « singulier,pluriel ».
    """
    singulier, virgule, pluriel = mots.partition(",")
    if n is None or abs(_decimal(n)) < 2:
        return singulier
    return pluriel if virgule else " ".join(mot if mot[-1] in "sxz" else f"{mot}s" for mot in singulier.split(" "))


def quantite(n: Nombre | None, mots: str) -> str:
    """« 1 personne », « 12 personnes » : le nombre et le mot accordé, jamais séparés en fin de ligne."""
    return f"{nombre(n)}{INSECABLE}{accord(n, mots)}"


NOMBRES = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def en_lettres(n: int) -> str:
    """« deux » jusqu'à dix, puis en chiffres : dans une phrase, un petit nombre s'écrit."""
    return NOMBRES[n] if 0 <= n < len(NOMBRES) else nombre(n)


def enumeration(elements: Iterable[object]) -> str:
    """« a, b et c »."""
    mots = [str(element) for element in elements]
    return f"{', '.join(mots[:-1])} et {mots[-1]}" if len(mots) > 1 else "".join(mots)


def de(mot: str) -> str:
    """« d’octobre », « de mai », « de Yasmine », « d’Yves » : la préposition avec l'élision, qu'un « y » de « ya » ne fait pas."""
    initiale, suivante = mot[:1].lower(), mot[1:2].lower()
    elide = suivante not in VOYELLES if initiale == "y" and suivante else initiale in VOYELLES
    return f"d’{mot}" if mot and elide else f"de {mot}"


def taille(octets: int | None) -> str:
    """« 214 ko », « 1,2 Mo »."""
    if octets is None:
        return ABSENT
    if octets < 1_000:
        return quantite(octets, "octet")
    if octets < 999_500:
        return f"{nombre(octets / 1_000, 0)}{INSECABLE}ko"
    return f"{nombre(octets / 1_000_000, 1)}{INSECABLE}Mo"


def siret(numero: str) -> str:
    """« 123 456 789 00012 » ; ce qui n'a pas 14 chiffres est rendu tel quel."""
    if len(numero) != 14 or not numero.isdigit():
        return numero
    return INSECABLE.join((numero[:3], numero[3:6], numero[6:9], numero[9:]))


def telephone(numero: str) -> str:
    """« 06 39 98 12 47 » ; ce qui n'a pas 10 chiffres est rendu tel quel."""
    chiffres = "".join(c for c in numero if c.isdigit())
    if len(chiffres) != 10 or "+" in numero:
        return numero
    return INSECABLE.join(chiffres[i : i + 2] for i in range(0, 10, 2))


@dataclass(frozen=True)
class PartsDeJauge:
    """Largeurs et position, en pour cent écrits pour un attribut SVG ; `attendu` est vide quand il n'y a pas d'attendu."""

    valide: str
    attente: str
    attendu: str


def parts_de_jauge(
    dues: Nombre | None, validees: Nombre | None, a_verifier: Nombre | None = None, attendues: Nombre | None = None
) -> PartsDeJauge:
    """Ce qu'une jauge dessine. Au-delà de 100 %, la barre est pleine : le pourcentage se dit en mots."""

    def borne(valeur: Nombre | None, plafond: Decimal) -> Decimal:
        return min(max(part(valeur, dues) or Decimal(0), Decimal(0)), plafond)

    valide = borne(validees, Decimal(100))
    attente = borne(a_verifier, 100 - valide)
    attendu = None if attendues is None or not dues else borne(attendues, Decimal(100))
    return PartsDeJauge(_svg(valide), _svg(attente), "" if attendu is None else _svg(attendu))


def _svg(valeur: Decimal) -> str:
    texte = f"{valeur:.1f}"
    return f"{texte.removesuffix('.0')}%"
