"""Après la sortie : quelle lecture, quelle classe mûrit encore, quels suivis, quelle réponse."""

from datetime import date

import pytest

from comptes.regles import Refus
from parcours.regles import (
    REGLE_SORTIE,
    REGLE_SORTIE_PLIE,
    ClasseSortie,
    DepartSuivi,
    NatureSortie,
    RegleSuivi,
    ReponseSuivi,
    Suivi,
)
from parcours.regles.apres_sortie import (
    controler_reponse_suivi,
    peut_encore_changer,
    regle_sortie_de,
    suivis_attendus,
)


def test_un_parcours_plie_se_lit_comme_le_plie():
    assert regle_sortie_de("plie") is REGLE_SORTIE_PLIE
    assert [regle_sortie_de(d) for d in ("iae", "cej", "rsa", "droit_commun")] == [REGLE_SORTIE] * 4


@pytest.mark.parametrize(
    ("nature", "classe", "attendu"),
    [
        (NatureSortie.CDI, ClasseSortie.A_CONFIRMER, True),
        (NatureSortie.FORMATION_QUALIFIANTE, ClasseSortie.A_CONFIRMER, True),
        (NatureSortie.SAISONNIER, ClasseSortie.TRANSITION, True),
        (NatureSortie.ASSOCIATION_INTERMEDIAIRE, ClasseSortie.TRANSITION, True),
        (NatureSortie.CDD, ClasseSortie.TRANSITION, False),
        (NatureSortie.SAISONNIER, ClasseSortie.DURABLE, False),
        (NatureSortie.CDI, ClasseSortie.DURABLE, False),
        (NatureSortie.ABANDON, ClasseSortie.AUTRE, False),
        (NatureSortie.CDD, ClasseSortie.A_COMPLETER, False),
    ],
)
def test_ce_que_le_temps_seul_peut_changer(nature, classe, attendu):
    """Ce qui est acquis ne se perd pas, ce qui manque ne se complète pas tout seul."""
    assert peut_encore_changer(nature, classe) is attendu


def test_les_suivis_partent_de_la_sortie_ou_de_l_embauche():
    commun = {"sortie": date(2026, 3, 31), "embauche": date(2026, 3, 2)}
    assert suivis_attendus(NatureSortie.CDI, **commun) == (Suivi(6, date(2026, 9, 30)), Suivi(18, date(2027, 9, 30)))
    de_l_embauche = RegleSuivi(DepartSuivi.EMBAUCHE, (3,))
    assert [s.jour for s in suivis_attendus(NatureSortie.CDI, **commun, regle=de_l_embauche)] == [
        date(2026, 6, 2),
        date(2026, 9, 2),
        date(2027, 9, 2),
    ]
    assert suivis_attendus(NatureSortie.DECES, **commun) == ()
    refus = suivis_attendus(NatureSortie.ABANDON, sortie=date(2026, 3, 31), embauche=None, regle=de_l_embauche)
    assert refus.code == "suivi_a_completer"


@pytest.mark.parametrize(
    ("reponse", "fait_le", "attendu"),
    [
        (ReponseSuivi.NON_JOINT, date(2026, 11, 17), None),
        (ReponseSuivi.EN_EMPLOI, date(2026, 3, 31), None),
        (
            None,
            date(2026, 11, 2),
            Refus("Dites ce que vous avez appris, ou «\u00a0non joint\u00a0».", "suivi_sans_reponse"),
        ),
        (ReponseSuivi.AUTRE, None, Refus("Indiquez le jour du suivi.", "suivi_sans_jour")),
        (
            ReponseSuivi.AUTRE,
            date(2026, 11, 18),
            Refus("Le 18 novembre 2026 est à venir\u00a0: le suivi se note quand il est fait.", "suivi_futur"),
        ),
        (
            ReponseSuivi.AUTRE,
            date(2026, 3, 30),
            Refus("Le 30 mars 2026 est avant la sortie du parcours, le 31 mars 2026.", "suivi_avant_sortie"),
        ),
    ],
)
def test_une_reponse_de_suivi_est_datee_apres_la_sortie(reponse, fait_le, attendu):
    refus = controler_reponse_suivi(reponse, fait_le=fait_le, sortie=date(2026, 3, 31), aujourd_hui=date(2026, 11, 17))
    assert refus == attendu
