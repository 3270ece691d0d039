"""Heures déclarées : ce qui se saisit, ce qui est refusé, et la phrase du refus."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode, mois_de
from clauses.regles import controler_heures, periode_saisissable, repartir_au_prorata

FENETRE = Periode(date(2024, 5, 13), date(2026, 5, 12))
CONTRAT = Periode(date(2024, 5, 13), None)
MAI_2026 = mois_de(date(2026, 5, 1))


def controler(**changements):
    """Le cas de base : 100 h de travail en avril 2026, dans un CDI, saisies le 5 mai 2026 ; `changements` en modifie un point."""
    arguments = {
        "heures": D(100),
        "nature": "travail",
        "periode": mois_de(date(2026, 4, 1)),
        "contrat": CONTRAT,
        "fenetre": FENETRE,
        "lot": Periode(date(2024, 4, 2), date(2027, 6, 30)),
        "lot_clos": False,
        "aujourd_hui": date(2026, 5, 5),
    }
    return controler_heures(**(arguments | changements))


def code(refus):
    return refus.code if refus else None


def test_cas_de_base():
    """Cent heures dans un mois couvert passent."""
    assert controler() is None


@pytest.mark.parametrize(
    ("heures", "attendu"),
    [
        ("0", None),
        ("0.25", None),
        ("35.00", None),
        ("35.000", None),
        ("35.255", "heures_decimales"),
        ("-0.01", "heures_negatives"),
        ("-5", "heures_negatives"),
        ("NaN", "heures_illisibles"),
        ("Infinity", "heures_illisibles"),
        ("220", None),
        ("220.01", "plafond_mensuel"),
        ("400", "plafond_mensuel"),
        ("744", "plafond_mensuel"),
        ("744.01", "heures_impossibles"),
        ("1E+30", "heures_impossibles"),
        ("-1E+30", "heures_negatives"),
        ("1E-30", "heures_decimales"),
    ],
)
def test_nombre_d_heures(heures, attendu):
    """Ni négatif, ni plus de deux décimales, ni plus de 220 h dans le mois."""
    assert code(controler(heures=D(heures))) == attendu


@pytest.mark.parametrize(
    ("periode", "attendu"),
    [
        (Periode(date(2026, 5, 1), date(2026, 5, 12)), None),
        (Periode(date(2026, 5, 12), date(2026, 5, 12)), None),
        (Periode(date(2026, 5, 13), date(2026, 5, 31)), "apres_fenetre"),
        (Periode(date(2026, 5, 1), date(2026, 5, 13)), "a_cheval"),
        (MAI_2026, "a_cheval"),
        (mois_de(date(2026, 6, 1)), "apres_fenetre"),
        (mois_de(date(2024, 5, 1)), None),  # le contrat commence le 13 : aucun jour travaillé avant la fenêtre
        (mois_de(date(2024, 4, 1)), "avant_embauche"),
    ],
)
def test_borne_de_la_fenetre(periode, attendu):
    """Les heures du 12 mai 2026 comptent, celles du 13 non ; un total à cheval se partage d'abord."""
    assert code(controler(periode=periode, heures=D(8), aujourd_hui=date(2026, 7, 1))) == attendu


@pytest.mark.parametrize(
    ("periode", "attendu"),
    [
        (MAI_2026, None),
        (Periode(date(2026, 5, 12), date(2026, 5, 31)), None),
        (Periode(date(2026, 5, 13), date(2026, 5, 31)), "apres_fenetre"),
        (mois_de(date(2026, 6, 1)), "apres_fenetre"),
    ],
)
def test_au_prorata_un_total_a_cheval_se_garde(periode, attendu):
    """Là où le marché compte au prorata, un seul jour dans la fenêtre suffit ; tout entier dehors, le total reste refusé."""
    assert code(controler(periode=periode, heures=D(8), aujourd_hui=date(2026, 7, 1), est_prorata=True)) == attendu


@pytest.mark.parametrize(
    ("mois", "contrat", "attendue"),
    [
        (date(2026, 5, 1), Periode(date(2024, 5, 13)), MAI_2026),
        (date(2026, 5, 1), Periode(date(2024, 5, 13), date(2026, 5, 20)), Periode(date(2026, 5, 1), date(2026, 5, 20))),
        (date(2026, 5, 1), Periode(date(2026, 5, 13)), None),
        (date(2026, 6, 1), Periode(date(2024, 5, 13)), None),
    ],
)
def test_au_prorata_le_mois_de_la_fin_se_saisit_en_entier(mois, contrat, attendue):
    """Fenêtre finie le 12/05/2026 : mai se saisit sur les jours du contrat, pourvu que l'un d'eux soit dans la fenêtre."""
    fenetre = Periode(date(2024, 5, 13), date(2026, 5, 12))
    assert periode_saisissable(mois, contrat, fenetre, None, est_prorata=True) == attendue


def test_phrase_d_un_total_a_cheval():
    """Le refus dit quoi, jusqu'à quand, et comment partager."""
    refus = controler(periode=MAI_2026, aujourd_hui=date(2026, 6, 1))
    assert refus.phrase == (
        "100\u00a0h du 1er au 31 mai 2026\u00a0: l’éligibilité s’arrête le 12 mai 2026 inclus, ce total est à cheval. "
        "Partagez-le\u00a0: 1–12 / 13–31\u00a0; seules les heures du 1er au 12 mai 2026 comptent."
    )


def test_a_cheval_sur_le_debut_et_sur_les_deux_bornes():
    """Un contrat plus ancien que la fenêtre demande le partage à son début, et aux deux bouts d'une fenêtre courte."""
    ancien = Periode(date(2024, 1, 1), None)
    debut = controler(contrat=ancien, periode=mois_de(date(2024, 5, 1)))
    assert debut.code == "a_cheval"
    assert "l’éligibilité commence le 13 mai 2024" in debut.phrase
    assert "1–12 / 13–31" in debut.phrase
    courte = Periode(date(2026, 4, 10), date(2026, 4, 10))
    deux = controler(contrat=ancien, fenetre=courte)
    assert "1–9 / 10 / 11–30" in deux.phrase
    assert "s’arrête le 10 avril 2026 inclus" in deux.phrase


def test_a_cheval_sur_le_seul_debut():
    """Une fenêtre qui finit le dernier jour du mois ne déborde que par son début : la phrase parle du début."""
    refus = controler(contrat=Periode(date(2024, 1, 1)), fenetre=Periode(date(2026, 4, 3), date(2026, 4, 30)))
    assert "l’éligibilité commence le 3 avril 2026" in refus.phrase
    assert "Partagez-le\u00a0: 1–2 / 3–30\u00a0;" in refus.phrase


def test_avant_la_fenetre():
    """Avant l'ouverture, la phrase donne le premier jour compté."""
    refus = controler(contrat=Periode(date(2024, 1, 1)), periode=mois_de(date(2024, 4, 1)))
    assert refus.code == "avant_fenetre"
    assert "ne commence que le 13 mai 2024" in refus.phrase


def test_sans_eligibilite_ouverte():
    """Sans fenêtre, pas d'heures ; une fenêtre sans fin n'arrête rien."""
    assert code(controler(fenetre=None)) == "eligibilite_absente"
    assert controler(fenetre=Periode(date(2024, 5, 13))) is None


def test_zero_heure_se_dit_hors_fenetre():
    """Zéro heure ne dépasse aucune fenêtre : dire qu'un mois est vide reste permis."""
    assert controler(heures=D(0), periode=mois_de(date(2026, 6, 1)), aujourd_hui=date(2026, 7, 1)) is None


@pytest.mark.parametrize(
    ("aujourd_hui", "attendu"),
    [(date(2026, 3, 31), "heures_futures"), (date(2026, 4, 1), None), (date(2026, 4, 30), None)],
)
def test_mois_a_venir(aujourd_hui, attendu):
    """Un mois se déclare dès son premier jour, pas avant."""
    assert code(controler(aujourd_hui=aujourd_hui)) == attendu


@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        ({"lot_clos": True}, "lot_clos"),
        ({"contrat": Periode(date(2026, 5, 1), None)}, "avant_embauche"),
        ({"contrat": Periode(date(2024, 5, 13), date(2026, 3, 31))}, "apres_contrat"),
        ({"contrat": Periode(date(2024, 5, 13), date(2026, 4, 1)), "heures": D(8)}, None),
        ({"lot": Periode(date(2026, 5, 1), date(2027, 6, 30))}, "hors_lot"),
        ({"lot": Periode(date(2024, 4, 2), date(2026, 3, 31))}, "hors_lot"),
        ({"lot": None}, None),
    ],
)
def test_lot_et_contrat(changements, attendu):
    """Ni sur un lot clos, ni hors du contrat, ni hors des dates du lot."""
    assert code(controler(**changements)) == attendu


@pytest.mark.parametrize(
    ("deja", "plafond", "attendu"),
    [(D(120), D(220), None), (D("120.01"), D(220), "plafond_mensuel"), (D(0), D(99), "plafond_mensuel")],
)
def test_plafond_du_mois(deja, plafond, attendu):
    """Le plafond compte tout le mois de la personne, et se règle au marché."""
    refus = controler(deja_declarees_mois=deja, plafond_mensuel=plafond)
    assert code(refus) == attendu
    if deja and refus:
        assert "avec les 120,01\u00a0h déjà déclarées" in refus.phrase


@pytest.mark.parametrize(
    ("heures", "attendu"), [("24", None), ("24.01", "plafond_journalier"), ("100", "plafond_journalier")]
)
def test_plafond_journalier(heures, attendu):
    """Deux jours de contrat ne font pas plus de 24 h."""
    deux_jours = Periode(date(2026, 4, 29), date(2026, 4, 30))
    refus = controler(heures=D(heures), contrat=deux_jours)
    assert code(refus) == attendu
    assert refus is None or "en 2\u00a0jours de contrat\u00a0: c’est plus de 12\u00a0h par jour" in refus.phrase
    un_jour = controler(heures=D(13), contrat=Periode(date(2026, 4, 30), date(2026, 4, 30)))
    assert "13\u00a0h en 1\u00a0jour de contrat" in un_jour.phrase


def test_formation_dite_dans_la_phrase():
    """Le refus d'heures de formation dit que c'en est."""
    refus = controler(nature="formation", heures=D(300))
    assert refus.phrase.startswith(
        "300\u00a0h de formation en avril 2026\u00a0: c’est plus que les 220\u00a0h plausibles"
    )


@pytest.mark.parametrize("periode", [Periode(date(2026, 4, 1)), Periode(date(2026, 4, 1), date(2026, 5, 1))])
def test_un_mois_a_la_fois(periode):
    """Une saisie tient dans un mois : le reste est une erreur de l'appelant."""
    with pytest.raises(ValueError, match="mois par mois"):
        controler(periode=periode)


@pytest.mark.parametrize(
    ("mois", "contrat", "fenetre", "lot", "attendue"),
    [
        (date(2026, 5, 31), CONTRAT, FENETRE, None, Periode(date(2026, 5, 1), date(2026, 5, 12))),
        (date(2024, 5, 1), CONTRAT, FENETRE, None, Periode(date(2024, 5, 13), date(2024, 5, 31))),
        (date(2026, 6, 1), CONTRAT, FENETRE, None, None),
        (date(2024, 4, 1), CONTRAT, FENETRE, None, None),
        (date(2026, 4, 1), CONTRAT, None, None, None),
        (
            date(2026, 4, 1),
            CONTRAT,
            FENETRE,
            Periode(date(2026, 4, 20), date(2026, 4, 20)),
            Periode(date(2026, 4, 20), date(2026, 4, 20)),
        ),
        (date(2026, 4, 1), CONTRAT, FENETRE, Periode(date(2026, 5, 1)), None),
    ],
)
def test_periode_saisissable(mois, contrat, fenetre, lot, attendue):
    """La part du mois où contrat, fenêtre et lot sont tous là."""
    assert periode_saisissable(mois, contrat, fenetre, lot) == attendue


@pytest.mark.parametrize(
    ("heures", "comptees", "dehors"), [("31", "12.00", "19.00"), ("100", "38.71", "61.29"), ("0", "0.00", "0.00")]
)
def test_prorata_d_un_total_a_cheval(heures, comptees, dehors):
    """Là où le marché l'admet : 12 jours sur 31 comptent."""
    part = repartir_au_prorata(D(heures), MAI_2026, FENETRE)
    assert (part.comptees, part.hors_fenetre) == (D(comptees), D(dehors))


def test_prorata_sans_borne_ou_sans_fin():
    """Tout dedans, tout dehors ; une période sans fin ne se partage pas."""
    assert repartir_au_prorata(D(10), mois_de(date(2026, 4, 1)), FENETRE).comptees == D(10)
    assert repartir_au_prorata(D(10), mois_de(date(2026, 6, 1)), FENETRE).comptees == D(0)
    with pytest.raises(ValueError, match="finie"):
        repartir_au_prorata(D(10), Periode(date(2026, 5, 1)), FENETRE)


jours = st.dates(date(2023, 1, 1), date(2028, 12, 31))
heures_plausibles = st.decimals(0, 220, places=2)


@st.composite
def periodes(draw):
    debut = draw(jours)
    return Periode(debut, draw(st.one_of(st.none(), st.integers(0, 900).map(lambda n: debut + timedelta(days=n)))))


@given(heures_plausibles, jours, periodes())
def test_le_prorata_ne_perd_rien(heures, mois, fenetre):
    """Comptées plus hors fenêtre font le total, et jamais plus."""
    part = repartir_au_prorata(heures, mois_de(mois), fenetre)
    assert part.comptees + part.hors_fenetre == heures
    assert 0 <= part.comptees <= heures


@given(jours, periodes(), periodes(), st.one_of(st.none(), periodes()))
def test_ce_qui_est_saisissable_est_accepte(mois, contrat, fenetre, lot):
    """Une heure sur la période proposée passe toujours, le mois venu ; sans période proposée, elle est refusée."""
    periode = periode_saisissable(mois, contrat, fenetre, lot)
    arguments = {
        "heures": D(1),
        "nature": "travail",
        "contrat": contrat,
        "fenetre": fenetre,
        "lot": lot,
        "lot_clos": False,
        "aujourd_hui": date(2031, 12, 31),
    }
    if periode is not None:
        assert controler_heures(periode=periode, **arguments) is None
        assert mois_de(mois).contient_periode(periode)
    elif contrat.intersection(fenetre) is None or lot is None:
        assert controler_heures(periode=mois_de(mois), **arguments) is not None


@given(heures_plausibles, jours, periodes(), periodes(), jours)
def test_rien_ne_compte_hors_de_la_fenetre(heures, mois, contrat, fenetre, aujourd_hui):
    """Des heures acceptées tiennent, jour de contrat par jour de contrat, dans la fenêtre."""
    periode = mois_de(mois)
    refus = controler_heures(
        heures=heures,
        nature="travail",
        periode=periode,
        contrat=contrat,
        fenetre=fenetre,
        lot=None,
        lot_clos=False,
        aujourd_hui=aujourd_hui,
    )
    if refus is None and heures:
        assert fenetre.contient_periode(periode.intersection(contrat))
        assert periode.debut <= aujourd_hui
