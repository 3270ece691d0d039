"""Contraste d'une couleur avec le blanc (WCAG 2.1, § 1.4.3)."""

CONTRASTE_MINIMAL = 4.5


def contraste_avec_le_blanc(couleur: str) -> float:
    """Rend le rapport de contraste de « #rrggbb » avec le blanc, de 1 à 21."""
    canaux = (int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5))
    rouge, vert, bleu = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux)
    return 1.05 / (0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu + 0.05)


def couleur_lisible(couleur: str) -> bool:
    """Dit si un texte blanc se lit sur cette couleur ; faux quand il n'y a pas de couleur."""
    return bool(couleur) and contraste_avec_le_blanc(couleur) >= CONTRASTE_MINIMAL
