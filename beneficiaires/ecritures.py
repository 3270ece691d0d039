"""Rapprocher deux écritures d'un même mot : fonction pure."""

import unicodedata

from rapidfuzz import utils

LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ß": "ss"}
)


def simplifier(texte: str) -> str:
    """Sans accent ni ligature, en minuscules, la ponctuation devenue espace : « Élodie Le-Cœur » → « elodie le coeur »."""
    decompose = unicodedata.normalize("NFKD", texte.translate(LIGATURES))
    return utils.default_process("".join(signe for signe in decompose if not unicodedata.combining(signe)))
