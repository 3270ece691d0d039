"""Ce qui précède le marché : la phrase, la date et l'article de chaque raison, et les bornes des deux côtés."""

from datetime import date

import pytest

from clauses.regles import FaitClauseAnterieure, ParametresRegle
from clauses.regles.anteriorite import Anteriorite, examiner_anteriorite
from clauses.regles.decision import Raison
from clauses.regles.fenetre import DatesFenetre

ATTRIBUTION, NOTIFICATION, DECISION = date(2024, 3, 4), date(2024, 3, 18), date(2024, 5, 6)
ARTICLES = {"embauche_anterieure": "9.4", "changement_operation": "9.7"}


def examiner(embauche=date(2024, 5, 13), clause=None, notification=NOTIFICATION, attribution=ATTRIBUTION, **reglages):
    """Attribué le 04/03/2024, notifié le 18, validé le 06/05 ; l'embauche et la règle changent."""
    dates = DatesFenetre(attribution=attribution, notification=notification, validation=DECISION, embauche=embauche)
    return examiner_anteriorite(ParametresRegle(articles=ARTICLES, **reglages), dates, clause)


def raison(resultat) -> Raison:
    trouvee = resultat.raison
    return Raison(trouvee.texte.replace("\u00a0", " "), trouvee.fait, trouvee.date, trouvee.article)


# --- Une embauche d'avant la notification


@pytest.mark.parametrize("sort", ["reexaminee", "refusee", "en_cours"])
def test_une_embauche_du_jour_de_la_notification_n_est_pas_anterieure(sort):
    """Le 18/03/2024 tout juste : rien à dire ; sans embauche connue non plus."""
    assert examiner(NOTIFICATION, embauche_anterieure=sort) == Anteriorite()
    assert examiner(None, embauche_anterieure=sort) == Anteriorite()


def test_une_embauche_anterieure_reexaminee():
    """La fenêtre part de l'attribution, à défaut de la notification ; comptée d'un autre jour, elle n'en bouge pas."""
    veille = date(2024, 3, 17)
    constat = "L’embauche du 17 mars 2024 précède la notification du 18 mars 2024 ; les critères ont été réexaminés"
    depuis = examiner(veille)
    assert raison(depuis) == Raison(
        f"{constat} : la fenêtre de cette opération part du 4 mars 2024.",
        "embauche_anterieure_reexaminee",
        veille,
        "CCAP, article 9.4",
    )
    assert (depuis.debut_fenetre, depuis.est_refusee, depuis.dispense_examen) == (ATTRIBUTION, False, False)
    assert examiner(veille, attribution=None).debut_fenetre == NOTIFICATION
    ailleurs = examiner(veille, point_depart="validation")
    assert (raison(ailleurs).texte, ailleurs.debut_fenetre) == (f"{constat}.", None)


def test_une_embauche_anterieure_refusee():
    """Le marché ne l'admet pas : refusée, avec la date de l'embauche."""
    veille = date(2024, 3, 17)
    refusee = examiner(veille, embauche_anterieure="refusee")
    assert refusee.est_refusee
    assert raison(refusee) == Raison(
        "L’embauche du 17 mars 2024 précède la notification du 18 mars 2024, ce que le marché n’admet pas.",
        "embauche_anterieure",
        veille,
        "CCAP, article 9.4",
    )


@pytest.mark.parametrize(
    ("embauche", "refusee", "texte", "fait"),
    [
        (
            date(2023, 9, 18),
            False,
            "L’embauche du 18 septembre 2023 précède la notification du 18 mars 2024, "
            "dans la limite de 6 mois que le marché admet.",
            "embauche_anterieure_admise",
        ),
        (
            date(2023, 9, 17),
            True,
            "L’embauche du 17 septembre 2023 précède la notification du 18 mars 2024 de plus de 6 mois, "
            "la limite du marché.",
            "embauche_anterieure",
        ),
    ],
)
def test_une_embauche_recente(embauche, refusee, texte, fait):
    """Six mois avant le 18/03/2024 : le 18/09/2023 passe, la veille non."""
    resultat = examiner(embauche, embauche_anterieure="recente", embauche_anterieure_mois=6)
    assert (resultat.est_refusee, resultat.debut_fenetre) == (refusee, None)
    assert raison(resultat) == Raison(texte, fait, embauche, "CCAP, article 9.4")


def test_sans_notification_seule_une_embauche_a_reexaminer_se_juge():
    """Pour la refuser ou mesurer ses mois, il faut la notification ; la réexaminer n'en demande pas."""
    assert examiner(notification=None, embauche_anterieure="refusee").manque == "date de notification"
    assert examiner(notification=None) == Anteriorite()
    # Une fenêtre pour tout le parcours ne regarde pas quand la personne a été embauchée.
    toutes = {"perimetre": "global", "point_depart": "premier_contrat", "embauche_anterieure": "refusee"}
    assert examiner(date(2020, 1, 6), **toutes) == Anteriorite()


# --- Une clause encore en cours (modèle I1)


@pytest.mark.parametrize(
    ("clause", "court"),
    [
        # Vingt-quatre mois depuis le 05/03/2022 : jusqu'au 04/03/2024, jour de l'attribution.
        (FaitClauseAnterieure(date(2022, 3, 5)), True),
        (FaitClauseAnterieure(date(2022, 3, 4)), False),
        # Le dernier jour écrit l'emporte sur celui qui se calcule.
        (FaitClauseAnterieure(date(2022, 3, 5), date(2024, 3, 3)), False),
        (FaitClauseAnterieure(date(2020, 1, 6), date(2024, 3, 4)), True),
    ],
)
def test_une_clause_en_cours_a_l_attribution(clause, court):
    """Encore éligible ce jour-là, la personne le reste, sans examen, pour une durée entière depuis l'attribution."""
    resultat = examiner(clause=clause, embauche_anterieure="en_cours")
    if not court:
        assert resultat == Anteriorite()
        return
    assert (resultat.dispense_examen, resultat.debut_fenetre, resultat.est_refusee) == (True, ATTRIBUTION, False)
    assert raison(resultat).article == "CCAP, article 9.4"


def test_une_clause_en_cours_se_dit():
    """La raison nomme le premier contrat et l'attribution ; sans attribution, elle la demande."""
    clause = FaitClauseAnterieure(date(2023, 1, 9))
    assert raison(examiner(clause=clause, embauche_anterieure="en_cours")) == Raison(
        "Déjà sous clause depuis le 9 janvier 2023, la personne reste éligible : "
        "la nouvelle fenêtre part de l’attribution, le 4 mars 2024.",
        "clause_en_cours",
        ATTRIBUTION,
        "CCAP, article 9.4",
    )
    assert examiner(clause=clause, attribution=None, embauche_anterieure="en_cours").manque == "date d’attribution"
    # Comptée en heures ou sur toute l'opération, la durée n'a pas de dernier jour : elle court encore.
    ancienne = FaitClauseAnterieure(date(2010, 1, 4))
    for reglages in ({"unite_duree": "travail"}, {"duree_mois": None}):
        assert examiner(clause=ancienne, embauche_anterieure="en_cours", **reglages).dispense_examen


# --- La fenêtre continue d'une opération à l'autre


@pytest.mark.parametrize(
    ("embauche", "continue_"), [(date(2024, 6, 30), True), (date(2024, 7, 1), False), (None, True)]
)
def test_la_fenetre_continue_se_dit(embauche, continue_):
    """Ouverte le 01/07/2022 pour 24 mois, elle finit le 30/06/2024 ; sans embauche, c'est la validation du 06/05 qui compte."""
    clause = FaitClauseAnterieure(date(2020, 1, 6), ouverte_le=date(2022, 7, 1))
    resultat = examiner(embauche, clause, changement_operation="continue")
    if not continue_:
        assert resultat == Anteriorite()
        return
    assert (resultat.dispense_examen, resultat.debut_fenetre) == (True, date(2022, 7, 1))
    assert raison(resultat) == Raison(
        "Une éligibilité ouverte le 1er juillet 2022 court encore : le marché la continue sur cette opération, "
        "sans nouvel examen.",
        "fenetre_continue",
        date(2022, 7, 1),
        "CCAP, article 9.7",
    )


def test_sans_jour_d_ouverture_la_fenetre_continue_depuis_le_premier_contrat():
    """L'ouverture n'est pas connue : la durée part du premier contrat ; la fin écrite l'emporte sur elle."""
    clause = FaitClauseAnterieure(date(2022, 7, 1))
    assert examiner(date(2024, 6, 30), clause, changement_operation="continue").debut_fenetre == date(2022, 7, 1)
    ecrite = FaitClauseAnterieure(date(2022, 7, 1), date(2024, 5, 31))
    assert examiner(date(2024, 6, 30), ecrite, changement_operation="continue") == Anteriorite()
