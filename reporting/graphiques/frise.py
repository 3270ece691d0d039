"""La frise d'une personne : une rangée par fenêtre. Ce qu'est une barre se lit à son motif, jamais à sa seule couleur."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from textwrap import wrap

from django.utils.safestring import SafeString, mark_safe

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

HACHURES, POINTS = "frise-hachures", "frise-points"
# Au-dessus d'un motif, un texte ne se lirait pas : la légende et le tableau le disent.
_MOTIFS = (
    f'<defs><pattern id="{HACHURES}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect class="g-fond" width="7" height="7" fill="{FOND}"/>'
    f'<path class="g-t-encre" d="M1.5 0v7" stroke="{ENCRE}" stroke-width="2"/></pattern>'
    f'<pattern id="{POINTS}" width="8" height="8" patternUnits="userSpaceOnUse">'
    f'<rect class="g-fond" width="8" height="8" fill="{FOND}"/>'
    f'<circle class="g-encre-2" cx="4" cy="4" r="1.8" fill="{ENCRE_2}"/></pattern></defs>'
)


@dataclass(frozen=True)
class Aspect:
    """Le dessin d'une barre : classe et remplissage, classe et couleur du contour, tirets, texte clair ou foncé."""

    classe: str
    plein: str
    classe_trait: str = ""
    contour: str = ""
    tirets: str = ""
    texte_clair: bool = False
    porte_un_texte: bool = True


ASPECTS = {
    "contrat": Aspect("g-info", INFO, texte_clair=True),
    "contrat_avenir": Aspect("g-fond", FOND, "g-t-info", INFO),
    "etape": Aspect("g-encre", ENCRE, texte_clair=True),
    "etape_avenir": Aspect("g-fond", FOND, "g-t-encre", ENCRE),
    "clause": Aspect("g-valide", VALIDE, texte_clair=True),
    "clause_avenir": Aspect("g-fond", FOND, "g-t-valide", VALIDE),
    "agrement": Aspect("g-encre-2", ENCRE_2, texte_clair=True),
    "agrement_avenir": Aspect("g-fond", FOND, "g-t-fort", FILET_FORT),
    "suspendu": Aspect("", f"url(#{HACHURES})", "g-t-encre", ENCRE, porte_un_texte=False),
    "prolonge": Aspect("", f"url(#{POINTS})", "g-t-fort", FILET_FORT, porte_un_texte=False),
    "demande": Aspect("g-fond", FOND, "g-t-encre", ENCRE, "5 4"),
}
Motif = tuple[set[str], str, str]  # les aspects réunis, celui de l'échantillon, les mots
# Ce que chaque motif veut dire ; les barres pleines et à contour le disent une fois pour les trois couleurs.
LEGENDE = (
    ({"contrat", "clause", "agrement"}, "agrement", "plein\u00a0: utilisé"),
    ({"etape"}, "etape", "plein\u00a0: étape faite ou en cours"),
    (
        {"contrat_avenir", "clause_avenir", "agrement_avenir", "etape_avenir"},
        "agrement_avenir",
        "contour\u00a0: à venir",
    ),
    ({"suspendu"}, "suspendu", "hachures\u00a0: suspendu"),
    ({"prolonge"}, "prolonge", "points\u00a0: prolongé ou renouvelé"),
    ({"demande"}, "demande", "tirets\u00a0: prolongation demandée"),
)
# Des étapes seules : un contrat de clause et une formation se font l'un comme l'autre.
LEGENDE_DES_ETAPES = (({"clause", "etape"}, "agrement", "plein\u00a0: fait ou en cours"), *LEGENDE[2:])


@dataclass(frozen=True)
class Barre:
    """Une période de la frise, bornes comprises. `aspect` : une clé d'ASPECTS."""

    debut: date
    fin: date
    aspect: str
    texte: str = ""


@dataclass(frozen=True)
class Rangee:
    """Une ligne de la frise. `fin_ecrite`, puis `fin_sous`, s'écrivent à droite de la dernière barre."""

    libelle: str
    barres: tuple[Barre, ...]
    fin_ecrite: str = ""
    sous: str = ""
    fin_sous: str = ""


LARGEUR, GAUCHE, DROITE, HAUT, PAS = 1200, 250, 1000, 34, 54


def frise(rangees: Sequence[Rangee], *, debut: date, fin: date, aujourd_hui: date, conclusion: str) -> SafeString:
    """Une rangée par fenêtre, de `debut` à `fin` (bornes du dessin). Le trait « aujourd'hui » passe sous les barres."""
    hauteur = HAUT + PAS * len(rangees) + 28
    etendue = max((fin - debut).days, 1)

    def x(jour: date) -> float:
        return GAUCHE + (DROITE - GAUCHE) * (min(max(jour, debut), fin) - debut).days / etendue

    corps = [_MOTIFS]
    for annee in range(debut.year, fin.year + 1):
        premier = max(date(annee, 1, 1), debut)
        corps.append(trait(x(premier), HAUT - 8, x(premier), hauteur - 20))
        suivante = x(date(annee + 1, 1, 1)) if annee < fin.year else DROITE
        if suivante - x(premier) > 44:
            corps.append(second(x(premier) + 5, HAUT - 14, str(annee), font_size="14", font_weight="600"))
    if debut <= aujourd_hui <= fin:
        ici = x(aujourd_hui)
        corps.append(trait(ici, HAUT - 8, ici, hauteur - 20, classe="g-t-encre", couleur=ENCRE, stroke_width="2"))
        corps.append(texte(ici, hauteur - 4, "aujourd’hui", font_size="14", font_weight="700", text_anchor="middle"))
    for rang, rangee in enumerate(rangees):
        y = HAUT + PAS * rang
        if rang and rangee.libelle:
            corps.append(trait(0, y, LARGEUR, y))
        corps += _etiquette(rangee, y)
        bouts = [x(barre.debut) for barre in rangee.barres[1:]] + [LARGEUR]
        for barre, bout in zip(rangee.barres, bouts, strict=True):
            corps.append(_barre(barre, x(barre.debut), x(barre.fin), y + 14, bout, a_une_fin=bool(rangee.fin_ecrite)))
        corps += _fin(rangee, x, y)
    return svg(LARGEUR, hauteur, conclusion, corps)


def legende(rangees: Sequence[Rangee], motifs: Sequence[Motif] = LEGENDE) -> list[tuple[SafeString, str]]:
    """Un échantillon et ses mots pour chaque motif dessiné, dans l'ordre ; les motifs sont ceux que définit la frise."""
    aspects = {barre.aspect for rangee in rangees for barre in rangee.barres}
    return [(_echantillon(modele), mots) for dessines, modele, mots in motifs if dessines & aspects]


def _echantillon(aspect: str) -> SafeString:
    forme = _rectangle(ASPECTS[aspect], 2, 2, 32, 14)
    return mark_safe(  # noqa: S308  (rien ne vient d'ailleurs que de ce fichier)
        f'<svg width="36" height="18" viewBox="0 0 36 18" aria-hidden="true" focusable="false">{forme}</svg>'
    )


def _etiquette(rangee: Rangee, y: float) -> list[str]:
    sous = wrap(rangee.sous, 36, max_lines=2, placeholder="…")
    premier = y + 32 - 8 * len(sous)
    lignes = [texte(0, premier, rangee.libelle, font_size="15", font_weight="600")]
    return lignes + [second(0, premier + 16 * (i + 1), ligne) for i, ligne in enumerate(sous)]


def _fin(rangee: Rangee, x, y: float) -> list[str]:
    if not rangee.fin_ecrite or not rangee.barres:
        return []
    bout = max(x(barre.fin) for barre in rangee.barres) + 8
    premier = y + (24 if rangee.fin_sous else 32)
    lignes = [_a_cote(bout, premier, rangee.fin_ecrite)]
    if not rangee.fin_sous:
        return lignes
    return [*lignes, _cache(bout, premier + 17, rangee.fin_sous), second(bout, premier + 17, rangee.fin_sous)]


def _rectangle(aspect: Aspect, x: float, y: float, largeur: float, hauteur: float) -> str:
    contour = f' stroke="{aspect.contour}" stroke-width="2"' if aspect.contour else ""
    tirets = f' stroke-dasharray="{aspect.tirets}"' if aspect.tirets else ""
    classe = " ".join(filter(None, (aspect.classe, aspect.classe_trait)))
    return (
        f'<rect class="{classe}" x="{n(x)}" y="{n(y)}" width="{n(largeur)}" height="{n(hauteur)}" rx="4" '
        f'fill="{aspect.plein}"{contour}{tirets}/>'
    )


def _barre(barre: Barre, x1: float, x2: float, y: float, bout: float, *, a_une_fin: bool) -> str:
    """Une barre et son texte : dedans s'il y tient, sinon à sa droite s'il y a la place, sinon le tableau des dates le donne."""
    aspect = ASPECTS[barre.aspect]
    largeur = max(x2 - x1, 4)
    forme = _rectangle(aspect, x1, y, largeur, 26)
    if not barre.texte:
        return forme
    forme = f"<g><title>{escape(barre.texte)}</title>{forme}</g>"
    place = _place(barre.texte)
    if aspect.porte_un_texte and place <= largeur:
        classe, couleur = ("g-fond", FOND) if aspect.texte_clair else ("g-encre", ENCRE)
        return forme + texte(
            x1 + 9, y + 18, barre.texte, classe=classe, couleur=couleur, font_size="14", font_weight="600"
        )
    if not a_une_fin and x2 + place <= bout:
        return forme + _a_cote(x2 + 8, y + 18, barre.texte)
    return forme


def _a_cote(x: float, y: float, contenu: str) -> str:
    """Un texte à côté d'une barre."""
    return _cache(x, y, contenu) + texte(x, y, contenu, font_size="14")


def _cache(x: float, y: float, contenu: str) -> str:
    """Le fond d'un texte : le trait d'aujourd'hui et ceux des années s'arrêtent au-dessus et reprennent au-dessous."""
    return (
        f'<rect class="g-fond" x="{n(x - 4)}" y="{n(y - 15)}" width="{n(len(contenu) * 7.2 + 8)}" height="20" '
        f'fill="{FOND}"/>'
    )


def _place(contenu: str) -> float:
    """La largeur que prend un texte de barre, marges comprises, en unités du dessin."""
    return len(contenu) * 7.2 + 16


def tient(barre: Barre, debut: date, fin: date) -> bool:
    """Dit si le texte de la barre tient dedans, sur un dessin qui va de `debut` à `fin`."""
    return _place(barre.texte) <= (DROITE - GAUCHE) * (barre.fin - barre.debut).days / max((fin - debut).days, 1)
