"""Les barres d'une année, mois par mois."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString

from comptes.formats import nombre
from reporting.graphiques.svg import FILET_FORT, MOIS_COURTS, VALIDE, n, second, svg, texte, trait


def barres_mensuelles(valeurs: Sequence[tuple[date, Decimal]], conclusion: str) -> SafeString:
    """Heures validées mois par mois (douze au plus) ; le plus petit et le plus grand portent leur nombre."""
    largeur, hauteur, base, sommet = 304, 142, 120, 26
    maximum = max((float(v) for _, v in valeurs), default=0) or 1.0
    pas = largeur / max(len(valeurs), 1)
    remarquables = {max(range(len(valeurs)), key=lambda i: valeurs[i][1])} if valeurs else set()
    if len(valeurs) > 3:
        remarquables.add(min(range(len(valeurs)), key=lambda i: valeurs[i][1]))
    corps = []
    for rang, (mois, heures) in enumerate(valeurs):
        haut = (base - sommet) * float(heures) / maximum
        gauche = rang * pas + 3
        corps.append(
            f'<rect class="g-valide" x="{n(gauche)}" y="{n(base - haut)}" width="{n(pas - 6)}" height="{n(haut)}" '
            f'rx="2" fill="{VALIDE}"/>'
        )
        centre = gauche + (pas - 6) / 2
        if rang in remarquables:
            corps.append(
                texte(centre, base - haut - 6, nombre(heures), font_size="12", font_weight="600", text_anchor="middle")
            )
        corps.append(
            second(centre, base + 15, MOIS_COURTS[mois.month - 1][0].upper(), font_size="12", text_anchor="middle")
        )
    corps.append(trait(0, base + 0.5, largeur, base + 0.5, classe="g-t-fort", couleur=FILET_FORT))
    return svg(largeur, hauteur, conclusion, corps)
