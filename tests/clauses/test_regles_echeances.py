"""Les échéances : tranches, délais, reports, mois, réponses et pièces, avec leurs dates calculées à la main."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from beneficiaires.regles import CRITERES, date_limite_reponse, preuve_suffisante
from clauses.regles import bornes_echeance, tranche_echeance
from clauses.regles.echeances import (
    DelaisEcheances,
    SeuilsEcheances,
    controler_report,
    controler_seuils,
    fins_des_pieces,
    limites_des_reponses,
    mois_regardes,
)

JOUR = date(2026, 11, 17)


def test_les_quatre_tranches_se_suivent_sans_se_recouvrir():
    """Au 17 novembre 2026 : hier est passé, aujourd'hui et les 30 jours suivants pressent, puis 60, puis 90."""
    tranches = [(t.code, t.libelle, t.du, t.au) for t in bornes_echeance(date(2026, 11, 17))]
    assert tranches == [
        ("passee", "Passée", None, date(2026, 11, 16)),
        ("j30", "30\u00a0jours ou moins", date(2026, 11, 17), date(2026, 12, 17)),
        ("j60", "31 à 60\u00a0jours", date(2026, 12, 18), date(2027, 1, 16)),
        ("j90", "61 à 90\u00a0jours", date(2027, 1, 17), date(2027, 2, 15)),
    ]


def test_une_structure_deplace_ses_seuils():
    """15, 45 et 120 jours : les bornes et leurs noms suivent."""
    seuils = SeuilsEcheances(15, 45, 120)
    assert [(t.libelle, t.du, t.au) for t in bornes_echeance(JOUR, seuils)] == [
        ("Passée", None, date(2026, 11, 16)),
        ("15\u00a0jours ou moins", date(2026, 11, 17), date(2026, 12, 2)),
        ("16 à 45\u00a0jours", date(2026, 12, 3), date(2027, 1, 1)),
        ("46 à 120\u00a0jours", date(2027, 1, 2), date(2027, 3, 17)),
    ]
    assert tranche_echeance(date(2027, 3, 17), JOUR, seuils).code == "j90"
    assert tranche_echeance(date(2027, 3, 18), JOUR, seuils) is None


def test_le_nom_d_une_tranche_d_un_seul_jour():
    """1, 2 et 3 jours : chaque tranche n'a qu'un jour, et le dit."""
    libelles = SeuilsEcheances(1, 2, 3).libelles
    assert [libelles[code] for code in ("j30", "j60", "j90")] == [
        "1\u00a0jour ou moins",
        "2\u00a0jours",
        "3\u00a0jours",
    ]
    assert SeuilsEcheances(2, 4, 6).libelles["j30"] == "2\u00a0jours ou moins"
    assert SeuilsEcheances(2, 4, 6).libelles["j60"] == "3 à 4\u00a0jours"


def test_les_valeurs_par_defaut():
    """90, 60 et 30 jours ; quinze jours pour agir, dix après la fin du mois, 90 % de l'attendu."""
    assert SeuilsEcheances() == SeuilsEcheances(proche=30, moyen=60, loin=90)
    assert DelaisEcheances() == DelaisEcheances(decision=15, heures=10, suivi=15, orientation=15, piece=15, rythme=90)


@pytest.mark.parametrize(
    ("proche", "moyen", "loin", "refus"),
    [
        (30, 60, 90, None),
        (1, 2, 3, None),
        (363, 364, 365, None),
        (0, 60, 90, "Chaque seuil va de 1 à 365\u00a0jours."),
        (30, 60, 366, "Chaque seuil va de 1 à 365\u00a0jours."),
        (
            60,
            60,
            90,
            "Les seuils vont du plus lointain au plus proche\u00a0: 90, 60 puis 60\u00a0jours ne se suivent pas.",
        ),
        (
            30,
            90,
            90,
            "Les seuils vont du plus lointain au plus proche\u00a0: 90, 90 puis 30\u00a0jours ne se suivent pas.",
        ),
    ],
)
def test_controler_seuils(proche, moyen, loin, refus):
    """De 1 à 365 jours, et strictement rangés."""
    obtenu = controler_seuils(proche=proche, moyen=moyen, loin=loin)
    assert (obtenu and obtenu.phrase) == refus
    if refus:
        assert obtenu.code == ("seuil_hors_bornes" if refus.startswith("Chaque") else "seuils_desordonnes")


@pytest.mark.parametrize(
    ("reportee_au", "code", "phrase"),
    [
        (date(2026, 11, 17), "report_passe", "Une échéance se reporte à demain au plus tôt."),
        (date(2026, 11, 18), None, None),
        (date(2027, 2, 15), None, None),  # dans 90 jours
        (
            date(2027, 2, 16),
            "report_trop_long",
            "Une échéance se reporte de 90\u00a0jours au plus\u00a0: jusqu’au 15 février 2027.",
        ),
    ],
)
def test_controler_report(reportee_au, code, phrase):
    """De demain à dans 90 jours, les deux compris."""
    refus = controler_report(reportee_au, JOUR)
    assert (refus and refus.code) == code
    assert (refus and refus.phrase) == phrase


def test_mois_regardes():
    """Au 17 novembre : d'octobre à mai ; le 1er novembre aussi, octobre est fini ; le 31 octobre, pas encore."""
    mois = mois_regardes(JOUR)
    assert mois[0] == Periode(date(2026, 10, 1), date(2026, 10, 31))
    assert mois[-1] == Periode(date(2026, 5, 1), date(2026, 5, 31))
    assert len(mois) == 6
    assert mois_regardes(date(2026, 11, 1)) == mois
    assert mois_regardes(date(2026, 10, 31))[0].fin == date(2026, 9, 30)
    assert mois_regardes(date(2026, 3, 31))[0] == Periode(date(2026, 2, 1), date(2026, 2, 28))
    premiers = [m.debut for m in mois_regardes(date(2026, 4, 1))]  # du 31 mars, six mois en arrière
    assert premiers == [*(date(2026, n, 1) for n in (3, 2, 1)), *(date(2025, n, 1) for n in (12, 11, 10))]


def test_limites_des_reponses():
    """Envoyée le 2 novembre, répondue au plus tard le 17 ; trois ans en arrière, du 17 novembre 2023 compris."""
    limites = dict(limites_des_reponses(JOUR))
    assert limites[date(2026, 11, 2)] == date(2026, 11, 17)
    assert limites[JOUR] == date(2026, 12, 2)
    assert min(limites) == date(2023, 11, 17)
    assert max(limites) == JOUR
    assert len(limites) == 1097  # trois années, dont une bissextile, et le dernier jour
    assert all(limite == date_limite_reponse(envoi) for envoi, limite in limites.items())


def test_fins_des_pieces():
    """Une attestation de trois mois du 6 janvier vaut jusqu'au 5 avril : c'est le seul jour qui finit là."""
    assert fins_des_pieces([3], premiere=date(2026, 4, 5), derniere=date(2026, 4, 5)) == (
        (3, date(2026, 1, 6), date(2026, 4, 5)),
    )
    # Du 30 novembre ou du 1er décembre au 28 février : les pièces des 29, 30 novembre et du 1er décembre finissent fin février.
    assert fins_des_pieces([3], premiere=date(2026, 2, 27), derniere=date(2026, 2, 28)) == (
        (3, date(2025, 11, 28), date(2026, 2, 27)),
        (3, date(2025, 11, 29), date(2026, 2, 27)),
        (3, date(2025, 11, 30), date(2026, 2, 27)),
        (3, date(2025, 12, 1), date(2026, 2, 28)),
    )
    lignes = fins_des_pieces({12, 3}, premiere=date(2026, 4, 5), derniere=date(2026, 4, 6))
    assert [ligne[0] for ligne in lignes] == [3, 3, 12, 12]
    assert lignes[-1] == (12, date(2025, 4, 7), date(2026, 4, 6))


@pytest.mark.parametrize("jour", [date(2026, 3, 1), date(2026, 2, 28), date(2024, 2, 29), date(2026, 12, 31)])
def test_aucune_piece_ne_manque_au_calendrier(jour):
    """Pour chaque durée de la table, la pièce suffit jusqu'au jour écrit, et plus le lendemain."""
    for critere in CRITERES.values():
        if critere.validite_piece_mois is None:
            continue
        for _, date_piece, fin in fins_des_pieces([critere.validite_piece_mois], premiere=jour, derniere=jour):
            assert fin == jour
            assert preuve_suffisante(critere, date_piece, fin) is None
            assert preuve_suffisante(critere, date_piece, date.fromordinal(fin.toordinal() + 1)).code == "piece_perimee"
