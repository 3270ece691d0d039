"""Règles du premier étage : le refus qui porte sa raison, et les identifiants d'entreprise.

Fonctions pures : ni Django, ni horloge. Tous les étages au-dessus reprennent `Refus` et `Avertissement`.
"""

from dataclasses import dataclass

from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siret as _siret


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
