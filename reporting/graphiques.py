"""Les graphiques d'Étape : SVG faits ici seulement, les mêmes à l'écran et dans le PDF.

Chaque forme porte un attribut de présentation (repli, PDF) et une classe `g-…` (thème) ; ni `style`, ni script.
Les unités sont celles de la `viewBox`. Aucun calcul d'heure ni de date : on dessine ce que les règles ont rendu.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from textwrap import wrap

from django.utils.safestring import SafeString, mark_safe

from comptes.formats import nombre

# Valeurs de repli du thème clair : le PDF et un navigateur sans la feuille de style les montrent.
ENCRE, ENCRE_2, FILET, FILET_FORT, FOND = "#14211c", "#405048", "#d8dfda", "#74847c", "#ffffff"
VALIDE, ATTENTE, INFO, BALISE = "#17765c", "#b87a06", "#3d6fa3", "#f0b323"
MOIS_COURTS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def _n(valeur: float) -> str:
    return f"{valeur:.1f}".rstrip("0").rstrip(".")


def _texte(
    x: float, y: float, contenu: str, *, classe: str = "g-encre", couleur: str = ENCRE, **attributs: object
) -> str:
    autres = "".join(f' {nom.replace("_", "-")}="{valeur}"' for nom, valeur in attributs.items())
    taille = "" if "font_size" in attributs else ' font-size="13"'
    return f'<text class="{classe}" x="{_n(x)}" y="{_n(y)}"{taille}{autres} fill="{couleur}">{escape(contenu)}</text>'


def _second(x: float, y: float, contenu: str, **attributs: object) -> str:
    return _texte(x, y, contenu, classe="g-encre-2", couleur=ENCRE_2, **attributs)


def _trait(
    x1: float, y1: float, x2: float, y2: float, *, classe: str = "g-t-filet", couleur: str = FILET, **attributs: object
) -> str:
    autres = "".join(f' {nom.replace("_", "-")}="{valeur}"' for nom, valeur in attributs.items())
    return (
        f'<line class="{classe}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{couleur}"{autres}/>'
    )


def _rond(x: float, y: float, rayon: float, *, plein: str, classe: str, contour: str = ENCRE) -> str:
    return (
        f'<circle class="{classe} g-t-encre" cx="{_n(x)}" cy="{_n(y)}" r="{rayon}" fill="{plein}" '
        f'stroke="{contour}" stroke-width="2"/>'
    )


def _svg(largeur: int, hauteur: int, conclusion: str, corps: Sequence[str]) -> SafeString:
    return mark_safe(  # noqa: S308  (tout texte est passé par `escape`)
        f'<svg class="graphique" viewBox="0 0 {largeur} {hauteur}" role="img" aria-label="{escape(conclusion)}" '
        f'font-family="Source Sans 3"><title>{escape(conclusion)}</title>{"".join(corps)}</svg>'
    )


def graduations(maximum: float) -> list[float]:
    """De 0 au maximum, quatre à six traits ronds (pas de 1, 2, 2,5 ou 5 × une puissance de dix)."""
    if maximum <= 0:
        return [0]
    puissance = 1.0
    while puissance * 10 <= maximum / 4:
        puissance *= 10
    while puissance > maximum / 4:
        puissance /= 10
    pas = next(p * puissance for p in (1, 2, 2.5, 5, 10) if maximum / (p * puissance) <= 5)
    return [i * pas for i in range(int(maximum / pas + 1e-9) + 1)]


def _indice(mois: date, origine: date) -> int:
    return (mois.year - origine.year) * 12 + mois.month - origine.month


@dataclass(frozen=True)
class PointCourbe:
    """Un mois de la courbe : heures validées et à vérifier cumulées jusqu'à sa fin, et heures attendues à sa fin."""

    mois: date
    validees: Decimal
    en_attente: Decimal
    attendues: Decimal


@dataclass(frozen=True)
class Evenement:
    """Un fait marqué sur l'axe, comme « Avenant 1 », « + 300 h »."""

    jour: date
    titre: str
    detail: str


def courbe_cumulee(
    *,
    passes: Sequence[PointCourbe],
    cible: Sequence[tuple[date, Decimal]],
    dues: Decimal,
    phrase_cible: str,
    conclusion: str,
    projection: Decimal | None = None,
    evenements: Sequence[Evenement] = (),
    hauteur: int = 320,
) -> SafeString:
    """Heures validées cumulées contre la cible, mois par mois.

    `passes` : les mois clos, dans l'ordre. `cible` : pour chaque mois de l'exécution, l'attendu cumulé à sa fin.
    `projection` : total au dernier mois de la cible si le rythme récent se maintient, None pour ne rien tracer.
    `phrase_cible` : « 6 000 h dues le 30 juin 2027 ». `conclusion` : la phrase lue par les lecteurs d'écran.
    """
    largeur, gauche, droite, haut, bas = 760, 52, 744, 34, hauteur - 44
    origine = cible[0][0]
    nombre_mois = len(cible)
    maximum = max(
        [float(dues), *(float(v) for _, v in cible), *(float(p.validees + p.en_attente) for p in passes)]
        + ([float(projection)] if projection is not None else [])
        + [1.0]
    )

    def x(fin_du_mois: int) -> float:
        return gauche + (droite - gauche) * fin_du_mois / nombre_mois

    def y(heures: Decimal | float) -> float:
        return bas - (bas - haut) * float(heures) / maximum

    corps: list[str] = []
    for graduation in graduations(maximum):
        corps.append(
            _trait(gauche, y(graduation), droite, y(graduation), classe="g-t-fort", couleur=FILET_FORT)
            if graduation == 0
            else _trait(gauche, y(graduation), droite, y(graduation))
        )
        corps.append(_second(gauche - 8, y(graduation) + 4, nombre(Decimal(str(graduation))), text_anchor="end"))
    pas_etiquettes = next(p for p in (1, 2, 3, 6, 12) if nombre_mois / p <= 16 or p == 12)
    for rang, (mois, _) in enumerate(cible):
        if rang % pas_etiquettes == 0 and pas_etiquettes < 12:
            milieu = (x(rang) + x(rang + 1)) / 2
            corps.append(_second(milieu, bas + 18, MOIS_COURTS[mois.month - 1], text_anchor="middle"))
        if rang == 0 or mois.month == 1:
            if rang:
                corps.append(_trait(x(rang), haut, x(rang), bas + 40))
            # Un millésime qui n'a pas la place avant janvier serait écrasé par le suivant.
            if rang or mois.month <= 11 or nombre_mois <= 2:
                corps.append(_second(x(rang), bas + 38, str(mois.year), font_weight="600"))

    sommets = [(x(0), y(0))] + [(x(_indice(p.mois, origine) + 1), y(p.validees)) for p in passes]
    sommets = [(sx, sy) for sx, sy in sommets if sx <= droite + 0.1]
    if len(sommets) > 1:
        trace = " ".join(f"{_n(sx)},{_n(sy)}" for sx, sy in sommets)
        corps.append(
            f'<polygon class="g-aire" points="{trace} {_n(sommets[-1][0])},{_n(y(0))}" fill="{VALIDE}" fill-opacity=".12"/>'
        )
    pointes = " ".join([f"{_n(x(0))},{_n(y(0))}"] + [f"{_n(x(i + 1))},{_n(y(v))}" for i, (_, v) in enumerate(cible)])
    corps.append(
        f'<polyline class="g-t-encre" points="{pointes}" fill="none" stroke="{ENCRE}" stroke-width="1.75" stroke-dasharray="7 5"/>'
    )
    corps.append(_texte(droite - 4, haut - 14, phrase_cible, text_anchor="end", font_weight="600"))
    for evenement in evenements:
        ex = x(_indice(evenement.jour, origine) + (evenement.jour.day - 1) / 31)
        if gauche <= ex <= droite:
            corps.append(_trait(ex, bas - 90, ex, bas, classe="g-t-encre", couleur=ENCRE))
            corps.append(_rond(ex, bas, 5, plein=BALISE, classe="g-balise"))
            ancre, ecart = ("end", -6) if ex > (gauche + droite) / 2 else ("start", 6)
            corps.append(_texte(ex + ecart, bas - 82, evenement.titre, font_weight="600", text_anchor=ancre))
            corps.append(_second(ex + ecart, bas - 66, evenement.detail, text_anchor=ancre))
    if len(sommets) > 1:
        corps += _dernier_mois(passes[-1], sommets, projection, x, y, nombre_mois, droite)
    return _svg(largeur, hauteur, conclusion, corps)


def _dernier_mois(dernier, sommets, projection, x, y, nombre_mois, droite) -> list[str]:
    """Le dernier mois clos : trait validé, ce qui reste à vérifier, l'attendu, et la projection pointillée."""
    fx, fy = sommets[-1]
    trace = " ".join(f"{_n(sx)},{_n(sy)}" for sx, sy in sommets)
    corps = []
    if projection is not None and fx < x(nombre_mois) - 1:
        corps.append(
            _trait(
                fx,
                fy,
                x(nombre_mois),
                y(projection),
                classe="g-t-valide",
                couleur=VALIDE,
                stroke_width="2",
                stroke_dasharray="2 4",
            )
        )
        milieu = (fx + x(nombre_mois)) / 2
        if x(nombre_mois) - fx > 160:
            corps.append(_second(milieu + 30, (fy + y(projection)) / 2 + 26, "au rythme actuel", text_anchor="start"))
    corps.append(
        f'<polyline class="g-t-valide" points="{trace}" fill="none" stroke="{VALIDE}" stroke-width="3" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )
    if dernier.en_attente:
        haut_attente = y(dernier.validees + dernier.en_attente)
        corps.append(
            _trait(
                fx,
                fy,
                fx,
                haut_attente,
                classe="g-t-attente",
                couleur=ATTENTE,
                stroke_width="5",
                stroke_dasharray="3 2",
            )
        )
    corps.append(_rond(fx, y(dernier.attendues), 4.5, plein=FOND, classe="g-fond"))
    corps.append(f'<circle class="g-valide" cx="{_n(fx)}" cy="{_n(fy)}" r="5.5" fill="{VALIDE}"/>')
    a_droite = droite - fx > 150
    ancre, ecart = ("start", 10) if a_droite else ("end", -10)
    ecart_vertical = 20 if fy > y(dernier.attendues) else -26
    corps.append(
        _texte(
            fx + ecart,
            fy + ecart_vertical,
            f"{nombre(dernier.validees)}\xa0h validées",
            classe="g-valide",
            couleur=VALIDE,
            font_weight="700",
            text_anchor=ancre,
        )
    )
    if dernier.en_attente:
        corps.append(
            _second(
                fx + ecart,
                fy + ecart_vertical + 16,
                f"+ {nombre(dernier.en_attente)}\xa0h à vérifier",
                text_anchor=ancre,
            )
        )
    if abs(fy - y(dernier.attendues)) > 14:
        corps.append(
            _texte(
                fx - 10,
                y(dernier.attendues) - 8,
                f"{nombre(dernier.attendues, 0)}\xa0h attendues",
                font_weight="600",
                text_anchor="end" if fx > 220 else "start",
            )
        )
    return corps


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
            f'<rect class="g-valide" x="{_n(gauche)}" y="{_n(base - haut)}" width="{_n(pas - 6)}" height="{_n(haut)}" '
            f'rx="2" fill="{VALIDE}"/>'
        )
        centre = gauche + (pas - 6) / 2
        if rang in remarquables:
            corps.append(
                _texte(centre, base - haut - 6, nombre(heures), font_size="12", font_weight="600", text_anchor="middle")
            )
        corps.append(
            _second(centre, base + 15, MOIS_COURTS[mois.month - 1][0].upper(), font_size="12", text_anchor="middle")
        )
    corps.append(_trait(0, base + 0.5, largeur, base + 0.5, classe="g-t-fort", couleur=FILET_FORT))
    return _svg(largeur, hauteur, conclusion, corps)


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
        corps.append(_trait(x(premier), haut - 8, x(premier), hauteur - 20))
        if annee == fin.year or x(date(annee + 1, 1, 1)) - x(premier) > 44:
            corps.append(_second(x(premier) + 5, haut - 14, str(annee), font_size="14", font_weight="600"))
    if debut <= aujourd_hui <= fin:
        corps.append(
            _trait(
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
            _texte(x(aujourd_hui), hauteur - 4, "aujourd’hui", font_size="14", font_weight="700", text_anchor="middle")
        )
    for rang, rangee in enumerate(rangees):
        y = haut + pas * rang
        if rang:
            corps.append(_trait(0, y, largeur, y))
        sous = wrap(rangee.sous, 36, max_lines=2, placeholder="…")
        premier = y + 32 - 8 * len(sous)
        corps.append(_texte(0, premier, rangee.libelle, font_size="15", font_weight="600"))
        corps += [_second(0, premier + 16 * (i + 1), ligne) for i, ligne in enumerate(sous)]
        for barre in rangee.barres:
            corps.append(_barre(barre, x(barre.debut), x(barre.fin), y + 14))
        if rangee.fin_ecrite and rangee.barres:
            corps.append(_texte(x(rangee.barres[-1].fin) + 8, y + 32, rangee.fin_ecrite, font_size="14"))
    return _svg(largeur, hauteur, conclusion, corps)


def _barre(barre: Barre, x1: float, x2: float, y: float) -> str:
    classe, plein, classe_trait, contour, couleur_texte = ASPECTS[barre.aspect]
    largeur = max(x2 - x1, 4)
    trait = f' stroke="{contour}" stroke-width="2"' if contour else ""
    tirets = ' stroke-dasharray="5 4"' if barre.aspect == "prevu" else ""
    forme = (
        f'<rect class="{f"{classe} {classe_trait}".strip()}" x="{_n(x1)}" y="{_n(y)}" width="{_n(largeur)}" height="26" '
        f'rx="4" fill="{plein}"{trait}{tirets}/>'
    )
    # Un texte plus long que sa barre déborderait sur la suivante : le tableau des dates le donne.
    if not barre.texte or len(barre.texte) * 7.2 + 16 > largeur:
        return forme
    classe_texte = "g-fond" if couleur_texte == FOND else "g-encre"
    return forme + _texte(
        x1 + 9, y + 18, barre.texte, classe=classe_texte, couleur=couleur_texte, font_size="14", font_weight="600"
    )
