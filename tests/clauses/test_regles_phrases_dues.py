"""Heures dues : ce que lit qui se trompe dans la formule ou les avenants, et les montants au bord."""

import re
from datetime import date
from decimal import Decimal as D

import pytest

from clauses.regles import FaitAvenant, controler_formule, ecrire_formule, heures_apres_avenants

MILLION = {
    "montant_ht_euros": D(1_000_000),
    "part_main_oeuvre": D(50),
    "taux_effort": D(5),
    "cout_horaire_euros": D(30),
}
MARS, JUIN = date(2026, 3, 12), date(2026, 6, 12)


def historique(*variations, depart=D(1000), heures=D(100), **regle):
    avenants = [FaitAvenant(f"avenant {i}", jour, D(v)) for i, (jour, v) in enumerate(variations, 1)]
    return heures_apres_avenants(
        montant_initial_euros=depart, heures_initiales=heures, avenants=avenants, **({"regle": "prorata"} | regle)
    )


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"montant_ht_euros": None}, "Il manque le montant HT pour calculer les heures dues."),
        ({"part_main_oeuvre": None}, "Il manque la part de main-d’œuvre pour calculer les heures dues."),
        ({"taux_effort": None}, "Il manque l’effort d’insertion pour calculer les heures dues."),
        ({"cout_horaire_euros": None}, "Il manque le coût d’une heure pour calculer les heures dues."),
        ({"taux_effort": D(0)}, "Pour calculer les heures dues, l’effort d’insertion doit être supérieur à zéro."),
        (
            {"montant_ht_euros": D("1000000000000.01")},
            "Ce montant dépasse mille milliards d’euros. Vérifiez le nombre de zéros.",
        ),
        ({"part_main_oeuvre": D("100.01")}, "La part de main-d’œuvre ne dépasse pas 100\u00a0%."),
        ({"taux_effort": D(101)}, "L’effort d’insertion ne dépasse pas 100\u00a0%."),
    ],
)
def test_la_phrase_d_une_formule_impossible(changement, phrase):
    """Le refus nomme le terme à corriger."""
    assert str(controler_formule(**(MILLION | changement))) == phrase


def test_mille_milliards_tout_juste():
    """Le plus grand montant admis passe."""
    assert controler_formule(**(MILLION | {"montant_ht_euros": D(1_000_000_000_000)})) is None


def test_les_parts_s_ecrivent_au_centieme():
    """1 000 000 × 33,333 % × 7,126 % ÷ 30 = 791,77 h ; les deux parts se lisent au centième."""
    ecrite = ecrire_formule(**(MILLION | {"part_main_oeuvre": D("33.333"), "taux_effort": D("7.126")}))
    attendue = "1 000 000 € × 33,33 % × 7,13 % ÷ 30 €/h = 791,77 h, arrondi à 791 h"
    assert ecrite.replace("\u00a0", " ") == attendue


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ({"depart": D(0)}, "Le prorata demande un montant de départ."),
        ({"regle": "seuil"}, "La règle du seuil demande un seuil en pour cent."),
    ],
)
def test_la_phrase_d_une_regle_sans_base(arguments, phrase):
    """Une règle contradictoire dit ce qui lui manque."""
    with pytest.raises(ValueError, match=f"^{re.escape(phrase)}$"):
        historique((MARS, 100), **arguments)


@pytest.mark.parametrize("variation", [-1000, -1001])
def test_un_lot_dont_il_ne_reste_rien(variation):
    """Un avenant qui retire tout le montant, ou plus, est refusé : les heures n'auraient plus de base."""
    phrase = "Le montant du lot devient nul ou négatif après cet avenant."
    with pytest.raises(ValueError, match=f"^{re.escape(phrase)}$"):
        historique((MARS, variation))


def test_un_lot_d_un_euro():
    """Au plus petit montant, le prorata tient : 1 € qui devient 2 € double les heures, 1 000 € qui deviennent 1 € les divisent."""
    assert [ligne.heures_apres for ligne in historique((MARS, 1), depart=D(1))] == [200]
    assert [ligne.heures_apres for ligne in historique((MARS, -999), heures=D(5000))] == [5]


def test_un_lot_sans_heures_en_reste_la():
    """Zéro heure au départ, zéro après un avenant au prorata."""
    assert [ligne.heures_apres for ligne in historique((MARS, 500), heures=D(0))] == [0]


def test_un_petit_avenant_dit_sa_part():
    """Cinq euros sur mille : « +0,5 % », et un seuil de zéro laisse passer le prorata."""
    (ligne,) = historique((MARS, 5), heures=D(1000), regle="seuil", seuil_pourcent=D(0))
    assert ligne.heures_apres == 1005
    assert ligne.raison == "prorata, +0,5\u00a0% du montant"


def test_deux_avenants_qui_s_annulent_ne_portent_pas_de_signe():
    """Plus cinquante puis moins cinquante euros : la variation est de 0 %, sans « + »."""
    lignes = historique((MARS, 50), (JUIN, -50), regle="seuil", seuil_pourcent=D(10))
    assert [ligne.raison for ligne in lignes] == [
        "+5\u00a0% du montant, sous le seuil de 10\u00a0%\u00a0: heures inchangées",
        "0\u00a0% du montant, sous le seuil de 10\u00a0%\u00a0: heures inchangées",
    ]


def test_des_heures_ecrites_dans_l_avenant_le_disent():
    """La raison nomme l'avenant, pas la règle."""
    (ligne,) = heures_apres_avenants(
        montant_initial_euros=D(1000),
        heures_initiales=D(100),
        avenants=[FaitAvenant("avenant 1", MARS, D(10), D(140))],
        regle="prorata",
    )
    assert (ligne.heures_apres, ligne.raison) == (140, "heures écrites dans l’avenant")
