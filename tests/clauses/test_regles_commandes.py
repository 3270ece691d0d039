"""Bons de commande, tranches, nettoyage : la phrase du calcul, au singulier, au pluriel et sans arrondi, et les bornes."""

from datetime import date
from decimal import Decimal as D

import pytest

from clauses.regles.modes_dues import (
    CalculCommandes,
    FaitTranche,
    RegleCommandes,
    controler_nettoyage,
    ecrire_calcul_commandes,
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


def test_le_nettoyage_d_une_heure_et_celui_de_rien():
    """Une heure de marché se calcule ; sans heures, le refus les demande."""
    reprise = {"heures_reprises": D(0), "taux_effort": D(10)}
    assert controler_nettoyage(heures_totales=D(1), **reprise) is None
    for heures in (None, D(0)):
        assert str(controler_nettoyage(heures_totales=heures, **reprise)) == (
            "Indiquez les heures du marché sur toute sa durée."
        )
