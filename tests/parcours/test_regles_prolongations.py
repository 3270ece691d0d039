"""Prolongations d'un PASS IAE : fenêtre, maxima par motif, âge, avis, refus."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from parcours.regles import (
    MOTIFS_PROLONGATION,
    MOTIFS_REFUS_PROLONGATION,
    PRESCRIPTEURS_HABILITES,
    controler_prolongation,
    controler_reponse_prolongation,
    fenetre_prolongation,
    fin_maximale_en_tout,
    fin_maximale_prolongation,
)


def code(refus):
    return refus.code if refus else None


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
