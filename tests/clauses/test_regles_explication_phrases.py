"""« Pourquoi ? » : le bloc entier, la durée que chaque règle écrit, ce qui changerait un refus, la rédaction du marché citée."""

from dataclasses import replace
from datetime import date

import pytest

from clauses.regles import (
    FaitClauseAnterieure,
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    ParametresRegle,
    evaluer_eligibilite,
    ouvrir_fenetre,
    rediger_explication,
)
from clauses.regles.choix import DUREES_USUELLES
from clauses.regles.faits import FaitContrat
from clauses.regles.renouvellement import renouveler

MARCHE = FaitsMarche(date(2026, 1, 14), date(2026, 1, 20), date(2026, 2, 2), date(2027, 6, 30))
RSA = FaitSituation("RSA", date(2025, 1, 1), None, date(2026, 1, 6), "", date(2026, 1, 9), "Claire Morel")
DECISION, EMBAUCHE = date(2026, 2, 12), date(2026, 3, 2)
VALIDATION = "Son éligibilité a été validée le 12 février 2026, avant son embauche du 2 mars 2026. "
JOURS = "du 2 mars 2026 au 1er mars 2028."


def decider(**changements):
    """RSA prouvé, validé le 12/02/2026, embauche le 02/03/2026 ; `changements` en modifie un point."""
    arguments = {
        "parametres": ParametresRegle(article="9.3"),
        "marche": MARCHE,
        "personne": FaitsPersonne(date(1984, 4, 8)),
        "situations": [RSA],
        "date_decision": DECISION,
        "date_embauche": EMBAUCHE,
    }
    return evaluer_eligibilite(**(arguments | changements))


def rediger(decision):
    return rediger_explication(decision, operation="Les Peupliers", personne="Assia Benali")


def dite(texte) -> str:
    return texte.replace("\u00a0", " ")


def test_le_bloc_entier_en_texte():
    """Chaque partie à sa ligne, dans l'ordre de lecture ; une partie vide n'en laisse pas."""
    assert dite(rediger(decider()).texte).split("\n") == [
        "Éligible sur Les Peupliers jusqu’au 1er mars 2028 inclus",
        "Le marché demande d’apprécier la situation au jour de l’attribution, le 14 janvier 2026. "
        "Ce jour-là, Assia Benali remplissait un critère de la liste :",
        "– Bénéficiaire du RSA : attestation RSA du 6 janvier 2026, pièce vue le 9 janvier 2026 par Claire Morel",
        f"{VALIDATION}Ses heures comptent pendant 24 mois à partir de l’embauche sur l’opération : {JOURS}",
        "Un PASS IAE ou un parcours PLIE n’entre pas dans ce calcul : chacun a ses propres dates.",
        "Source : CCAP, article 9.3 ; fiche A3, partie II.",
    ]


def test_un_refus_et_une_attente_en_texte():
    """Le refus dit ce qui s'oppose puis ce qui changerait ; l'attente, ce qui manque."""
    refus = rediger(decider(parametres=ParametresRegle(criteres=("TH",))))
    assert [dite(p) for p in refus.paragraphes] == [
        "Bénéficiaire du RSA : ce critère n’est pas dans la liste du marché.",
        "Une autre situation de la liste du marché, vraie ce jour-là et prouvée par une pièce, changerait la réponse.",
        "Un PASS IAE ou un parcours PLIE n’entre pas dans ce calcul : chacun a ses propres dates.",
    ]
    attente = rediger(decider(marche=FaitsMarche()))
    assert dite(attente.introduction) == (
        "Le marché demande d’apprécier la situation au jour de l’attribution : cette date n’est pas encore connue."
    )
    assert dite(attente.paragraphes[0]) == "Pour répondre, il manque : date d’attribution."


def test_le_calcul_selon_le_jour_de_la_validation_et_de_l_embauche():
    """Le même jour, l'embauche ne suit pas la validation ; à venir, elle fixera le dernier jour."""
    le_meme_jour = dite(rediger(decider(date_embauche=DECISION)).paragraphes[0])
    assert le_meme_jour.startswith("Son éligibilité a été validée le 12 février 2026. Ses heures comptent")
    assert dite(rediger(decider(date_embauche=None)).paragraphes[0]) == (
        "Son éligibilité a été validée le 12 février 2026. "
        "Ses heures compteront pendant 24 mois à partir de l’embauche, qui fixera le dernier jour."
    )


def test_la_source_cite_l_article_de_la_duree():
    """Même quand aucune raison ne le porte."""
    parametres = ParametresRegle(articles={"duree_mois": "9.3", "criteres": "9.2"})
    assert dite(rediger(decider(parametres=parametres)).source) == (
        "Source : CCAP, article 9.2 ; CCAP, article 9.3 ; fiche A3, partie II."
    )


@pytest.mark.parametrize(
    ("parametres", "calcul"),
    [
        (
            ParametresRegle(duree_mois=12),
            "pendant 12 mois à partir de l’embauche sur l’opération : du 2 mars 2026 au 1er mars 2027.",
        ),
        (
            ParametresRegle(duree_mois=None),
            "pendant toute l’opération à partir de l’embauche sur l’opération : du 2 mars 2026 au 30 juin 2027.",
        ),
        (
            ParametresRegle(unite_duree="travail"),
            "jusqu’à 3 214 h de travail à partir de l’embauche sur l’opération : depuis le 2 mars 2026.",
        ),
        (
            ParametresRegle(point_depart="attribution"),
            "pendant 24 mois à partir de l’attribution du marché, le 14 janvier 2026 : "
            "du 12 février 2026 au 13 janvier 2028.",
        ),
        (
            ParametresRegle(perimetre="global", point_depart="premier_contrat"),
            f"pendant 24 mois à partir du premier contrat de clause, toutes opérations : {JOURS}",
        ),
    ],
)
def test_la_duree_s_ecrit(parametres, calcul):
    """En mois, en heures, sur toute l'opération ; le jour de l'ouverture se dit quand les heures comptent plus tard."""
    assert dite(rediger(decider(parametres=parametres)).paragraphes[0]) == f"{VALIDATION}Ses heures comptent {calcul}"


def test_la_duree_d_un_type_de_contrat_et_le_pass():
    """Le contrat donne sa durée ; là où le marché lit le PASS IAE, sa fin est un fait, et la phrase le dit."""
    usuelles = ParametresRegle(durees_contrat=DUREES_USUELLES)
    cddi = FaitContrat("cddi", EMBAUCHE, date(2027, 3, 1))
    bloc = rediger(decider(parametres=usuelles, contrats=[cddi], fin_pass=date(2027, 12, 31)))
    assert dite(bloc.paragraphes[0]) == (
        f"{VALIDATION}Ses heures comptent le temps que le marché donne à ce type de contrat "
        "à partir de l’embauche sur l’opération : du 2 mars 2026 au 31 décembre 2027."
    )
    assert dite(bloc.paragraphes[1]) == (
        "Le marché donne aux contrats des SIAE la durée du PASS IAE : sa date de fin est un fait donné ici, "
        "elle n’est pas calculée."
    )


def test_la_duree_d_une_fenetre_renouvelee():
    """24 mois et 12 de plus en font 36 ; rouverte sur un diagnostic, la durée ne s'additionne pas."""
    avis = {"avis_date": date(2028, 2, 1), "organisme": "FT", "date_decision": date(2028, 2, 1)}
    renouvelee = renouveler(decider(parametres=ParametresRegle(renouvellement="avis")), **avis)
    assert "Ses heures comptent pendant 36 mois" in dite(rediger(renouvelee).paragraphes[-2])
    recente = replace(RSA, date_piece=date(2028, 1, 10), vue_le=date(2028, 1, 12))
    diagnostic = ParametresRegle(renouvellement="diagnostic")
    rouverte = renouveler(decider(parametres=diagnostic), **avis, situations=[recente])
    assert "Ses heures comptent pour sa durée et celle de son renouvellement à" in dite(
        rediger(rouverte).paragraphes[-2]
    )


def test_la_fenetre_qui_continue_et_la_clause_en_cours():
    """Le départ est l'ouverture de l'autre opération, ou l'attribution ; aucun critère n'est dit."""
    ailleurs = FaitClauseAnterieure(date(2024, 9, 2))
    continue_ = rediger(
        decider(
            parametres=ParametresRegle(changement_operation="continue"), situations=[], embauche_anterieure=ailleurs
        )
    )
    assert dite(continue_.paragraphes[-2]) == (
        f"{VALIDATION}Ses heures comptent pendant 24 mois à partir de l’ouverture de la fenêtre en cours, "
        "le 2 septembre 2024 : du 12 février au 1er septembre 2026."
    )
    assert dite(continue_.introduction) == (
        "Le marché demande d’apprécier la situation au jour de l’attribution, le 14 janvier 2026."
    )


PAR_ENTREPRISE = ParametresRegle(changement_entreprise="nouvelle_validation")


@pytest.mark.parametrize(
    ("changements", "suite"),
    [
        (
            {"parametres": ParametresRegle(embauche_anterieure="refusee"), "date_embauche": date(2026, 1, 19)},
            "Un nouveau contrat, conclu après la notification du marché, permettrait un nouvel examen.",
        ),
        (
            {"parametres": ParametresRegle(duree_mois=1), "date_decision": date(2026, 4, 2)},
            "Seule une règle de marché plus longue, ou une autre opération, permettrait de compter des heures.",
        ),
        (
            {"parametres": ParametresRegle(duree_mois=None), "date_embauche": date(2027, 7, 1)},
            "Si l’opération est prolongée, corrigez sa date de fin puis décidez à nouveau.",
        ),
        (
            {
                "parametres": ParametresRegle(durees_contrat=DUREES_USUELLES),
                "contrats": [FaitContrat("cdd", date(2026, 1, 20), date(2026, 3, 1))],
            },
            "Un contrat qui court après l’ouverture de la fenêtre changerait la réponse. Vérifiez les dates.",
        ),
    ],
)
def test_ce_qui_changerait_un_refus(changements, suite):
    """Chaque refus dit ce qu'il faudrait."""
    assert dite(rediger(decider(**changements)).paragraphes[-2]) == suite


def test_ce_qui_changerait_un_changement_d_entreprise():
    """Une nouvelle décision, et non une autre situation."""
    contrats = [FaitContrat("cdi", EMBAUCHE, None, nom, f"Entreprise {nom}") for nom in ("A", "B")]
    refusee = ouvrir_fenetre(
        decider(parametres=PAR_ENTREPRISE, date_embauche=None), date_embauche=EMBAUCHE, contrats=contrats
    )
    assert dite(rediger(refusee).paragraphes[-2]) == (
        "Une nouvelle décision, prise maintenant, permettrait de la placer dans cette entreprise."
    )


def test_seule_la_redaction_qui_a_joue_se_cite():
    """La durée, le départ, le jour et les critères ; la validation quand elle a tardé, le reste jamais sans raison."""
    textes = {
        nom: f"rédaction de {nom}"
        for nom in ("duree_mois", "point_depart", "criteres", "date_appreciation", "validation_prealable", "perimetre")
    }
    parametres = ParametresRegle(articles={"duree_mois": "9.3"}, textes=textes)
    a_temps = [citation.detail for citation in rediger(decider(parametres=parametres)).citations]
    assert a_temps == [f"rédaction de {nom}" for nom in ("duree_mois", "point_depart", "criteres", "date_appreciation")]
    tardive = rediger(decider(parametres=parametres, date_decision=date(2026, 3, 10)))
    assert tardive.citations[-1].detail == "rédaction de validation_prealable"
    assert tardive.citations[0].terme == "CCAP, article 9.3"
    assert "CCAP, article 9.3 : « rédaction de duree_mois »" in dite(tardive.texte).split("\n")
