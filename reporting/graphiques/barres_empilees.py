"""Des barres couchées en trois parts : plein, hachures, contour. La part se lit à son motif, jamais à sa seule couleur."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from reporting.graphiques.svg import ATTENTE, FILET_FORT, FOND, VALIDE, n, svg, texte, trait

EPAISSEUR = 20
# Classe, remplissage, classe et couleur du contour : plein, hachures, contour. Le nom des hachures s'y met à la place de « {} ».
ASPECTS = (
    ("g-valide", VALIDE, "g-t-valide", VALIDE),
    ("", "url(#{})", "g-t-attente", ATTENTE),
    ("g-fond", FOND, "g-t-fort", FILET_FORT),
)


@dataclass(frozen=True)
class _Forme:
    """Une mise en page. Chacune a ses propres hachures : celles d'un dessin caché ne se peignent nulle part ailleurs."""

    classe: str
    hachures: str
    largeur: int
    gauche: int
    droite: int
    pas: int
    nom_au_dessus: bool


LARGE = _Forme("d-none d-lg-block", "barres-hachures", 760, 300, 700, 36, nom_au_dessus=False)
ETROITE = _Forme("graphique-etroit d-lg-none", "barres-hachures-etroites", 340, 1, 290, 56, nom_au_dessus=True)


@dataclass(frozen=True)
class BarreEmpilee:
    """Une ligne : son nom, ses trois parts dans l'ordre du dessin, et ce qui s'écrit à son bout."""

    libelle: str
    parts: tuple[int, int, int]
    bout: str


def barres_empilees(barres: Sequence[BarreEmpilee], conclusion: str, *, etroit: bool = False) -> SafeString:
    """La plus longue prend toute la place ; l'axe part de zéro. `etroit` : le dessin d'un téléphone, chaque nom sur sa barre.

    La page porte les deux, et la feuille de style montre celui qui convient à l'écran.
    """
    forme = ETROITE if etroit else LARGE
    maximum = max((sum(barre.parts) for barre in barres), default=0) or 1
    corps = [_motif(forme.hachures)]
    for rang, barre in enumerate(barres):
        haut = 8 + rang * forme.pas
        if forme.nom_au_dessus:
            corps.append(texte(forme.gauche, haut + 12, barre.libelle, font_size="15"))
            haut += EPAISSEUR
        else:
            corps.append(texte(forme.gauche - 12, haut + 15, barre.libelle, font_size="15", text_anchor="end"))
        x = float(forme.gauche)
        for part, aspect in zip(barre.parts, ASPECTS, strict=True):
            large = (forme.droite - forme.gauche) * part / maximum
            if part:
                corps.append(_rectangle(x, haut, large, EPAISSEUR, aspect, forme.hachures))
            x += large
        corps.append(texte(x + 8, haut + 15, barre.bout, font_size="15", font_weight="600"))
    bas = 8 + len(barres) * forme.pas
    if not forme.nom_au_dessus:
        corps.append(trait(forme.gauche, 2, forme.gauche, bas - 6, classe="g-t-fort", couleur=FILET_FORT))
    return svg(forme.largeur, bas, conclusion, corps, classe=forme.classe)


def legende_empilee(libelles: tuple[str, str, str]) -> list[tuple[SafeString, str]]:
    """Un échantillon et ses mots pour chaque part."""
    hachures = "barres-hachures-legende"
    return [
        (
            mark_safe(  # noqa: S308  (rien ne vient d'ailleurs que de ce fichier)
                '<svg width="36" height="18" viewBox="0 0 36 18" aria-hidden="true" focusable="false">'
                f"{_motif(hachures) if '{}' in aspect[1] else ''}{_rectangle(2, 2, 32, 14, aspect, hachures)}</svg>"
            ),
            libelle,
        )
        for aspect, libelle in zip(ASPECTS, libelles, strict=True)
    ]


def _motif(nom: str) -> str:
    return (
        f'<defs><pattern id="{nom}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="g-fond" width="6" height="6" fill="{FOND}"/>'
        f'<rect class="g-attente" width="3" height="6" fill="{ATTENTE}"/></pattern></defs>'
    )


def _rectangle(x: float, y: float, large: float, haut: float, aspect: tuple[str, str, str, str], hachures: str) -> str:
    classe, plein, classe_trait, contour = aspect
    return (
        f'<rect class="{classe} {classe_trait}" x="{n(x)}" y="{n(y)}" width="{n(large)}" height="{n(haut)}" '
        f'fill="{plein.format(hachures)}" stroke="{contour}" stroke-width="1.5"/>'
    )
