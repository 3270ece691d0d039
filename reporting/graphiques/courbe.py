"""Heures validées cumulées contre la cible."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString

from comptes.formats import nombre
from reporting.graphiques.svg import (
    ATTENTE,
    BALISE,
    ENCRE,
    FILET_FORT,
    FOND,
    MOIS_COURTS,
    VALIDE,
    n,
    rond,
    second,
    svg,
    texte,
    trait,
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
            trait(gauche, y(graduation), droite, y(graduation), classe="g-t-fort", couleur=FILET_FORT)
            if graduation == 0
            else trait(gauche, y(graduation), droite, y(graduation))
        )
        corps.append(second(gauche - 8, y(graduation) + 4, nombre(Decimal(str(graduation))), text_anchor="end"))
    pas_etiquettes = next(p for p in (1, 2, 3, 6, 12) if nombre_mois / p <= 16 or p == 12)
    for rang, (mois, _) in enumerate(cible):
        if rang % pas_etiquettes == 0 and pas_etiquettes < 12:
            milieu = (x(rang) + x(rang + 1)) / 2
            corps.append(second(milieu, bas + 18, MOIS_COURTS[mois.month - 1], text_anchor="middle"))
        if rang == 0 or mois.month == 1:
            if rang:
                corps.append(trait(x(rang), haut, x(rang), bas + 40))
            # Un millésime qui n'a pas la place avant janvier serait écrasé par le suivant.
            if rang or mois.month <= 11 or nombre_mois <= 2:
                corps.append(second(x(rang), bas + 38, str(mois.year), font_weight="600"))

    sommets = [(x(0), y(0))] + [(x(_indice(p.mois, origine) + 1), y(p.validees)) for p in passes]
    sommets = [(sx, sy) for sx, sy in sommets if sx <= droite + 0.1]
    if len(sommets) > 1:
        trace = " ".join(f"{n(sx)},{n(sy)}" for sx, sy in sommets)
        corps.append(
            f'<polygon class="g-aire" points="{trace} {n(sommets[-1][0])},{n(y(0))}" fill="{VALIDE}" fill-opacity=".12"/>'
        )
    tiretee = [(x(0), y(0))] + [(x(i + 1), y(v)) for i, (_, v) in enumerate(cible)]
    pointes = " ".join(f"{n(px)},{n(py)}" for px, py in tiretee)
    corps.append(
        f'<polyline class="g-t-encre" points="{pointes}" fill="none" stroke="{ENCRE}" stroke-width="1.75" stroke-dasharray="7 5"/>'
    )
    corps.append(texte(droite - 4, haut - 14, phrase_cible, text_anchor="end", font_weight="600"))
    textes = _textes_du_dernier_mois(passes[-1], sommets, tiretee, y, droite, bas) if len(sommets) > 1 else []
    for evenement in evenements:
        ex = x(_indice(evenement.jour, origine) + (evenement.jour.day - 1) / 31)
        if gauche <= ex <= droite:
            ancre, ecart = ("end", -6) if ex > (gauche + droite) / 2 else ("start", 6)
            sommet = _sommet_libre(ex, ancre, (sommets, tiretee, *textes), haut, bas)
            corps.append(trait(ex, sommet, ex, bas, classe="g-t-encre", couleur=ENCRE))
            corps.append(rond(ex, bas, 5, plein=BALISE, classe="g-balise"))
            corps.append(texte(ex + ecart, sommet + 8, evenement.titre, font_weight="600", text_anchor=ancre))
            corps.append(second(ex + ecart, sommet + 24, evenement.detail, text_anchor=ancre))
    if len(sommets) > 1:
        corps += _dernier_mois(passes[-1], sommets, tiretee, projection, x, y, nombre_mois, droite, haut, bas)
    return svg(largeur, hauteur, conclusion, corps)


_Ligne = Sequence[tuple[float, float]]
LARGEUR_TEXTE = 104
ASSEZ_A_DROITE = 220  # au-delà, un texte tient à gauche de son point
# Où peut finir le trait d'un événement, au-dessus de l'axe ; la première place libre l'emporte.
SOMMETS_POSSIBLES = (90, 56, 130, 170)


def _sommet_libre(ex: float, ancre: str, lignes: Sequence[_Ligne], haut: float, bas: float) -> float:
    """Le haut du trait d'un événement, là où aucune courbe ne barre ses deux lignes de texte ; celui d'ordinaire s'il n'y en a pas."""
    bords = (ex - LARGEUR_TEXTE, ex) if ancre == "end" else (ex, ex + LARGEUR_TEXTE)
    for hauteur in SOMMETS_POSSIBLES:
        sommet = bas - hauteur
        if sommet - 4 >= haut and _est_libre(bords, (sommet - 4, sommet + 28), lignes):
            return sommet
    return bas - SOMMETS_POSSIBLES[0]


def _est_libre(bords: tuple[float, float], hauteurs: tuple[float, float], lignes: Sequence[_Ligne]) -> bool:
    """Dit si aucune de ces lignes brisées ne traverse ce rectangle."""
    for ligne in lignes:
        for (x1, y1), (x2, y2) in pairwise(ligne):
            debut, fin = max(x1, bords[0]), min(x2, bords[1])
            if debut > fin or x2 <= x1:
                continue
            a, b = (y1 + (y2 - y1) * (abscisse - x1) / (x2 - x1) for abscisse in (debut, fin))
            if min(a, b) <= hauteurs[1] and max(a, b) >= hauteurs[0]:
                return False
    return True


def _place_des_validees(dernier, sommets, tiretee, y, droite, bas) -> tuple[str, float, float]:
    """Où s'écrivent les heures validées du dernier mois : ancre, abscisse et première ligne.

    Près de l'axe, rien ne s'écrit sous le trait : les mois y sont.
    """
    (fx, fy), lignes = sommets[-1], 16 if dernier.en_attente else 0
    a_droite = droite - fx > 150
    ancre, abscisse = ("start", fx + 10) if a_droite else ("end", fx - 10)
    if _est_bas(dernier, fy, bas):
        return ancre, abscisse, min(fy, bas - 4) - (28 if dernier.en_attente else 12)
    premiere = fy + (20 if fy > y(dernier.attendues) else -26)
    if not a_droite:  # à gauche du point, la courbe passe : le texte descend sous elle
        bords = (abscisse - LARGEUR_TEXTE, abscisse)
        plus_bas = (premiere + pas for pas in (0, 16, 32, 48) if premiere + pas + lignes < bas - 6)
        libres = (p for p in plus_bas if _est_libre(bords, (p - 12, p + 4 + lignes), (sommets, tiretee)))
        premiere = next(libres, premiere)
    return ancre, abscisse, premiere


def _est_bas(dernier, fy: float, bas: float) -> bool:
    """Dit si les textes du dernier mois, sous son point, toucheraient l'axe."""
    return fy + 20 + (16 if dernier.en_attente else 0) > bas - 6


def _textes_du_dernier_mois(dernier, sommets, tiretee, y, droite, bas) -> list[_Ligne]:
    """Un trait par ligne de texte du dernier mois : ce qu'un autre texte ne doit pas recouvrir."""
    ancre, abscisse, premiere = _place_des_validees(dernier, sommets, tiretee, y, droite, bas)
    debut = abscisse if ancre == "start" else abscisse - LARGEUR_TEXTE
    lignes = [premiere - 5] + ([premiere + 11] if dernier.en_attente else [])
    gauche = _abscisse_attendues(sommets[-1][0])
    return [
        *([(debut, hauteur), (debut + LARGEUR_TEXTE, hauteur)] for hauteur in lignes),
        [(gauche, y(dernier.attendues) - 13), (gauche + LARGEUR_TEXTE, y(dernier.attendues) - 13)],
    ]


def _abscisse_attendues(fx: float) -> float:
    """Où commence « 2 049 h attendues » : à gauche de son rond, à droite quand la place manque."""
    return fx - 10 - LARGEUR_TEXTE if fx > ASSEZ_A_DROITE else fx - 10


def _dernier_mois(dernier, sommets, tiretee, projection, x, y, nombre_mois, droite, haut, bas) -> list[str]:
    """Le dernier mois clos : trait validé, ce qui reste à vérifier, l'attendu, et la projection pointillée ; textes détourés."""
    fx, fy = sommets[-1]
    ancre, abscisse, premiere_ligne = _place_des_validees(dernier, sommets, tiretee, y, droite, bas)
    trace = " ".join(f"{n(sx)},{n(sy)}" for sx, sy in sommets)
    corps = []
    if projection is not None and fx < x(nombre_mois) - 1:
        corps.append(
            trait(
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
        milieu, hauteur_milieu = (fx + x(nombre_mois)) / 2, (fy + y(projection)) / 2
        if hauteur_milieu + 26 > bas - 6:
            if droite - fx > 280:
                corps += _detoure(second, droite - 4, y(projection) - 10, "au rythme actuel", text_anchor="end")
        elif x(nombre_mois) - fx > 160:
            corps.append(second(milieu + 30, hauteur_milieu + 26, "au rythme actuel", text_anchor="start"))
    corps.append(
        f'<polyline class="g-t-valide" points="{trace}" fill="none" stroke="{VALIDE}" stroke-width="3" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )
    if dernier.en_attente:
        haut_attente = y(dernier.validees + dernier.en_attente)
        corps.append(
            trait(
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
    corps.append(rond(fx, y(dernier.attendues), 4.5, plein=FOND, classe="g-fond"))
    corps.append(f'<circle class="g-valide" cx="{n(fx)}" cy="{n(fy)}" r="5.5" fill="{VALIDE}"/>')
    corps += _detoure(
        texte,
        abscisse,
        premiere_ligne,
        f"{nombre(dernier.validees)}\xa0h validées",
        classe="g-valide",
        couleur=VALIDE,
        font_weight="700",
        text_anchor=ancre,
    )
    if dernier.en_attente:
        a_verifier = f"+ {nombre(dernier.en_attente)}\xa0h à vérifier"
        corps += _detoure(second, abscisse, premiere_ligne + 16, a_verifier, text_anchor=ancre)
    if abs(fy - y(dernier.attendues)) > 14 and y(dernier.attendues) > haut + 16:  # plus haut, la cible est déjà écrite
        ancre_attendues = "end" if fx > ASSEZ_A_DROITE else "start"
        hauteur_attendues = y(dernier.attendues) - 8
        if _est_bas(dernier, fy, bas) and (ancre_attendues == ancre or fx <= ASSEZ_A_DROITE):
            hauteur_attendues = min(hauteur_attendues, premiere_ligne - 18)
        attendues = f"{nombre(dernier.attendues, 0)}\xa0h attendues"
        corps += _detoure(texte, fx - 10, hauteur_attendues, attendues, font_weight="600", text_anchor=ancre_attendues)
    return corps


def _detoure(ecrire: Callable[..., str], x: float, y: float, contenu: str, **attributs: object) -> list[str]:
    """Le texte, sur un contour de la couleur du fond : une ligne qui passe derrière ne le barre pas."""
    contour = {"stroke": FOND, "stroke_width": "4", "stroke_linejoin": "round"}
    fond = texte(x, y, contenu, **{**attributs, **contour, "classe": "g-contour", "couleur": FOND})
    return [fond, ecrire(x, y, contenu, **attributs)]
