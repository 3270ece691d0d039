"""Périodes aux deux bornes comprises : mois inégaux, années bissextiles, jours communs."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import (
    Duree,
    Periode,
    ajouter_mois,
    decaler,
    lendemain,
    mois_de,
    mois_entre,
    periode_depuis,
    premier_du_mois,
    reste_apres,
    veille,
)

jours = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@st.composite
def periodes(draw, ouvertes=True):
    debut = draw(jours)
    longueur = draw(st.integers(0, 2000))
    if ouvertes and draw(st.booleans()):
        return Periode(debut)
    return Periode(debut, debut + timedelta(days=longueur))


@pytest.mark.parametrize(
    ("debut", "duree", "fin"),
    [
        (date(2024, 5, 13), Duree(mois=24), date(2026, 5, 12)),
        (date(2024, 3, 4), Duree(mois=24), date(2026, 3, 3)),
        (date(2024, 5, 21), Duree(mois=24), date(2026, 5, 20)),
        (date(2024, 2, 29), Duree(mois=24), date(2026, 2, 27)),
        (date(2024, 2, 29), Duree(mois=36), date(2027, 2, 27)),
        (date(2024, 2, 29), Duree(mois=48), date(2028, 2, 28)),
        (date(2025, 3, 1), Duree(mois=36), date(2028, 2, 29)),
        (date(2024, 1, 1), Duree(mois=24), date(2025, 12, 31)),
        (date(2024, 1, 31), Duree(mois=1), date(2024, 2, 28)),
        (date(2023, 1, 31), Duree(mois=1), date(2023, 2, 27)),
        (date(2024, 1, 15), Duree(jours=730), date(2026, 1, 13)),
        (date(2023, 3, 1), Duree(jours=730), date(2025, 2, 27)),
        (date(2024, 1, 15), Duree(jours=1), date(2024, 1, 15)),
    ],
)
def test_periode_depuis(debut, duree, fin):
    """Le dernier jour est compris : 24 mois depuis le 13 mai finissent le 12 mai."""
    assert periode_depuis(debut, duree) == Periode(debut, fin)


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ({}, "Une durée se donne en mois ou en jours, pas les deux."),
        ({"mois": 1, "jours": 1}, "Une durée se donne en mois ou en jours, pas les deux."),
        ({"mois": 0}, "Une durée compte au moins un mois ou un jour."),
        ({"jours": 0}, "Une durée compte au moins un mois ou un jour."),
        ({"mois": -1}, "Une durée compte au moins un mois ou un jour."),
    ],
)
def test_duree_absurde(arguments, phrase):
    """Une durée est en mois ou en jours, et positive."""
    with pytest.raises(ValueError, match=f"^{re.escape(phrase)}$"):
        Duree(**arguments)


def test_fin_avant_debut():
    """Une période qui finit avant de commencer est refusée ; un seul jour est une période."""
    with pytest.raises(ValueError, match="14/05/2024"):
        Periode(date(2024, 5, 15), date(2024, 5, 14))
    assert Periode(date(2024, 5, 15), date(2024, 5, 15)).nombre_jours() == 1


@pytest.mark.parametrize(
    ("jour", "dedans"),
    [(date(2024, 5, 12), False), (date(2024, 5, 13), True), (date(2026, 5, 12), True), (date(2026, 5, 13), False)],
)
def test_contient_ses_deux_bornes(jour, dedans):
    """Les deux bornes sont dans la période, leurs voisins non."""
    assert Periode(date(2024, 5, 13), date(2026, 5, 12)).contient(jour) is dedans


def test_periode_sans_fin():
    """Sans fin connue, tout jour depuis le début est dedans, et rien ne se compte."""
    ouverte = Periode(date(2024, 5, 13))
    assert ouverte.contient(date(2099, 1, 1))
    assert not ouverte.contient(date(2024, 5, 12))
    assert ouverte.nombre_jours() is None
    assert ouverte.nombre_mois() is None
    assert ouverte.jours_restants(date(2025, 1, 1)) is None
    assert ouverte.contient_periode(Periode(date(2024, 5, 13)))
    assert not Periode(date(2024, 5, 13), date(2030, 1, 1)).contient_periode(ouverte)


@pytest.mark.parametrize(
    ("aujourd_hui", "reste"),
    [(date(2026, 11, 17), 470), (date(2028, 2, 29), 1), (date(2028, 3, 1), 0), (date(2028, 3, 2), -1)],
)
def test_jours_restants(aujourd_hui, reste):
    """« Encore 470 jours » le 17 novembre 2026 pour une fin au 1er mars 2028 ; 0 le dernier jour."""
    assert Periode(date(2026, 3, 2), date(2028, 3, 1)).jours_restants(aujourd_hui) == reste


@pytest.mark.parametrize(
    ("autre", "commune"),
    [
        (Periode(date(2024, 1, 1), date(2024, 1, 9)), None),
        (Periode(date(2024, 1, 1), date(2024, 1, 10)), Periode(date(2024, 1, 10), date(2024, 1, 10))),
        (Periode(date(2024, 1, 20), date(2024, 3, 1)), Periode(date(2024, 1, 20), date(2024, 1, 20))),
        (Periode(date(2024, 1, 21), date(2024, 3, 1)), None),
        (Periode(date(2024, 1, 12), date(2024, 1, 14)), Periode(date(2024, 1, 12), date(2024, 1, 14))),
        (Periode(date(2024, 1, 12)), Periode(date(2024, 1, 12), date(2024, 1, 20))),
    ],
)
def test_intersection(autre, commune):
    """Un seul jour commun suffit, un jour d'écart sépare."""
    base = Periode(date(2024, 1, 10), date(2024, 1, 20))
    assert base.intersection(autre) == autre.intersection(base) == commune
    assert base.chevauche(autre) is autre.chevauche(base) is (commune is not None)


@pytest.mark.parametrize(
    ("jour", "reste"),
    [
        (date(2024, 1, 9), Periode(date(2024, 1, 10), date(2024, 1, 20))),
        (date(2024, 1, 19), Periode(date(2024, 1, 20), date(2024, 1, 20))),
        (date(2024, 1, 20), None),
        (date(2024, 1, 21), None),
        (date(2023, 1, 1), Periode(date(2024, 1, 10), date(2024, 1, 20))),
    ],
)
def test_reste_apres(jour, reste):
    """Ce qui suit un jour ne le contient pas."""
    assert reste_apres(Periode(date(2024, 1, 10), date(2024, 1, 20)), jour) == reste


def test_mois():
    """Le mois va du premier au dernier jour, février compris ; une suite de mois touche ses deux bouts."""
    assert mois_de(date(2024, 2, 10)) == Periode(date(2024, 2, 1), date(2024, 2, 29))
    assert mois_de(date(2023, 2, 28)) == Periode(date(2023, 2, 1), date(2023, 2, 28))
    assert premier_du_mois(date(2024, 2, 29)) == date(2024, 2, 1)
    assert mois_entre(date(2023, 12, 31), date(2024, 2, 1)) == [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)]
    assert mois_entre(date(2024, 2, 10), date(2024, 2, 10)) == [date(2024, 2, 1)]
    assert mois_entre(date(2024, 2, 10), date(2024, 2, 9)) == []


@pytest.mark.parametrize(
    ("periode", "mois"),
    [
        (Periode(date(2026, 11, 1), date(2027, 6, 30)), Decimal(8)),
        (Periode(date(2024, 5, 13), date(2026, 5, 12)), Decimal(24)),
        (Periode(date(2024, 1, 1), date(2024, 1, 31)), Decimal(1)),
        (Periode(date(2024, 6, 1), date(2024, 6, 15)), Decimal("0.5")),
        (Periode(date(2024, 5, 1), date(2024, 6, 15)), Decimal("1.5")),
    ],
)
def test_nombre_mois(periode, mois):
    """Des mois entiers, et les jours qui restent rapportés à leur mois."""
    assert periode.nombre_mois() == mois


def test_hors_du_calendrier():
    """Une date au-delà de l'an 9999 est une erreur nommée, pas une panne."""
    for calcul in (
        lambda: ajouter_mois(date(9999, 12, 1), 1),
        lambda: decaler(date(9999, 12, 31), 1),
        lambda: veille(date.min),
        lambda: periode_depuis(date(9998, 1, 1), Duree(mois=30)),
        lambda: ajouter_mois(date(2026, 1, 1), 10**15),
    ):
        with pytest.raises(ValueError, match=r"^Cette date sort du calendrier\.$"):
            calcul()


@given(jours, st.integers(1, 120), st.integers(1, 120))
def test_une_fenetre_ne_retrecit_jamais_quand_la_duree_grandit(debut, mois, de_plus):
    """Plus de mois, plus de jours."""
    courte, longue = periode_depuis(debut, Duree(mois=mois)), periode_depuis(debut, Duree(mois=mois + de_plus))
    assert longue.contient_periode(courte)
    assert longue.fin > courte.fin


@given(jours, st.integers(1, 3000), st.integers(-3000, 3000))
def test_une_duree_en_jours_suit_son_debut(debut, jours_, decalage):
    """Décaler le début décale la fin d'autant, et la période compte bien ses jours."""
    periode = periode_depuis(debut, Duree(jours=jours_))
    autre = periode_depuis(decaler(debut, decalage), Duree(jours=jours_))
    assert autre.fin == decaler(periode.fin, decalage)
    assert periode.nombre_jours() == jours_


@given(jours, st.integers(1, 120))
def test_une_duree_en_mois_finit_la_veille_du_meme_quantieme(debut, mois):
    """Le lendemain de la fin porte le quantième du début, ou le dernier jour d'un mois plus court."""
    apres = lendemain(periode_depuis(debut, Duree(mois=mois)).fin)
    assert apres.day == debut.day or (apres == mois_de(apres).fin and apres.day < debut.day)


@given(periodes(), periodes(), jours)
def test_un_jour_commun_est_dans_les_deux(une, autre, jour):
    """Un jour est dans l'intersection si et seulement s'il est dans les deux périodes."""
    commune = une.intersection(autre)
    assert (commune is not None and commune.contient(jour)) == (une.contient(jour) and autre.contient(jour))
    assert une.chevauche(autre) == autre.chevauche(une)


@given(periodes(), periodes())
def test_contenir_une_periode_c_est_l_avoir_pour_intersection(une, autre):
    """Contenir toute une période, c'est avoir exactement elle en commun."""
    assert une.contient_periode(autre) == (une.intersection(autre) == autre)


@given(periodes(ouvertes=False), st.integers(-10, 2010))
def test_couper_une_periode_ne_perd_aucun_jour(periode, decalage):
    """Les jours jusqu'à la coupe, plus ceux d'après, font la période."""
    coupe = decaler(periode.debut, decalage)
    reste = reste_apres(periode, coupe)
    avant = periode.intersection(Periode(date(1900, 1, 1), coupe))
    assert (avant.nombre_jours() if avant else 0) + (reste.nombre_jours() if reste else 0) == periode.nombre_jours()
