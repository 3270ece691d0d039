"""Le courriel du matin et les travaux programmés : jours ouvrés, nouveautés, retards."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clauses.regles.rappels import Cadence, est_jour_ouvre, nouveau_depuis

PARIS = ZoneInfo("Europe/Paris")
NUIT = Cadence(time(2, 30), jours_ouvres=False, marge=timedelta(hours=2))
MATIN = Cadence(time(7, 0), jours_ouvres=True, marge=timedelta(hours=1))


def a(jour: int, heure: int, minute: int = 0, mois: int = 11) -> datetime:
    return datetime(2026, mois, jour, heure, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("jour", "ouvre"),
    [
        (date(2026, 11, 13), True),  # vendredi
        (date(2026, 11, 14), False),  # samedi
        (date(2026, 11, 15), False),  # dimanche
        (date(2026, 11, 16), True),  # lundi
        (date(2026, 11, 11), False),  # mercredi, armistice
        (date(2026, 4, 6), False),  # lundi de Pâques
    ],
)
def test_est_jour_ouvre(jour, ouvre):
    """Du lundi au vendredi, sauf les jours fériés."""
    assert est_jour_ouvre(jour) is ouvre


def test_nouveau_depuis():
    """Envoyé vendredi : lundi, ce qui est nouveau depuis samedi ; jamais envoyé : sept jours en arrière."""
    assert nouveau_depuis(date(2026, 11, 13), date(2026, 11, 16)) == date(2026, 11, 14)
    assert nouveau_depuis(None, date(2026, 11, 17)) == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("cadence", "maintenant", "prevu"),
    [
        (NUIT, a(17, 2, 30), a(17, 2, 30)),
        (NUIT, a(17, 2, 29), a(16, 2, 30)),
        (NUIT, a(15, 12), a(15, 2, 30)),  # dimanche : elle passe toutes les nuits
        (NUIT, a(11, 12), a(11, 2, 30)),  # et les jours fériés
        (MATIN, a(16, 6, 59), a(13, 7)),  # lundi avant 7 h : vendredi
        (MATIN, a(15, 12), a(13, 7)),  # dimanche : vendredi
        (MATIN, a(11, 12), a(10, 7)),  # le 11 novembre : la veille
        (MATIN, a(17, 7), a(17, 7)),
    ],
)
def test_precedent_passage_prevu(cadence, maintenant, prevu):
    """Le dernier moment prévu, à l'heure de Paris."""
    assert cadence.precedent(maintenant) == prevu


@pytest.mark.parametrize(
    ("maintenant", "derniere_reussite", "en_retard"),
    [
        (a(17, 10), a(17, 2, 31), False),
        (a(17, 10), a(16, 2, 31), True),
        (a(17, 4, 29), a(16, 2, 31), False),  # la marge de deux heures court encore
        (a(17, 4, 30), a(16, 2, 31), True),
        (a(17, 3), a(15, 2, 31), True),  # celui de la veille manque déjà
        (a(17, 10), a(17, 2, 30), False),
        (a(17, 10), None, True),
    ],
)
def test_est_en_retard(maintenant, derniere_reussite, en_retard):
    """Le travail de la nuit : en retard deux heures après son heure s'il n'a pas réussi depuis."""
    assert NUIT.est_en_retard(maintenant, derniere_reussite) is en_retard


@pytest.mark.parametrize(
    ("maintenant", "derniere_reussite", "en_service_depuis", "en_retard"),
    [
        (a(17, 10), None, a(17, 9), False),  # installé ce matin : son premier passage est pour cette nuit
        (a(18, 4, 29), None, a(17, 9), False),  # il est prévu depuis 2 h 30, et sa marge de deux heures court
        (a(18, 4, 30), None, a(17, 9), True),
        (a(17, 10), None, a(17, 2, 30), False),  # installé à l'heure même
        (a(17, 10), None, a(17, 2, 29), True),
        (a(17, 10), a(15, 2, 31), a(17, 9), True),  # une mise à jour n'efface pas un retard
    ],
)
def test_rien_n_est_en_retard_avant_son_premier_passage_prevu(
    maintenant, derniere_reussite, en_service_depuis, en_retard
):
    """Qui n'a jamais réussi se juge depuis la mise en service."""
    assert NUIT.est_en_retard(maintenant, derniere_reussite, en_service_depuis) is en_retard
