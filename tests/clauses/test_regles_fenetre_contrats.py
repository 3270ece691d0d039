"""La fenêtre que donnent plusieurs contrats : première mission d'intérim, contrat sans fin, PASS IAE trop court."""

from dataclasses import replace
from datetime import date

import pytest

from beneficiaires.periodes import Periode
from clauses.regles import DatesFenetre, ParametresRegle, fenetre_eligibilite
from clauses.regles.choix import DUREES_USUELLES, DureeContrat, FamilleContrat, MesureDuree, Perimetre
from clauses.regles.faits import FaitContrat
from clauses.regles.fenetre import cle_de_contrat, fenetres_par_contrat

EMBAUCHE = date(2024, 5, 13)
DATES = DatesFenetre(attribution=date(2024, 3, 4), embauche=EMBAUCHE, fin_operation=date(2027, 6, 30))
USUELLES = ParametresRegle(durees_contrat=DUREES_USUELLES)


def test_l_interim_compte_depuis_sa_premiere_mission():
    """Un CDD du 13 mai au 30 juin 2024, puis des missions dès le 2 septembre : 24 mois depuis la première mission."""
    contrats = [
        FaitContrat("cdd", EMBAUCHE, date(2024, 6, 30)),
        FaitContrat("interim", date(2024, 11, 4), date(2024, 12, 20)),
        FaitContrat("interim", date(2024, 9, 2), date(2024, 9, 30)),
    ]
    assert fenetre_eligibilite(USUELLES, DATES, contrats=contrats) == Periode(EMBAUCHE, date(2026, 9, 1))


def test_un_cdi_compte_depuis_l_ouverture():
    """Un CDI signé après une mission d'intérim ne repart pas de sa propre date : 24 mois depuis le 13 mai 2024."""
    contrats = [FaitContrat("cdd", EMBAUCHE, date(2024, 6, 30)), FaitContrat("cdi", date(2024, 9, 2))]
    assert fenetre_eligibilite(USUELLES, DATES, contrats=contrats) == Periode(EMBAUCHE, date(2026, 5, 12))


def test_un_contrat_sans_fin_ni_plafond_donne_une_fenetre_sans_fin():
    """Là où le marché suit le contrat, sans plafond, un CDI ouvre une fenêtre sans fin."""
    parametres = ParametresRegle(durees_contrat={FamilleContrat.CDI: DureeContrat(MesureDuree.CONTRAT)})
    assert fenetre_eligibilite(parametres, DATES, contrats=[FaitContrat("cdi", EMBAUCHE)]) == Periode(EMBAUCHE)


@pytest.mark.parametrize(
    ("contrat", "dates", "phrase"),
    [
        (
            FaitContrat("cddi", EMBAUCHE, date(2025, 5, 12)),
            replace(DATES, fin_pass=date(2024, 5, 12)),
            "Le PASS IAE finit avant le jour où la fenêtre s’ouvrirait.",
        ),
        (
            FaitContrat("cddi", EMBAUCHE, date(2025, 5, 12)),
            DATES,
            "À compléter\u00a0: date de fin du PASS IAE.",
        ),
        (
            FaitContrat("cdd", date(2024, 4, 1), date(2024, 5, 12)),
            DATES,
            "Le contrat finit avant le jour où la fenêtre s’ouvrirait.",
        ),
    ],
)
def test_la_phrase_d_une_fenetre_impossible(contrat, dates, phrase):
    """Le refus dit ce qui finit trop tôt, ou ce qui manque."""
    assert str(fenetre_eligibilite(USUELLES, dates, contrats=[contrat])) == phrase


def test_une_fenetre_par_entreprise_reunit_les_marches():
    """Par entreprise, deux marchés de la même entreprise partagent la fenêtre ; par marché, ils ont chacun la leur."""
    un, autre = (FaitContrat("cdi", EMBAUCHE, entreprise="A", marche=marche) for marche in ("M1", "M2"))
    par_entreprise = ParametresRegle(perimetre=Perimetre.ENTREPRISE)
    assert cle_de_contrat(par_entreprise, un) == cle_de_contrat(par_entreprise, autre)
    assert cle_de_contrat(par_entreprise, un) != cle_de_contrat(par_entreprise, replace(un, entreprise="B"))
    par_marche = ParametresRegle(perimetre=Perimetre.MARCHE)
    assert cle_de_contrat(par_marche, un) != cle_de_contrat(par_marche, autre)


def test_un_contrat_sans_duree_propre_suit_la_duree_generale():
    """Un CDD fini le 30/06/2024 et un contrat « autre », dont le marché ne dit rien : 24 mois, la plus longue des deux."""
    contrats = [FaitContrat("cdd", EMBAUCHE, date(2024, 6, 30)), FaitContrat("autre", EMBAUCHE, date(2024, 6, 30))]
    assert fenetre_eligibilite(USUELLES, DATES, contrats=contrats) == Periode(EMBAUCHE, date(2026, 5, 12))


def test_sans_duree_generale_le_contrat_sans_duree_propre_va_jusqu_a_la_fin_de_l_operation():
    """Le CDD finit le 30/06/2024, le contrat « autre » dure toute l'opération : jusqu'au 30/06/2027."""
    parametres = ParametresRegle(duree_mois=None, durees_contrat=DUREES_USUELLES)
    contrats = [FaitContrat("cdd", EMBAUCHE, date(2024, 6, 30)), FaitContrat("autre", EMBAUCHE)]
    assert fenetre_eligibilite(parametres, DATES, contrats=contrats) == Periode(EMBAUCHE, date(2027, 6, 30))


def test_un_contrat_qui_n_ouvre_rien_n_empeche_pas_l_autre():
    """Le PASS IAE manque pour le CDDI, mais le CDD du 13/05 au 30/06/2024 ouvre sa fenêtre."""
    contrats = [FaitContrat("cddi", EMBAUCHE, date(2025, 5, 12)), FaitContrat("cdd", EMBAUCHE, date(2024, 6, 30))]
    assert fenetre_eligibilite(USUELLES, DATES, contrats=contrats) == Periode(EMBAUCHE, date(2024, 6, 30))


def test_une_operation_finie_avant_l_ouverture_se_dit():
    """Sans durée, la fenêtre va jusqu'à la fin de l'opération : finie la veille de l'embauche, elle ne s'ouvre pas."""
    sans_duree = ParametresRegle(duree_mois=None)
    refus = fenetre_eligibilite(sans_duree, replace(DATES, fin_operation=date(2024, 5, 12)))
    assert (str(refus), refus.code) == (
        "L’opération finit avant le jour où la fenêtre s’ouvrirait. Vérifiez la fin de l’opération.",
        "operation_finie",
    )
    assert fenetre_eligibilite(sans_duree, replace(DATES, fin_operation=EMBAUCHE)) == Periode(EMBAUCHE, EMBAUCHE)


def test_une_fenetre_unique_a_la_cle_vide():
    """La règle qui ne regarde pas les contrats ouvre une seule fenêtre, que tous partagent."""
    assert fenetres_par_contrat(ParametresRegle(), DATES) == {"": Periode(EMBAUCHE, date(2026, 5, 12))}
