"""Tranches, bons de commande, nettoyage, marché réservé, histoire des heures et objectifs particuliers."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.contradiction import Contradiction
from clauses.regles.heures_dues import ParametresHeuresDues, controler_base_du_prorata
from clauses.regles.historique_dues import EvenementDues, heures_dues_a_jour, historique_dues
from clauses.regles.modes_dues import (
    CalculCommandes,
    FaitTranche,
    RegleCommandes,
    controler_mode,
    controler_nettoyage,
    ecrire_calcul_commandes,
    ecrire_nettoyage,
    ecrire_regle_commandes,
    heures_des_commandes,
    heures_des_tranches,
    heures_nettoyage_exactes,
)
from clauses.regles.nombres import lire_decimal
from clauses.regles.objectifs import (
    controler_objectif,
    ecrire_npnru,
    heures_npnru,
    heures_objectif,
    heures_travaillees,
)
from comptes.regles import Refus


def clair(texte):
    return texte.replace("\u00a0", " ")


# Tranches ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("affermie", "dues", "conditionnelles"), [(None, 500, 250), (date(2026, 3, 12), 750, 0)])
def test_une_tranche_optionnelle_n_est_due_qu_affermie(affermie, dues, conditionnelles):
    """500 h fermes ; 250 h optionnelles, conditionnelles puis dues."""
    tranches = [FaitTranche(1, D(500)), FaitTranche(2, D(250), True, affermie)]
    assert heures_des_tranches(tranches) == (D(dues), D(conditionnelles))


def test_une_date_ne_rend_pas_une_tranche_ferme_optionnelle():
    """Sans tranche, rien n'est dû ; une tranche ferme l'est sans date."""
    assert heures_des_tranches([]) == (D(0), D(0))
    assert FaitTranche(1, D(5), False, None).est_due


# Bons de commande ----------------------------------------------------------------------------------------------------


def sept_heures(calcul, seuil=None, arrondi="inferieur"):
    """7 h pour 10 000 € HT commandés."""
    return RegleCommandes(D(7), D(10_000), CalculCommandes(calcul), arrondi, None if seuil is None else D(seuil))


@pytest.mark.parametrize(
    ("calcul", "seuil", "montants", "heures"),
    [
        # Bon par bon, à partir de 10 000 € : 9 999,99 € ne compte pas, 10 000 € compte 7 h, 15 000 € 10,5 h donc 10.
        ("par_commande", 10_000, ["9999.99"], 0),
        ("par_commande", 10_000, ["10000"], 7),
        ("par_commande", 10_000, ["9999.99", "15000"], 10),
        ("par_commande", 10_000, ["15000", "15000"], 20),
        ("par_commande", None, ["15000", "2000"], 11),  # 10,5 et 1,4
        # Sur le cumul, par tranche entière de 10 000 €.
        ("cumul", None, ["9999.99"], 0),
        ("cumul", None, ["9999.99", "0.01"], 7),
        ("cumul", None, ["15000", "15000"], 21),
        ("cumul", None, ["19999.99"], 7),
        # Au prorata : 17 000 € font 11,9 h, 1 428,57 € font 0,999999 h.
        ("prorata", None, ["15000", "2000"], 11),
        ("prorata", None, ["1428.57"], 0),
        ("prorata", None, ["1428.58"], 1),
        ("prorata", None, [], 0),
    ],
)
def test_sept_heures_pour_dix_mille_euros(calcul, seuil, montants, heures):
    """Les trois calculs, de part et d'autre de chaque borne."""
    assert heures_des_commandes([D(m) for m in montants], sept_heures(calcul, seuil)) == D(heures)


def test_l_arrondi_des_commandes_est_celui_du_marche():
    """17 000 € × 7 ÷ 10 000 = 11,9 h : 11 ou 12."""
    montants = [D(17_000)]
    assert heures_des_commandes(montants, sept_heures("prorata")) == 11
    assert heures_des_commandes(montants, sept_heures("prorata", arrondi="superieur")) == 12


@pytest.mark.parametrize(("ratio", "seuil"), [((0, 1), None), ((1, 0), None), ((-1, 1), None), ((1, 1), -1)])
def test_une_regle_de_commandes_impossible(ratio, seuil):
    """Un rapport nul ou négatif, un seuil négatif."""
    with pytest.raises(ValueError, match=r"commandé|négatif"):
        RegleCommandes(D(ratio[0]), D(ratio[1]), CalculCommandes.CUMUL, seuil_euros=None if seuil is None else D(seuil))


def test_la_regle_et_le_calcul_des_commandes_s_ecrivent():
    """Chaque calcul en toutes lettres, avec son résultat."""
    par_bon = sept_heures("par_commande", 10_000)
    assert clair(ecrire_regle_commandes(par_bon)) == (
        "7 h pour 10 000 € HT commandés, bon par bon, à partir de 10 000 € par bon"
    )
    montants = [D(9000), D(15_000)]
    assert clair(ecrire_calcul_commandes(montants, par_bon)).endswith("1 bon sur 2 en font 10 h.")
    assert clair(ecrire_calcul_commandes(montants, sept_heures("cumul"))) == (
        "24 000 € commandés, 2 tranches entières de 10 000 € × 7 h = 14 h."
    )
    assert clair(ecrire_calcul_commandes(montants, sept_heures("prorata"))) == (
        "24 000 € commandés × 7 h ÷ 10 000 € = 16,8 h, arrondi à 16 h."
    )
    assert clair(ecrire_calcul_commandes([], sept_heures("cumul"))).endswith("Aucun bon de commande : 0 h.")


montants = st.lists(st.decimals("0.01", 1_000_000, places=2), max_size=6)
regles = st.builds(
    sept_heures,
    st.sampled_from(["par_commande", "cumul", "prorata"]),
    st.one_of(st.none(), st.integers(0, 50_000)),
    st.sampled_from(["inferieur", "proche", "superieur"]),
)


@given(montants, st.decimals("0.01", 1_000_000, places=2), regles)
def test_un_bon_de_plus_ne_retire_jamais_d_heures(passes, nouveau, regle):
    """Les heures dues ne sont pas négatives, et croissent avec les commandes."""
    avant = heures_des_commandes(passes, regle)
    assert 0 <= avant <= heures_des_commandes([*passes, nouveau], regle)


# Nettoyage -----------------------------------------------------------------------------------------------------------


def test_nettoyage_avec_reprise_du_personnel():
    """12 000 h dont 9 000 de personnel repris, effort de 10 % : 300 h, et non 1 200."""
    termes = {"heures_totales": D(12_000), "heures_reprises": D(9000), "taux_effort": D(10)}
    assert heures_nettoyage_exactes(**termes) == 300
    assert clair(ecrire_nettoyage(**termes, arrondi="inferieur")) == (
        "(12 000 h − 9 000 h de personnel repris) × 10 % = 300 h"
    )
    demi = termes | {"taux_effort": D("5.55")}
    assert clair(ecrire_nettoyage(**demi, arrondi="superieur")).endswith("= 166,5 h, arrondi à 167 h")


@pytest.mark.parametrize(
    ("termes", "code"),
    [
        ((None, 0, 5), "nettoyage_totales"),
        ((0, 0, 5), "nettoyage_totales"),
        ((100, None, 5), "nettoyage_reprises"),
        ((100, -1, 5), "nettoyage_reprises"),
        ((100, "100.01", 5), "nettoyage_reprises"),
        ((100, 100, 5), None),
        ((100, 0, 0), "nettoyage_effort"),
        ((100, 0, None), "nettoyage_effort"),
        ((100, 0, "100.01"), "nettoyage_effort"),
        ((100, 0, 100), None),
    ],
)
def test_les_termes_du_nettoyage(termes, code):
    """Tout le personnel repris : rien n'est dû, mais la saisie est juste. Le refus nomme le terme."""
    totales, reprises, taux = (None if t is None else D(t) for t in termes)
    valeurs = {"heures_totales": totales, "heures_reprises": reprises, "taux_effort": taux}
    refus = controler_nettoyage(**valeurs)
    assert (refus.code if refus else None) == code
    if refus and None not in valeurs.values():
        with pytest.raises(ValueError, match=refus.phrase[:20]):
            heures_nettoyage_exactes(**valeurs)


# Marché réservé ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_clause", ["reserve_ea_esat", "reserve_siae", "reserve_mixte"])
@pytest.mark.parametrize(
    ("mode", "refuse"), [("formule", True), ("nettoyage", True), ("saisi", False), ("tranches", False)]
)
def test_un_marche_reserve_ne_se_calcule_pas(type_clause, mode, refuse):
    """Toute la prestation est faite par le public réservé : on écrit les heures, ou zéro."""
    refus = controler_mode(type_clause, mode)
    assert (refus is not None) is refuse
    assert not refuse or "toute la prestation est faite par le public réservé" in refus.phrase


def test_une_clause_d_execution_se_calcule():
    """Un marché réservé à l'ESS n'est pas réservé au public de l'insertion."""
    assert controler_mode("execution", "formule") is None
    assert controler_mode("reserve_ess", "formule") is None


# Histoire ------------------------------------------------------------------------------------------------------------


def test_l_histoire_s_ecrit_comme_au_bilan():
    """« 750 → 933 h, avenant 1, 12/03/2026 », puis une tranche, dans l'ordre des dates."""
    etapes = historique_dues(
        D(750),
        [
            EvenementDues("tranche 2 affermie", date(2026, 6, 1), D(200)),
            EvenementDues("avenant 1", date(2026, 3, 12), D(183)),
            EvenementDues("avenant 2", date(2026, 7, 1), D(0)),
        ],
    )
    assert [clair(etape.phrase) for etape in etapes] == [
        "750 → 933 h, avenant 1, 12/03/2026",
        "933 → 1 133 h, tranche 2 affermie, 01/06/2026",
        "1 133 h, avenant 2, 01/07/2026",
    ]


def test_les_heures_dues_a_jour():
    """833 h, un avenant qui en ajoute 100, un autre qui en retire 50 : 883 h ; retirer plus que le dû le met à zéro."""
    assert heures_dues_a_jour(D(833), [D(100), D(-50)]) == 883
    assert heures_dues_a_jour(D(833), []) == 833
    assert heures_dues_a_jour(D(100), [D(-150)]) == 0


@given(st.decimals(0, 10_000, places=2), st.lists(st.decimals(-5000, 5000, places=2), max_size=6))
def test_les_heures_dues_ne_sont_jamais_negatives(base, variations):
    """Ni au total, ni à une étape ; la dernière étape est le total."""
    etapes = historique_dues(base, [EvenementDues("avenant", date(2026, 1, 1), v) for v in variations])
    dues = heures_dues_a_jour(base, variations)
    assert dues >= 0
    assert all(etape.heures_avant >= 0 and etape.heures_apres >= 0 for etape in etapes)
    assert (etapes[-1].heures_apres if etapes else base) == dues


# Objectifs particuliers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "arrondi", "heures"),
    [("travaux", "inferieur", 833), ("travaux", "superieur", 834), ("gup", "inferieur", 1666), ("gup", "proche", 1667)],
)
def test_npnru_5_pour_cent_des_travaux_10_de_la_gup(part, arrondi, heures):
    """1 000 000 € × 50 % ÷ 30 € = 16 666,67 h travaillées : 833,33 h en travaux, 1 666,67 h en gestion urbaine de proximité."""
    travaillees = heures_travaillees(montant_ht_euros=D(1_000_000), part_main_oeuvre=D(50), cout_horaire_euros=D(30))
    assert heures_npnru(travaillees, part, arrondi) == heures


def test_le_calcul_du_npnru_s_ecrit():
    """La base est dite : les heures travaillées, et non les heures d'insertion."""
    assert clair(ecrire_npnru(D(16_000), "travaux")) == "5 % de 16 000 h travaillées (travaux et ingénierie) = 800 h"
    assert clair(ecrire_npnru(D(16_667), "gup", "superieur")) == (  # 1 666,7 h, arrondies au-dessus
        "10 % de 16 667 h travaillées (gestion urbaine de proximité) = 1 667 h"
    )


def test_des_heures_travaillees_et_un_cout_possibles():
    """Zéro heure travaillée ne réserve rien, et une heure peut coûter un euro ; en deçà, c'est une erreur de saisie."""
    assert heures_npnru(D(0), "gup") == 0
    assert heures_travaillees(montant_ht_euros=D(300), part_main_oeuvre=D(50), cout_horaire_euros=D(1)) == 150
    with pytest.raises(ValueError, match=r"^Des heures travaillées ne sont pas négatives\.$"):
        heures_npnru(D(-1), "gup")
    with pytest.raises(ValueError, match=r"^Le coût d’une heure est supérieur à zéro\.$"):
        heures_travaillees(montant_ht_euros=D(1), part_main_oeuvre=D(1), cout_horaire_euros=D(0))


def test_un_objectif_en_heures_ou_en_part():
    """100 h écrites, ou 12 % de 833 h = 99,96 h, donc 99 ; 0 % n'en demande aucune ; jamais les deux."""
    assert heures_objectif(heures=D(100), part_pourcent=None, heures_dues=D(833), arrondi="inferieur") == 100
    assert heures_objectif(heures=None, part_pourcent=D(12), heures_dues=D(833), arrondi="inferieur") == 99
    assert heures_objectif(heures=None, part_pourcent=D(0), heures_dues=D(833), arrondi="inferieur") == 0
    for heures, part in ((None, None), (D(1), D(1))):
        with pytest.raises(
            ValueError, match=r"^Un objectif écrit des heures ou une part des heures dues, pas les deux\.$"
        ):
            heures_objectif(heures=heures, part_pourcent=part, heures_dues=D(1), arrondi="inferieur")


def test_un_objectif_ne_depasse_pas_les_heures_dues():
    """Égal au dû, permis ; au-delà, refusé, ne serait-il dû qu'une heure ; tant que rien n'est dû, on ne sait pas."""
    assert controler_objectif(D(833), D(833)) is None
    assert controler_objectif(D(834), D(0)) is None
    assert controler_objectif(D(834), D(833)) == Refus(
        "Cet objectif de 834\u00a0h dépasse les heures dues, 833\u00a0h.", "objectif_trop_grand"
    )
    assert controler_objectif(D(2), D(1)) == Refus(
        "Cet objectif de 2\u00a0h dépasse les heures dues, 1\u00a0h.", "objectif_trop_grand"
    )


# Section de la règle -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parametres", "champ"),
    [
        ({"regle_avenant": "seuil"}, "seuil_pourcent"),
        ({"regle_avenant": "seuil", "seuil_pourcent": "0"}, "seuil_pourcent"),
        ({"regle_avenant": "seuil", "seuil_pourcent": "100.01"}, "seuil_pourcent"),
        ({"source_rythme": "personnes"}, "personnes_plausibles"),
        ({"source_rythme": "personnes", "personnes_plausibles": 0}, "personnes_plausibles"),
        ({"source_rythme": "heures"}, "heures_plausibles"),
        ({"source_rythme": "heures", "heures_plausibles": "0"}, "heures_plausibles"),
    ],
)
def test_une_regle_contradictoire_nomme_son_champ(parametres, champ):
    """Un seuil sans nombre, un rythme sans nombre."""
    with pytest.raises(Contradiction) as refus:
        ParametresHeuresDues.depuis_json(parametres)
    assert refus.value.champ == champ


@pytest.mark.parametrize("regle", ["prorata", "seuil"])
@pytest.mark.parametrize("montant", [None, D(0)])
def test_le_prorata_demande_un_montant(regle, montant):
    """Sans base, refusé sur le champ de la règle ; figé n'en demande pas."""
    assert controler_base_du_prorata(regle, montant).champ == "regle_avenant"
    assert controler_base_du_prorata(regle, D("0.01")) is None
    assert controler_base_du_prorata("fige", montant) is None
    assert controler_base_du_prorata(None, montant) is None


def test_la_section_se_relit():
    """Écrite puis relue, la même ; vide, ses valeurs par défaut ; un nombre abîmé se dit."""
    section = ParametresHeuresDues.depuis_json(
        {"regle_avenant": "seuil", "seuil_pourcent": "10", "portee_arrondi": "total", "arrondi": "proche"}
    )
    assert ParametresHeuresDues.depuis_json(section.vers_json()) == section
    assert ParametresHeuresDues.depuis_json({}) == ParametresHeuresDues()
    assert ParametresHeuresDues().regle_avenant is None
    with pytest.raises(ValueError, match="pas un nombre"):
        lire_decimal("dix")
