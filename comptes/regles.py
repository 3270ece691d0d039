"""Règles du premier étage : le refus qui porte sa raison, et les identifiants d'entreprise.

Fonctions pures : ni Django, ni horloge. Tous les étages au-dessus reprennent `Refus` et `Avertissement`.
"""

import re
from dataclasses import dataclass
from typing import Final

from stdnum import luhn
from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siret as _siret

MOTIF_NAF: Final = re.compile(r"[0-9]{4}[A-Z]")


@dataclass(frozen=True, slots=True)
class Refus:
    """Une réponse négative : `phrase` se lit telle quelle à l'écran, `code` sert aux tests et à l'API."""

    phrase: str
    code: str

    def __str__(self) -> str:
        return self.phrase


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Une remarque qui n'empêche rien : `phrase` se lit telle quelle, `code` sert aux tests et à l'API."""

    phrase: str
    code: str

    def __str__(self) -> str:
        return self.phrase


def normaliser_siret(texte: str) -> str:
    """Rend le SIRET sans espaces ni points, sans le contrôler."""
    return _siret.compact(texte)


def controler_siret(texte: str) -> Refus | None:
    """Contrôle un SIRET : 14 chiffres et clé de Luhn.

    Entrée : le texte saisi, espaces admises. Sortie : None quand il est juste, sinon le refus.
    La Poste (SIREN 356000000) : la somme des chiffres est multiple de 5, sauf au siège 35600000000048.
    Source : INSEE, répertoire Sirene ; python-stdnum, `stdnum.fr.siret`.
    """
    try:
        _siret.validate(texte)
    except (InvalidFormat, InvalidLength):
        return Refus("Le SIRET compte 14 chiffres. Recopiez-le depuis l’avis de situation Sirene.", "siret_forme")
    except ValidationError:
        return Refus(
            "Ce SIRET est faux\u00a0: sa clé ne correspond pas à ses autres chiffres. "
            "Un chiffre est sans doute inversé ou oublié.",
            "siret_cle",
        )
    return None


def siren_de(siret: str) -> str:
    """Rend les neuf premiers chiffres du SIRET : l'entreprise, quel que soit l'établissement."""
    return normaliser_siret(siret)[:9]


def controler_siren(texte: str) -> Refus | None:
    """Contrôle un SIREN : 9 chiffres et clé de Luhn. Source : INSEE, répertoire Sirene."""
    compact = normaliser_siret(texte)
    if not re.fullmatch(r"[0-9]{9}", compact):
        return Refus("Le SIREN compte 9 chiffres.", "siren_forme")
    if not luhn.is_valid(compact):
        return Refus("Ce SIREN est faux\u00a0: sa clé ne correspond pas à ses autres chiffres.", "siren_cle")
    return None


def controler_code_naf(texte: str) -> Refus | None:
    """Contrôle un code NAF (rév. 2) : quatre chiffres et une lettre, point admis. Source : INSEE."""
    if MOTIF_NAF.fullmatch(texte.strip().replace(".", "").upper()):
        return None
    return Refus("Le code NAF compte quatre chiffres et une lettre, par exemple 4120B.", "naf_forme")
