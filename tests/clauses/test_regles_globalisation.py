"""Imputer des heures d'un marché à un autre : ce que la convention et les marchés permettent, bornes comprises."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles.globalisation import FaitsConvention, FaitsMarcheGlobalise, controler_imputation

CONVENTION = FaitsConvention(
    reference="GLOB-1",
    jours=Periode(date(2026, 9, 1), date(2026, 12, 31)),
    est_meme_entreprise=True,
    est_pour_elle=True,
    couvre_depart=True,
    couvre_arrivee=True,
)
DEPART, ARRIVEE = FaitsMarcheGlobalise("2026-T1", "convention"), FaitsMarcheGlobalise("2026-T2", "convention")
SEPTEMBRE = Periode(date(2026, 9, 1), date(2026, 9, 30))


def refus(**changes) -> str:
    """Le code du refus, ou « » quand l'imputation est permise."""
    faits = {
        "heures": Decimal(40),
        "heures_du_releve": Decimal(100),
        "deja_imputees": Decimal(0),
        "est_validee": True,
        "periode": SEPTEMBRE,
        "convention": CONVENTION,
        "depart": DEPART,
        "arrivee": ARRIVEE,
        "est_meme_operation": False,
        "fenetre_arrivee": Periode(date(2026, 9, 1), date(2028, 8, 31)),
    } | changes
    resultat = controler_imputation(**faits)
    return resultat.code if resultat else ""


@pytest.mark.parametrize(
    ("heures", "deja", "code"),
    [
        ("40", "0", ""),
        ("100", "0", ""),
        ("100.01", "0", "trop_d_heures"),
        ("60", "40", ""),
        ("60.01", "40", "trop_d_heures"),
        ("0", "0", "heures_nulles"),
        ("-1", "0", "heures_nulles"),
    ],
)
def test_pas_plus_que_le_releve(heures, deja, code):
    """Un relevé de 100 h en impute 100 au plus, en tout."""
    assert refus(heures=Decimal(heures), deja_imputees=Decimal(deja)) == code


@pytest.mark.parametrize(
    ("periode", "code"),
    [
        (SEPTEMBRE, ""),
        (Periode(date(2026, 8, 31), date(2026, 8, 31)), "avant_convention"),
        (Periode(date(2026, 8, 15), date(2026, 9, 15)), "avant_convention"),
        (Periode(date(2026, 12, 1), date(2026, 12, 31)), ""),
        (Periode(date(2026, 12, 15), date(2027, 1, 1)), "apres_convention"),
    ],
)
def test_rien_avant_le_debut_ni_apres_la_fin(periode, code):
    """Les heures d'avant la convention restent là où elles ont été faites."""
    assert refus(periode=periode) == code


def test_une_convention_sans_fin_dure():
    """Sans dernier jour, des heures bien plus tardives passent."""
    assert (
        refus(
            convention=replace(CONVENTION, jours=Periode(date(2026, 9, 1))),
            periode=Periode(date(2027, 6, 1), date(2027, 6, 30)),
        )
        == ""
    )


@pytest.mark.parametrize(
    ("champ", "code"),
    [
        ("est_meme_entreprise", "autre_entreprise"),
        ("est_pour_elle", "autre_personne"),
        ("couvre_depart", "hors_convention"),
        ("couvre_arrivee", "hors_convention"),
    ],
)
def test_la_convention_nomme_l_entreprise_la_personne_et_les_marches(champ, code):
    """Une autre entreprise, une autre personne, un marché qu'elle ne nomme pas : refusé."""
    assert refus(convention=replace(CONVENTION, **{champ: False})) == code


@pytest.mark.parametrize(
    ("depart", "arrivee", "meme_operation", "code"),
    [
        ("interdite", "convention", False, "globalisation_interdite"),
        ("convention", "interdite", True, "globalisation_interdite"),
        ("entre_lots", "convention", False, "globalisation_entre_lots"),
        ("entre_lots", "entre_lots", True, ""),
        ("convention", "entre_lots", False, "globalisation_entre_lots"),
    ],
)
def test_les_deux_marches_doivent_l_admettre(depart, arrivee, meme_operation, code):
    """Un seul des deux qui l'interdit suffit ; « entre lots » demande la même opération."""
    assert (
        refus(
            depart=replace(DEPART, globalisation=depart),
            arrivee=replace(ARRIVEE, globalisation=arrivee),
            est_meme_operation=meme_operation,
        )
        == code
    )


@pytest.mark.parametrize(
    ("fenetre", "code"),
    [
        (None, "eligibilite_absente"),
        (Periode(date(2026, 9, 2), date(2028, 9, 1)), "hors_fenetre"),
        (Periode(date(2024, 9, 30), date(2026, 9, 29)), "hors_fenetre"),
        (Periode(date(2024, 10, 1), date(2026, 9, 30)), ""),
    ],
)
def test_dans_la_fenetre_de_l_operation_d_arrivee(fenetre, code):
    """La personne doit y être éligible tous les jours du relevé."""
    assert refus(fenetre_arrivee=fenetre) == code


def test_des_heures_validees_vers_un_lot_ouvert():
    """Ni heures à vérifier, ni lot clos."""
    assert refus(est_validee=False) == "non_validees"
    assert refus(arrivee_close=True) == "lot_clos"


@given(st.decimals(0, 744, places=2), st.decimals(0, 744, places=2), st.decimals("0.01", 744, places=2))
def test_une_imputation_permise_ne_depasse_jamais(total, deja, heures):
    """Propriété : ce qui est permis tient dans ce qui reste du relevé."""
    if refus(heures=heures, heures_du_releve=total, deja_imputees=deja) == "":
        assert heures + deja <= total
