"""Heures dues : la formule et les avenants. Cahier d'exemples 1 et 2."""

from datetime import date
from decimal import Decimal as D
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles import (
    FaitAvenant,
    RegleAvenant,
    arrondir,
    calculer_heures_dues,
    calculer_heures_exactes,
    choix_arrondis,
    choix_regles_avenant,
    controler_formule,
    heures_apres_avenants,
)

MILLION = {
    "montant_ht_euros": D(1_000_000),
    "part_main_oeuvre": D(50),
    "taux_effort": D(5),
    "cout_horaire_euros": D(30),
}
AVENANTS = [
    FaitAvenant("avenant 1", date(2026, 3, 12), D(220_000)),
    FaitAvenant("avenant 2", date(2026, 9, 3), D(-100_000)),
]


@pytest.mark.parametrize(("arrondi", "heures"), [("inferieur", 833), ("proche", 833), ("superieur", 834)])
def test_formule(arrondi, heures):
    """1 000 000 € × 50 % × 5 % ÷ 30 € : 833,33 h, arrondies comme le marché le dit."""
    assert calculer_heures_dues(**MILLION, arrondi=arrondi) == D(heures)
    assert calculer_heures_exactes(**MILLION).quantize(D("0.01")) == D("833.33")


@pytest.mark.parametrize(
    ("exactes", "inferieur", "proche", "superieur"),
    [("833.5", 833, 834, 834), ("834.5", 834, 835, 835), ("833.49", 833, 833, 834), ("750", 750, 750, 750)],
)
def test_arrondis(exactes, inferieur, proche, superieur):
    """La demi-heure va au-dessus ; un nombre rond ne bouge pas."""
    obtenus = [arrondir(D(exactes), arrondi) for arrondi in ("inferieur", "proche", "superieur")]
    assert obtenus == [D(inferieur), D(proche), D(superieur)]


def test_arrondi_par_defaut():
    """Sans précision, la source arrondit à l'heure inférieure."""
    assert calculer_heures_dues(**(MILLION | {"montant_ht_euros": D(1_001_000)})) == D(834)


@pytest.mark.parametrize(
    ("changement", "code", "mot"),
    [
        ({"montant_ht_euros": None}, "formule_incomplete", "le montant HT"),
        ({"part_main_oeuvre": None}, "formule_incomplete", "la part de main-d’œuvre"),
        ({"taux_effort": D("NaN")}, "formule_incomplete", "l’effort d’insertion"),
        ({"cout_horaire_euros": D(0)}, "formule_negative", "le coût d’une heure"),
        ({"montant_ht_euros": D(-1)}, "formule_negative", "le montant HT"),
        ({"cout_horaire_euros": D("0.009")}, "formule_negative", "le coût d’une heure"),
        ({"montant_ht_euros": D("1E+17")}, "formule_montant", "mille milliards"),
        ({"part_main_oeuvre": D("100.01")}, "formule_part", "part de main-d’œuvre"),
        ({"taux_effort": D("100.01")}, "formule_part", "effort d’insertion"),
    ],
)
def test_formule_impossible(changement, code, mot):
    """Le refus nomme le terme à corriger ; le calcul, lui, est une erreur."""
    refus = controler_formule(**(MILLION | changement))
    assert refus.code == code
    assert mot in refus.phrase
    if None not in changement.values():
        with pytest.raises(ValueError, match=r"heures dues|100|milliards"):
            calculer_heures_dues(**(MILLION | changement))


@pytest.mark.parametrize("part", [D(100), D("0.01")])
def test_formule_bornes(part):
    """100 % est admis, une part minuscule aussi."""
    assert controler_formule(**(MILLION | {"part_main_oeuvre": part, "taux_effort": part})) is None


@pytest.mark.parametrize(
    ("regle", "apres"),
    [("prorata", [933, 850]), ("seuil", [933, 933]), ("fige", [750, 750])],
)
def test_avenants(regle, apres):
    """Lot de 900 000 € et 750 h, + 220 000 € puis − 100 000 €, sous les trois règles."""
    lignes = heures_apres_avenants(
        montant_initial_euros=D(900_000),
        heures_initiales=D(750),
        avenants=AVENANTS,
        regle=regle,
        seuil_pourcent=D(10) if regle == "seuil" else None,
    )
    assert [ligne.heures_apres for ligne in lignes] == [D(h) for h in apres]
    assert [ligne.montant_euros for ligne in lignes] == [D(1_120_000), D(1_020_000)]
    assert [ligne.variation_heures for ligne in lignes] == [D(apres[0] - 750), D(apres[1] - apres[0])]


def test_historique_a_imprimer():
    """« 750 → 933 h, avenant 1, 12/03/2026 », et pourquoi le second ne change rien."""
    premiere, seconde = heures_apres_avenants(
        montant_initial_euros=D(900_000),
        heures_initiales=D(750),
        avenants=AVENANTS[::-1],
        regle="seuil",
        seuil_pourcent=D(10),
    )
    assert premiere.phrase == "750 → 933\u00a0h, avenant 1, 12/03/2026"
    assert premiere.raison == "prorata, +24,4\u00a0% du montant"
    assert seconde.phrase == "933\u00a0h, avenant 2, 03/09/2026"
    assert seconde.raison == "−\u00a08,9\u00a0% du montant, sous le seuil de 10\u00a0%\u00a0: heures inchangées"


@pytest.mark.parametrize(("variation", "heures"), [(90_000, 750), (90_001, 825), (-90_000, 750), (-90_001, 674)])
def test_seuil_strict(variation, heures):
    """À 10 % exactement rien ne change ; au-delà, dans les deux sens, le prorata s'applique."""
    ligne = heures_apres_avenants(
        montant_initial_euros=D(900_000),
        heures_initiales=D(750),
        avenants=[FaitAvenant("avenant 1", date(2026, 3, 12), D(variation))],
        regle="seuil",
        seuil_pourcent=D(10),
    )[0]
    assert ligne.heures_apres == D(heures)


def test_petits_avenants_cumules_passent_le_seuil():
    """Deux fois + 6 % font 12 % depuis le montant qui a servi aux heures : le second déclenche le calcul."""
    avenants = [FaitAvenant(f"avenant {i}", date(2026, i, 1), D(54_000)) for i in (1, 2)]
    lignes = heures_apres_avenants(
        montant_initial_euros=D(900_000),
        heures_initiales=D(750),
        avenants=avenants,
        regle="seuil",
        seuil_pourcent=D(10),
    )
    assert [ligne.heures_apres for ligne in lignes] == [D(750), D(840)]


def test_heures_ecrites_dans_l_avenant():
    """Un avenant qui écrit ses heures l'emporte sur toute règle, et sert de base à la suite."""
    avenants = [
        FaitAvenant("avenant 1", date(2026, 3, 12), D(220_000), heures_fixees=D(1000)),
        FaitAvenant("avenant 2", date(2026, 9, 3), D(112_000)),
    ]
    lignes = heures_apres_avenants(
        montant_initial_euros=D(900_000), heures_initiales=D(750), avenants=avenants, regle="prorata"
    )
    assert [ligne.heures_apres for ligne in lignes] == [D(1000), D(1100)]
    figees = heures_apres_avenants(
        montant_initial_euros=D(900_000), heures_initiales=D(750), avenants=avenants, regle="fige"
    )
    assert [ligne.heures_apres for ligne in figees] == [D(1000), D(1000)]


def test_avenant_de_delai():
    """Un avenant sans montant laisse les heures, sous toute règle."""
    delai = [FaitAvenant("avenant 2", date(2026, 9, 3))]
    for regle in RegleAvenant:
        ligne = heures_apres_avenants(
            montant_initial_euros=D(900_000),
            heures_initiales=D("750.9"),
            avenants=delai,
            regle=regle,
            seuil_pourcent=D(10),
        )[0]
        assert (ligne.heures_avant, ligne.heures_apres, ligne.raison) == (D(750), D(750), "heures inchangées")


def test_le_prorata_part_des_heures_exactes():
    """833,33 h et + 10 % font 916,67 h : 916 h, et non 916,3 arrondies depuis 833."""
    ligne = heures_apres_avenants(
        montant_initial_euros=D(1_000_000),
        heures_initiales=calculer_heures_exactes(**MILLION),
        avenants=[FaitAvenant("avenant 1", date(2026, 3, 12), D(100_000))],
        regle="prorata",
        arrondi="superieur",
    )[0]
    assert (ligne.heures_avant, ligne.heures_apres) == (D(834), D(917))


@pytest.mark.parametrize(
    "arguments",
    [
        {"montant_initial_euros": D(0), "regle": "prorata"},
        {"montant_initial_euros": D(900_000), "regle": "seuil"},
        {"montant_initial_euros": D(900_000), "regle": "inconnue"},
        {"montant_initial_euros": D(50_000), "regle": "prorata"},
    ],
)
def test_regles_contradictoires(arguments):
    """Un prorata sans base, un seuil sans valeur, un lot qui devient nul : des erreurs nommées."""
    with pytest.raises(ValueError, match=r"montant|seuil|inconnue"):
        heures_apres_avenants(heures_initiales=D(750), avenants=AVENANTS[1:], **arguments)


def test_sans_avenant():
    """Sans avenant, l'historique est vide."""
    assert heures_apres_avenants(montant_initial_euros=D(1), heures_initiales=D(750), avenants=[]) == ()


def test_choix():
    """L'arrondi inférieur est proposé en premier, comme la source."""
    assert [code for code, _ in choix_arrondis()] == ["inferieur", "proche", "superieur"]
    assert [code for code, _ in choix_regles_avenant()] == ["fige", "prorata", "seuil"]


montants = st.decimals(1000, 10_000_000, places=2)


@given(montants, st.integers(1, 100), st.integers(1, 100), st.decimals(10, 100, places=2))
def test_les_trois_arrondis_encadrent(montant, part, effort, cout):
    """Inférieur ≤ exact ≤ supérieur, à une heure près, et le plus proche est l'un des deux."""
    termes = {
        "montant_ht_euros": montant,
        "part_main_oeuvre": D(part),
        "taux_effort": D(effort),
        "cout_horaire_euros": cout,
    }
    exactes = calculer_heures_exactes(**termes)
    bas, proche, haut = (arrondir(exactes, arrondi) for arrondi in ("inferieur", "proche", "superieur"))
    assert bas <= exactes <= haut
    assert haut - bas <= 1
    assert proche in (bas, haut)


@given(montants, st.lists(st.integers(-50_000, 200_000), max_size=5))
def test_des_avenants_qui_s_annulent_rendent_les_heures(montant, variations):
    """Au prorata, un avenant et son contraire ramènent les heures de départ."""
    aller = [FaitAvenant("a", date(2026, 1, 1), D(abs(v))) for v in variations if v]
    retour = [FaitAvenant("b", date(2026, 2, 1), D(-abs(v))) for v in variations if v]
    lignes = heures_apres_avenants(
        montant_initial_euros=montant,
        heures_initiales=D("750.5"),
        avenants=aller + retour,
        regle="prorata",
        arrondi="inferieur",
    )
    assert not lignes or lignes[-1].heures_apres == D(750)


@given(montants, st.decimals(1, 5000, places=2), st.lists(st.integers(1, 100_000), max_size=4))
def test_l_historique_s_enchaine(montant, heures, variations):
    """Chaque ligne part des heures de la précédente, et des hausses n'ôtent jamais d'heures."""
    avenants = [FaitAvenant(f"{i}", date(2026, 1, 1 + i), D(v)) for i, v in enumerate(variations)]
    lignes = heures_apres_avenants(
        montant_initial_euros=montant, heures_initiales=heures, avenants=avenants, regle="prorata"
    )
    for avant, apres in pairwise(lignes):
        assert avant.heures_apres == apres.heures_avant
    assert all(ligne.variation_heures >= 0 for ligne in lignes)
