"""Le contrat de travail pour lui-même : type, dates, employeur, autres contrats, heures déjà déclarées."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.placements import (
    AutreContrat,
    HeuresFaites,
    controler_cumul,
    controler_dates_contrat,
    controler_heures_gardees,
    controler_lien_au_lot,
    controler_rupture,
    controler_type_contrat,
    controler_utilisatrice,
    lot_se_propose,
)

AUJOURD_HUI = date(2026, 11, 17)
NAISSANCE = date(1984, 4, 8)


def codes(constats) -> list[str]:
    return [constat.code for constat in constats]


@pytest.mark.parametrize(
    ("type_contrat", "fin", "attendus"),
    [
        ("cdd", None, ["fin_absente"]),
        ("cdd", date(2027, 3, 1), []),
        ("cdi", None, []),
        ("cdi", date(2027, 3, 1), ["fin_de_cdi"]),
        ("cdi_chantier", None, []),
        ("apprentissage", None, []),
        ("apprentissage", date(2027, 8, 31), []),
        ("autre", None, []),
    ],
)
def test_la_fin_que_demande_le_type(type_contrat, fin, attendus):
    """Un CDD a une fin, un CDI n'en a pas, l'alternance et le chantier peuvent en avoir une."""
    assert codes(controler_type_contrat(type_contrat, date_fin=fin, type_employeur="entreprise")) == attendus


@pytest.mark.parametrize(
    ("type_contrat", "employeur", "inhabituel"),
    [
        ("ctti", "etti", False),
        ("ctti", "ett", True),
        ("interim", "ett", False),
        ("interim", "entreprise", True),
        ("cddi", "aci", False),
        ("cddi", "etti", True),
        ("cdd", "geiq", False),
    ],
)
def test_l_employeur_que_demande_le_type(type_contrat, employeur, inhabituel):
    """Un CTTI se signe avec une ETTI, un CDDI avec une EI, un ACI ou une AI : sinon on le dit, sans refuser."""
    fin = date(2027, 3, 1)
    trouves = codes(controler_type_contrat(type_contrat, date_fin=fin, type_employeur=employeur))
    assert trouves == (["employeur_inhabituel"] if inhabituel else [])


def test_sans_employeur_on_ne_dit_rien_de_lui():
    """Un contrat à demi rempli n'accuse pas l'employeur qui n'est pas encore choisi."""
    assert controler_type_contrat("ctti", date_fin=date(2027, 3, 1), type_employeur=None) == []


@pytest.mark.parametrize(
    ("debut", "fin", "attendus"),
    [
        (date(2026, 3, 2), date(2027, 3, 1), []),
        (date(2026, 3, 2), None, []),
        (date(2026, 3, 2), date(2026, 3, 2), []),
        (date(2026, 3, 2), date(2026, 3, 1), ["fin_avant_debut"]),
        (date(26, 3, 2), None, ["annee_embauche"]),
        (date(2026, 3, 2), date(2206, 3, 1), ["annee_fin"]),
        (date(2000, 4, 8), date(2000, 12, 31), []),
        (date(2000, 4, 7), date(2000, 12, 31), ["age_embauche"]),
        (date(1980, 1, 1), None, ["age_embauche"]),
        (date(2027, 11, 17), None, []),
        (date(2027, 11, 18), None, ["embauche_lointaine"]),
        (date(2026, 3, 2), date(2030, 3, 1), []),
        (date(2026, 3, 2), date(2030, 3, 2), ["contrat_long"]),
    ],
)
def test_les_dates_du_contrat(debut, fin, attendus):
    """16 ans le 08/04/2000 ; un an d'avance et 48 mois au plus, sinon l'année est à vérifier."""
    constats = controler_dates_contrat(debut=debut, fin=fin, naissance=NAISSANCE, aujourd_hui=AUJOURD_HUI)
    assert codes(constats) == attendus


@pytest.mark.parametrize(("heures", "signale"), [(Decimal(13), False), (Decimal("13.5"), True), (Decimal(35), True)])
def test_deux_contrats_en_meme_temps(heures, signale):
    """35 h et 13 h font 48 h, permis ; au-delà on le dit, avec les jours communs."""
    autre = AutreContrat(Periode(date(2026, 6, 1), None), Decimal(35), "Le contrat CDI chez Voltéo")
    constats = controler_cumul(Periode(date(2026, 3, 2), date(2026, 8, 31)), heures, [autre])
    assert codes(constats) == (["contrats_simultanes"] if signale else [])
    if signale:
        assert "Voltéo court aussi du 1er juin au 31 août 2026" in constats[0].phrase


def test_deux_contrats_qui_se_suivent_ne_se_chevauchent_pas():
    """Un CDD fini la veille ne gêne pas."""
    autre = AutreContrat(Periode(date(2025, 3, 2), date(2026, 3, 1)), Decimal(35), "Le contrat CDD chez Voltéo")
    assert controler_cumul(Periode(date(2026, 3, 2), None), Decimal(35), [autre]) == []


@pytest.mark.parametrize(
    ("met_a_disposition", "utilisatrice", "attendus"),
    [
        (True, "", ["utilisatrice_absente"]),
        (True, "Bâti-Rhône", []),
        (True, "Élan Intérim", ["utilisatrice_double"]),
        (False, "", []),
        (False, "Bâti-Rhône", ["utilisatrice_inattendue"]),
    ],
)
def test_l_entreprise_utilisatrice(met_a_disposition, utilisatrice, attendus):
    """Une mise à disposition nomme l'entreprise servie, qui n'est pas l'employeur."""
    constats = controler_utilisatrice(
        employeur="Élan Intérim",
        type_employeur="etti",
        met_a_disposition=met_a_disposition,
        utilisatrice=utilisatrice,
    )
    assert codes(constats) == attendus


@pytest.mark.parametrize(
    ("employeur", "utilisatrice", "met_a_disposition", "est_lie"),
    [
        ("Bâti-Rhône", "", False, True),
        ("Peintures Sud", "", False, True),
        ("Voltéo", "", False, False),
        ("Élan Intérim", "Bâti-Rhône", True, True),
        ("Élan Intérim", "Voltéo", True, False),
    ],
)
def test_le_lien_au_lot(employeur, utilisatrice, met_a_disposition, est_lie):
    """Titulaire, sous-traitant, ou agence qui met à disposition de l'un d'eux : sinon on le dit."""
    constat = controler_lien_au_lot(
        employeur=employeur,
        utilisatrice=utilisatrice,
        met_a_disposition=met_a_disposition,
        entreprises_du_lot={"Bâti-Rhône": "Titulaire", "Peintures Sud": "Sous-traitant"},
        lot="lot 1",
    )
    assert (constat is None) == est_lie


@pytest.mark.parametrize(
    ("rupture", "code"),
    [
        (date(2026, 3, 1), "rupture_avant_embauche"),
        (date(2026, 3, 2), None),
        (date(2027, 2, 28), None),
        (date(2027, 3, 1), "rupture_apres_fin"),
        (date(206, 3, 1), "annee"),
    ],
)
def test_la_fin_anticipee(rupture, code):
    """Du jour de l'embauche à la veille de la fin prévue."""
    refus = controler_rupture(rupture, debut=date(2026, 3, 2), fin=date(2027, 3, 1), aujourd_hui=AUJOURD_HUI)
    assert (refus.code if refus else None) == code


AVRIL = HeuresFaites(Periode(date(2026, 4, 1), date(2026, 4, 30)), Decimal(140))
MAI = HeuresFaites(Periode(date(2026, 5, 1), date(2026, 5, 31)), Decimal(60))


@pytest.mark.parametrize(
    ("fin", "mois"),
    [
        (date(2026, 5, 31), []),
        (date(2026, 5, 5), []),
        (date(2026, 5, 4), ["60\u00a0h en mai 2026"]),
        (date(2026, 3, 31), ["140\u00a0h en avril 2026", "60\u00a0h en mai 2026"]),
    ],
)
def test_les_heures_deja_declarees_tiennent_dans_les_nouvelles_dates(fin, mois):
    """60 h en mai tiennent en 5 jours de 12 h, pas en 4 ; le refus nomme chaque mois et ses heures."""
    refus = controler_heures_gardees(
        [MAI, AVRIL],
        contrat=Periode(date(2026, 3, 2), fin),
        fenetre=Periode(date(2026, 3, 2), date(2028, 3, 1)),
        aujourd_hui=AUJOURD_HUI,
    )
    assert (refus is None) == (not mois)
    assert all(nom in refus.phrase for nom in mois)


@pytest.mark.parametrize(("est_prorata", "tient"), [(True, True), (False, False)])
def test_un_total_a_cheval_garde_au_prorata_ne_bloque_pas_les_dates(est_prorata, tient):
    """60 h de mai, fenêtre finie le 12 : gardées là où le marché compte au prorata, dehors sinon."""
    faite = HeuresFaites(MAI.periode, MAI.heures, est_prorata=est_prorata)
    refus = controler_heures_gardees(
        [faite],
        contrat=Periode(date(2026, 3, 2)),
        fenetre=Periode(date(2024, 5, 13), date(2026, 5, 12)),
        aujourd_hui=AUJOURD_HUI,
    )
    assert (refus is None) == tient


def test_des_heures_sans_fenetre_sont_refusees():
    """Si la fenêtre se referme, les heures déclarées n'ont plus de place."""
    refus = controler_heures_gardees([AVRIL], contrat=Periode(date(2026, 3, 2)), fenetre=None, aujourd_hui=AUJOURD_HUI)
    assert refus.code == "heures_hors_dates"


@pytest.mark.parametrize(
    ("execution", "se_propose"),
    [
        (None, True),
        (Periode(date(2026, 3, 2)), True),
        (Periode(date(2026, 3, 2), date(2026, 6, 30)), True),
        (Periode(date(2026, 3, 2), date(2026, 6, 29)), False),
    ],
)
def test_un_lot_fini_ne_se_propose_pas(execution, se_propose):
    """Un contrat du 30 juin 2026 : le dernier jour du lot compte encore, la veille non."""
    assert lot_se_propose(execution, date(2026, 6, 30)) is se_propose
