"""Bons de commande, tranches, nettoyage : la phrase du calcul, au singulier, au pluriel et sans arrondi, et les bornes."""

from datetime import date
from decimal import Decimal as D

import pytest

from clauses.regles.modes_dues import (
    CalculCommandes,
    FaitTranche,
    RegleCommandes,
    controler_mode,
    controler_nettoyage,
    ecrire_calcul_commandes,
    ecrire_nettoyage,
    ecrire_regle_commandes,
    heures_des_tranches,
)

C = CalculCommandes


def regle(calcul, **champs) -> RegleCommandes:
    """7 h pour 10 000 € HT commandés."""
    return RegleCommandes(D(7), D(10_000), calcul, **champs)


def dite(texte) -> str:
    return str(texte).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("calcul", "champs", "phrase"),
    [
        (C.PAR_COMMANDE, {}, "7 h pour 10 000 € HT commandés, bon par bon"),
        (
            C.PAR_COMMANDE,
            {"seuil_euros": D(5_000)},
            "7 h pour 10 000 € HT commandés, bon par bon, à partir de 5 000 € par bon",
        ),
        (C.CUMUL, {}, "7 h pour 10 000 € HT commandés, par tranche entière du cumul"),
        (C.PRORATA, {}, "7 h pour 10 000 € HT commandés, au prorata de chaque euro"),
    ],
)
def test_la_regle_des_commandes(calcul, champs, phrase):
    """Chaque façon de compter s'écrit ; sans seuil, rien ne s'en dit."""
    assert dite(ecrire_regle_commandes(regle(calcul, **champs))) == phrase


PAR_BON = "7 h pour 10 000 € HT commandés, bon par bon, à partir de 5 000 € par bon"


@pytest.mark.parametrize(
    ("calcul", "champs", "montants", "phrase"),
    [
        # Le bon au seuil compte (5 000 € font 3,5 h, donc 3), celui d'un euro de moins non.
        (C.PAR_COMMANDE, {"seuil_euros": D(5_000)}, (5_000, 4_999), f"{PAR_BON}. 1 bon sur 2 en font 3 h."),
        (C.PAR_COMMANDE, {"seuil_euros": D(5_000)}, (5_000, 10_000), f"{PAR_BON}. 2 bons sur 2 en font 10 h."),
        (C.CUMUL, {}, (9_999, 1), "10 000 € commandés, 1 tranche entière de 10 000 € × 7 h = 7 h."),
        (C.CUMUL, {}, (12_000, 9_000), "21 000 € commandés, 2 tranches entières de 10 000 € × 7 h = 14 h."),
        (C.PRORATA, {}, (20_000,), "20 000 € commandés × 7 h ÷ 10 000 € = 14 h."),
        (C.PRORATA, {}, (15_000,), "15 000 € commandés × 7 h ÷ 10 000 € = 10,5 h, arrondi à 10 h."),
        (C.CUMUL, {}, (), "7 h pour 10 000 € HT commandés, par tranche entière du cumul. Aucun bon de commande : 0 h."),
    ],
)
def test_le_calcul_des_commandes(calcul, champs, montants, phrase):
    """La phrase accorde ses mots, et ne parle d'arrondi que s'il y en a un."""
    assert dite(ecrire_calcul_commandes([D(m) for m in montants], regle(calcul, **champs))) == phrase


def test_les_bornes_d_un_rapport():
    """Une demi-heure pour cinquante centimes est un rapport ; rien pour rien n'en est pas un, un seuil négatif non plus."""
    assert RegleCommandes(D("0.5"), D("0.5"), C.CUMUL, seuil_euros=D(0)).ratio_heures == D("0.5")
    for heures, euros in ((D(0), D(1)), (D(1), D(0))):
        with pytest.raises(ValueError, match=r"^Dites combien d’heures sont dues pour quel montant commandé\.$"):
            RegleCommandes(heures, euros, C.CUMUL)
    with pytest.raises(ValueError, match=r"^Un seuil n’est pas négatif\.$"):
        RegleCommandes(D(1), D(1), C.CUMUL, seuil_euros=D("-0.01"))


def test_les_tranches_conditionnelles_s_additionnent():
    """Ferme 100 h, affermie 50 h ; 30 h puis 20 h encore conditionnelles : 150 h dues, 50 h qui pourraient l'être."""
    tranches = [
        FaitTranche(1, D(100)),
        FaitTranche(2, D(50), est_optionnelle=True, date_affermissement=date(2026, 3, 2)),
        FaitTranche(3, D(30), est_optionnelle=True),
        FaitTranche(4, D(20), est_optionnelle=True),
    ]
    assert heures_des_tranches(tranches) == (150, 50)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"heures_totales": None}, "Indiquez les heures du marché sur toute sa durée."),
        ({"heures_totales": D(0)}, "Indiquez les heures du marché sur toute sa durée."),
        ({"heures_reprises": None}, "Indiquez les heures du personnel repris : 0 s’il n’y en a pas."),
        ({"heures_reprises": D("-0.01")}, "Indiquez les heures du personnel repris : 0 s’il n’y en a pas."),
        (
            {"heures_reprises": D("12000.01")},
            "Le personnel repris ne peut pas faire plus d’heures que le marché n’en compte.",
        ),
        ({"taux_effort": D(0)}, "Indiquez l’effort d’insertion, en pour cent."),
        ({"taux_effort": D("100.01")}, "Indiquez l’effort d’insertion, en pour cent."),
    ],
)
def test_un_nettoyage_incomplet_dit_ce_qui_manque(changement, phrase):
    """12 000 h, 9 000 reprises, 10 % : le calcul se tient ; puis un terme change."""
    termes = {"heures_totales": D(12_000), "heures_reprises": D(9_000), "taux_effort": D(10)}
    assert controler_nettoyage(**termes) is None
    assert dite(controler_nettoyage(**termes | changement)) == phrase


@pytest.mark.parametrize(
    "termes", [(D(1), D(0), D(10)), (D(9_000), D(9_000), D(10)), (D(1), D(0), D("0.5")), (D(1), D(0), D(100))]
)
def test_les_bornes_du_nettoyage(termes):
    """Une heure, tout le personnel repris, un demi pour cent, cent pour cent."""
    noms = ("heures_totales", "heures_reprises", "taux_effort")
    assert controler_nettoyage(**dict(zip(noms, termes, strict=True))) is None


def test_l_effort_du_nettoyage_s_ecrit_au_centieme():
    """3 000 h × 12,345 % = 370,35 h."""
    assert (
        dite(
            ecrire_nettoyage(
                heures_totales=D(12_000), heures_reprises=D(9_000), taux_effort=D("12.345"), arrondi="inferieur"
            )
        )
        == "(12 000 h − 9 000 h de personnel repris) × 12,35 % = 370,35 h, arrondi à 370 h"
    )


def test_un_marche_reserve_a_son_code():
    """Le formulaire pose le refus sous le mode de calcul d'après ce code."""
    assert controler_mode("reserve_siae", "formule").code == "marche_reserve"
