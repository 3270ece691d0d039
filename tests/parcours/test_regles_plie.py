"""PLIE : fin, réglages, renouvellements ; diagnostic et critères de l'IAE."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from parcours.regles import (
    ReglePlie,
    controler_criteres_iae,
    controler_date_avis,
    controler_renouvellement_plie,
    criteres_iae_suffisants,
    fin_agrement,
    fin_plie,
    renouvellements_restants,
    validite_diagnostic,
)

jours = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def code(refus):
    return refus.code if refus else None


@pytest.mark.parametrize(
    ("debut", "fin"), [(date(2024, 2, 29), date(2026, 2, 27)), (date(2024, 1, 1), date(2025, 12, 31))]
)
def test_fin_du_plie(debut, fin):
    """24 mois de calendrier, dernier jour compris."""
    assert fin_plie(debut) == fin_agrement("plie", debut=debut) == fin


def test_plie_reglable():
    """Chaque PLIE règle sa durée et ses renouvellements ; la date écrite l'emporte."""
    toulouse = ReglePlie(duree_mois=36, renouvellement_mois=6, renouvellements_maximum=2)
    assert fin_plie(date(2024, 1, 1), regle=toulouse) == date(2026, 12, 31)
    assert fin_plie(date(2024, 1, 1), regle=toulouse, renouvellements=[6, 6]) == date(2027, 12, 31)
    assert fin_plie(date(2024, 1, 1), renouvellements=[12]) == date(2026, 12, 31)
    assert fin_plie(date(2024, 1, 1), fin_officielle=date(2025, 6, 30)) == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("deja", "avis", "organisme", "maximum", "attendu"),
    [
        (0, "poursuite de la formation", "PLIE du Confluent", 1, None),
        (0, "  ", "PLIE du Confluent", 1, "plie_avis"),
        (0, "poursuite de la formation", "", 1, "plie_organisme"),
        (1, "poursuite de la formation", "PLIE du Confluent", 1, "plie_renouvellements"),
        (0, "poursuite de la formation", "PLIE du Confluent", 0, "plie_renouvellements"),
        (9, "poursuite de la formation", "PLIE du Confluent", None, None),
    ],
)
def test_renouvellement_du_plie(deja, avis, organisme, maximum, attendu):
    """Un renouvellement demande un avis motivé, son auteur, et une place dans les renouvellements admis."""
    refus = controler_renouvellement_plie(
        deja_accordes=deja, avis_motive=avis, organisme=organisme, regle=ReglePlie(renouvellements_maximum=maximum)
    )
    assert code(refus) == attendu


@pytest.mark.parametrize(
    ("accordes", "maximum", "restants"), [(0, 1, 1), (1, 1, 0), (2, 1, 0), (0, 0, 0), (9, None, None)]
)
def test_renouvellements_restants(accordes, maximum, restants):
    """Ce que le PLIE admet encore ; baisser le maximum après coup ne rend pas un nombre négatif."""
    assert renouvellements_restants(accordes, ReglePlie(renouvellements_maximum=maximum)) == restants


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2024, 1, 14), "avis_ancien"),
        (date(2024, 1, 15), None),
        (date(2026, 11, 17), None),
        (date(2026, 11, 18), "avis_futur"),
        (None, None),
    ],
)
def test_date_d_un_avis(jour, attendu):
    """Un avis date du parcours ou d'après, jamais de demain."""
    assert code(controler_date_avis(jour, debut=date(2024, 1, 15), aujourd_hui=date(2026, 11, 17))) == attendu


def test_un_reglage_de_plie_impossible():
    """Un parcours sans durée, un nombre négatif de renouvellements : refusés à la construction."""
    for faux in ({"duree_mois": 0}, {"renouvellement_mois": 0}, {"renouvellements_maximum": -1}):
        with pytest.raises(ValueError, match=r"mois|négatif"):
            ReglePlie(**faux)


@given(jours, st.integers(1, 60), st.integers(0, 24), st.lists(st.integers(1, 24), max_size=4))
def test_un_plie_plus_long_ne_finit_jamais_plus_tot(debut, mois, plus, renouvellements):
    """Une durée plus grande, ou un renouvellement de plus, ne raccourcit jamais le parcours."""
    courte = fin_plie(debut, regle=ReglePlie(duree_mois=mois), renouvellements=renouvellements)
    assert courte <= fin_plie(debut, regle=ReglePlie(duree_mois=mois + plus), renouvellements=renouvellements)
    assert courte < fin_plie(debut, regle=ReglePlie(duree_mois=mois), renouvellements=[*renouvellements, 1])


# --- Diagnostic et critères de l'IAE


def test_validite_du_diagnostic():
    """Six mois d'un prescripteur, 92 jours d'un employeur."""
    jour = date(2025, 8, 31)
    assert validite_diagnostic(jour, par_prescripteur=True) == Periode(jour, date(2026, 2, 27))
    assert validite_diagnostic(jour, par_prescripteur=False) == Periode(jour, date(2025, 11, 30))


@pytest.mark.parametrize(
    ("codes", "structure", "suffit"),
    [
        (["RSA"], "ACI", True),
        (["QPV"], "ETTI", False),
        (["QPV", "JEUNE"], "ETTI", True),
        (["QPV", "QPV"], "AI", False),
        (["QPV", "JEUNE"], "EI", False),
        (["QPV", "JEUNE", "TH"], "EI", True),
        (["SIAE", "CEJ", "QPV"], "AI", False),
        ([], "AI", False),
    ],
)
def test_criteres_de_l_iae(codes, structure, suffit):
    """Un critère de niveau 1, ou deux (AI, ETTI) ou trois (ACI, EI) de niveau 2 ; ceux du CCAG ne comptent pas."""
    assert criteres_iae_suffisants(codes, structure) is suffit


@pytest.mark.parametrize(
    ("codes", "structure", "attendu"),
    [
        (["RSA"], "ACI", None),
        (["QPV", "JEUNE"], "ETTI", None),
        (["QPV"], "AI", "diagnostic_criteres"),
        (["QPV", "JEUNE"], "EITI", "diagnostic_criteres"),
        (["QPV", "JEUNE", "TH"], "EITI", None),
        (["RSA"], "GEIQ", "diagnostic_structure"),
    ],
)
def test_le_diagnostic_d_un_employeur_dit_sa_raison(codes, structure, attendu):
    """Ce qui manque se lit : « 3 de niveau 2 pour une structure EITI : 2 ici »."""
    refus = controler_criteres_iae(codes, structure)
    assert code(refus) == attendu
    if attendu == "diagnostic_criteres":
        assert "niveau 2 ici" in refus.phrase
