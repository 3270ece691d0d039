"""La fenêtre d'éligibilité : points de départ, durées, dates manquantes. Cahier d'exemples 3."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles import (
    PRESETS,
    DatesFenetre,
    FaitsMarche,
    ParametresRegle,
    PointDepart,
    Refus,
    choix_appreciations,
    choix_embauches_anterieures,
    choix_modeles,
    choix_points_depart,
    fenetre_eligibilite,
)
from clauses.regles.exemple import ecrire_exemple

EXEMPLE = DatesFenetre(
    attribution=date(2024, 3, 4),
    notification=date(2024, 3, 4),
    demarrage=date(2024, 4, 2),
    validation=date(2024, 5, 6),
    embauche=date(2024, 5, 13),
    premiere_heure=date(2024, 5, 21),
    premier_contrat=date(2023, 1, 9),
    fin_operation=date(2027, 6, 30),
)


@pytest.mark.parametrize(
    ("point", "debut", "fin"),
    [
        ("embauche", date(2024, 5, 13), date(2026, 5, 12)),
        ("notification", date(2024, 3, 4), date(2026, 3, 3)),
        ("attribution", date(2024, 3, 4), date(2026, 3, 3)),
        ("premiere_heure", date(2024, 5, 21), date(2026, 5, 20)),
        ("demarrage", date(2024, 4, 2), date(2026, 4, 1)),
        ("validation", date(2024, 5, 6), date(2026, 5, 5)),
        ("premier_contrat", date(2023, 1, 9), date(2025, 1, 8)),
    ],
)
def test_points_de_depart(point, debut, fin):
    """24 mois depuis le jour que choisit le marché, dernier jour compris."""
    assert fenetre_eligibilite(ParametresRegle(point_depart=point), EXEMPLE) == Periode(debut, fin)


@pytest.mark.parametrize(
    ("mois", "fin"),
    [(12, date(2025, 5, 12)), (18, date(2025, 11, 12)), (36, date(2027, 5, 12)), (None, date(2027, 6, 30))],
)
def test_durees(mois, fin):
    """12, 18, 36 mois, ou toute l'opération."""
    assert fenetre_eligibilite(ParametresRegle(duree_mois=mois), EXEMPLE) == Periode(date(2024, 5, 13), fin)


def test_embauche_un_29_fevrier():
    """Embauche le 29/02/2024 : dernier jour le 27/02/2026."""
    fenetre = fenetre_eligibilite(ParametresRegle(), replace(EXEMPLE, embauche=date(2024, 2, 29)))
    assert fenetre == Periode(date(2024, 2, 29), date(2026, 2, 27))


@pytest.mark.parametrize(
    ("point", "champ", "phrase"),
    [
        ("attribution", "attribution", "À compléter\u00a0: date d’attribution."),
        ("notification", "notification", "À compléter\u00a0: date de notification."),
        ("demarrage", "demarrage", "À compléter\u00a0: date de début d’exécution."),
        ("validation", "validation", "À compléter\u00a0: date de validation."),
        ("embauche", "embauche", "À compléter\u00a0: date d’embauche."),
        ("premiere_heure", "premiere_heure", "À compléter\u00a0: date de la première heure."),
    ],
)
def test_une_date_manquante_se_nomme(point, champ, phrase):
    """Une date qui manque n'est jamais devinée : le refus dit laquelle."""
    refus = fenetre_eligibilite(ParametresRegle(point_depart=point), replace(EXEMPLE, **{champ: None}))
    assert isinstance(refus, Refus)
    assert refus.phrase == phrase
    assert refus.code == f"date_manquante_{point}"


def test_sans_contrat_anterieur_le_premier_contrat_est_l_embauche():
    """Le premier contrat de clause d'une personne nouvelle est son embauche."""
    parametres = ParametresRegle(point_depart="premier_contrat")
    fenetre = fenetre_eligibilite(parametres, replace(EXEMPLE, premier_contrat=None))
    assert fenetre == Periode(date(2024, 5, 13), date(2026, 5, 12))
    sans_rien = fenetre_eligibilite(parametres, replace(EXEMPLE, premier_contrat=None, embauche=None))
    assert sans_rien.code == "date_manquante_premier_contrat"


def test_toute_l_operation_sans_fin_connue_ou_deja_finie():
    """Sans durée ni fin d'opération, la fenêtre reste ouverte ; une opération finie avant l'embauche est un refus."""
    parametres = ParametresRegle(duree_mois=None)
    assert fenetre_eligibilite(parametres, replace(EXEMPLE, fin_operation=None)) == Periode(date(2024, 5, 13))
    le_jour_meme = fenetre_eligibilite(parametres, replace(EXEMPLE, fin_operation=date(2024, 5, 13)))
    assert le_jour_meme == Periode(date(2024, 5, 13), date(2024, 5, 13))
    assert fenetre_eligibilite(parametres, replace(EXEMPLE, fin_operation=date(2024, 5, 12))).code == "operation_finie"


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ({"duree_mois": 0}, "au moins un mois"),
        ({"criteres": ("RSA", "XXX")}, "XXX"),
        ({"criteres_minimum": 0}, "au moins un critère"),
        ({"embauche_anterieure": "recente"}, "nombre de mois"),
        ({"point_depart": "hier"}, "hier"),
    ],
)
def test_parametres_contradictoires(arguments, phrase):
    """Une règle qui se contredit est refusée dès qu'elle s'écrit."""
    with pytest.raises(ValueError, match=phrase):
        ParametresRegle(**arguments)


def test_modeles():
    """Trois modèles, I3 par défaut et en tête des choix."""
    assert set(PRESETS) == {"I1", "I2", "I3"}
    assert PRESETS["I3"] == ParametresRegle()
    assert [code for code, _ in choix_modeles()] == ["I3", "I1", "I2"]
    assert {code for code, _ in choix_points_depart()} == {point.value for point in PointDepart}
    assert [code for code, _ in choix_appreciations()] == ["attribution", "embauche", "validation"]
    assert len(choix_embauches_anterieures()) == 4
    assert all(libelle[0].isupper() for _, libelle in (*choix_points_depart(), *choix_appreciations()))


def test_article_d_un_parametre():
    """Un paramètre cite son article, à défaut celui de la clause, à défaut le document."""
    parametres = ParametresRegle(article="9.3", articles={"duree_mois": "9.3.2"})
    assert parametres.article_de("duree_mois") == "CCAP, article 9.3.2"
    assert parametres.article_de("criteres") == "CCAP, article 9.3"
    assert ParametresRegle(document="Règlement de la consultation").article_de() == "Règlement de la consultation"


@pytest.mark.parametrize(
    ("acceptes", "critere", "attendu"),
    [
        (("DELD",), "DETLD", True),
        (("DETLD",), "DELD", False),
        (("RSA",), "RSA", True),
        (("RSA",), "QPV", False),
        ((), "QPV", True),
    ],
)
def test_criteres_acceptes(acceptes, critere, attendu):
    """24 mois de chômage en font bien 12, pas l'inverse ; une liste vide accepte toute la table."""
    assert ParametresRegle(criteres=acceptes).accepte(critere) is attendu


@given(
    st.sampled_from(list(PointDepart)),
    st.one_of(st.none(), st.integers(1, 60)),
    st.integers(1, 60),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
)
def test_la_fenetre_ne_retrecit_jamais_quand_la_duree_grandit(point, mois, de_plus, embauche):
    """Une durée plus longue contient la fenêtre plus courte, pour tout point de départ."""
    dates = replace(EXEMPLE, embauche=embauche)
    longue = fenetre_eligibilite(ParametresRegle(point_depart=point, duree_mois=(mois or 0) + de_plus), dates)
    courte = fenetre_eligibilite(ParametresRegle(point_depart=point, duree_mois=mois or 1), dates)
    assert longue.debut == courte.debut
    assert longue.contient_periode(courte)


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_une_embauche_plus_tardive_ne_finit_jamais_plus_tot(embauche, mois):
    """Commencer un jour plus tard ne fait jamais finir plus tôt."""
    parametres = ParametresRegle(duree_mois=mois)
    un = fenetre_eligibilite(parametres, DatesFenetre(embauche=embauche))
    deux = fenetre_eligibilite(parametres, DatesFenetre(embauche=embauche + timedelta(days=1)))
    assert un.fin <= deux.fin


@pytest.mark.parametrize(
    ("parametres", "phrase"),
    [
        (ParametresRegle(), "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026"),
        (ParametresRegle(duree_mois=12), "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2025"),
        (
            ParametresRegle(point_depart="notification"),
            "Embauchée le 13/05/2024, notification le 04/03/2024 → heures comptées jusqu’au 03/03/2026",
        ),
        (
            ParametresRegle(point_depart="premiere_heure"),
            "Embauchée le 13/05/2024, première heure le 21/05/2024 → heures comptées jusqu’au 20/05/2026",
        ),
        (ParametresRegle(point_depart="demarrage"), "À compléter\u00a0: date de début d’exécution."),
        (
            ParametresRegle(duree_mois=None),
            "Embauchée le 13/05/2024 → heures comptées jusqu’à la fin de l’opération",
        ),
    ],
)
def test_exemple_de_la_regle(parametres, phrase):
    """L'exemple montré à qui saisit la règle vient du même calcul que la fenêtre."""
    marche = FaitsMarche(date_attribution=date(2024, 3, 4), date_notification=date(2024, 3, 4))
    assert ecrire_exemple(parametres, marche, date(2024, 5, 13)) == phrase
