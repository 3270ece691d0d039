"""La fin d'exécution d'un marché, ses avenants, et la fin écrite à la main : cas et propriétés."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.duree import (
    FaitDelai,
    controler_delai,
    depart_de_la_duree,
    fin_de_la_duree,
    fin_du_marche,
)

DEBUT = date(2025, 4, 1)
FIN = date(2026, 3, 31)  # douze mois depuis le 1er avril 2025
PREMIER = FaitDelai(1, date(2025, 11, 20), duree_mois=14)
SECOND = FaitDelai(2, date(2026, 3, 12), duree_mois=15)


@pytest.mark.parametrize(
    ("depart", "mois", "fin"),
    [
        (DEBUT, 12, FIN),
        (DEBUT, 1, date(2025, 4, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 1, 31), 1, date(2025, 2, 27)),
        (date(2025, 3, 31), 1, date(2025, 4, 29)),
        (date(2090, 1, 1), 132, date(2100, 12, 31)),
        (date(2090, 1, 2), 132, None),  # le 1er janvier 2101
        (date(1900, 1, 1), 1200, date(1999, 12, 31)),
        (date(1900, 1, 1), 1201, None),
        (None, 12, None),
        (DEBUT, None, None),
    ],
)
def test_la_fin_d_une_duree_bornes_comprises(depart, mois, fin):
    """Douze mois depuis le 1er avril finissent le 31 mars ; rien ne se devine, ni au-delà de 2100."""
    assert fin_de_la_duree(depart, mois) == fin


def test_la_duree_part_du_debut_d_execution_sinon_de_la_notification():
    """C'est aussi ce que lisent les DECP."""
    assert depart_de_la_duree(DEBUT, date(2025, 3, 3)) == DEBUT
    assert depart_de_la_duree(None, date(2025, 3, 3)) == date(2025, 3, 3)
    assert depart_de_la_duree(None, None) is None


def finir(*avenants, depart=DEBUT, fin_initiale=FIN, fin_ecrite=None):
    return fin_du_marche(depart=depart, fin_initiale=fin_initiale, avenants=avenants, fin_ecrite=fin_ecrite)


def test_sans_avenant_la_fin_est_celle_de_l_attribution():
    """Un avenant qui ne parle que du montant n'a pas d'étape."""
    assert finir(FaitDelai(1, date(2025, 11, 20))) == finir()
    assert (finir().fin, finir().etapes) == (FIN, ())


def test_chaque_avenant_deplace_la_fin_et_l_histoire_le_dit():
    """12 mois, puis 14, puis 15 : trois dates, dans l'ordre des notifications, quel que soit celui de la saisie."""
    resultat = finir(SECOND, PREMIER)
    assert resultat.fin == date(2026, 6, 30)
    assert [etape.phrase for etape in resultat.etapes] == [
        "fin 31/03/2026 → 31/05/2026, avenant 1, 20/11/2025",
        "fin 31/05/2026 → 30/06/2026, avenant 2, 12/03/2026",
    ]
    assert resultat.etapes[1].raison == "15\u00a0mois depuis le 1er avril 2025, dernier jour compris"


def test_le_meme_jour_le_numero_departage():
    """Deux avenants notifiés le même jour : le plus grand numéro parle en dernier."""
    meme_jour = FaitDelai(3, SECOND.notifie_le, duree_mois=13)
    assert finir(meme_jour, SECOND).fin == date(2026, 4, 30)


def test_un_avenant_peut_raccourcir():
    """De 12 à 6 mois : la fin avance."""
    assert finir(FaitDelai(1, date(2025, 6, 2), duree_mois=6)).fin == date(2025, 9, 30)


def test_la_date_ecrite_dans_l_avenant_l_emporte_sur_sa_duree():
    """15 mois donneraient le 30 juin ; l'avenant écrit le 15 : c'est le 15, et l'on dit pourquoi."""
    [etape] = finir(FaitDelai(1, date(2026, 3, 12), duree_mois=15, fin=date(2026, 6, 15))).etapes
    assert etape.fin_apres == date(2026, 6, 15)
    assert etape.raison == "date écrite dans l’avenant, elle l’emporte sur la durée (30/06/2026)"
    [accord] = finir(FaitDelai(1, date(2026, 3, 12), duree_mois=15, fin=date(2026, 6, 30))).etapes
    assert accord.raison == "date écrite dans l’avenant"
    sans_depart = finir(FaitDelai(1, date(2026, 3, 12), duree_mois=15, fin=date(2026, 6, 15)), depart=None)
    assert (sans_depart.fin, sans_depart.etapes[0].raison) == (date(2026, 6, 15), "date écrite dans l’avenant")


def test_sans_depart_la_duree_attend_la_date_qui_manque():
    """Ni début ni notification : la fin ne se devine pas, elle reste, et l'on dit ce qui manque."""
    [etape] = finir(SECOND, depart=None).etapes
    assert etape.fin_apres == FIN
    assert etape.phrase == "fin inchangée, avenant 2, 12/03/2026"
    assert etape.raison == "durée de 15\u00a0mois, à compléter\u00a0: début d’exécution ou notification"


@pytest.mark.parametrize("mois", [910, 1201])
def test_une_duree_au_dela_de_2100_ne_change_rien_et_le_dit(mois):
    """Depuis le 1er avril 2025, 909 mois finissent le 31 décembre 2100 : au-delà, la fin d'avant reste, sans réclamer un départ connu."""
    [etape] = finir(replace(SECOND, duree_mois=mois)).etapes
    assert (etape.fin_apres, etape.phrase) == (FIN, "fin inchangée, avenant 2, 12/03/2026")
    ecrit = {910: "910", 1201: "1\u00a0201"}[mois]
    assert etape.raison == f"durée de {ecrit}\u00a0mois, qui mène au-delà de l’an 2100"


def test_une_fin_inconnue_s_ecrit_a_completer():
    """Un marché sans fin qu'un avenant date."""
    assert finir(SECOND, fin_initiale=None).etapes[0].phrase == "fin à compléter → 30/06/2026, avenant 2, 12/03/2026"
    assert finir(fin_initiale=None).fin is None


def test_la_fin_ecrite_sur_la_fiche_l_emporte_et_le_dit():
    """L'avenant donne le 30 juin ; le facilitateur a écrit le 31 mai : c'est le 31 mai, le calcul reste lisible."""
    resultat = finir(SECOND, fin_ecrite=date(2026, 5, 31))
    assert (resultat.fin, resultat.calculee) == (date(2026, 5, 31), date(2026, 6, 30))
    derniere = resultat.etapes[-1]
    assert derniere.phrase == "fin 30/06/2026 → 31/05/2026, écrite sur la fiche du marché"
    assert derniere.raison == "une date écrite l’emporte sur le calcul (30/06/2026)"
    assert len(finir(SECOND, fin_ecrite=date(2026, 6, 30)).etapes) == 1  # la même date : rien de plus à dire


@pytest.mark.parametrize(
    ("delai", "code", "phrase"),
    [
        ({"duree_mois": 0}, "duree", "La durée va de 1 à 1\u00a0200\u00a0mois."),
        ({"duree_mois": 1201}, "duree", "La durée va de 1 à 1\u00a0200\u00a0mois."),
        ({"duree_mois": 1000}, "duree", "Cette durée mène au-delà de l’an 2100. Vérifiez le nombre de mois."),
        (
            {"fin": date(2025, 3, 31)},
            "fin",
            "La nouvelle fin, le 31 mars 2025, précède le début du marché, le 1er avril 2025.",
        ),
    ],
)
def test_un_delai_impossible_se_refuse_en_une_phrase(delai, code, phrase):
    """Hors bornes, au-delà de 2100, ou d'avant le début."""
    refus = controler_delai(**{"depart": DEBUT, "duree_mois": None, "fin": None} | delai)
    assert refus.code == code
    assert refus.phrase == phrase


@pytest.mark.parametrize(
    "delai",
    [
        {"duree_mois": 1},
        {"duree_mois": 909},  # jusqu'au 31 décembre 2100
        {"fin": DEBUT},
        {"duree_mois": 1200, "depart": None},
        {"fin": date(2025, 3, 31), "depart": None},
        {},
    ],
)
def test_un_delai_possible_passe(delai):
    """Les bornes sont comprises ; sans départ, rien ne se compare."""
    assert controler_delai(**{"depart": DEBUT, "duree_mois": None, "fin": None} | delai) is None


# Propriétés ------------------------------------------------------------------------------------------------------------

JOURS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
MOIS = st.integers(1, 240)
AVENANTS = st.lists(
    st.builds(
        FaitDelai,
        st.integers(1, 20),
        JOURS,
        duree_mois=st.none() | MOIS,
        fin=st.none() | JOURS,
    ),
    max_size=5,
    unique_by=lambda fait: fait.numero,
)


@given(depart=JOURS, mois=MOIS, de_plus=st.integers(1, 60))
def test_la_fin_recule_quand_la_duree_grandit(depart, mois, de_plus):
    """Jamais un marché plus long ne finit plus tôt."""
    assert fin_de_la_duree(depart, mois) < fin_de_la_duree(depart, mois + de_plus)


@given(depart=JOURS, fin=JOURS, avenants=AVENANTS, ecrite=JOURS)
def test_la_fin_ecrite_gagne_toujours_et_l_effacer_rend_le_calcul(depart, fin, avenants, ecrite):
    """Quels que soient les avenants."""
    avec = finir(*avenants, depart=depart, fin_initiale=fin, fin_ecrite=ecrite)
    sans = finir(*avenants, depart=depart, fin_initiale=fin)
    assert avec.fin == ecrite
    assert avec.calculee == sans.fin


@given(depart=st.none() | JOURS, fin=st.none() | JOURS, avenants=AVENANTS)
def test_l_histoire_s_enchaine_de_la_premiere_fin_a_la_derniere(depart, fin, avenants):
    """Chaque étape part de ce que la précédente a laissé ; retirer les avenants rend la fin de l'attribution."""
    resultat = finir(*avenants, depart=depart, fin_initiale=fin)
    chaine = [fin, *(etape.fin_apres for etape in resultat.etapes)]
    assert [etape.fin_avant for etape in resultat.etapes] == chaine[:-1]
    assert resultat.fin == chaine[-1]
    assert finir(depart=depart, fin_initiale=fin).fin == fin


@given(avenants=AVENANTS, ordre=st.randoms(use_true_random=False))
def test_l_ordre_de_saisie_ne_change_rien(avenants, ordre):
    """Seules comptent les dates de notification."""
    melanges = list(avenants)
    ordre.shuffle(melanges)
    assert finir(*melanges) == finir(*avenants)
