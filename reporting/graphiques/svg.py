"""Les traits, textes et ronds communs à tous les graphiques.

Chaque forme porte un attribut de présentation (repli, PDF) et une classe `g-…` (thème) ; ni `style`, ni script.
"""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

# Valeurs de repli du thème clair : le PDF et un navigateur sans la feuille de style les montrent.
ENCRE, ENCRE_2, FILET, FILET_FORT, FOND = "#14211c", "#405048", "#d8dfda", "#74847c", "#ffffff"
VALIDE, ATTENTE, INFO, BALISE = "#17765c", "#b87a06", "#3d6fa3", "#f0b323"
MOIS_COURTS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def n(valeur: float) -> str:
    return f"{valeur:.1f}".rstrip("0").rstrip(".")


def texte(
    x: float, y: float, contenu: str, *, classe: str = "g-encre", couleur: str = ENCRE, **attributs: object
) -> str:
    autres = "".join(f' {nom.replace("_", "-")}="{valeur}"' for nom, valeur in attributs.items())
    taille = "" if "font_size" in attributs else ' font-size="13"'
    return f'<text class="{classe}" x="{n(x)}" y="{n(y)}"{taille}{autres} fill="{couleur}">{escape(contenu)}</text>'


def second(x: float, y: float, contenu: str, **attributs: object) -> str:
    return texte(x, y, contenu, classe="g-encre-2", couleur=ENCRE_2, **attributs)


def trait(
    x1: float, y1: float, x2: float, y2: float, *, classe: str = "g-t-filet", couleur: str = FILET, **attributs: object
) -> str:
    autres = "".join(f' {nom.replace("_", "-")}="{valeur}"' for nom, valeur in attributs.items())
    return f'<line class="{classe}" x1="{n(x1)}" y1="{n(y1)}" x2="{n(x2)}" y2="{n(y2)}" stroke="{couleur}"{autres}/>'


def rond(x: float, y: float, rayon: float, *, plein: str, classe: str, contour: str = ENCRE) -> str:
    return (
        f'<circle class="{classe} g-t-encre" cx="{n(x)}" cy="{n(y)}" r="{rayon}" fill="{plein}" '
        f'stroke="{contour}" stroke-width="2"/>'
    )


def svg(largeur: int, hauteur: int, conclusion: str, corps: Sequence[str], classe: str = "") -> SafeString:
    return mark_safe(  # noqa: S308  (tout texte est passé par `escape`)
        f'<svg class="{f"graphique {classe}".rstrip()}" viewBox="0 0 {largeur} {hauteur}" role="img" aria-label="{escape(conclusion)}" '
        f'font-family="Source Sans 3"><title>{escape(conclusion)}</title>{"".join(corps)}</svg>'
    )
