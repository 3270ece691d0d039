"""Les nombres d'une section de règle : la base les garde en texte, pour qu'aucun centième ne se perde."""

from decimal import Decimal, InvalidOperation


def lire_decimal(valeur: object) -> Decimal | None:
    """Rend le nombre gardé en texte ; None s'il n'y en a pas. Lève ValueError si ce n'est pas un nombre."""
    if valeur is None or valeur == "":
        return None
    try:
        return Decimal(str(valeur))
    except InvalidOperation as erreur:
        raise ValueError(f"«\u00a0{valeur}\u00a0» n’est pas un nombre.") from erreur


def ecrire_decimal(valeur: Decimal | None) -> str | None:
    """Rend le texte à garder, ou None."""
    return None if valeur is None else str(valeur)
