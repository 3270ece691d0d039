"""Les phrases qui disent ce qui compte."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.comptage import MotifEcart
from clauses.regles.ecarts import ecrire_compte, ecrire_raison
from clauses.regles.section_comptage import ModeCompte, ParametresComptage

MAI = Periode(date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("fenetre", "comptees", "attendue"),
    [
        (Periode(date(2024, 5, 13), date(2026, 5, 12)), "54.19", "au prorata des jours jusqu’au 12/05/2026"),
        (Periode(date(2026, 5, 13), date(2028, 5, 12)), "85.81", "au prorata des jours à partir du 13/05/2026"),
        (Periode(date(2026, 5, 13), None), "85.81", "au prorata des jours à partir du 13/05/2026"),
        (
            Periode(date(2026, 5, 2), date(2026, 5, 12)),
            "49.68",
            "au prorata des jours à partir du 02/05/2026 jusqu’au 12/05/2026",
        ),
        (Periode(date(2024, 5, 13), date(2026, 5, 12)), "0", "mois à cheval sur la fenêtre"),
        (None, "0", "mois à cheval sur la fenêtre"),
    ],
)
def test_la_raison_d_un_mois_a_cheval(fenetre, comptees, attendue):
    """Une part comptée dit les jours qui l'ont donnée ; rien de compté dit seulement que le mois est à cheval."""
    raison = ecrire_raison(
        MotifEcart.A_CHEVAL,
        ModeCompte.DIRECTE,
        ParametresComptage(),
        periode=MAI,
        fenetre=fenetre,
        comptees=Decimal(comptees),
    )
    assert raison == attendue


def test_une_autre_raison_reste_la_sienne():
    """Un stage qui ne compte pas ne parle pas de prorata."""
    raison = ecrire_raison(
        MotifEcart.MODE, ModeCompte.STAGE, ParametresComptage(), periode=MAI, fenetre=MAI, comptees=Decimal(0)
    )
    assert raison == "les heures de stage ne comptent pas"


@pytest.mark.parametrize(
    ("imputees", "raisons", "attendu"),
    [
        ("0", (), "120\u00a0h déclarées, 96\u00a0h comptées"),
        ("0", ("plafond", "", "plafond"), "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: plafond"),
        ("0", ("un", "deux"), "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: un\u00a0; deux"),
        (
            "24",
            (),
            "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: 24\u00a0h comptent sur un autre marché, par convention",
        ),
    ],
)
def test_le_compte_dit_les_deux_nombres(imputees, raisons, attendu):
    """Déclarées, comptées, puis chaque raison une fois."""
    phrase = ecrire_compte(declarees=Decimal(120), comptees=Decimal(96), imputees=Decimal(imputees), raisons=raisons)
    assert phrase == attendu
