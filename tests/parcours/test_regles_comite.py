"""Les règles du comité technique : un jour plausible, une décision le jour venu, une clôture, les fins à examiner."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from parcours.regles.comite import (
    controler_cloture,
    controler_decision,
    controler_jour_seance,
    controler_ouverte,
    decision_vaut_encore,
    fins_a_examiner,
)

AUJOURD_HUI = date(2026, 11, 24)


@pytest.mark.parametrize("jour", [date(2025, 11, 24), AUJOURD_HUI, date(2027, 11, 24)])
def test_une_seance_se_prepare_a_un_an_pres(jour):
    """Du 24 novembre 2025 au 24 novembre 2027, bornes comprises."""
    assert controler_jour_seance(jour, AUJOURD_HUI) is None


@pytest.mark.parametrize(
    ("jour", "phrase"),
    [
        (
            date(2025, 11, 23),
            "La séance serait le 23\u00a0novembre\u00a02025, à plus d’un an d’aujourd’hui. Vérifiez l’année.",
        ),
        (
            date(2027, 11, 25),
            "La séance serait le 25\u00a0novembre\u00a02027, à plus d’un an d’aujourd’hui. Vérifiez l’année.",
        ),
    ],
)
def test_plus_loin_l_annee_est_fausse(jour, phrase):
    """La veille et le lendemain des bornes."""
    refus = controler_jour_seance(jour, AUJOURD_HUI)
    assert (refus.phrase.replace("\u00a0", " "), refus.code) == (phrase.replace("\u00a0", " "), "seance_loin")


def test_une_seance_close_ne_change_plus():
    """La phrase dit depuis quand."""
    assert controler_ouverte(None) is None
    refus = controler_ouverte(date(2026, 10, 6))
    assert refus.code == "seance_close"
    assert refus.phrase.replace("\u00a0", " ") == (
        "Cette séance est close depuis le 6 octobre 2026 : elle se lit, elle ne change plus."
    )


def test_une_decision_se_note_le_jour_venu():
    """La veille, non ; le jour même et le lendemain, oui."""
    refus = controler_decision(est_motivee=False, motif="", seance=AUJOURD_HUI, aujourd_hui=date(2026, 11, 23))
    assert refus.code == "seance_a_venir"
    assert refus.phrase.replace("\u00a0", " ") == (
        "La séance est le 24 novembre 2026 : ses décisions se notent à partir de ce jour."
    )
    for jour in (AUJOURD_HUI, date(2026, 11, 25)):
        assert controler_decision(est_motivee=False, motif="", seance=AUJOURD_HUI, aujourd_hui=jour) is None


@pytest.mark.parametrize(
    ("motif", "code"), [("", "decision_sans_motif"), (" \n", "decision_sans_motif"), ("Devis", "")]
)
def test_defavorable_ou_ajournee_donne_sa_raison(motif, code):
    """Des espaces ne sont pas une raison."""
    refus = controler_decision(est_motivee=True, motif=motif, seance=AUJOURD_HUI, aujourd_hui=AUJOURD_HUI)
    assert (refus.code if refus else "") == code
    assert refus is None or refus.phrase == "Dites pourquoi la décision est défavorable ou ajournée."


def test_une_seance_se_clot_une_fois_tenue_et_remplie():
    """La veille, non ; sans point, non ; le jour même avec un point, oui."""
    avant = controler_cloture(points=3, seance=AUJOURD_HUI, aujourd_hui=date(2026, 11, 23))
    assert avant.code == "cloture_avant"
    assert avant.phrase.replace("\u00a0", " ") == "La séance est le 24 novembre 2026 : elle se clôt une fois tenue."
    vide = controler_cloture(points=0, seance=AUJOURD_HUI, aujourd_hui=AUJOURD_HUI)
    assert vide.code == "cloture_vide"
    assert vide.phrase.replace("\u00a0", " ") == "L’ordre du jour est vide : il n’y a rien à clore."
    assert controler_cloture(points=1, seance=AUJOURD_HUI, aujourd_hui=AUJOURD_HUI) is None


def test_les_fins_vont_d_aujourd_hui_a_90_jours_apres_la_seance():
    """Séance du 24 novembre : 90 jours après, le 22 février 2027. Une séance passée compte depuis aujourd'hui."""
    fins = fins_a_examiner(seance=AUJOURD_HUI, aujourd_hui=date(2026, 11, 10), horizon_jours=90)
    assert fins == Periode(date(2026, 11, 10), date(2027, 2, 22))
    passee = fins_a_examiner(seance=date(2026, 10, 6), aujourd_hui=AUJOURD_HUI, horizon_jours=90)
    assert passee == Periode(AUJOURD_HUI, date(2027, 2, 22))


def test_une_decision_vaut_pour_une_fin_deja_dans_l_horizon():
    """Décidée le 24 novembre 2026, à 90 jours : elle vaut pour une fin du 22 février 2027, pas pour celle du 23."""
    assert decision_vaut_encore(AUJOURD_HUI, fin=date(2027, 2, 22), horizon_jours=90)
    assert not decision_vaut_encore(AUJOURD_HUI, fin=date(2027, 2, 23), horizon_jours=90)
