"""Renouveler une éligibilité : la phrase de chaque refus, la raison gardée, les faits et les dates de la nouvelle décision."""

from dataclasses import replace
from datetime import date

import pytest

from clauses.regles import (
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    ParametresRegle,
    evaluer_eligibilite,
)
from clauses.regles.choix import DureeContrat, FamilleContrat, MesureDuree
from clauses.regles.faits import FaitContrat
from clauses.regles.renouvellement import controler_renouvellement, renouveler

MARCHE = FaitsMarche(date(2024, 3, 4), date(2024, 3, 4), date(2024, 4, 2), date(2027, 6, 30))
RSA = FaitSituation(
    "RSA", date(2023, 6, 1), date_piece=date(2024, 2, 20), vue_le=date(2024, 3, 1), vue_par="Claire Morel"
)
DECISION, EMBAUCHE = date(2024, 5, 6), date(2024, 5, 13)
AVIS = ParametresRegle(renouvellement="avis")
DIAGNOSTIC = ParametresRegle(renouvellement="diagnostic")


def decider(parametres, **changements):
    """RSA prouvé, validé le 06/05/2024, embauche le 13/05/2024 : la fenêtre va jusqu'au 12/05/2026."""
    arguments = {
        "parametres": parametres,
        "marche": MARCHE,
        "personne": FaitsPersonne(date(1984, 4, 8)),
        "situations": [RSA],
        "date_decision": DECISION,
        "date_embauche": EMBAUCHE,
    }
    return evaluer_eligibilite(**(arguments | changements))


def sur_avis(decision, jour=date(2026, 5, 4), decide=date(2026, 5, 6), organisme="PLIE", **champs):
    return renouveler(decision, avis_date=jour, organisme=organisme, date_decision=decide, **champs)


def test_une_decision_qui_ne_se_renouvelle_pas_dit_pourquoi():
    """Rien de prévu, plus de place, rien à prolonger, pas de fin."""
    deux = replace(AVIS, renouvellements_maximum=2)
    tout_le_cdi = replace(AVIS, durees_contrat={FamilleContrat.CDI: DureeContrat(MesureDuree.CONTRAT)})
    assert [
        (str(refus), refus.code)
        for refus in (
            controler_renouvellement(decider(ParametresRegle())),
            controler_renouvellement(sur_avis(decider(AVIS))),
            controler_renouvellement(sur_avis(sur_avis(decider(deux)))),
            controler_renouvellement(decider(AVIS, date_embauche=None)),
            controler_renouvellement(decider(tout_le_cdi, contrats=[FaitContrat("cdi", EMBAUCHE)])),
        )
    ] == [
        ("La règle du marché ne prévoit pas de renouvellement.", "renouvellement_absent"),
        ("Le marché admet 1\u00a0renouvellement\u00a0: il a déjà eu lieu.", "renouvellement_epuise"),
        ("Le marché admet 2\u00a0renouvellements\u00a0: ils ont déjà eu lieu.", "renouvellement_epuise"),
        ("Seule une éligibilité dont la fenêtre est ouverte se renouvelle. Décidez d’abord.", "rien_a_renouveler"),
        ("Cette éligibilité n’a pas de fin\u00a0: elle n’a pas à être renouvelée.", "sans_fin"),
    ]


@pytest.mark.parametrize(
    ("avis", "phrase"),
    [
        (
            {"organisme": "MAIRIE"},
            "Le marché demande l’avis motivé d’un de ces organismes\u00a0: France Travail, Maison de l’emploi.",
        ),
        (
            {"jour": date(2026, 5, 7)},
            "L’avis du 7 mai 2026 suit la décision du 6 mai 2026. Vérifiez les dates.",
        ),
        (
            {"jour": date(2026, 5, 13), "decide": date(2026, 5, 13)},
            "La fenêtre s’est fermée le 12 mai 2026 inclus, avant l’avis du 13 mai 2026\u00a0: "
            "elle ne se prolonge plus. Décidez une nouvelle éligibilité.",
        ),
    ],
)
def test_un_avis_refuse_dit_pourquoi(avis, phrase):
    """L'organisme que le marché ne nomme pas, un avis d'après la décision, un avis d'après la fenêtre."""
    decision = decider(replace(AVIS, organismes_avis=("FT", "MDE")))
    assert str(sur_avis(decision, **({"organisme": "FT"} | avis))) == phrase


def test_un_avis_du_jour_de_la_decision_ou_du_dernier_jour_vaut():
    """Les bornes elles-mêmes : avis et décision le 12/05/2026, dernier jour de la fenêtre."""
    dernier = date(2026, 5, 12)
    assert sur_avis(decider(AVIS), dernier, dernier).fenetre.fin == date(2027, 5, 12)


def test_la_raison_gardee_cite_l_avis_et_l_article():
    """Le jour et l'article suivent la phrase ; le premier jour de validation reste celui de mai 2024."""
    cite = replace(AVIS, articles={"renouvellement": "9.4"})
    raison = sur_avis(decider(cite)).raisons[-1]
    assert (raison.fait, raison.date, raison.article) == ("renouvellement", date(2026, 5, 4), "CCAP, article 9.4")
    assert sur_avis(decider(AVIS)).dates.validation == DECISION


def test_une_decision_ancienne_garde_sa_premiere_validation():
    """Gardée sans ce jour, elle a été validée quand elle a été décidée : le renouvellement l'écrit."""
    ancienne = decider(AVIS)
    ancienne = replace(ancienne, dates=replace(ancienne.dates, validation=None))
    assert sur_avis(ancienne).dates.validation == DECISION


def test_un_nouveau_diagnostic_garde_les_faits_reexamines():
    """La décision rouverte porte la nouvelle pièce, et dit qu'elle vient d'un diagnostic."""
    recente = replace(RSA, date_piece=date(2026, 4, 1), vue_le=date(2026, 5, 4))
    rouverte = sur_avis(decider(DIAGNOSTIC), organisme="FT", situations=[recente])
    assert [fait.date_piece for fait in rouverte.faits] == [date(2026, 4, 1)]
    assert rouverte.raisons[-1].texte == (
        "Rouverte pour sa durée entière le 6 mai 2026, sur un nouveau diagnostic, avec l’avis motivé du 4 mai 2026 "
        "(France Travail)."
    )


def test_un_nouveau_diagnostic_insuffisant_dit_ce_qu_il_demande():
    """Sans situation, ou avec une qui n'est plus vraie, la phrase la demande ; l'âge se compte le jour de l'avis."""
    assert str(sur_avis(decider(DIAGNOSTIC))) == (
        "Le nouveau diagnostic du 4 mai 2026 demande\u00a0: situation qui ouvre droit, avec sa pièce."
    )
    jeune = FaitSituation(
        "JEUNE", date(2016, 1, 1), date_piece=date(2026, 4, 1), vue_le=date(2026, 5, 4), vue_par="Claire Morel"
    )
    a_25_ans, a_26_ans = FaitsPersonne(date(2000, 5, 5)), FaitsPersonne(date(2000, 5, 4))
    decision = decider(DIAGNOSTIC)
    assert sur_avis(decision, personne=a_25_ans, situations=[jeune]).fenetre.fin == date(2028, 5, 3)
    assert str(sur_avis(decision, personne=a_26_ans, situations=[jeune])) == (
        "Le nouveau diagnostic du 4 mai 2026 demande\u00a0: une situation de la liste du marché, vraie ce jour-là."
    )
