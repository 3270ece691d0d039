"""Des barres couchées en trois parts : plein, hachures, contour. La part se lit à son motif, jamais à sa seule couleur."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from reporting.graphiques.svg import ATTENTE, FILET_FORT, FOND, VALIDE, n, svg, texte, trait

LARGEUR, GAUCHE, DROITE, PAS, EPAISSEUR = 760, 300, 700, 36, 20
HACHURES = "barres-hachures"
_MOTIF = (
    f'<defs><pattern id="{HACHURES}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect class="g-fond" width="6" height="6" fill="{FOND}"/>'
    f'<rect class="g-attente" width="3" height="6" fill="{ATTENTE}"/></pattern></defs>'
)
# Classe, remplissage, classe et couleur du contour : plein, hachures, contour.
ASPECTS = (
    ("g-valide", VALIDE, "g-t-valide", VALIDE),
    ("", f"url(#{HACHURES})", "g-t-attente", ATTENTE),
    ("g-fond", FOND, "g-t-fort", FILET_FORT),
)


@dataclass(frozen=True)
class BarreEmpilee:
    """Une ligne : son nom, ses trois parts dans l'ordre du dessin, et ce qui s'écrit à son bout."""

    libelle: str
    parts: tuple[int, int, int]
    bout: str


def barres_empilees(barres: Sequence[BarreEmpilee], conclusion: str) -> SafeString:
    """La plus longue prend toute la place ; l'axe part de zéro."""
    maximum = max((sum(barre.parts) for barre in barres), default=0) or 1
    corps = [_MOTIF]
    for rang, barre in enumerate(barres):
        haut = 8 + rang * PAS
        corps.append(texte(GAUCHE - 12, haut + 15, barre.libelle, font_size="15", text_anchor="end"))
        x = float(GAUCHE)
        for part, aspect in zip(barre.parts, ASPECTS, strict=True):
            large = (DROITE - GAUCHE) * part / maximum
            if part:
                corps.append(_rectangle(x, haut, large, EPAISSEUR, aspect))
            x += large
        corps.append(texte(x + 8, haut + 15, barre.bout, font_size="15", font_weight="600"))
    bas = 8 + len(barres) * PAS
    corps.append(trait(GAUCHE, 2, GAUCHE, bas - 6, classe="g-t-fort", couleur=FILET_FORT))
    return svg(LARGEUR, bas, conclusion, corps)


def legende_empilee(libelles: tuple[str, str, str]) -> list[tuple[SafeString, str]]:
    """Un échantillon et ses mots pour chaque part ; les hachures sont celles que définit le graphique."""
    return [
        (
            mark_safe(  # noqa: S308  (rien ne vient d'ailleurs que de ce fichier)
                '<svg width="36" height="18" viewBox="0 0 36 18" aria-hidden="true" focusable="false">'
                f"{_rectangle(2, 2, 32, 14, aspect)}</svg>"
            ),
            libelle,
        )
        for aspect, libelle in zip(ASPECTS, libelles, strict=True)
    ]


def _rectangle(x: float, y: float, large: float, haut: float, aspect: tuple[str, str, str, str]) -> str:
    classe, plein, classe_trait, contour = aspect
    return (
        f'<rect class="{classe} {classe_trait}" x="{n(x)}" y="{n(y)}" width="{n(large)}" height="{n(haut)}" '
        f'fill="{plein}" stroke="{contour}" stroke-width="1.5"/>'
    )
