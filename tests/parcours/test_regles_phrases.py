"""Agréments : la phrase entière de chaque refus, et les bornes que les autres tests frôlent sans les toucher."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.periodes import Periode
from parcours.regles import (
    EtatPass,
    Mission,
    ReglePlie,
    controler_agrement,
    controler_carence_levee,
    controler_criteres_iae,
    controler_nouveau_pass,
    controler_numero_pass,
    controler_prolongation,
    controler_renouvellement_plie,
    controler_succession,
    controler_suspensions_gardees,
    etat_agrement,
    fin_agrement,
    jours_restants_pass,
    mois_travailles,
    suite_sans_interruption,
)


def dit(refus) -> tuple[str, str]:
    return refus.phrase.replace("\u00a0", " "), refus.code


# --- PASS IAE


def test_le_refus_d_un_nouveau_pass_dit_jusqu_a_quand():
    """PASS fini le 13/04/2026 : il court ce jour-là, la carence finit le 13/04/2028."""
    fin = date(2026, 4, 13)
    assert dit(controler_nouveau_pass(fin, fin, par_prescripteur_habilite=True)) == (
        "Le PASS IAE court encore, jusqu’au 13 avril 2026 inclus.",
        "pass_en_cours",
    )
    assert dit(controler_nouveau_pass(fin, date(2026, 4, 14), par_prescripteur_habilite=False)) == (
        "Carence jusqu’au 13 avril 2028 inclus : avant, un nouveau PASS IAE passe par un prescripteur habilité. "
        "Indiquez lequel.",
        "carence",
    )


def test_un_pass_qui_finit_le_jour_meme_n_a_pas_de_carence():
    """Le jour de la fin est encore un jour du PASS : c'est la succession des deux qui le refuse, en nommant le premier."""
    fin = date(2026, 4, 13)
    assert controler_carence_levee(fin, [fin], prescripteur_habilite="") is None
    refus = controler_succession("pass_iae", Periode(fin, date(2028, 4, 11)), [Periode(date(2024, 4, 14), fin)])
    assert refus.code == "agrement_simultane"


def test_le_numero_faux_montre_un_numero_juste():
    """Le refus dit combien de caractères, et en montre un exemple."""
    assert dit(controler_numero_pass("99999")) == (
        "Le numéro du PASS IAE compte 12 caractères et finit par 7 chiffres, par exemple 99999 24 00718.",
        "numero_pass",
    )


def test_une_date_imprimee_avant_le_debut_ne_laisse_aucun_jour():
    """La date imprimée l'emporte, même impossible : il ne reste rien, et rien ne tombe en panne."""
    assert jours_restants_pass(date(2024, 1, 15), date(2024, 1, 14), [], date(2024, 1, 1)) == 0


def test_une_fin_ecrite_borne_la_suspension_au_jour_pres():
    """PASS imprimé jusqu'au 13/04/2026 : une suspension peut commencer ce jour-là, pas le lendemain."""
    debut, fin = date(2024, 1, 15), date(2026, 4, 13)
    au_bout, apres = (Periode(date(2026, 4, jour), date(2026, 5, 31)) for jour in (13, 14))
    assert controler_suspensions_gardees(debut, fin, [au_bout], est_ecrite=True) is None
    assert controler_suspensions_gardees(debut, fin, [apres], est_ecrite=True).code == "suspension_hors_pass"


@pytest.mark.parametrize(
    ("changements", "phrase"),
    [
        ({"motif": "HEALTH_CONTEXT"}, "Ce motif de prolongation n’est plus ouvert."),
        (
            {"date_demande": date(2020, 2, 29)},
            "Une prolongation se demande du 1er mars 2020 au 1er septembre 2021.",
        ),
        (
            {"prolongation": Periode(date(2021, 3, 2), date(2021, 3, 31))},
            "Une prolongation commence le jour où finit le PASS IAE, le 1er mars 2021.",
        ),
        (
            {"prolongation": Periode(date(2021, 3, 1), date(2021, 3, 1))},
            "Indiquez une fin qui suit le début de la prolongation.",
        ),
        # Une formation n'a pas de maximum en tout : rien ne s'en dit.
        (
            {"motif": "COMPLETE_TRAINING", "prolongation": Periode(date(2021, 3, 1), date(2022, 3, 2))},
            "Fin d’une formation : cette prolongation finit au plus tard le 1er mars 2022 (365 jours par demande).",
        ),
        ({"motif": "SENIOR", "age": 49}, "50 ans et plus : la personne aura 49 ans le 1er mars 2021."),
        # Rien ne dit que l'avis a été donné : il manque.
        ({"motif": "RQTH"}, "RQTH : il faut l’accord d’un prescripteur habilité."),
        (
            {"motif": "PARTICULAR_DIFFICULTIES"},
            "Difficultés particulières : ce motif est réservé aux structures ACI et AI.",
        ),
    ],
)
def test_le_refus_d_une_prolongation_dit_la_date_possible(changements, phrase):
    """Le PASS finit le 01/03/2021, prolongé au 31/03 pour une formation demandée le 01/02 ; puis un point change."""
    demande = {
        "prolongation": Periode(date(2021, 3, 1), date(2021, 3, 31)),
        "motif": "COMPLETE_TRAINING",
        "fin_pass": date(2021, 3, 1),
        "date_demande": date(2021, 2, 1),
    }
    assert controler_prolongation(demande["prolongation"], **{k: demande[k] for k in list(demande)[1:]}) is None
    demande |= changements
    refus = controler_prolongation(demande.pop("prolongation"), **demande)
    assert dit(refus)[0] == phrase


# --- PLIE, diagnostic


@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        (
            {"deja_accordes": 1},
            ("Ce PLIE admet 1 renouvellement au plus : il n’en reste pas.", "plie_renouvellements"),
        ),
        ({"avis_motive": " "}, ("Un renouvellement demande un avis motivé écrit.", "plie_avis")),
        ({"organisme": " "}, ("Indiquez l’organisme qui donne l’avis motivé.", "plie_organisme")),
        (
            {"date_avis": date(2026, 11, 18)},
            ("L’avis ne peut pas dater de demain : corrigez son jour.", "avis_futur"),
        ),
        (
            {"date_avis": date(2024, 1, 14)},
            (
                "L’avis du 14 janvier 2024 est antérieur au début, le 15 janvier 2024. Corrigez l’une des deux dates.",
                "avis_ancien",
            ),
        ),
    ],
)
def test_le_refus_d_un_renouvellement_dit_ce_qui_manque(changements, attendu):
    """Parcours du 15/01/2024, avis daté et motivé : admis ; puis un point change."""
    demande = {
        "deja_accordes": 0,
        "avis_motive": "poursuite de la formation",
        "organisme": "PLIE du Confluent",
        "debut": date(2024, 1, 15),
        "date_avis": date(2025, 12, 1),
        "aujourd_hui": date(2026, 11, 17),
    }
    assert controler_renouvellement_plie(**demande) is None
    assert dit(controler_renouvellement_plie(**demande | changements)) == attendu


def test_les_bornes_des_reglages_d_un_plie():
    """Un mois est la plus petite durée ; chaque refus dit laquelle."""
    assert ReglePlie(duree_mois=1, renouvellement_mois=1, renouvellements_maximum=0).renouvellement_mois == 1
    for faux in ({"duree_mois": 0}, {"renouvellement_mois": 0}):
        with pytest.raises(ValueError, match=r"^Un parcours ou un renouvellement dure au moins un mois\.$"):
            ReglePlie(**faux)
    with pytest.raises(ValueError, match=r"^Le nombre de renouvellements n’est jamais négatif\.$"):
        ReglePlie(renouvellements_maximum=-1)


def test_la_fin_d_un_plie_lit_ses_reglages_et_la_date_ecrite():
    """36 mois depuis le 01/01/2024 : le 31/12/2026 ; la date écrite par le PLIE l'emporte."""
    regle = ReglePlie(duree_mois=36)
    assert fin_agrement("plie", debut=date(2024, 1, 1), regle_plie=regle) == date(2026, 12, 31)
    ecrite = date(2026, 6, 30)
    assert fin_agrement("plie", debut=date(2024, 1, 1), regle_plie=regle, fin_officielle=ecrite) == ecrite


@pytest.mark.parametrize(
    ("structure", "attendu"),
    [
        (
            "GEIQ",
            ("Seule une structure de l’IAE prescrit elle-même : AI, ETTI, ACI, EI ou EITI.", "diagnostic_structure"),
        ),
        (
            "eiti",
            (
                "Il faut un critère de niveau 1, ou 3 de niveau 2 pour une structure EITI : 2 critères de niveau 2 ici.",
                "diagnostic_criteres",
            ),
        ),
    ],
)
def test_le_diagnostic_refuse_dit_le_compte(structure, attendu):
    """Deux critères de niveau 2, quand une EITI en demande trois ; un GEIQ n'est pas une structure de l'IAE."""
    assert dit(controler_criteres_iae(["QPV", "JEUNE"], structure)) == attendu


# --- L'agrément qu'on enregistre


def test_une_fin_avant_le_debut_a_son_code():
    """Le formulaire pose l'erreur sous la bonne date d'après ce code."""
    dates = {"debut": date(2024, 1, 15), "fin_officielle": date(2024, 1, 14), "aujourd_hui": date(2026, 11, 17)}
    assert controler_agrement("pass_iae", **dates).code == "fin_avant_debut"


def test_un_agrement_sans_fin_connue_le_dit():
    """Celui en place n'a pas de fin : la phrase ne l'invente pas."""
    refus = controler_succession("plie", Periode(date(2026, 1, 1)), [Periode(date(2024, 1, 15))])
    assert dit(refus)[0] == (
        "La personne a déjà un parcours PLIE depuis le 15 janvier 2024, sans fin connue. "
        "Modifiez celui-là, ou corrigez les dates."
    )


def test_l_etat_d_un_plie_a_aussi_son_code():
    """Du 01/01/2024 au 31/12/2025 : valide le dernier jour, expiré le lendemain."""
    dates = {"debut": date(2024, 1, 1), "fin": date(2025, 12, 31)}
    assert etat_agrement("plie", **dates, jour=date(2025, 12, 31)).code == EtatPass.VALIDE
    assert etat_agrement("plie", **dates, jour=date(2026, 1, 1)).code == EtatPass.EXPIRE


# --- Missions


def test_par_defaut_trois_jours_sans_mission_interrompent():
    """Du vendredi 27 au mardi 31 mars 2026, trois jours : la plus longue des deux suites est la première."""
    premiere, seconde = Periode(date(2026, 1, 5), date(2026, 3, 27)), Periode(date(2026, 3, 31), date(2026, 4, 30))
    assert suite_sans_interruption([Mission(premiere), Mission(seconde)]) == premiere


def test_un_jour_sans_travail_ne_se_compte_pas():
    """Mars sans le 16 : quinze jours, puis quinze, soit 30/31 de mois ; réunis, ils feraient le mois entier."""
    saisons = [Periode(date(2026, 3, 1), date(2026, 3, 15)), Periode(date(2026, 3, 17), date(2026, 3, 31))]
    assert mois_travailles(saisons, jour=date(2026, 12, 31)) == Decimal("0.967742")
