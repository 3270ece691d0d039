"""Une étape hors d'un PASS IAE ou d'un PLIE : l'agrément et la date sont nommés, l'éligibilité à la clause reste à part."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from parcours.regles.couverture import (
    AgrementDit,
    agrements_attendus,
    avertir_des_heures,
    avertir_hors_agrement,
    heures_hors,
    parts_hors,
)
from parcours.regles.immersion import lien_immersion

PASS = AgrementDit(
    "PASS IAE 99999 24 00718", "pass_iae", Periode(date(2025, 1, 1), date(2026, 12, 29)), est_estime=True
)
PLIE = AgrementDit("PLIE du Confluent", "plie", Periode(date(2025, 4, 1), date(2027, 3, 31)))


def avertir(debut, fin, agrements=(PASS, PLIE), type_agrement="pass_iae", **clause) -> list[str]:
    dits = avertir_hors_agrement(Periode(debut, fin), agrements, type_agrement=type_agrement, **clause)
    return [dit.phrase.replace("\u00a0", " ") for dit in dits]


@pytest.mark.parametrize(
    ("type_etape", "type_contrat", "dispositif", "attendus"),
    [
        ("contrat_clause", "ctti", "droit_commun", ("pass_iae",)),
        ("contrat_clause", "cddi", "plie", ("pass_iae", "plie")),
        ("contrat_clause", "cdi_inclusion", "iae", ("pass_iae",)),
        ("contrat_clause", "cdd", "iae", ()),
        ("contrat_iae", "", "rsa", ("pass_iae",)),
        ("formation", "", "plie", ("plie",)),
        ("formation", "", "cej", ()),
        ("suspension", "", "plie", ()),
    ],
)
def test_ce_que_chaque_etape_attend(type_etape, type_contrat, dispositif, attendus):
    """Le PASS pour un contrat de l'IAE, le PLIE pour un parcours suivi par un PLIE, rien pour un parcours suspendu."""
    assert agrements_attendus(type_etape, type_contrat=type_contrat, dispositif=dispositif) == attendus


def test_dans_la_fenetre_rien_n_est_dit_bornes_comprises():
    assert avertir(date(2025, 1, 1), date(2026, 12, 29)) == []
    assert avertir(date(2025, 4, 1), date(2027, 3, 31), type_agrement="plie") == []


def test_chaque_depassement_nomme_l_agrement_et_la_date():
    assert avertir(date(2026, 3, 2), date(2026, 12, 30)) == [
        "L’étape se poursuit après la fin du PASS IAE 99999 24 00718, le 29 décembre 2026 (estimation)."
    ]
    assert avertir(date(2024, 12, 31), date(2025, 6, 1)) == [
        "L’étape commence le 31 décembre 2024, avant le PASS IAE 99999 24 00718, qui court à partir du 1er janvier 2025."
    ]
    assert avertir(date(2027, 4, 1), None, type_agrement="plie") == [
        "L’étape commence le 1er avril 2027, après la fin du PLIE du Confluent, le 31 mars 2027."
    ]
    assert avertir(date(2024, 1, 1), None) == [
        "L’étape commence le 1er janvier 2024, avant le PASS IAE 99999 24 00718, qui court à partir du 1er janvier 2025.",
        "L’étape se poursuit après la fin du PASS IAE 99999 24 00718, le 29 décembre 2026 (estimation).",
    ]
    assert avertir(date(2026, 1, 1), None, ()) == ["Aucun PASS IAE n’est enregistré pour cette étape."]
    assert avertir(date(2026, 1, 1), None, (PASS,), "plie") == [
        "Aucun agrément PLIE n’est enregistré pour cette étape."
    ]


def test_de_deux_agrements_finis_c_est_le_dernier_fini_qui_est_nomme():
    """Un PLIE jusqu'au 30 juin ; un autre commencé après lui et fini en mars, ou fini l'année d'avant : celui de juin."""
    juin = AgrementDit("PLIE du Confluent", "plie", Periode(date(2025, 1, 6), date(2025, 6, 30)))
    mars = AgrementDit("PLIE des Deux Rives", "plie", Periode(date(2025, 3, 3), date(2025, 3, 28)))
    phrase = "L’étape commence le 1er septembre 2025, après la fin du PLIE du Confluent, le 30 juin 2025."
    assert avertir(date(2025, 9, 1), None, (juin, mars), "plie") == [phrase]
    janvier = AgrementDit("PLIE des Deux Rives", "plie", Periode(date(2024, 1, 8), date(2024, 12, 31)))
    assert avertir(date(2025, 9, 1), None, (juin, janvier), "plie") == [phrase]


def test_deux_pass_qui_se_suivent_ne_laissent_que_leur_trou():
    """Un contrat qui couvre les deux et les jours entre eux : une phrase, celle du premier PASS."""
    second = AgrementDit("PASS IAE 99999 27 00001", "pass_iae", Periode(date(2027, 1, 4), date(2029, 1, 2)))
    dits = avertir_hors_agrement(
        Periode(date(2026, 12, 1), date(2027, 6, 30)), [second, PASS], type_agrement="pass_iae"
    )
    assert [dit.code for dit in dits] == ["hors_pass_iae"]
    assert "après la fin du PASS IAE 99999 24 00718" in dits[0].phrase
    colle = AgrementDit("PASS IAE 99999 27 00002", "pass_iae", Periode(date(2026, 12, 30), date(2028, 12, 28)))
    assert avertir(date(2026, 12, 1), date(2027, 6, 30), (PASS, colle)) == []


def test_une_suspension_se_dit_avec_ses_jours():
    suspendu = AgrementDit(
        "PASS IAE 99999 24 00718",
        "pass_iae",
        PASS.periode,
        (Periode(date(2026, 6, 1), date(2026, 6, 30)), Periode(date(2025, 11, 1), date(2026, 2, 28))),
    )
    phrase = "Le PASS IAE 99999 24 00718 est suspendu du 1er novembre 2025 au 28 février 2026, pendant cette étape."
    assert avertir(date(2026, 2, 28), date(2026, 5, 31), (suspendu,)) == [phrase]
    assert avertir(date(2026, 3, 1), date(2026, 5, 31), (suspendu,)) == []
    dits = avertir_hors_agrement(Periode(date(2026, 2, 1), date(2026, 6, 1)), (suspendu,), type_agrement="pass_iae")
    assert [dit.code for dit in dits] == ["suspendu_pass_iae", "suspendu_pass_iae"]
    assert dits[0].phrase.replace("\u00a0", " ") == phrase


def test_l_eligibilite_a_la_clause_n_est_jamais_confondue():
    """Quand l'étape porte une clause, la phrase nomme les deux : l'agrément, dépassé, et l'éligibilité, qui ne bouge pas."""
    debut, fin = date(2026, 3, 2), date(2027, 3, 1)
    depasse = "L’étape se poursuit après la fin du PASS IAE 99999 24 00718, le 29 décembre 2026 (estimation)."
    assert avertir(debut, fin, porte_une_clause=True, eligible_jusqu_au=date(2028, 3, 1)) == [
        f"{depasse} L’éligibilité à la clause, elle, ne change pas, jusqu’au 1er mars 2028 inclus."
    ]
    assert avertir(debut, fin, porte_une_clause=True) == [f"{depasse} L’éligibilité à la clause, elle, ne change pas."]
    assert avertir(debut, fin, eligible_jusqu_au=date(2028, 3, 1)) == [depasse]


BORNES = st.tuples(st.integers(0, 60), st.integers(0, 20))


def _periode(bornes) -> Periode:
    debut = date(2026, 1, 1) + timedelta(days=bornes[0])
    return Periode(debut, debut + timedelta(days=bornes[1]))


@given(BORNES, st.lists(BORNES, max_size=4))
def test_chaque_jour_est_couvert_ou_dit_hors_jamais_les_deux(tenue, fenetres):
    """Jour par jour : hors de toutes les fenêtres si et seulement s'il est dans une part rendue ; les parts se suivent."""
    tenue, fenetres = _periode(tenue), [_periode(f) for f in fenetres]
    parts = parts_hors(tenue, fenetres)
    for n in range(100):
        jour = date(2026, 1, 1) + timedelta(days=n)
        hors = tenue.contient(jour) and not any(f.contient(jour) for f in fenetres)
        assert hors == any(part.contient(jour) for part in parts)
    assert all(avant.fin < apres.debut for avant, apres in pairwise(parts))


def test_une_etape_sans_fin_reste_sans_fin_hors_des_fenetres():
    assert parts_hors(Periode(date(2026, 1, 1)), [Periode(date(2026, 1, 1), date(2026, 1, 31))]) == (
        Periode(date(2026, 2, 1)),
    )
    assert parts_hors(Periode(date(2026, 1, 1)), [Periode(date(2025, 1, 1))]) == ()


def test_les_heures_hors_sont_celles_dont_un_jour_au_moins_deborde():
    decembre = Periode(date(2026, 12, 1), date(2026, 12, 31))
    novembre = Periode(date(2026, 11, 1), date(2026, 11, 30))
    releves = [(novembre, Decimal(112)), (decembre, Decimal("56.5"))]
    hors = parts_hors(Periode(date(2026, 3, 2), date(2027, 1, 31)), [PASS.periode])
    assert heures_hors(releves, hors) == Decimal("56.5")
    assert heures_hors(releves, ()) == 0
    assert avertir_des_heures(Decimal(0), type_agrement="plie") is None
    assert avertir_des_heures(Decimal("56.5"), type_agrement="pass_iae").phrase.replace("\u00a0", " ") == (
        "56,5 h validées sur des périodes en tout ou partie hors du PASS IAE. Elles comptent pour la clause tant que "
        "l’éligibilité court."
    )
    plie = avertir_des_heures(Decimal(7), type_agrement="plie")
    assert "hors du PLIE." in plie.phrase
    assert plie.code == "heures_hors_plie"


def test_le_lien_vers_immersion_facilitee_ne_dit_que_la_commune_et_le_metier():
    assert lien_immersion("Port-Ambroise") == (
        "https://immersion-facile.beta.gouv.fr/recherche?place=Port-Ambroise&distanceKm=20"
    )
    assert lien_immersion("Saint-Étienne", rome="F1606", metier="Peinture en bâtiment") == (
        "https://immersion-facile.beta.gouv.fr/recherche?place=Saint-%C3%89tienne&distanceKm=20&rome=F1606"
        "&romeLabel=Peinture+en+b%C3%A2timent"
    )
