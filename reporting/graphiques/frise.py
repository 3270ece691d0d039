"""La frise d'une personne : une rangée par fenêtre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from django.utils.safestring import SafeString

from reporting.graphiques.svg import (
    ENCRE,
    ENCRE_2,
    FILET_FORT,
    FOND,
    INFO,
    VALIDE,
    n,
    second,
    svg,
    texte,
    trait,
)


@dataclass(frozen=True)
class Barre:
    """Une période de la frise. `aspect` : « contrat », « clause », « clause_avenir », « agrement », « suspendu », « passe »."""

    debut: date
    fin: date
    aspect: str
    texte: str = ""


@dataclass(frozen=True)
class Rangee:
    """Une ligne de la frise : une fenêtre, un agrément ou les contrats ; `fin_ecrite` s'affiche à droite de la dernière barre."""

    libelle: str
    barres: tuple[Barre, ...]
    fin_ecrite: str = ""
    sous: str = ""


# aspect → (classe, remplissage, classe du contour, contour, couleur du texte)
ASPECTS = {
    "contrat": ("g-info", INFO, "", "", FOND),
    "clause": ("g-valide", VALIDE, "", "", FOND),
    "clause_avenir": ("g-fond", FOND, "g-t-valide", VALIDE, ENCRE),
    "passe": ("g-fond", FOND, "g-t-fort", FILET_FORT, ENCRE),
    "agrement": ("g-encre-2", ENCRE_2, "", "", FOND),
    "prevu": ("g-fond", FOND, "g-t-info", INFO, ENCRE),
}


def frise(rangees: Sequence[Rangee], *, debut: date, fin: date, aujourd_hui: date, conclusion: str) -> SafeString:
    """Une rangée par fenêtre, de `debut` à `fin` (bornes du dessin). Le trait « aujourd'hui » passe sous les barres."""
    largeur, gauche, droite, haut, pas = 1180, 250, 1010, 34, 54
    hauteur = haut + pas * len(rangees) + 28
    etendue = max((fin - debut).days, 1)

    def x(jour: date) -> float:
        return gauche + (droite - gauche) * (min(max(jour, debut), fin) - debut).days / etendue

    corps = []
    for annee in range(debut.year, fin.year + 1):
        premier = max(date(annee, 1, 1), debut)
        corps.append(trait(x(premier), haut - 8, x(premier), hauteur - 20))
        if annee == fin.year or x(date(annee + 1, 1, 1)) - x(premier) > 44:
            corps.append(second(x(premier) + 5, haut - 14, str(annee), font_size="14", font_weight="600"))
    if debut <= aujourd_hui <= fin:
        corps.append(
            trait(
                x(aujourd_hui),
                haut - 8,
                x(aujourd_hui),
                hauteur - 20,
                classe="g-t-encre",
                couleur=ENCRE,
                stroke_width="2",
            )
        )
        corps.append(
            texte(x(aujourd_hui), hauteur - 4, "aujourd’hui", font_size="14", font_weight="700", text_anchor="middle")
        )
    for rang, rangee in enumerate(rangees):
        y = haut + pas * rang
        if rang:
            corps.append(trait(0, y, largeur, y))
        sous = wrap(rangee.sous, 36, max_lines=2, placeholder="…")
        premier = y + 32 - 8 * len(sous)
        corps.append(texte(0, premier, rangee.libelle, font_size="15", font_weight="600"))
        corps += [second(0, premier + 16 * (i + 1), ligne) for i, ligne in enumerate(sous)]
        for barre in rangee.barres:
            corps.append(_barre(barre, x(barre.debut), x(barre.fin), y + 14))
        if rangee.fin_ecrite and rangee.barres:
            corps.append(texte(x(rangee.barres[-1].fin) + 8, y + 32, rangee.fin_ecrite, font_size="14"))
    return svg(largeur, hauteur, conclusion, corps)


def _barre(barre: Barre, x1: float, x2: float, y: float) -> str:
    classe, plein, classe_trait, contour, couleur_texte = ASPECTS[barre.aspect]
    largeur = max(x2 - x1, 4)
    trait = f' stroke="{contour}" stroke-width="2"' if contour else ""
    tirets = ' stroke-dasharray="5 4"' if barre.aspect == "prevu" else ""
    forme = (
        f'<rect class="{f"{classe} {classe_trait}".strip()}" x="{n(x1)}" y="{n(y)}" width="{n(largeur)}" height="26" '
        f'rx="4" fill="{plein}"{trait}{tirets}/>'
    )
    # Un texte plus long que sa barre déborderait sur la suivante : le tableau des dates le donne.
    if not barre.texte or len(barre.texte) * 7.2 + 16 > largeur:
        return forme
    classe_texte = "g-fond" if couleur_texte == FOND else "g-encre"
    return forme + texte(
        x1 + 9, y + 18, barre.texte, classe=classe_texte, couleur=couleur_texte, font_size="14", font_weight="600"
    )
