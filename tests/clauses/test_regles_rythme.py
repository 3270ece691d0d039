"""Attendu, rythme, projection, ETP, échéances et pénalité. Cahier d'exemples 9."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles import (
    SeuilsRythme,
    attendu_au,
    bornes_echeance,
    date_hors_d_atteinte,
    etp,
    evaluer_rythme,
    projeter,
    tranche_echeance,
)
from clauses.regles.execution import periode_execution

EXECUTION = Periode(date(2026, 3, 1), date(2026, 3, 10))


@pytest.mark.parametrize(
    ("jour", "attendues"),
    [
        (date(2026, 2, 28), "0"),
        (date(2026, 3, 1), "100"),
        (date(2026, 3, 5), "500"),
        (date(2026, 3, 9), "900"),
        (date(2026, 3, 10), "1000"),
        (date(2026, 3, 11), "1000"),
        (date(2030, 1, 1), "1000"),
    ],
)
def test_attendu(jour, attendues):
    """1 000 h sur dix jours : 100 h par jour écoulé, ce jour compris."""
    assert attendu_au(D(1000), EXECUTION, jour) == D(attendues)


def test_attendu_inconnu():
    """Sans dates d'exécution complètes, l'attendu n'est pas deviné."""
    assert attendu_au(D(1000), None, date(2026, 3, 5)) is None
    assert attendu_au(D(1000), Periode(date(2026, 3, 1)), date(2026, 3, 5)) is None


JUIN, JUILLET, AOUT = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("lot", "marche", "operation", "attendue"),
    [
        ((JUIN, JUILLET), (None, None), (None, None), Periode(JUIN, JUILLET)),
        ((JUILLET, None), (JUIN, AOUT), (None, None), Periode(JUILLET, AOUT)),
        ((None, None), (None, AOUT), (JUIN, JUILLET), Periode(JUIN, AOUT)),
        ((None, None), (None, None), (JUIN, None), Periode(JUIN)),
        ((JUILLET, None), (JUIN, JUILLET), (None, None), Periode(JUILLET, JUILLET)),
        ((AOUT, None), (JUIN, JUILLET), (None, None), None),
        ((None, JUILLET), (None, None), (None, None), None),
    ],
)
def test_periode_d_execution(lot, marche, operation, attendue):
    """Chaque borne vient du lot, à défaut du marché, à défaut de l'opération ; des bornes contradictoires n'en font pas."""
    assert periode_execution(lot, marche, operation) == attendue


@pytest.mark.parametrize(
    ("validees", "a_verifier", "code", "libelle"),
    [
        (D(1186), D(142), "retard", "En retard de 314\u00a0h"),
        (D(1349), D(0), "retard", "En retard de 151\u00a0h"),
        (D(1000), D("349.99"), "retard", "En retard de 500\u00a0h"),
        (D(1000), D(350), "surveiller", "À surveiller"),
        (D(1500), D(0), "surveiller", "À surveiller"),
        (D(1500), D("0.01"), "rythme", "Dans le rythme"),
        (D(1000), D(2000), "rythme", "Dans le rythme"),
        (D(1800), D(0), "rythme", "Dans le rythme"),
        (D("1800.01"), D(0), "avance", "En avance"),
    ],
)
def test_rythme(validees, a_verifier, code, libelle):
    """1 500 h attendues : sous 90 % en retard, jusqu'à 100 % à surveiller, au-delà dans le rythme, validées > 120 % en avance."""
    rythme = evaluer_rythme(validees=validees, a_verifier=a_verifier, attendues=D(1500))
    assert (rythme.code, rythme.libelle) == (code, libelle)
    assert rythme.ecart_heures == validees - 1500


def test_seuils_reglables():
    """Les seuils sont un réglage."""
    seuils = SeuilsRythme(retard=D(80), surveiller=D(95), avance=D(110))
    codes = [
        evaluer_rythme(validees=D(h), a_verifier=D(0), attendues=D(100), seuils=seuils).code for h in (79, 80, 96, 111)
    ]
    assert codes == ["retard", "surveiller", "rythme", "avance"]


@pytest.mark.parametrize(
    ("validees", "attendues", "dues", "code", "libelle"),
    [
        (D(0), D(0), D(100), "a_venir", "À venir"),
        (D(5), D(0), D(100), "avance", "En avance"),
        (D("0.25"), D(0), D(100), "avance", "En avance"),
        (D(0), D(1), D(100), "retard", "En retard de 1\u00a0h"),
        (D(5), None, D(100), "a_completer", "À compléter\u00a0: dates d’exécution"),
        (D(100), D(100), D(100), "tenu", "Tenu à 100\u00a0%"),
        (D(103), D(100), D(100), "tenu", "Tenu à 103\u00a0%"),
        (D(103), None, D(100), "tenu", "Tenu à 103\u00a0%"),
        (D("99.99"), D(100), D(100), "surveiller", "À surveiller"),
        (D(0), D(0), D(0), "a_venir", "À venir"),
    ],
)
def test_rythme_aux_bouts(validees, attendues, dues, code, libelle):
    """Avant le début, une fois l'objectif tenu, ou sans dates."""
    rythme = evaluer_rythme(validees=validees, a_verifier=D(0), attendues=attendues, dues=dues)
    assert (rythme.code, rythme.libelle) == (code, libelle)
    assert rythme.ecart_heures == (None if attendues is None else validees - attendues)


def test_projection_de_la_maquette():
    """616, 428 et 200 h : 415 h par mois, huit mois restants, il manquerait une centaine d'heures sur 6 000."""
    projection = projeter(
        validees=D(2580),
        heures_dues=D(6000),
        derniers_mois=[D(200), D(616), D(428)],
        periode_execution=Periode(date(2026, 3, 1), date(2027, 6, 30)),
        arrete_le=date(2026, 10, 31),
    )
    assert projection.mois_restants == D(8)
    assert projection.rythme_mensuel == D("414.67")
    assert projection.ecart_heures == D("-102.67")
    assert projection.heures_a_la_fin == D("5897.33")
    assert projection.necessaires_par_mois == D("427.50")
    assert projection.date_cible == date(2026, 10, 23)


def test_projection_aux_bouts():
    """Sans temps restant, plus de rythme nécessaire ; sans mois connu, le rythme est nul ; sans fin, c'est une erreur."""
    finie = projeter(
        validees=D(50), heures_dues=D(100), derniers_mois=[], periode_execution=EXECUTION, arrete_le=date(2026, 3, 10)
    )
    assert (finie.mois_restants, finie.necessaires_par_mois, finie.date_cible) == (D(0), None, None)
    assert finie.ecart_heures == D(-50)
    with pytest.raises(ValueError, match="date de fin"):
        projeter(
            validees=D(0),
            heures_dues=D(1),
            derniers_mois=[],
            periode_execution=Periode(date(2026, 3, 1)),
            arrete_le=date(2026, 3, 2),
        )


@pytest.mark.parametrize(
    ("manquantes", "rythme", "attendue"),
    [
        (D(300), D(100), date(2027, 3, 30)),
        (D(350), D(100), date(2027, 3, 15)),
        (D(0), D(100), None),
        (D(100), D(0), None),
        (D(10**9), D("0.01"), None),
    ],
)
def test_date_hors_d_atteinte(manquantes, rythme, attendue):
    """Trois mois avant la fin pour trois mois d'heures ; rien sans rythme ni manque."""
    assert date_hors_d_atteinte(manquantes, rythme, date(2027, 6, 30)) == attendue


def test_etp():
    """1 607 h font un ETP ; le diviseur est un réglage."""
    assert etp(D(1607)) == D("1.00")
    assert etp(D(2580)) == D("1.61")
    assert etp(D(1820), D(1820)) == D("1.00")
    with pytest.raises(ValueError, match="diviseur"):
        etp(D(1), D(0))


def test_bornes_des_echeances():
    """Quatre tranches qui se suivent sans se recouvrir."""
    tranches = bornes_echeance(date(2026, 11, 17))
    assert [(t.code, t.du, t.au) for t in tranches] == [
        ("passee", None, date(2026, 11, 16)),
        ("j30", date(2026, 11, 17), date(2026, 12, 17)),
        ("j60", date(2026, 12, 18), date(2027, 1, 16)),
        ("j90", date(2027, 1, 17), date(2027, 2, 15)),
    ]


@pytest.mark.parametrize(
    ("jours", "code"),
    [
        (-400, "passee"),
        (-1, "passee"),
        (0, "j30"),
        (30, "j30"),
        (31, "j60"),
        (60, "j60"),
        (61, "j90"),
        (90, "j90"),
        (91, None),
    ],
)
def test_tranche_d_une_echeance(jours, code):
    """Une fin aujourd'hui compte encore ; le 91e jour n'est pas une alerte."""
    aujourd_hui = date(2028, 2, 29)
    tranche = tranche_echeance(aujourd_hui + timedelta(days=jours), aujourd_hui)
    assert (tranche.code if tranche else None) == code


jours = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.decimals(0, 100_000, places=2), jours, st.integers(0, 1500), jours, jours)
def test_l_attendu_monte_de_zero_au_du(dues, debut, longueur, un_jour, autre_jour):
    """L'attendu ne redescend jamais, et reste entre zéro et le dû."""
    execution = Periode(debut, debut + timedelta(days=longueur))
    avant, apres = sorted((un_jour, autre_jour))
    assert 0 <= attendu_au(dues, execution, avant) <= attendu_au(dues, execution, apres) <= dues
    assert attendu_au(dues, execution, execution.fin) == dues


@given(jours, st.integers(-500, 500))
def test_une_echeance_a_une_seule_tranche(aujourd_hui, ecart):
    """Jusqu'à 90 jours, une fin est dans une tranche et une seule ; au-delà dans aucune."""
    fin = aujourd_hui + timedelta(days=ecart)
    nombre = sum(tranche.contient(fin) for tranche in bornes_echeance(aujourd_hui))
    assert nombre == (1 if ecart <= 90 else 0)
