"""Agréments : PASS IAE comme la plateforme le calcule, et PLIE. Valeurs du cahier d'exemples 4 à 8."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from parcours.regles import (
    MOTIFS_PROLONGATION,
    MOTIFS_REFUS_PROLONGATION,
    MOTIFS_SUSPENSION,
    PRESCRIPTEURS_HABILITES,
    EtatPass,
    FaitsAgrement,
    ProlongationDite,
    ReglePlie,
    SuspensionDite,
    controler_carence_levee,
    controler_criteres_iae,
    controler_date_avis,
    controler_motif_suspension,
    controler_nouveau_pass,
    controler_numero_pass,
    controler_prolongation,
    controler_renouvellement_plie,
    controler_reponse_prolongation,
    controler_suspension,
    controler_suspensions_gardees,
    criteres_iae_suffisants,
    est_en_carence,
    etat_pass,
    fenetre_prolongation,
    fin_agrement,
    fin_carence,
    fin_maximale_en_tout,
    fin_maximale_prolongation,
    fin_maximale_suspension,
    fin_pass,
    fin_plie,
    formater_numero_pass,
    jours_restants_pass,
    renouvellements_restants,
    validite_diagnostic,
)

AUTOMNE = Periode(date(2024, 9, 1), date(2024, 11, 30))
jours = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def code(refus):
    return refus.code if refus else None


# --- PASS IAE : fin, état, jours restants, carence


def test_fin_du_pass():
    """730 jours comptés, dernier jour compris ; la suspension d'automne repousse de 90 jours."""
    assert fin_pass(date(2024, 1, 15)) == date(2026, 1, 13)
    assert fin_pass(date(2024, 1, 15), suspensions=[AUTOMNE]) == date(2026, 4, 13)
    assert fin_pass(date(2023, 3, 1)) == date(2025, 2, 27)


def test_la_date_imprimee_l_emporte():
    """La fin que la plateforme a imprimée ne se recalcule pas."""
    assert fin_pass(date(2024, 1, 15), suspensions=[AUTOMNE], fin_officielle=date(2026, 4, 14)) == date(2026, 4, 14)


def test_prolongations_successives():
    """Un PASS fini le 01/03/2021, prolongé au 31/03 puis au 30/04, finit le 30/04/2021."""
    debut = date(2019, 3, 3)
    assert fin_pass(debut) == date(2021, 3, 1)
    prolongations = [
        Periode(date(2021, 3, 1), date(2021, 3, 31)),
        Periode(date(2021, 3, 31), date(2021, 4, 30)),
    ]
    assert fin_pass(debut, prolongations=prolongations) == date(2021, 4, 30)


def test_suspension_sans_fin_ne_se_calcule_pas():
    """Sans fin de suspension, la fin du PASS n'est pas devinée."""
    with pytest.raises(ValueError, match="date de fin"):
        fin_pass(date(2024, 1, 15), suspensions=[Periode(date(2024, 9, 1))])


@pytest.mark.parametrize(
    ("jour", "etat"),
    [
        (date(2024, 8, 31), EtatPass.FUTUR),
        (date(2024, 9, 1), EtatPass.VALIDE),
        (date(2026, 8, 31), EtatPass.VALIDE),
        (date(2026, 9, 1), EtatPass.EXPIRE),
    ],
)
def test_etats_du_pass(jour, etat):
    """Les deux bornes du PASS sont des jours valides."""
    assert fin_pass(date(2024, 9, 1)) == date(2026, 8, 31)
    assert etat_pass(date(2024, 9, 1), date(2026, 8, 31), [], jour) == etat


@pytest.mark.parametrize(
    ("jour", "etat"),
    [
        (date(2025, 1, 9), EtatPass.VALIDE),
        (date(2025, 1, 10), EtatPass.SUSPENDU),
        (date(2025, 2, 10), EtatPass.SUSPENDU),
        (date(2025, 2, 11), EtatPass.VALIDE),
        (date(2026, 10, 1), EtatPass.VALIDE),
        (date(2026, 10, 2), EtatPass.EXPIRE),
    ],
)
def test_etats_d_un_pass_suspendu(jour, etat):
    """Suspendu aux deux bornes de la suspension, valide le lendemain ; la fin recule au 1er octobre 2026."""
    suspension = Periode(date(2025, 1, 10), date(2025, 2, 10))
    fin = fin_pass(date(2024, 9, 1), suspensions=[suspension])
    assert fin == date(2026, 10, 1)
    assert etat_pass(date(2024, 9, 1), fin, [suspension], jour) == etat


@pytest.mark.parametrize(
    ("jour", "reste"),
    [
        (date(2024, 1, 1), 729),
        (date(2024, 1, 15), 729),
        (date(2026, 1, 12), 1),
        (date(2026, 1, 13), 0),
        (date(2026, 1, 14), 0),
    ],
)
def test_jours_restants_du_pass(jour, reste):
    """Comme la plateforme : fin moins jour, jamais négatif, et rien ne s'use avant le début."""
    assert jours_restants_pass(date(2024, 1, 15), date(2026, 1, 13), [], jour) == reste


def test_jours_restants_pendant_une_suspension():
    """Pendant la suspension, le reste ne bouge pas ; elle le rend ensuite au même point."""
    debut, fin = date(2024, 1, 15), date(2026, 4, 13)
    pendant = {jours_restants_pass(debut, fin, [AUTOMNE], date(2024, 9, 1) + timedelta(days=n)) for n in range(91)}
    assert pendant == {(fin - date(2024, 11, 30)).days}
    assert jours_restants_pass(debut, fin, [AUTOMNE], date(2024, 12, 1)) == pendant.pop() - 1


def test_carence():
    """La carence va du lendemain de la fin à deux ans après, compris ; un prescripteur habilité la lève."""
    fin = date(2026, 4, 13)
    assert fin_carence(fin) == date(2028, 4, 13)
    assert [est_en_carence(fin, fin + timedelta(days=n)) for n in (0, 1)] == [False, True]
    assert est_en_carence(fin, date(2028, 4, 13))
    assert not est_en_carence(fin, date(2028, 4, 14))
    assert fin_carence(date(2024, 2, 29)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("jour", "habilite", "attendu"),
    [
        (date(2026, 4, 13), True, "pass_en_cours"),
        (date(2026, 4, 14), False, "carence"),
        (date(2026, 4, 14), True, None),
        (date(2028, 4, 13), False, "carence"),
        (date(2028, 4, 14), False, None),
    ],
)
def test_nouveau_pass(jour, habilite, attendu):
    """Pas de nouveau PASS avant la fin du précédent, ni en carence sans prescripteur habilité."""
    refus = controler_nouveau_pass(date(2026, 4, 13), jour, par_prescripteur_habilite=habilite)
    assert code(refus) == attendu


# --- Suspensions


@pytest.mark.parametrize(
    ("debut", "fin"),
    [
        (date(2025, 3, 1), date(2028, 2, 29)),
        (date(2024, 2, 29), date(2027, 2, 27)),
    ],
)
def test_suspension_de_36_mois_au_plus(debut, fin):
    """36 mois de calendrier, moins un jour."""
    assert fin_maximale_suspension(debut) == fin
    autour = {"debut_pass": debut, "fin_pass": date(2030, 1, 1), "autres": [], "aujourd_hui": debut}
    assert controler_suspension(Periode(debut, fin), **autour) is None
    assert code(controler_suspension(Periode(debut, fin + timedelta(days=1)), **autour)) == "suspension_longue"


@pytest.mark.parametrize(
    ("debut", "fin", "attendu"),
    [
        (date(2025, 6, 1), date(2025, 6, 30), None),
        (date(2025, 6, 1), None, "suspension_sans_fin"),
        (date(2024, 8, 31), date(2024, 10, 1), "suspension_hors_pass"),
        (date(2026, 9, 1), date(2026, 10, 1), "suspension_hors_pass"),
        (date(2025, 7, 1), date(2025, 8, 1), None),
        (date(2025, 7, 2), date(2025, 8, 1), "suspension_future"),
        (date(2025, 2, 11), date(2025, 2, 28), None),
        (date(2025, 2, 10), date(2025, 2, 28), "suspension_double"),
        (date(2025, 1, 1), date(2025, 1, 9), None),
        (date(2025, 1, 1), date(2025, 1, 10), "suspension_double"),
    ],
)
def test_controles_d_une_suspension(debut, fin, attendu):
    """Dans le PASS, pas dans le futur, et sans jour commun avec celle du 10 janvier au 10 février 2025."""
    refus = controler_suspension(
        Periode(debut, fin),
        debut_pass=date(2024, 9, 1),
        fin_pass=date(2026, 8, 31),
        autres=[Periode(date(2025, 1, 10), date(2025, 2, 10))],
        aujourd_hui=date(2025, 7, 1),
    )
    assert code(refus) == attendu


@pytest.mark.parametrize(("debut", "attendu"), [(date(2024, 7, 1), None), (date(2024, 6, 30), "suspension_ancienne")])
def test_suspension_retroactive(debut, attendu):
    """Au plus 365 jours en arrière."""
    refus = controler_suspension(
        Periode(debut, date(2024, 8, 1)),
        debut_pass=date(2024, 1, 1),
        fin_pass=date(2025, 12, 30),
        autres=[],
        aujourd_hui=date(2025, 7, 1),
    )
    assert code(refus) == attendu


# --- Prolongations


def test_fenetre_de_demande():
    """De douze mois avant la fin à six mois après, compris."""
    assert fenetre_prolongation(date(2026, 4, 13)) == Periode(date(2025, 4, 13), date(2026, 10, 13))


@pytest.mark.parametrize(
    ("motif", "par_demande", "en_tout"),
    [
        ("RQTH", date(2026, 6, 30), date(2028, 6, 29)),
        ("SENIOR", date(2026, 6, 30), date(2030, 6, 29)),
        ("COMPLETE_TRAINING", date(2026, 6, 30), None),
        ("PARTICULAR_DIFFICULTIES", date(2026, 6, 30), date(2028, 6, 29)),
        ("SENIOR_CDI", date(2035, 6, 28), None),
    ],
)
def test_maxima_des_prolongations(motif, par_demande, en_tout):
    """Depuis une fin au 30/06/2025, rien d'accordé : le maximum d'une demande et celui de toutes."""
    assert fin_maximale_prolongation(motif, date(2025, 6, 30)) == par_demande
    assert fin_maximale_en_tout(motif, date(2025, 6, 30)) == en_tout


def test_ce_qui_reste_du_total_borne_la_demande():
    """Avec 1 000 jours de RQTH déjà accordés, il en reste 95 ; avec 1 095, aucun."""
    assert fin_maximale_prolongation("RQTH", date(2025, 6, 30), deja_accordes_jours=1000) == date(2025, 10, 3)
    assert fin_maximale_prolongation("RQTH", date(2025, 6, 30), deja_accordes_jours=1095) == date(2025, 6, 30)
    assert fin_maximale_en_tout("RQTH", date(2025, 6, 30), deja_accordes_jours=1200) == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        ({}, None),
        ({"motif": "HEALTH_CONTEXT"}, "prolongation_motif"),
        ({"motif": "INCONNU"}, "prolongation_motif"),
        ({"prolongation": Periode(date(2021, 2, 27), date(2021, 3, 31))}, "prolongation_debut"),
        ({"prolongation": Periode(date(2021, 3, 2), date(2021, 3, 31))}, "prolongation_debut"),
        ({"prolongation": Periode(date(2021, 3, 1))}, "prolongation_fin"),
        ({"prolongation": Periode(date(2021, 3, 1), date(2021, 3, 1))}, "prolongation_fin"),
        ({"prolongation": Periode(date(2021, 3, 1), date(2022, 3, 1))}, None),
        ({"prolongation": Periode(date(2021, 3, 1), date(2022, 3, 2))}, "prolongation_longue"),
        ({"deja_accordes_jours": 1065}, None),
        ({"deja_accordes_jours": 1066}, "prolongation_longue"),
        ({"avis_prescripteur": False}, "prolongation_avis"),
        ({"date_demande": date(2020, 3, 1)}, None),
        ({"date_demande": date(2020, 2, 29)}, "prolongation_date_demande"),
        ({"date_demande": date(2021, 9, 1)}, None),
        ({"date_demande": date(2021, 9, 2)}, "prolongation_date_demande"),
        ({"motif": "COMPLETE_TRAINING", "avis_prescripteur": False}, None),
        ({"motif": "PARTICULAR_DIFFICULTIES", "type_structure": "ACI"}, None),
        ({"motif": "PARTICULAR_DIFFICULTIES", "type_structure": "EI"}, "prolongation_structure"),
    ],
)
def test_controles_d_une_prolongation(changements, attendu):
    """Le PASS finit le 01/03/2021, prolongé au 31/03 pour RQTH avec l'accord d'un prescripteur ; puis un point change."""
    demande = {
        "prolongation": Periode(date(2021, 3, 1), date(2021, 3, 31)),
        "motif": "RQTH",
        "fin_pass": date(2021, 3, 1),
        "date_demande": date(2021, 2, 1),
        "avis_prescripteur": True,
    } | changements
    refus = controler_prolongation(demande.pop("prolongation"), **demande)
    assert code(refus) == attendu


def test_la_deuxieme_prolongation_part_de_la_premiere():
    """Prolongé au 31/03/2021, il se prolonge encore au 30/04/2021."""
    refus = controler_prolongation(
        Periode(date(2021, 3, 31), date(2021, 4, 30)),
        motif="RQTH",
        fin_pass=date(2021, 3, 31),
        date_demande=date(2021, 3, 15),
        deja_accordes_jours=30,
        avis_prescripteur=True,
    )
    assert refus is None


def test_le_refus_dit_les_maxima():
    """La phrase donne la date possible, le maximum par demande et en tout."""
    refus = controler_prolongation(
        Periode(date(2025, 6, 30), date(2027, 1, 1)),
        motif="RQTH",
        fin_pass=date(2025, 6, 30),
        date_demande=date(2025, 6, 1),
        avis_prescripteur=True,
    )
    assert refus.phrase == (
        "RQTH\u00a0: cette prolongation finit au plus tard le 30 juin 2026 "
        "(365\u00a0jours par demande, 1\u00a0095\u00a0jours en tout)."
    )


# --- Propriétés


suspensions_disjointes = st.lists(st.integers(0, 60), min_size=2, max_size=8).map(
    lambda ecarts: [
        Periode(
            date(2024, 2, 1) + timedelta(days=sum(ecarts[: 2 * i + 1]) + 2 * i),
            date(2024, 2, 1) + timedelta(days=sum(ecarts[: 2 * i + 2]) + 2 * i),
        )
        for i in range(len(ecarts) // 2)
    ]
)


@given(jours, suspensions_disjointes)
def test_retirer_une_suspension_rend_la_fin(debut, suspensions):
    """Chaque suspension ajoute ses jours, et les rend quand on la retire, dans n'importe quel ordre."""
    entiere = fin_pass(debut, suspensions=suspensions)
    assert entiere == fin_pass(debut, suspensions=suspensions[::-1])
    for i, suspension in enumerate(suspensions):
        sans = fin_pass(debut, suspensions=suspensions[:i] + suspensions[i + 1 :])
        assert entiere - sans == suspension.fin - suspension.debut
    assert fin_pass(debut) == debut + timedelta(days=729)


@given(jours, st.integers(-4000, 4000))
def test_le_pass_suit_son_debut(debut, decalage):
    """Décaler le début décale la fin et l'état d'autant."""
    ecart = timedelta(days=decalage)
    assert fin_pass(debut + ecart) == fin_pass(debut) + ecart
    jour = debut + timedelta(days=300)
    assert etat_pass(debut, fin_pass(debut), [], jour) == etat_pass(
        debut + ecart, fin_pass(debut + ecart), [], jour + ecart
    )


@given(jours, suspensions_disjointes, st.integers(-100, 1500))
def test_jours_restants_entre_zero_et_la_duree(debut, suspensions, decalage):
    """Le reste n'est jamais négatif ni plus long que 729 jours."""
    fin = fin_pass(debut, suspensions=suspensions)
    suspensions = [s for s in suspensions if debut <= s.debut and s.fin <= fin]
    fin = fin_pass(debut, suspensions=suspensions)
    assert 0 <= jours_restants_pass(debut, fin, suspensions, debut + timedelta(days=decalage)) <= 729


# --- PLIE, diagnostic, numéro


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


def test_fin_d_agrement():
    """Le PASS en jours, le PLIE en mois ; un type inconnu est une erreur."""
    assert fin_agrement("pass_iae", debut=date(2024, 1, 15)) == date(2026, 1, 13)
    assert fin_agrement("pass_iae", debut=date(2024, 1, 15), fin_officielle=date(2026, 4, 13)) == date(2026, 4, 13)
    with pytest.raises(ValueError, match="inconnu"):
        fin_agrement("autre", debut=date(2024, 1, 15))


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
    ("numero", "juste"),
    [
        ("999992400718", True),
        ("99999 24 00718", True),
        ("XXXXX2400718", True),
        ("99999240071", False),
        ("99999240071A", False),
        ("9999924007180", False),
        ("", False),
    ],
)
def test_numero_du_pass(numero, juste):
    """Cinq lettres ou chiffres, puis sept chiffres, espaces admises."""
    assert (controler_numero_pass(numero) is None) is juste


def test_numero_du_pass_ecrit():
    """Il s'écrit en trois groupes, espaces insécables."""
    assert formater_numero_pass("999992400718") == "99999\u00a024\u00a000718"
    assert formater_numero_pass("123") == "123"


def test_motifs_de_prolongation():
    """La table des motifs est celle de la plateforme."""
    table = {m.code: (m.jours_par_demande, m.jours_en_tout, m.exige_avis) for m in MOTIFS_PROLONGATION.values()}
    assert table == {
        "SENIOR_CDI": (3650, None, False),
        "COMPLETE_TRAINING": (365, None, False),
        "RQTH": (365, 1095, True),
        "SENIOR": (365, 1825, True),
        "PARTICULAR_DIFFICULTIES": (365, 1095, True),
        "HEALTH_CONTEXT": (365, None, False),
    }
    assert [m.code for m in MOTIFS_PROLONGATION.values() if not m.est_ouvert] == ["HEALTH_CONTEXT"]
    assert {m.code: m.age_minimum for m in MOTIFS_PROLONGATION.values() if m.age_minimum} == {
        "SENIOR_CDI": 57,
        "SENIOR": 50,
    }
    assert set(MOTIFS_REFUS_PROLONGATION) == {"IAE", "SIAE", "DURATION", "REASON"}
    assert {"FT", "CAP_EMPLOI", "ML", "DEPT", "CCAS", "PLIE", "SPIP", "PJJ"} <= set(PRESCRIPTEURS_HABILITES)


@pytest.mark.parametrize(
    ("motif", "age", "admis"),
    [
        ("SENIOR", 49, False),
        ("SENIOR", 50, True),
        ("SENIOR_CDI", 56, False),
        ("SENIOR_CDI", 57, True),
        ("RQTH", 20, True),
        ("SENIOR", None, True),
    ],
)
def test_une_prolongation_de_senior_demande_l_age(motif, age, admis):
    """« 50 ans et plus » et « CDI d'inclusion, 57 ans et plus » : l'âge du jour où la prolongation commence."""
    refus = controler_prolongation(
        Periode(date(2025, 6, 30), date(2025, 12, 31)),
        motif=motif,
        fin_pass=date(2025, 6, 30),
        date_demande=date(2025, 6, 1),
        avis_prescripteur=True,
        age=age,
    )
    assert code(refus) == (None if admis else "prolongation_age")


@pytest.mark.parametrize(
    ("etat", "motif", "attendu"),
    [
        ("refusee", "DURATION", None),
        ("refusee", "", "prolongation_refus"),
        ("refusee", "FATIGUE", "prolongation_refus"),
        ("accordee", "", None),
        ("accordee", "IAE", "prolongation_refus"),
        ("demandee", "", None),
    ],
)
def test_un_refus_de_prolongation_donne_sa_raison(etat, motif, attendu):
    """Un refus, et lui seul, choisit sa raison dans la liste de la plateforme."""
    assert code(controler_reponse_prolongation(etat=etat, motif_refus=motif)) == attendu


@pytest.mark.parametrize(
    ("motif", "structure", "deja", "attendu"),
    [
        ("CONTRACT_BROKEN", "", False, None),
        ("SICKNESS", "", False, "suspension_motif"),
        ("SICKNESS", "", True, None),
        ("INCONNU", "", True, "suspension_motif"),
        ("CONTRAT_PASSERELLE", "aci", False, None),
        ("CONTRAT_PASSERELLE", "EI", False, None),
        ("CONTRAT_PASSERELLE", "ETTI", False, "suspension_structure"),
        ("CONTRAT_PASSERELLE", "", False, "suspension_structure"),
    ],
)
def test_motif_d_une_suspension(motif, structure, deja, attendu):
    """Un motif fermé se garde mais ne se choisit plus ; le contrat passerelle est aux ACI et aux EI."""
    assert code(controler_motif_suspension(motif, type_structure=structure, deja_enregistre=deja)) == attendu
    assert [m.code for m in MOTIFS_SUSPENSION.values() if m.est_ouvert] == [
        "CONTRACT_SUSPENDED",
        "CONTRACT_BROKEN",
        "FINISHED_CONTRACT",
        "APPROVAL_BETWEEN_CTA_MEMBERS",
        "CONTRAT_PASSERELLE",
    ]


def test_une_suspension_gardee_ne_se_remesure_pas_chaque_jour():
    """Enregistrée en mai 2025 pour juin 2024, elle se corrige encore en 2026 : les 365 jours partent de sa saisie."""
    autour = {
        "debut_pass": date(2024, 1, 1),
        "fin_pass": date(2027, 1, 1),
        "autres": [],
        "aujourd_hui": date(2026, 9, 1),
    }
    suspension = Periode(date(2024, 6, 1), date(2024, 7, 1))
    assert code(controler_suspension(suspension, **autour)) == "suspension_ancienne"
    assert controler_suspension(suspension, **autour, saisie_le=date(2025, 5, 2)) is None
    assert code(controler_suspension(suspension, **autour, saisie_le=date(2025, 6, 2))) == "suspension_ancienne"


def test_une_suspension_ne_se_justifie_pas_par_ses_propres_jours():
    """PASS du 15/01/2024, sans suspension jusqu'au 13/01/2026 : celle de mars 2026 n'y est que grâce à celle d'automne 2024."""
    debut = date(2024, 1, 15)
    mars = Periode(date(2026, 3, 1), date(2026, 3, 31))
    les_deux = fin_pass(debut, suspensions=[AUTOMNE, mars])
    assert controler_suspensions_gardees(debut, les_deux, [mars, AUTOMNE]) is None
    sans = fin_pass(debut, suspensions=[mars])
    assert code(controler_suspensions_gardees(debut, sans, [mars])) == "suspension_hors_pass"
    assert controler_suspensions_gardees(debut, date(2026, 4, 13), [mars], est_ecrite=True) is None
    assert code(controler_suspensions_gardees(date(2024, 9, 2), les_deux, [AUTOMNE])) == "suspension_hors_pass"


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


def test_la_carence_regarde_le_dernier_pass_fini():
    """Deux PASS passés : seule la carence du dernier compte ; un PASS qui finit plus tard n'ouvre pas de carence."""
    fins = [date(2020, 1, 1), date(2026, 4, 13), date(2030, 1, 1)]
    assert code(controler_carence_levee(date(2027, 1, 1), fins, prescripteur_habilite=" ")) == "carence"
    assert controler_carence_levee(date(2027, 1, 1), fins, prescripteur_habilite="Cap emploi") is None
    assert controler_carence_levee(date(2028, 4, 14), fins, prescripteur_habilite="") is None
    assert controler_carence_levee(date(2027, 1, 1), [], prescripteur_habilite="") is None


def test_un_reglage_de_plie_impossible():
    """Un parcours sans durée, un nombre négatif de renouvellements : refusés à la construction."""
    for faux in ({"duree_mois": 0}, {"renouvellement_mois": 0}, {"renouvellements_maximum": -1}):
        with pytest.raises(ValueError, match=r"mois|négatif"):
            ReglePlie(**faux)


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


# --- L'agrément entier : suspensions et prolongations d'un PASS, renouvellements d'un PLIE

faits_pass = st.builds(
    lambda debut, suspensions: FaitsAgrement(
        "pass_iae", debut, suspensions=tuple(SuspensionDite(s) for s in suspensions)
    ),
    jours,
    suspensions_disjointes,
)


@given(faits_pass, st.integers(1, 400))
def test_une_prolongation_refusee_ou_demandee_ne_compte_pas(faits, duree):
    """Seule une prolongation accordée repousse la fin, de « fin − début » jours."""
    ajout = Periode(faits.fin, faits.fin + timedelta(days=duree))
    for etat, jours_de_plus in (("demandee", 0), ("refusee", 0), ("accordee", duree)):
        avec = replace(faits, prolongations=(ProlongationDite(ajout, etat=etat),))
        assert (avec.fin - faits.fin).days == jours_de_plus


@given(faits_pass, st.integers(-4000, 4000))
def test_decaler_toutes_les_dates_decale_la_fin(faits, decalage):
    """Le PASS se compte en jours : tout décaler d'autant décale d'autant la fin, les états et les jours restants."""
    ecart = timedelta(days=decalage)
    ailleurs = replace(
        faits,
        debut=faits.debut + ecart,
        suspensions=tuple(
            SuspensionDite(Periode(s.periode.debut + ecart, s.periode.fin + ecart)) for s in faits.suspensions
        ),
    )
    assert ailleurs.fin == faits.fin + ecart
    jour = faits.debut + timedelta(days=200)
    ici, la = ([s.periode for s in f.suspensions] for f in (faits, ailleurs))
    assert etat_pass(faits.debut, faits.fin, ici, jour) == etat_pass(ailleurs.debut, ailleurs.fin, la, jour + ecart)
    assert jours_restants_pass(faits.debut, faits.fin, ici, jour) == jours_restants_pass(
        ailleurs.debut, ailleurs.fin, la, jour + ecart
    )


@given(jours, st.integers(1, 60), st.integers(0, 24), st.lists(st.integers(1, 24), max_size=4))
def test_un_plie_plus_long_ne_finit_jamais_plus_tot(debut, mois, plus, renouvellements):
    """Une durée plus grande, ou un renouvellement de plus, ne raccourcit jamais le parcours."""
    courte = fin_plie(debut, regle=ReglePlie(duree_mois=mois), renouvellements=renouvellements)
    assert courte <= fin_plie(debut, regle=ReglePlie(duree_mois=mois + plus), renouvellements=renouvellements)
    assert courte < fin_plie(debut, regle=ReglePlie(duree_mois=mois), renouvellements=[*renouvellements, 1])


def test_rien_ne_passe_du_pass_au_plie():
    """Un PLIE ne lit ni suspension ni prolongation, un PASS ni renouvellement ni réglage de PLIE."""
    tout = {"suspensions": [AUTOMNE], "prolongations": [AUTOMNE], "renouvellements": [12]}
    assert fin_agrement("plie", debut=date(2024, 1, 1), **tout) == date(2026, 12, 31)
    assert fin_agrement("pass_iae", debut=date(2024, 1, 15), **tout) == date(2026, 7, 12)
