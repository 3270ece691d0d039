"""Un agrément tel qu'on l'enregistre : dates plausibles, succession, état du jour, faits réunis. Sans base de données."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from parcours.regles import (
    controler_agrement,
    controler_date_avis,
    controler_motif_suspension,
    controler_reponse_prolongation,
    controler_succession,
    controler_suspension,
    controler_suspensions_gardees,
    etat_agrement,
)

AUJOURD_HUI = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("jour", "libelle"),
    [
        (date(2024, 8, 31), "Valide, non démarré"),
        (date(2024, 9, 1), "Valide"),
        (date(2026, 8, 31), "Valide"),
        (date(2026, 9, 1), "Expiré"),
    ],
)
def test_exemple_5_l_etat_du_jour(jour, libelle):
    """Exemple 5 : PASS du 01/09/2024 au 31/08/2026, bornes comprises."""
    etat = etat_agrement("pass_iae", debut=date(2024, 9, 1), fin=date(2026, 8, 31), jour=jour)
    assert etat.libelle == libelle


def test_un_pass_expire_dit_sa_carence():
    """PASS fini le 13/04/2026 : en carence jusqu'au 13/04/2028 compris, plus ensuite ; un PLIE n'en a pas."""
    dates = {"debut": date(2024, 1, 15), "fin": date(2026, 4, 13)}
    assert etat_agrement("pass_iae", **dates, jour=date(2028, 4, 13)).carence_jusqu_au == date(2028, 4, 13)
    assert etat_agrement("pass_iae", **dates, jour=date(2028, 4, 14)).carence_jusqu_au is None
    assert etat_agrement("plie", **dates, jour=date(2026, 5, 1)).carence_jusqu_au is None


def test_les_bornes_des_annees():
    """Début admis jusqu'à un an d'ici, fin écrite jusqu'à douze ans après le début."""
    limite = {"type_agrement": "pass_iae", "aujourd_hui": AUJOURD_HUI}
    assert controler_agrement(debut=date(2027, 11, 17), fin_officielle=None, **limite) is None
    assert controler_agrement(debut=date(2027, 11, 18), fin_officielle=None, **limite).code == "debut_implausible"
    assert controler_agrement(debut=date(2024, 1, 15), fin_officielle=date(2036, 1, 15), **limite) is None
    refus = controler_agrement(debut=date(2024, 1, 15), fin_officielle=date(2036, 1, 16), **limite)
    assert refus.code == "fin_implausible"


@pytest.mark.parametrize(
    ("type_agrement", "debut", "fin", "phrase"),
    [
        ("pass_iae", date(1992, 12, 31), None, "Un PASS IAE qui commence le 31 décembre 1992 : vérifiez l’année."),
        ("plie", date(2204, 1, 15), None, "Un parcours PLIE qui commence le 15 janvier 2204 : vérifiez l’année."),
        (
            "pass_iae",
            date(2024, 1, 15),
            date(2024, 1, 14),
            "Le PASS IAE finirait le 14 janvier 2024, avant son début du 15 janvier 2024. Corrigez l’une des deux dates.",
        ),
        (
            "plie",
            date(2024, 1, 15),
            date(2036, 1, 16),
            "Le parcours PLIE durerait plus de 12 ans, jusqu’au 16 janvier 2036. Vérifiez l’année.",
        ),
    ],
)
def test_le_refus_nomme_l_agrement_et_la_date(type_agrement, debut, fin, phrase):
    """Chaque refus dit l'agrément, la date, et ce qu'il faut corriger."""
    refus = controler_agrement(type_agrement, debut=debut, fin_officielle=fin, aujourd_hui=AUJOURD_HUI)
    assert refus.phrase.replace("\u00a0", " ") == phrase


def test_un_agrement_d_un_jour_et_de_1993_est_admis():
    """Les bornes elles-mêmes sont admises : le 1er janvier 1993, et une fin le jour du début."""
    limite = {"type_agrement": "pass_iae", "aujourd_hui": AUJOURD_HUI}
    assert controler_agrement(debut=date(1993, 1, 1), fin_officielle=None, **limite) is None
    assert controler_agrement(debut=date(2024, 1, 15), fin_officielle=date(2024, 1, 15), **limite) is None


@pytest.mark.parametrize(
    ("debut", "fin_dite"), [(date(2026, 1, 13), "jusqu’au 13 janvier 2026 inclus"), (date(2026, 1, 14), "")]
)
def test_deux_agrements_du_meme_type_se_suivent(debut, fin_dite):
    """Le jour de la fin est encore pris ; la phrase nomme l'agrément en place et ses deux dates."""
    premier = Periode(date(2024, 1, 15), date(2026, 1, 13))
    refus = controler_succession(
        "pass_iae", Periode(debut, date(2027, 12, 31)), [Periode(date(2020, 1, 1), date(2021, 1, 1)), premier]
    )
    if not fin_dite:
        assert refus is None
        return
    assert refus.code == "agrement_simultane"
    assert refus.phrase == (
        f"La personne a déjà un PASS IAE depuis le 15 janvier 2024, {fin_dite}. Modifiez celui-là, ou corrigez les dates."
    )


def test_un_plie_a_ses_propres_mots():
    """« À venir », « En cours », « Fini » : le PLIE n'emprunte pas les mots du PASS IAE."""
    dates = {"debut": date(2024, 1, 1), "fin": date(2025, 12, 31)}
    jours = (date(2023, 12, 31), date(2024, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
    assert [etat_agrement("plie", **dates, jour=jour).libelle for jour in jours] == [
        "À venir",
        "En cours",
        "En cours",
        "Fini",
    ]
    suspension = [Periode(date(2024, 6, 1), date(2024, 6, 30))]
    assert etat_agrement("pass_iae", **dates, jour=date(2024, 6, 30), suspensions=suspension).libelle == "Suspendu"


def dit(refus) -> str:
    return refus.phrase.replace("\u00a0", " ")


def test_les_phrases_d_une_suspension_refusee():
    """Chaque refus dit la limite ou la date en cause, prêt à lire."""
    autour = {
        "debut_pass": date(2024, 9, 1),
        "fin_pass": date(2026, 8, 31),
        "autres": [Periode(date(2026, 1, 10), date(2026, 2, 10))],
        "aujourd_hui": date(2026, 7, 1),
    }

    def refus(debut, fin=date(2026, 7, 31)):
        return dit(controler_suspension(Periode(debut, fin), **autour))

    assert refus(date(2026, 6, 1), None) == "Indiquez la fin de la suspension, même prévue."
    assert refus(date(2024, 8, 31)) == (
        "La suspension commence hors du PASS IAE, qui court du 1er septembre 2024 au 31 août 2026."
    )
    assert refus(date(2026, 7, 2)) == "Une suspension ne commence pas dans le futur : enregistrez-la le jour venu."
    assert refus(date(2025, 6, 30)) == "Une suspension commence au plus 365 jours en arrière."
    assert refus(date(2026, 6, 1), date(2029, 6, 1)) == (
        "Une suspension dure 36 mois au plus : celle-ci finit au plus tard le 31 mai 2029."
    )
    assert refus(date(2026, 2, 10)) == (
        "Cette suspension a au moins un jour commun avec celle qui commence le 10 janvier 2026. Corrigez l’une des deux."
    )
    assert dit(controler_motif_suspension("INCONNU")) == "Choisissez le motif de la suspension."
    assert dit(controler_motif_suspension("MATERNITY")) == (
        "Congé de maternité : ce motif n’est plus ouvert. Choisissez-en un autre."
    )
    assert dit(controler_motif_suspension("CONTRAT_PASSERELLE", type_structure="AI")) == (
        "Bascule dans un contrat passerelle : ce motif est réservé aux structures ACI et EI."
    )


def test_une_suspension_que_seuls_ses_jours_contiendraient():
    """PASS fini le 13/01/2026 : celle du 20/01 au 28/02 n'y est que par les 39 jours qu'elle ajoute elle-même."""
    janvier = Periode(date(2026, 1, 20), date(2026, 2, 28))
    refus = controler_suspensions_gardees(date(2024, 1, 15), date(2026, 2, 21), [janvier])
    assert dit(refus) == (
        "Le PASS IAE ne contiendrait plus celle qui commence le 20 janvier 2026. Corrigez ou retirez d’abord celle-ci."
    )
    assert refus.code == "suspension_hors_pass"
    au_bout = Periode(date(2026, 1, 13), date(2026, 2, 21))
    assert controler_suspensions_gardees(date(2024, 1, 15), date(2026, 2, 21), [au_bout]) is None
    assert controler_suspensions_gardees(date(2026, 1, 13), date(2026, 2, 21), [au_bout]) is None


def test_les_phrases_d_une_reponse_et_d_un_avis():
    """Refus sans raison, raison sans refus, avis de demain ou d'avant le parcours."""
    assert dit(controler_reponse_prolongation(etat="refusee", motif_refus="")) == (
        "Dites pourquoi la prolongation est refusée."
    )
    assert dit(controler_reponse_prolongation(etat="accordee", motif_refus="IAE")) == (
        "Un motif de refus n’a de sens que pour une prolongation refusée."
    )
    bornes = {"debut": date(2024, 1, 15), "aujourd_hui": AUJOURD_HUI}
    assert dit(controler_date_avis(date(2026, 11, 18), **bornes)) == (
        "L’avis ne peut pas dater de demain : corrigez son jour."
    )
    assert dit(controler_date_avis(date(2024, 1, 14), **bornes)) == (
        "L’avis du 14 janvier 2024 est antérieur au début, le 15 janvier 2024. Corrigez l’une des deux dates."
    )
