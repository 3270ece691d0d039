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


def imputer(**changes):
    """40 h d'un relevé de 100 h validées en septembre, que tout permet ; `changes` en modifie un point."""
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
    return controler_imputation(**faits)


def refus(**changes) -> str:
    """Le code du refus, ou « » quand l'imputation est permise."""
    resultat = imputer(**changes)
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


@pytest.mark.parametrize(
    ("changements", "phrase"),
    [
        ({"est_validee": False}, "Ces heures ne sont pas validées : validez-les d’abord là où elles sont faites."),
        ({"heures": Decimal(0)}, "Indiquez un nombre d’heures supérieur à zéro."),
        ({"heures": Decimal(101)}, "Ce relevé porte 100 h : 100 h au plus peuvent être imputées."),
        (
            {"heures": Decimal(61), "deja_imputees": Decimal(40)},
            "Ce relevé porte 100 h, dont 40 h comptent déjà ailleurs : 60 h au plus peuvent être imputées.",
        ),
        (
            {"convention": replace(CONVENTION, est_meme_entreprise=False)},
            "La convention GLOB-1 est celle d’une autre entreprise : elle ne vaut pas pour ces heures.",
        ),
        ({"convention": replace(CONVENTION, est_pour_elle=False)}, "La convention GLOB-1 nomme une autre personne."),
        (
            {"convention": replace(CONVENTION, couvre_arrivee=False)},
            "La convention GLOB-1 ne nomme pas ces deux marchés. Ajoutez-les, ou choisissez-en un autre.",
        ),
        (
            {"periode": Periode(date(2026, 8, 1), date(2026, 8, 31))},
            "La convention commence le 1er septembre 2026 : les heures d’avant restent là où elles ont été faites.",
        ),
        (
            {"periode": Periode(date(2027, 1, 1), date(2027, 1, 31))},
            "La convention finit le 31 décembre 2026 : les heures d’après restent là où elles ont été faites.",
        ),
        (
            {"depart": replace(DEPART, globalisation="interdite")},
            "Le marché 2026-T1 n’admet pas la globalisation : ses heures restent où elles sont faites.",
        ),
        (
            {"arrivee": replace(ARRIVEE, globalisation="entre_lots")},
            "Le marché 2026-T2 n’admet la globalisation qu’entre les lots d’une même opération.",
        ),
        ({"arrivee_close": True}, "Le lot d’arrivée est clos : il ne reçoit plus d’heures."),
        (
            {"fenetre_arrivee": None},
            "La personne n’est pas éligible sur l’opération du marché 2026-T2. Décidez d’abord.",
        ),
        (
            {"fenetre_arrivee": Periode(date(2024, 9, 30), date(2026, 9, 29))},
            "Sur l’opération du marché 2026-T2, la personne est éligible du 30 septembre 2024 au 29 septembre 2026 : "
            "ces heures n’y comptent pas.",
        ),
    ],
)
def test_la_phrase_entiere(changements, phrase):
    """Le refus dit quel marché, quelle convention, quelle date ou combien d'heures."""
    assert str(imputer(**changements)).replace("\u00a0", " ") == phrase


@given(st.decimals(0, 744, places=2), st.decimals(0, 744, places=2), st.decimals("0.01", 744, places=2))
def test_une_imputation_permise_ne_depasse_jamais(total, deja, heures):
    """Propriété : ce qui est permis tient dans ce qui reste du relevé."""
    if refus(heures=heures, heures_du_releve=total, deja_imputees=deja) == "":
        assert heures + deja <= total
