"""Le jour qui fait foi : attribution ou jour de l'heure, et où la personne habitait ce jour-là."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.statuts import (
    LIBELLES_FAIT,
    LIBELLES_JOUR,
    AdresseQuittee,
    FaitDate,
    JourStatut,
    ParametresStatuts,
    etait_valable,
    jour_du_statut,
    qpv_au,
)

ATTRIBUTION, HEURE = date(2024, 3, 4), date(2026, 4, 1)


def test_par_defaut_tout_est_fixe_a_l_attribution_sauf_le_contrat():
    """Fiche A3 : au jour de l'attribution ; une heure a le contrat sous lequel elle est faite."""
    defaut = ParametresStatuts()
    assert {fait: defaut.jour(fait).value for fait in FaitDate} == {
        "adresse": "attribution",
        "critere": "attribution",
        "rqth": "attribution",
        "contrat": "heure",
    }
    assert set(LIBELLES_FAIT) == set(FaitDate)
    assert set(LIBELLES_JOUR) == set(JourStatut)


def test_la_section_se_relit_et_refuse_un_jour_inconnu():
    """Vers JSON et retour ; une valeur inventée est refusée."""
    une = ParametresStatuts(adresse=JourStatut.HEURE)
    assert ParametresStatuts.depuis_json(une.vers_json()) == une
    assert ParametresStatuts.depuis_json({}) == ParametresStatuts()
    with pytest.raises(ValueError, match="demain"):
        ParametresStatuts.depuis_json({"adresse": "demain"})


def test_jour_du_statut():
    """L'attribution, ou le jour de l'heure ; sans date d'attribution, rien n'est deviné."""
    assert jour_du_statut(JourStatut.ATTRIBUTION, attribution=ATTRIBUTION, heure=HEURE) == ATTRIBUTION
    assert jour_du_statut(JourStatut.HEURE, attribution=ATTRIBUTION, heure=HEURE) == HEURE
    assert jour_du_statut(JourStatut.ATTRIBUTION, attribution=None, heure=HEURE) is None


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2019, 12, 31), "inconnu"),
        (date(2020, 1, 1), "oui"),
        (date(2024, 2, 29), "oui"),
        (date(2024, 3, 1), "non"),
        (date(2025, 6, 30), "non"),
        (date(2025, 7, 1), "oui"),
        (date(2030, 1, 1), "oui"),
    ],
)
def test_ou_elle_habitait_ce_jour_la(jour, attendu):
    """Le dernier jour à une adresse y compte encore, le lendemain est à la suivante."""
    quittees = [
        AdresseQuittee(fin=date(2025, 6, 30), qpv="non", debut=date(2024, 3, 1)),
        AdresseQuittee(fin=date(2024, 2, 29), qpv="oui", debut=date(2020, 1, 1)),
    ]
    assert qpv_au(jour, aujourd_hui="oui", quittees=quittees) == attendu


def test_une_adresse_sans_debut_vaut_depuis_toujours():
    """On ne sait pas quand elle y est arrivée : elle y était."""
    assert qpv_au(date(1990, 1, 1), aujourd_hui="non", quittees=[AdresseQuittee(date(2024, 2, 29), "oui")]) == "oui"


@pytest.mark.parametrize(
    ("jour", "fin", "attendu"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), True),
        (date(2025, 12, 31), date(2025, 12, 31), True),
        (date(2024, 12, 31), date(2025, 12, 31), False),
        (date(2026, 1, 1), date(2025, 12, 31), False),
        (date(2040, 1, 1), None, True),
    ],
)
def test_une_situation_vaut_entre_ses_bornes(jour, fin, attendu):
    """Bornes comprises des deux côtés."""
    assert etait_valable(jour, debut=date(2025, 1, 1), fin=fin) is attendu


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_qui_n_a_pas_demenage_habite_la_ou_elle_habite(jour):
    """Propriété : sans adresse quittée, l'adresse d'aujourd'hui vaut tous les jours."""
    assert qpv_au(jour, aujourd_hui="oui", quittees=[]) == "oui"
