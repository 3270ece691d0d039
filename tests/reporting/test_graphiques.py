"""Les graphiques : SVG lisibles, sans style ni script, et sans texte qui s'échappe."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from reporting.graphiques import (
    Barre,
    Evenement,
    PointCourbe,
    Rangee,
    barres_mensuelles,
    courbe_cumulee,
    frise,
    graduations,
)
from reporting.graphiques.svg import MOIS_COURTS

CIBLE = [(date(2026, 3 + i, 1), Decimal(100 * (i + 1))) for i in range(6)]
PASSES = [
    PointCourbe(date(2026, 3 + i, 1), Decimal(80 * (i + 1)), Decimal(10), Decimal(100 * (i + 1))) for i in range(3)
]


def tracer(**autres) -> str:
    arguments = {
        "passes": PASSES,
        "cible": CIBLE,
        "dues": Decimal(600),
        "phrase_cible": "600 h dues le 31 août 2026",
        "conclusion": "Heures validées cumulées : 240 h.",
    }
    return courbe_cumulee(**(arguments | autres))


def test_la_courbe_est_un_svg_bien_forme_qui_se_dit_en_une_phrase():
    """Un lecteur d'écran lit la conclusion, et le XML est valide."""
    racine = ElementTree.fromstring(tracer(projection=Decimal(480)))
    assert racine.get("role") == "img"
    assert racine.get("aria-label") == "Heures validées cumulées : 240 h."
    textes = [t.text for t in racine.iter() if t.tag.endswith("text")]
    assert "240\xa0h validées" in textes
    assert "600 h dues le 31 août 2026" in textes


def test_ni_style_ni_script():
    """La politique de sécurité du contenu refuserait l'un et l'autre."""
    dessin = tracer(evenements=[Evenement(date(2026, 4, 12), "Avenant 1", "+ 300 h")])
    assert "style" not in dessin
    assert "script" not in dessin


def test_un_texte_hostile_reste_du_texte():
    """Un nom saisi ne peut pas fermer une balise."""
    dessin = frise(
        [Rangee("<script>alert(1)</script>", (Barre(date(2026, 1, 1), date(2026, 12, 31), "clause", '"><b>'),))],
        debut=date(2026, 1, 1),
        fin=date(2027, 1, 1),
        aujourd_hui=date(2026, 6, 1),
        conclusion='a"b',
    )
    ElementTree.fromstring(dessin)
    assert "<script>" not in dessin


def test_le_dernier_point_est_a_la_hauteur_de_ses_heures():
    """240 h sur un axe de 600 h : le point est à 40 % de la hauteur utile (276 en bas, 34 en haut)."""
    racine = ElementTree.fromstring(tracer())
    ronds = [r for r in racine.iter() if r.tag.endswith("circle") and r.get("class") == "g-valide"]
    assert len(ronds) == 1
    assert float(ronds[0].get("cy")) == pytest.approx(276 - 242 * 240 / 600, abs=0.1)
    # Troisième mois clos sur six : la moitié de la largeur (52 à 744).
    assert float(ronds[0].get("cx")) == pytest.approx(398, abs=0.1)


def test_le_texte_d_un_avenant_n_est_barre_par_aucune_courbe():
    """À mi-course, 240 h et la cible passeraient dans le texte posé à 90 sur l'axe : il descend à 56, sous elles."""
    passes = [PointCourbe(mois, attendues * Decimal("0.9"), Decimal(0), attendues) for mois, attendues in CIBLE[:4]]
    racine = ElementTree.fromstring(
        tracer(passes=passes, evenements=[Evenement(date(2026, 5, 1), "Avenant 1", "+ 300 h")])
    )
    hauteurs = {t.text: float(t.get("y")) for t in racine.iter() if t.tag.endswith("text")}
    assert (hauteurs["Avenant 1"], hauteurs["+ 300 h"]) == (276 - 56 + 8, 276 - 56 + 24)
    seul = ElementTree.fromstring(tracer(passes=[], evenements=[Evenement(date(2026, 8, 20), "Avenant 1", "+ 300 h")]))
    assert next(float(t.get("y")) for t in seul.iter() if t.text == "Avenant 1") == 276 - 90 + 8


def test_le_texte_d_un_avenant_ne_recouvre_pas_celui_du_dernier_mois():
    """Presque rien de validé et un avenant deux semaines après : il s'écrit au-dessus des heures validées et à vérifier."""
    passes = [PointCourbe(mois, Decimal(12), Decimal(60), attendues) for mois, attendues in CIBLE[:3]]
    racine = ElementTree.fromstring(
        tracer(passes=passes, evenements=[Evenement(date(2026, 6, 12), "Avenant 1", "+ 300 h")])
    )
    hauteurs = {t.text: float(t.get("y")) for t in racine.iter() if t.tag.endswith("text")}
    assert hauteurs["+ 300 h"] + 12 <= hauteurs["12\xa0h validées"]


def test_a_la_fin_les_heures_validees_s_ecrivent_sous_la_courbe():
    """Six mois sur six, 90 % de la cible : à gauche du point la courbe passe à 20, le texte s'écrit plus bas."""
    passes = [PointCourbe(mois, attendues * Decimal("0.9"), Decimal(0), attendues) for mois, attendues in CIBLE]
    racine = ElementTree.fromstring(tracer(passes=passes))
    hauteur = next(float(t.get("y")) for t in racine.iter() if t.text == "540\xa0h validées")
    assert hauteur > 276 - 242 * 540 / 600 + 20


@pytest.mark.parametrize("mois_clos", [1, 3, 5, 6])
@pytest.mark.parametrize(("validees", "a_verifier"), [(0, 0), (0, 20), (12, 15)])
def test_rien_ne_s_ecrit_sur_les_mois(mois_clos, validees, a_verifier):
    """Sans heure validée, le point est sur l'axe (276) : sous lui, il n'y a que les mois et les années."""
    passes = [
        PointCourbe(mois, Decimal(validees), Decimal(a_verifier), attendues) for mois, attendues in CIBLE[:mois_clos]
    ]
    racine = ElementTree.fromstring(tracer(passes=passes, projection=Decimal(validees)))
    textes = [(t.text, float(t.get("y"))) for t in racine.iter() if t.tag.endswith("text")]
    assert f"{validees}\xa0h validées" in {contenu for contenu, _ in textes}
    assert {contenu for contenu, y in textes if y > 276 - 4} <= {*MOIS_COURTS, "2026", "0"}
    hauteurs = sorted(
        {y for contenu, y in textes if "validées" in contenu or "à vérifier" in contenu or "atten" in contenu}
    )
    assert all(bas - haut >= 14 for haut, bas in pairwise(hauteurs))


def test_une_operation_de_dix_ans_reste_lisible():
    """Cent vingt mois : pas d'étiquette par mois, mais chaque millésime."""
    cible = [(date(2020 + i // 12, i % 12 + 1, 1), Decimal(i + 1)) for i in range(120)]
    racine = ElementTree.fromstring(tracer(cible=cible, passes=[], dues=Decimal(120)))
    textes = [t.text for t in racine.iter() if t.tag.endswith("text")]
    assert {"2020", "2025", "2029"} <= set(textes)
    assert "févr." not in textes


@pytest.mark.parametrize(
    ("maximum", "attendues"), [(0, [0]), (6000, [0, 2000, 4000, 6000]), (833, [0, 200, 400, 600, 800])]
)
def test_graduations_rondes(maximum, attendues):
    """Les traits tombent sur des nombres ronds."""
    assert graduations(maximum) == attendues


def test_barres_sans_heure():
    """Une année sans heure donne un axe vide, pas une erreur."""
    racine = ElementTree.fromstring(barres_mensuelles([(date(2026, 1, 1), Decimal(0))], "Aucune heure"))
    assert racine.get("aria-label") == "Aucune heure"


def test_le_trait_d_aujourd_hui_ne_barre_pas_une_date_de_fin():
    """Une étape finie dix-sept jours plus tôt : sa date s'écrit sur le trait, un fond la détache sur toute sa longueur."""
    dessin = frise(
        [
            Rangee(
                "Formation", (Barre(date(2026, 2, 1), date(2026, 10, 31), "etape"),), "31 oct. 2026", fin_sous="estimée"
            )
        ],
        debut=date(2024, 1, 1),
        fin=date(2028, 1, 1),
        aujourd_hui=date(2026, 11, 17),
        conclusion="Frise",
    )
    elements = list(ElementTree.fromstring(dessin).iter())
    trait_du_jour = next(e for e in elements if e.get("class") == "g-t-encre" and e.tag.endswith("line"))
    for mots in ("31 oct. 2026", "estimée"):
        ecrit = next(e for e in elements if e.text == mots and e.tag.endswith("text"))
        gauche, ligne = float(ecrit.get("x")), float(ecrit.get("y"))
        assert gauche < float(trait_du_jour.get("x1")) < gauche + 7 * len(mots)
        fond = elements[elements.index(ecrit) - 1]
        assert (fond.get("class"), fond.get("fill")) == ("g-fond", "#ffffff")
        assert elements.index(fond) > elements.index(trait_du_jour)
        assert float(fond.get("x")) < gauche
        assert float(fond.get("x")) + float(fond.get("width")) > gauche + 7 * len(mots)
        assert float(fond.get("y")) < ligne - 12 < ligne < float(fond.get("y")) + float(fond.get("height"))


@pytest.mark.parametrize(("suivante", "ecrit"), [(None, True), (date(2026, 1, 8), False)])
def test_un_texte_trop_long_pour_sa_barre_se_met_a_cote_ou_nulle_part(suivante, ecrit):
    """Une barre d'une semaine : son texte va à sa droite s'il y a la place ; collée à une autre, seul le tableau le donne."""
    barres = [Barre(date(2026, 1, 1), date(2026, 1, 7), "contrat", "CDD, Une entreprise au nom long")]
    if suivante:
        barres.append(Barre(suivante, date(2026, 2, 1), "contrat"))
    dessin = frise(
        [Rangee("Contrats", tuple(barres))],
        debut=date(2025, 1, 1),
        fin=date(2028, 1, 1),
        aujourd_hui=date(2026, 6, 1),
        conclusion="Frise",
    )
    racine = ElementTree.fromstring(dessin)
    textes = {t.text: float(t.get("x")) for t in racine.iter() if t.tag.endswith("text")}
    rectangle = next(r for r in racine.iter() if r.tag.endswith("rect") and r.get("class") == "g-info")
    assert ("CDD, Une entreprise au nom long" in textes) is ecrit
    if ecrit:
        bout = float(rectangle.get("x")) + float(rectangle.get("width"))
        assert textes["CDD, Une entreprise au nom long"] > bout
