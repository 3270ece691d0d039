"""Ce qu'un placement dit tout de suite."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from clauses.regles import Avertissement, Refus, controler_contrat

FENETRE = Periode(date(2024, 5, 13), date(2026, 5, 12))


def codes(**changements):
    arguments = {
        "periode": Periode(date(2024, 5, 13), date(2025, 5, 12)),
        "fenetre": FENETRE,
        "date_decision": date(2024, 5, 6),
        "debut_marche": date(2024, 3, 4),
        "fin_marche": date(2027, 6, 30),
    }
    return [constat.code for constat in controler_contrat(**(arguments | changements))]


@pytest.mark.parametrize(
    ("changements", "attendus"),
    [
        ({}, []),
        ({"periode": Periode(date(2024, 5, 13), date(2026, 5, 12))}, []),
        ({"periode": Periode(date(2024, 5, 13), date(2026, 5, 13))}, ["depasse_fenetre"]),
        ({"periode": Periode(date(2024, 5, 13)), "fin_marche": None}, ["depasse_fenetre"]),
        ({"periode": Periode(date(2026, 5, 12), date(2026, 5, 12))}, []),
        ({"periode": Periode(date(2026, 5, 13), date(2026, 8, 31))}, ["apres_fenetre"]),
        ({"periode": Periode(date(2024, 5, 6), date(2024, 8, 31))}, []),
        ({"periode": Periode(date(2024, 5, 5), date(2024, 8, 31))}, ["avant_decision"]),
        ({"debut_marche": date(2024, 5, 13)}, []),
        ({"debut_marche": date(2024, 5, 14)}, ["avant_marche"]),
        ({"fin_marche": date(2025, 5, 12)}, []),
        ({"fin_marche": date(2025, 5, 11)}, ["depasse_marche"]),
        ({"fenetre": None}, []),
        ({"fenetre": Periode(date(2024, 5, 13)), "periode": Periode(date(2024, 5, 13)), "fin_marche": None}, []),
        ({"date_decision": None, "fenetre": None}, ["eligibilite_absente"]),
        ({"type_employeur": "ETTI"}, ["utilisatrice_absente"]),
        ({"type_employeur": "geiq"}, ["utilisatrice_absente"]),
        ({"type_employeur": "ETTI", "a_entreprise_utilisatrice": True}, []),
        ({"type_employeur": "EI"}, []),
    ],
)
def test_constats(changements, attendus):
    """Chaque bord de la fenêtre, de la décision et du marché, des deux côtés."""
    assert codes(**changements) == attendus


def test_seule_l_entreprise_utilisatrice_empeche():
    """Une ETTI sans entreprise utilisatrice est un refus ; le reste avertit et laisse faire."""
    constats = controler_contrat(
        periode=Periode(date(2024, 1, 1)),
        fenetre=FENETRE,
        date_decision=date(2024, 5, 6),
        debut_marche=date(2024, 3, 4),
        fin_marche=date(2027, 6, 30),
        type_employeur="ETTI",
    )
    assert [c.code for c in constats if isinstance(c, Refus)] == ["utilisatrice_absente"]
    assert [c.code for c in constats if isinstance(c, Avertissement)] == [
        "avant_decision",
        "avant_marche",
        "depasse_fenetre",
        "depasse_marche",
    ]


def test_phrase_du_depassement():
    """La phrase donne le premier jour qui ne compte plus."""
    cdi, cdd = (
        controler_contrat(periode=Periode(date(2024, 5, 13), fin), fenetre=FENETRE, date_decision=date(2024, 5, 6))[0]
        for fin in (None, date(2026, 8, 31))
    )
    assert cdi.phrase == (
        "Le contrat n’a pas de fin, l’éligibilité s’arrête le 12 mai 2026 inclus\u00a0: "
        "ses heures ne comptent plus à partir du 13 mai 2026."
    )
    assert cdd.phrase.startswith("Le contrat finit le 31 août 2026, ")
