"""Pourquoi une situation ne compte pas : la phrase, le critère, le jour jugé et l'article du marché."""

from datetime import date
from decimal import Decimal as D

import pytest

from beneficiaires.periodes import Periode
from clauses.regles import (
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    ParametresRegle,
    Reponse,
    evaluer_eligibilite,
    repartir_au_prorata,
)
from clauses.regles.decision import Raison

ATTRIBUTION, DECISION = date(2024, 3, 4), date(2024, 5, 6)
MARCHE = FaitsMarche(ATTRIBUTION, ATTRIBUTION, date(2024, 4, 2), date(2027, 6, 30))
VUE = {"date_piece": date(2024, 2, 20), "vue_le": date(2024, 3, 1), "vue_par": "Claire Morel"}
PARAMETRES = ParametresRegle(document="CCAP", article="9.3", articles={"criteres": "9.3.1"})


def decider(*situations, naissance=date(1984, 4, 8), parametres=PARAMETRES):
    return evaluer_eligibilite(
        parametres=parametres,
        marche=MARCHE,
        personne=FaitsPersonne(naissance),
        situations=situations,
        date_decision=DECISION,
    )


@pytest.mark.parametrize(
    ("situation", "naissance", "raison"),
    [
        (
            FaitSituation("RSA", date(2023, 6, 1), date(2024, 3, 3), **VUE),
            date(1984, 4, 8),
            Raison(
                "Bénéficiaire du RSA, du 1er juin 2023 au 3 mars 2024\u00a0: la situation ne couvre pas le 4 mars 2024.",
                "RSA",
                ATTRIBUTION,
                "CCAP, article 9.3.1",
            ),
        ),
        (
            FaitSituation("SENIOR", date(2023, 6, 1), **VUE),
            date(1984, 4, 8),
            Raison(
                "Senior (50\u00a0ans et plus)\u00a0: la personne a 39\u00a0ans le 4 mars 2024, il en faut au moins 50.",
                "SENIOR",
                ATTRIBUTION,
                "CCAP, article 9.3.1",
            ),
        ),
        (
            FaitSituation("SENIOR", date(2023, 6, 1), **VUE),
            ATTRIBUTION,
            Raison(
                "Senior (50\u00a0ans et plus)\u00a0: la personne a 0\u00a0ans le 4 mars 2024, il en faut au moins 50.",
                "SENIOR",
                ATTRIBUTION,
                "CCAP, article 9.3.1",
            ),
        ),
        (
            FaitSituation("PM", date(2023, 6, 1), **VUE),
            date(1984, 4, 8),
            Raison(
                "Problème de mobilité\u00a0: ce critère n’est pas dans la liste du marché.",
                "PM",
                None,
                "CCAP, article 9.3.1",
            ),
        ),
    ],
)
def test_la_raison_qui_ecarte_une_situation(situation, naissance, raison):
    """Hors de la liste, hors des dates ou hors d'âge : la personne n'est pas éligible, et la raison porte l'article."""
    parametres = ParametresRegle(
        document="CCAP", article="9.3", articles={"criteres": "9.3.1"}, criteres=("RSA", "SENIOR")
    )
    decision = decider(situation, naissance=naissance, parametres=parametres)
    assert decision.reponse == Reponse.NON_ELIGIBLE
    assert raison in (*decision.raisons, *decision.ecartees)


def test_la_raison_qui_retient_une_situation():
    """Elle nomme la situation et le jour jugé, avec l'article de la liste ; gardée, la décision dit le format qui l'a écrite."""
    decision = decider(FaitSituation("RSA", date(2023, 6, 1), **VUE))
    assert decision.raisons[0] == Raison(
        "Bénéficiaire du RSA, au 4 mars 2024.", "RSA", ATTRIBUTION, "CCAP, article 9.3.1"
    )
    assert decision.vers_json()["format"] == 1


def test_l_organisme_de_l_avis_est_garde_avec_le_fait():
    """Une décision prise sur avis motivé garde qui l'a donné."""
    avis = FaitSituation("AUTRE_AVIS", date(2023, 6, 1), organisme="PLIE", **VUE)
    decision = decider(avis)
    assert decision.reponse == Reponse.ELIGIBLE
    assert [fait.organisme for fait in decision.faits] == ["PLIE"]


def test_un_demi_centieme_d_heure_va_au_centieme_superieur():
    """0,25 h sur dix jours dont cinq dans la fenêtre : 0,125 h, donc 0,13 h comptées et 0,12 h en dehors."""
    dix_jours = Periode(date(2026, 5, 8), date(2026, 5, 17))
    parts = repartir_au_prorata(D("0.25"), dix_jours, Periode(date(2024, 5, 13), date(2026, 5, 12)))
    assert (parts.comptees, parts.hors_fenetre) == (D("0.13"), D("0.12"))


def test_des_heures_sans_fin_ne_se_partagent_pas():
    """Une période sans fin n'a pas de nombre de jours : c'est une erreur de l'appelant."""
    with pytest.raises(ValueError, match=r"^Des heures se partagent sur une période finie\.$"):
        repartir_au_prorata(D(10), Periode(date(2026, 5, 8)), Periode(date(2024, 5, 13)))
