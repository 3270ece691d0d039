"""Les suivis à 6 et 18 mois, leurs jours, et « non joint » comme réponse."""

from datetime import date

import pytest

from parcours.regles import (
    LIBELLES_REPONSE_SUIVI,
    DepartSuivi,
    EtatSuivi,
    RegleSuivi,
    ReponseSuivi,
    Suivi,
    compter_suivis,
    echeances_suivi,
    etat_suivi,
)


@pytest.mark.parametrize(
    ("sortie", "six", "dix_huit"),
    [
        (date(2026, 1, 15), date(2026, 7, 15), date(2027, 7, 15)),
        (date(2025, 8, 31), date(2026, 2, 28), date(2027, 2, 28)),
        (date(2023, 8, 31), date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_six_et_dix_huit_mois_apres_la_sortie(sortie, six, dix_huit):
    """Le même quantième, ramené au dernier jour du mois, année bissextile comprise."""
    assert echeances_suivi(sortie=sortie) == (Suivi(6, six), Suivi(18, dix_huit))


def test_le_depart_est_un_reglage():
    """Comptés de l'embauche, les suivis ne bougent pas avec la sortie ; 3 et 12 mois s'ajoutent au choix."""
    regle = RegleSuivi(DepartSuivi.EMBAUCHE, (12, 3))
    suivis = echeances_suivi(sortie=date(2026, 3, 1), embauche=date(2026, 1, 5), regle=regle)
    assert [(s.mois, s.jour) for s in suivis] == [
        (3, date(2026, 4, 5)),
        (6, date(2026, 7, 5)),
        (12, date(2027, 1, 5)),
        (18, date(2027, 7, 5)),
    ]
    with pytest.raises(ValueError, match="3 et 12"):
        RegleSuivi(facultatifs=(9,))


def test_la_date_manquante_est_nommee():
    """Sans la date d'où l'on compte : à compléter, avec son nom."""
    assert echeances_suivi(sortie=None).code == "suivi_a_completer"
    assert echeances_suivi(sortie=None).phrase == "À compléter\u00a0: date de sortie."
    regle = RegleSuivi(DepartSuivi.EMBAUCHE)
    assert echeances_suivi(sortie=date(2026, 1, 1), regle=regle).phrase == "À compléter\u00a0: date d’embauche."


@pytest.mark.parametrize(
    ("reponse", "jour", "etat"),
    [
        (None, date(2026, 7, 14), EtatSuivi.A_VENIR),
        (None, date(2026, 7, 15), EtatSuivi.A_FAIRE),
        (ReponseSuivi.EN_EMPLOI, date(2026, 7, 14), EtatSuivi.FAIT),
        (ReponseSuivi.NON_JOINT, date(2026, 8, 1), EtatSuivi.NON_JOINT),
    ],
)
def test_l_etat_d_un_suivi(reponse, jour, etat):
    """À faire dès son jour ; « non joint » est une réponse, pas un suivi à faire."""
    assert etat_suivi(Suivi(6, date(2026, 7, 15)), reponse, jour) == etat


def test_non_joint_se_compte_a_part():
    """Deux en emploi, un non joint, un sans réponse : quatre nombres différents, aucun oublié."""
    comptes = compter_suivis([ReponseSuivi.EN_EMPLOI, None, ReponseSuivi.NON_JOINT, ReponseSuivi.EN_EMPLOI])
    assert comptes[ReponseSuivi.EN_EMPLOI] == 2
    assert (comptes[ReponseSuivi.NON_JOINT], comptes[None], comptes[ReponseSuivi.AUTRE]) == (1, 1, 0)
    assert LIBELLES_REPONSE_SUIVI[ReponseSuivi.NON_JOINT] == "Non joint"
