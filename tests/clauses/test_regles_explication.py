"""« Pourquoi ? » : le paragraphe que lisent le facilitateur, le PDF et l'API."""

from dataclasses import replace
from datetime import date

import pytest

from clauses.regles import (
    PRESETS,
    FaitClauseAnterieure,
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    ParametresRegle,
    evaluer_eligibilite,
    rediger_explication,
)

MARCHE = FaitsMarche(date(2026, 1, 14), date(2026, 1, 20), date(2026, 2, 2), date(2027, 6, 30))
RSA = FaitSituation("RSA", date(2025, 1, 1), None, date(2026, 1, 6), "", date(2026, 1, 9), "Claire Morel")
QPV = FaitSituation(
    "QPV", date(2020, 1, 1), None, date(2025, 12, 12), "", date(2026, 1, 9), "Claire Morel", precision="Les Terrasses"
)


def expliquer(*, est_apercu=False, **changements):
    arguments = {
        "parametres": ParametresRegle(article="9.3"),
        "marche": MARCHE,
        "personne": FaitsPersonne(date(1984, 4, 8)),
        "situations": [RSA, QPV],
        "date_decision": date(2026, 2, 12),
        "date_embauche": date(2026, 3, 2),
    }
    decision = evaluer_eligibilite(**(arguments | changements))
    return rediger_explication(decision, operation="Les Peupliers", personne="Assia Benali", est_apercu=est_apercu)


def test_le_bloc_de_la_maquette():
    """Réponse avec date incluse, faits datés avec pièce et témoin, calcul, ce qui n'y entre pas, source."""
    bloc = expliquer()
    assert bloc.reponse == "Éligible sur Les Peupliers jusqu’au 1er mars 2028 inclus"
    assert bloc.introduction == (
        "Le marché demande d’apprécier la situation au jour de l’attribution, le 14 janvier 2026. "
        "Ce jour-là, Assia Benali remplissait deux critères de la liste\u00a0:"
    )
    assert {fait.terme: fait.detail for fait in bloc.faits} == {
        "Bénéficiaire du RSA": "attestation RSA du 6 janvier 2026, pièce vue le 9 janvier 2026 par Claire Morel",
        "Résident d’un quartier prioritaire de la ville": (
            "Les Terrasses, justificatif de domicile du 12 décembre 2025, pièce vue le 9 janvier 2026 par Claire Morel"
        ),
    }
    assert bloc.paragraphes[0] == (
        "Son éligibilité a été validée le 12 février 2026, avant son embauche du 2 mars 2026. "
        "Ses heures comptent pendant 24\u00a0mois à partir de l’embauche sur l’opération\u00a0: "
        "du 2 mars 2026 au 1er mars 2028."
    )
    assert "PASS IAE" in bloc.paragraphes[-1]
    assert bloc.source == "Source\u00a0: CCAP, article 9.3\u00a0; fiche A3, partie II."


def test_un_apercu_parle_au_conditionnel():
    """Tant que rien n'est décidé, rien n'a été validé : la phrase dit ce que la décision ferait."""
    assert expliquer(est_apercu=True).paragraphes[0] == (
        "Son éligibilité serait validée le 12 février 2026, avant son embauche du 2 mars 2026. "
        "Ses heures compteraient pendant 24\u00a0mois à partir de l’embauche sur l’opération\u00a0: "
        "du 2 mars 2026 au 1er mars 2028."
    )
    assert (
        expliquer(est_apercu=True, date_embauche=None)
        .paragraphes[0]
        .endswith("Ses heures compteraient pendant 24\u00a0mois à partir de l’embauche, qui fixerait le dernier jour.")
    )


def test_le_texte_reprend_tout():
    """La version en texte contient chaque partie du bloc."""
    bloc = expliquer()
    parties = [bloc.reponse, bloc.introduction, bloc.source, *bloc.paragraphes, *(f.detail for f in bloc.faits)]
    assert all(partie in bloc.texte for partie in parties)


def test_embauche_a_venir():
    """Avant l'embauche, la réponse est « éligible » et dit ce qui ouvrira la fenêtre."""
    bloc = expliquer(date_embauche=None)
    assert bloc.reponse == "Éligible sur Les Peupliers, la fenêtre s’ouvrira à l’embauche"
    assert "24\u00a0mois à partir de l’embauche, qui fixera le dernier jour" in bloc.texte
    premiere = expliquer(parametres=ParametresRegle(point_depart="premiere_heure"))
    assert premiere.reponse == "Éligible sur Les Peupliers, la fenêtre s’ouvrira à la première heure sur l’opération"


def test_toute_l_operation():
    """Sans durée ni fin d'opération, la réponse ne donne pas de date."""
    sans_fin = replace(MARCHE, date_fin=None)
    bloc = expliquer(parametres=ParametresRegle(duree_mois=None), marche=sans_fin)
    assert bloc.reponse == "Éligible sur Les Peupliers, pour toute la durée de l’opération"
    assert "pendant toute l’opération" in bloc.texte


def test_validation_tardive():
    """La phrase nomme le jour d'où la durée est comptée et celui d'où les heures comptent."""
    bloc = expliquer(date_decision=date(2026, 3, 10))
    assert "les heures faites avant la validation ne comptent pas" in bloc.texte
    assert "l’embauche sur l’opération, le 2 mars 2026\u00a0: du 10 mars 2026 au 1er mars 2028" in bloc.texte


def test_refus_hors_liste():
    """Un refus dit ce qui s'oppose et ce qui changerait la réponse, avec l'article."""
    bloc = expliquer(parametres=ParametresRegle(criteres=("TH",), article="9.3"))
    assert bloc.reponse == "Non éligible sur Les Peupliers"
    assert bloc.faits == ()
    assert "ne remplissait, pièce à l’appui, aucun critère de la liste" in bloc.introduction
    assert "Bénéficiaire du RSA\u00a0: ce critère n’est pas dans la liste du marché." in bloc.paragraphes
    assert "Une autre situation de la liste" in bloc.texte
    assert "CCAP, article 9.3" in bloc.source


@pytest.mark.parametrize(
    ("changements", "suite"),
    [
        (
            {"parametres": ParametresRegle(embauche_anterieure="refusee"), "date_embauche": date(2026, 1, 19)},
            "Un nouveau contrat",
        ),
        ({"parametres": ParametresRegle(duree_mois=1), "date_decision": date(2026, 4, 2)}, "une autre opération"),
        (
            {"parametres": ParametresRegle(duree_mois=None), "date_embauche": date(2027, 7, 1)},
            "corrigez sa date de fin",
        ),
    ],
)
def test_ce_qui_changerait_la_reponse(changements, suite):
    """Chaque refus a sa suite."""
    bloc = expliquer(**changements)
    assert bloc.reponse.startswith("Non éligible")
    assert suite in bloc.texte


def test_a_completer_nomme_ce_qui_manque():
    """« À compléter » est dans la réponse, jamais une supposition."""
    bloc = expliquer(marche=FaitsMarche())
    assert bloc.reponse == "À compléter pour Les Peupliers\u00a0: date d’attribution"
    assert "cette date n’est pas encore connue" in bloc.introduction
    piece = expliquer(situations=[replace(RSA, vue_le=None)])
    assert "pièce pour «\u00a0Bénéficiaire du RSA\u00a0» (attestation RSA)" in piece.reponse


def test_clause_en_cours():
    """I1 : la phrase dit que la personne était déjà sous clause, sans parler de critères."""
    bloc = expliquer(
        parametres=PRESETS["I1"],
        situations=[],
        date_decision=date(2026, 1, 14),
        embauche_anterieure=FaitClauseAnterieure(date(2025, 1, 6)),
    )
    assert bloc.reponse == "Éligible sur Les Peupliers jusqu’au 13 janvier 2028 inclus"
    assert "Déjà sous clause depuis le 6 janvier 2025" in bloc.texte
    assert "critère" not in bloc.introduction
    assert "à partir de l’attribution du marché\u00a0: du 14 janvier 2026 au 13 janvier 2028" in bloc.texte


def test_typographie():
    """Espaces insécables devant les signes doubles, apostrophes courbes, ni « veuillez » ni apostrophe droite."""
    for bloc in (expliquer(), expliquer(marche=FaitsMarche()), expliquer(parametres=ParametresRegle(criteres=("TH",)))):
        assert "'" not in bloc.texte
        assert not any(f" {signe}" in bloc.texte for signe in ":;!?»")
        assert "euillez" not in bloc.texte
