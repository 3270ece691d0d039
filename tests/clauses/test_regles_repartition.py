"""Partager des heures : la somme est toujours celle du lot, quel que soit l'arrondi."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.dues import Arrondi
from clauses.regles.repartition import (
    PorteeArrondi,
    arrondir_les_lots,
    controler_parts,
    ecrire_part,
    repartir_heures,
)


@pytest.mark.parametrize(
    ("total", "parts", "attendues"),
    [
        (833, (60, 40), (500, 333)),  # 499,8 et 333,2 : l'heure qui reste va à 499,8
        (833, (50, 50), (417, 416)),  # à égalité, au premier
        (833, (40, 60), (333, 500)),
        (100, (1, 1, 1), (34, 33, 33)),
        (2, (1, 1, 1), (1, 1, 0)),
        (0, (60, 40), (0, 0)),
        (833, (100, 0), (833, 0)),
        (833, (0, 100), (0, 833)),
        (1, (0, 50, 50), (0, 1, 0)),
        (1000, (33, 33, 34), (330, 330, 340)),
    ],
)
def test_les_plus_forts_restes(total, parts, attendues):
    """Chacun ses heures entières, puis une de plus à qui en était le plus près."""
    assert repartir_heures(D(total), [D(p) for p in parts]) == tuple(map(D, attendues))


def test_un_total_non_entier_est_partage_en_entier():
    """1 421,5 h à parts égales : 711 et 710,5."""
    assert repartir_heures(D("1421.5"), [D(50), D(50)]) == (D(711), D("710.5"))


@pytest.mark.parametrize(
    ("parts", "phrase"),
    [
        (("33.33", "33.33", "33.33"), "Les parts font 99,99 % : il manque 0,01 %."),
        (("50.01", "50"), "Les parts font 100,01 % : c’est 0,01 % de trop."),
        (("110", "-10"), "Une part n’est pas négative."),
    ],
)
def test_des_parts_qui_ne_font_pas_cent_se_disent(parts, phrase):
    """Au centième, le manque ou l'excès."""
    assert str(controler_parts([D(part) for part in parts])).replace("\u00a0", " ") == phrase


def test_une_part_nulle_ou_petite_est_une_part():
    """Un membre du groupement peut n'avoir rien, ou un demi pour cent."""
    assert controler_parts([D(100), D(0)]) is None
    assert controler_parts([D("99.5"), D("0.5")]) is None


def test_moins_d_une_heure_sur_le_total():
    """0,4 h et 0,4 h font 0,8 h, arrondies une fois à 1 h ; lot par lot, chacun en aurait une."""
    quatre_dixiemes = [D("0.4"), D("0.4")]
    assert arrondir_les_lots(quatre_dixiemes, arrondi="superieur", portee="total") == (1, 0)
    assert arrondir_les_lots(quatre_dixiemes, arrondi="superieur", portee="lot") == (1, 1)


def test_une_part_s_ecrit_au_centieme():
    """33,333 % de 900 h se lit 33,33 %, et fait 299,997 h."""
    assert ecrire_part(D("33.333"), D(900), D(300)).replace("\u00a0", " ").startswith("33,33 % de 900 h = ")


def test_seules_les_proportions_comptent():
    """Des parts écrites en fractions, dont la somme fait un ou moins, partagent comme en pour cent."""
    assert repartir_heures(D(833), [D("0.6"), D("0.4")]) == (D(500), D(333))
    assert repartir_heures(D(833), [D("0.3"), D("0.2")]) == (D(500), D(333))


@pytest.mark.parametrize(
    ("total", "parts"), [(D(-1), [D(1)]), (D(10), []), (D(10), [D(0), D(0)]), (D(10), [D(-1), D(2)])]
)
def test_un_partage_impossible(total, parts):
    """Des heures négatives, aucune part, des parts nulles ou négatives."""
    with pytest.raises(ValueError, match="positives"):
        repartir_heures(total, parts)


@pytest.mark.parametrize(
    ("arrondi", "portee", "attendues"),
    [
        ("inferieur", "lot", (833, 416)),
        ("inferieur", "total", (833, 417)),  # 833,33 + 416,67 = 1 250
        ("superieur", "lot", (834, 417)),
        ("superieur", "total", (833, 417)),
        ("proche", "lot", (833, 417)),
        ("proche", "total", (833, 417)),
    ],
)
def test_arrondi_par_lot_ou_sur_le_total(arrondi, portee, attendues):
    """1 000 000 € et 500 000 €, 50 %, 5 %, 30 €/h : 833,33 h et 416,67 h."""
    exactes = [D(2500) / 3, D(1250) / 3]
    assert arrondir_les_lots(exactes, arrondi=arrondi, portee=portee) == tuple(map(D, attendues))


def test_un_marche_sans_heures():
    """Rien à partager : zéro partout, sans erreur."""
    assert arrondir_les_lots([D(0), D(0)], arrondi=Arrondi.PROCHE, portee=PorteeArrondi.TOTAL) == (D(0), D(0))
    assert arrondir_les_lots([], arrondi=Arrondi.PROCHE, portee=PorteeArrondi.TOTAL) == ()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("60", "40"), None),
        (("100",), None),
        (("60", "39.99"), "parts_manque"),
        (("60", "40.01"), "parts_trop"),
        (("110", "-10"), "parts_negatives"),
        ((), "parts_manque"),
    ],
)
def test_les_parts_font_cent(parts, code):
    """Ni plus, ni moins, au centième de pour cent."""
    refus = controler_parts([D(part) for part in parts])
    assert (refus.code if refus else None) == code


def test_l_ecart_est_dit():
    """« Les parts font 90 % : il manque 10 % »."""
    assert controler_parts([D(60), D(30)]).phrase.replace("\u00a0", " ") == "Les parts font 90 % : il manque 10 %."
    assert controler_parts([D(60), D(50)]).phrase.replace("\u00a0", " ") == "Les parts font 110 % : c’est 10 % de trop."


def test_le_calcul_d_une_part():
    """Le calcul s'écrit, avec l'arrondi s'il y en a un."""
    assert ecrire_part(D(40), D(833), D(333)).replace("\u00a0", " ") == "40 % de 833 h = 333,2 h, arrondi à 333 h"
    assert ecrire_part(D(50), D(800), D(400)).replace("\u00a0", " ") == "50 % de 800 h = 400 h"


parts = st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=8).filter(lambda parts: sum(parts) > 0)


@given(st.decimals(0, 1_000_000, places=2), parts)
def test_la_somme_est_celle_du_lot(total, parts):
    """La somme des titulaires est le lot ; personne n'a d'heures négatives, ni un écart d'une heure ou plus avec sa part exacte."""
    recues = repartir_heures(total, parts)
    assert sum(recues) == total
    for recue, part in zip(recues, parts, strict=True):
        assert recue >= 0
        assert abs(recue - total * part / sum(parts)) < 1
        assert part or not recue


@given(st.lists(st.decimals(0, 100_000, places=4), min_size=1, max_size=8), st.sampled_from(list(Arrondi)))
def test_sur_le_total_l_arrondi_ne_se_fait_qu_une_fois(exactes, arrondi):
    """La somme des lots arrondis sur le total est à moins d'une heure de la somme exacte, et entière."""
    somme = sum(arrondir_les_lots(exactes, arrondi=arrondi, portee=PorteeArrondi.TOTAL))
    assert abs(somme - sum(exactes)) < 1
    assert somme == somme.to_integral_value()
