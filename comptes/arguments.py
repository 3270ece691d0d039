"""Lire les arguments des commandes, avec des erreurs en français."""

from argparse import ArgumentTypeError
from datetime import date


def jour(texte: str) -> date:
    """Lit une date écrite AAAA-MM-JJ."""
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise ArgumentTypeError(
            f"«\u00a0{texte}\u00a0» n’est pas une date\u00a0: écrivez-la AAAA-MM-JJ, par exemple 2026-11-17."
        ) from None
