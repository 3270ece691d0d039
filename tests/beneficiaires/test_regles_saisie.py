"""Ce que l'on tape sur une personne : téléphone, code postal, dates d'une situation, délai de réponse."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from beneficiaires.regles import (
    controler_code_postal,
    controler_jour_passe,
    controler_periode_situation,
    controler_telephone,
    date_limite_reponse,
    normaliser_telephone,
)

AUJOURD_HUI = date(2026, 11, 17)
NAISSANCE = date(1984, 4, 8)


def code(refus):
    return refus.code if refus else None


@pytest.mark.parametrize(
    ("tape", "garde", "refus"),
    [
        ("06 39 98 12 47", "0639981247", None),
        ("06.39.98.12.47", "0639981247", None),
        ("+33 6 39 98 12 47", "0639981247", None),
        ("0033639981247", "0639981247", None),
        ("+33 (0)6 39 98 12 47", "0639981247", None),
        ("+32 2 123 45 67", "+3221234567", None),
        ("06 39 98 12", "06399812", "telephone"),
        ("6 39 98 12 47", "639981247", "telephone"),
        ("1 84 04 69 123 456 78", "184046912345678", "telephone"),
        ("inconnu", "inconnu", "telephone"),
    ],
)
def test_telephone(tape, garde, refus):
    """Les écritures courantes donnent le même numéro ; un numéro incomplet ou un NIR est refusé."""
    assert normaliser_telephone(tape) == garde
    assert code(controler_telephone(tape)) == refus


@pytest.mark.parametrize(("tape", "refus"), [("69100", None), ("6910", "code_postal"), ("2A004", "code_postal")])
def test_code_postal(tape, refus):
    """Cinq chiffres, Corse comprise (20…)."""
    assert code(controler_code_postal(tape)) == refus


@pytest.mark.parametrize(
    ("jour", "refus"),
    [(AUJOURD_HUI, None), (date(2026, 11, 18), "futur"), (date(26, 11, 6), "annee"), (date(2999, 1, 1), "annee")],
)
def test_un_fait_constate_n_est_pas_dans_le_futur(jour, refus):
    """Aujourd'hui passe, demain non ; une année à deux chiffres se voit."""
    assert code(controler_jour_passe(jour, "La date de la pièce", AUJOURD_HUI)) == refus


def test_la_phrase_d_une_date_future_donne_la_date():
    """La maquette : « … est dans le futur : 6 décembre 2026 »."""
    phrase = str(controler_jour_passe(date(2026, 12, 6), "Cette date", AUJOURD_HUI))
    assert phrase.startswith("Cette date est dans le futur\u00a0: 6 décembre 2026")


@pytest.mark.parametrize(
    ("periode", "deja", "refus"),
    [
        (Periode(date(2026, 1, 1)), [], None),
        (Periode(date(2026, 1, 1), date(2028, 6, 30)), [], None),  # une RQTH finit plus tard
        (Periode(date(2026, 11, 18)), [], "futur"),
        (Periode(date(1984, 4, 7)), [], "avant_naissance"),
        (Periode(date(1984, 4, 8)), [], None),
        (Periode(date(2026, 7, 1)), [Periode(date(2026, 1, 1), date(2026, 6, 30))], None),
        (Periode(date(2026, 6, 30)), [Periode(date(2026, 1, 1), date(2026, 6, 30))], "chevauchement"),
        (Periode(date(2026, 6, 30)), [Periode(date(2026, 1, 1))], "chevauchement"),
        (Periode(date(2025, 1, 1), date(2025, 12, 31)), [Periode(date(2026, 1, 1))], None),
    ],
)
def test_dates_d_une_situation(periode, deja, refus):
    """Commencée, après la naissance, sans jour commun avec une période du même critère ; la fin peut être à venir."""
    assert code(controler_periode_situation(periode, NAISSANCE, deja, AUJOURD_HUI)) == refus


def test_reponse_promise_sous_quinze_jours():
    """Envoyée le 2 novembre, la réponse est promise au plus tard le 17."""
    assert date_limite_reponse(date(2026, 11, 2)) == date(2026, 11, 17)
