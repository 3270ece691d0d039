"""L'éligibilité d'une personne pour une opération : réponse, fenêtre, raisons."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles import (
    PRESETS,
    Decision,
    FaitClauseAnterieure,
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    ParametresRegle,
    Reponse,
    evaluer_eligibilite,
    ouvrir_fenetre,
    refermer_fenetre,
)

MARCHE = FaitsMarche(
    date_attribution=date(2024, 3, 4),
    date_notification=date(2024, 3, 4),
    date_demarrage=date(2024, 4, 2),
    date_fin=date(2027, 6, 30),
)
RSA = FaitSituation(
    critere="RSA",
    date_debut=date(2023, 6, 1),
    date_piece=date(2024, 2, 20),
    vue_le=date(2024, 3, 1),
    vue_par="Claire Morel",
)
PIECE_RSA = "pièce pour «\u00a0Bénéficiaire du RSA\u00a0» (attestation RSA)"
DECISION = date(2024, 5, 6)
EMBAUCHE = date(2024, 5, 13)
FENETRE = Periode(date(2024, 5, 13), date(2026, 5, 12))


def evaluer(**changements):
    """Le cas de base : RSA prouvé, validé le 06/05/2024, embauche le 13/05/2024, modèle I3 ; `changements` en modifie un point."""
    arguments = {
        "parametres": ParametresRegle(article="9.3"),
        "marche": MARCHE,
        "personne": FaitsPersonne(date(1984, 4, 8)),
        "situations": [RSA],
        "date_decision": DECISION,
        "date_embauche": EMBAUCHE,
    }
    return evaluer_eligibilite(**(arguments | changements))


def faits(decision):
    return [raison.fait for raison in decision.raisons]


def test_cas_de_base():
    """Éligible 24 mois depuis l'embauche, avec la raison, sa date et l'article."""
    decision = evaluer()
    assert decision.reponse == Reponse.ELIGIBLE
    assert decision.est_eligible
    assert decision.fenetre == FENETRE
    assert decision.ouverture == EMBAUCHE
    assert decision.criteres == ("RSA",)
    assert decision.manques == ()
    raison = decision.raisons[0]
    assert (raison.fait, raison.date, raison.article) == ("RSA", date(2024, 3, 4), "CCAP, article 9.3")


# --- Dates du marché


@pytest.mark.parametrize(
    ("parametres", "champ", "manque"),
    [
        (ParametresRegle(), "date_attribution", "date d’attribution"),
        (ParametresRegle(point_depart="notification"), "date_notification", "date de notification"),
        (ParametresRegle(point_depart="demarrage"), "date_demarrage", "date de début d’exécution"),
    ],
)
def test_une_date_du_marche_manque(parametres, champ, manque):
    """« À compléter » nomme la date qui manque ; rien n'est deviné."""
    decision = evaluer(parametres=parametres, marche=replace(MARCHE, **{champ: None}))
    assert decision.reponse == Reponse.A_COMPLETER
    assert decision.manques == (manque,)
    assert decision.fenetre is None


def test_appreciation_a_l_embauche_sans_embauche():
    """Un marché qui apprécie au jour de l'embauche attend cette date."""
    decision = evaluer(parametres=ParametresRegle(date_appreciation="embauche"), date_embauche=None)
    assert decision.reponse == Reponse.A_COMPLETER
    assert decision.manques == ("date d’embauche",)


@pytest.mark.parametrize(
    ("appreciation", "jour"),
    [("attribution", date(2024, 3, 4)), ("embauche", EMBAUCHE), ("validation", DECISION)],
)
def test_jour_d_appreciation(appreciation, jour):
    """La situation s'apprécie au jour que fixe le marché : vraie ce jour-là seulement, elle suffit."""
    situation = replace(RSA, date_debut=jour, date_fin=jour)
    decision = evaluer(parametres=ParametresRegle(date_appreciation=appreciation), situations=[situation])
    assert decision.reponse == Reponse.ELIGIBLE
    assert decision.jour_appreciation == jour


# --- Critères et pièces


@pytest.mark.parametrize(
    ("debut", "fin", "reponse"),
    [
        (date(2024, 3, 4), None, Reponse.ELIGIBLE),
        (date(2024, 3, 5), None, Reponse.NON_ELIGIBLE),
        (date(2023, 1, 1), date(2024, 3, 4), Reponse.ELIGIBLE),
        (date(2023, 1, 1), date(2024, 3, 3), Reponse.NON_ELIGIBLE),
    ],
)
def test_la_situation_couvre_le_jour(debut, fin, reponse):
    """Les bornes de la situation sont comprises."""
    decision = evaluer(situations=[replace(RSA, date_debut=debut, date_fin=fin)])
    assert decision.reponse == reponse
    assert (decision.fenetre is not None) is (reponse == Reponse.ELIGIBLE)


def test_critere_hors_de_la_liste():
    """Un critère que le marché n'accepte pas n'ouvre rien, et la raison le dit."""
    decision = evaluer(parametres=ParametresRegle(criteres=("QPV", "TH"), article="9.3"))
    assert decision.reponse == Reponse.NON_ELIGIBLE
    assert decision.faits == ()
    assert decision.raisons[0].texte == "Bénéficiaire du RSA\u00a0: ce critère n’est pas dans la liste du marché."


def test_chomage_de_plus_de_24_mois_vaut_12_mois():
    """Une personne au chômage depuis plus de 24 mois remplit le critère des 12 mois."""
    detld = replace(RSA, critere="DETLD")
    assert evaluer(parametres=ParametresRegle(criteres=("DELD",)), situations=[detld]).est_eligible
    deld = replace(RSA, critere="DELD")
    assert not evaluer(parametres=ParametresRegle(criteres=("DETLD",)), situations=[deld]).est_eligible


@pytest.mark.parametrize(
    ("naissance", "critere", "reponse"),
    [
        (date(1998, 3, 5), "JEUNE", Reponse.ELIGIBLE),
        (date(1998, 3, 4), "JEUNE", Reponse.NON_ELIGIBLE),
        (date(1974, 3, 4), "SENIOR", Reponse.ELIGIBLE),
        (date(1974, 3, 5), "SENIOR", Reponse.NON_ELIGIBLE),
        (None, "SENIOR", Reponse.A_COMPLETER),
        (None, "JEUNE", Reponse.A_COMPLETER),
    ],
)
def test_age_au_jour_de_l_appreciation(naissance, critere, reponse):
    """L'âge se compte au jour de l'attribution, le 4 mars 2024 ; sans naissance, il manque."""
    situation = replace(RSA, critere=critere, date_piece=None)
    decision = evaluer(personne=FaitsPersonne(naissance), situations=[situation])
    assert decision.reponse == reponse
    assert decision.manques == (("date de naissance",) if naissance is None else ())


def test_age_fixe_par_le_marche():
    """Le marché peut accepter les moins de 30 ans."""
    situation = replace(RSA, critere="JEUNE", date_piece=None)
    parametres = ParametresRegle(ages={"JEUNE": (None, 29)})
    assert evaluer(parametres=parametres, personne=FaitsPersonne(date(1996, 1, 1)), situations=[situation]).est_eligible


@pytest.mark.parametrize(
    ("date_piece", "vue_le", "manque"),
    [
        (date(2023, 12, 5), date(2024, 3, 1), None),  # trois mois au 4 mars 2024, jour de l'attribution
        (date(2023, 12, 4), date(2024, 3, 1), f"{PIECE_RSA} de moins de 3\u00a0mois"),
        (date(2024, 5, 6), date(2024, 5, 6), None),  # après l'attribution, mais valable à la validation
        (date(2024, 5, 7), date(2024, 5, 6), f"{PIECE_RSA}, datée d’avant la décision"),
        (None, date(2024, 5, 6), "date de la pièce pour «\u00a0Bénéficiaire du RSA\u00a0» (attestation RSA)"),
        (date(2024, 2, 20), None, f"{PIECE_RSA}, à voir avant de décider"),
        (date(2024, 2, 20), date(2024, 5, 7), f"{PIECE_RSA}, à voir avant de décider"),
    ],
)
def test_la_piece_prouve_a_l_attribution_ou_a_la_validation(date_piece, vue_le, manque):
    """Sans pièce valable et vue à temps, la décision attend et dit ce qu'il faut ; elle ne dit pas non."""
    decision = evaluer(situations=[replace(RSA, date_piece=date_piece, vue_le=vue_le)])
    assert decision.reponse == (Reponse.ELIGIBLE if manque is None else Reponse.A_COMPLETER)
    assert decision.manques == (() if manque is None else (manque,))


def test_la_piece_la_plus_recente_est_retenue():
    """Une pièce renouvelée remplace l'ancienne, dans quelque ordre qu'on les donne."""
    renouvelee = replace(RSA, date_piece=date(2024, 3, 2), vue_le=date(2024, 3, 4))
    for situations in ([RSA, renouvelee], [renouvelee, RSA]):
        assert [fait.date_piece for fait in evaluer(situations=situations).faits] == [date(2024, 3, 2)]


def test_aucune_situation_saisie():
    """Sans situation, on demande laquelle : ce n'est pas un refus."""
    decision = evaluer(situations=[])
    assert decision.reponse == Reponse.A_COMPLETER
    assert decision.manques == ("situation qui ouvre droit, avec sa pièce",)


@pytest.mark.parametrize(("organisme", "reponse"), [("ML", Reponse.ELIGIBLE), ("", Reponse.A_COMPLETER)])
def test_avis_motive(organisme, reponse):
    """L'avis motivé vient d'un organisme de la liste."""
    avis = replace(RSA, critere="AUTRE_AVIS", organisme=organisme)
    assert evaluer(situations=[avis]).reponse == reponse


def test_deux_criteres_exiges():
    """Un marché peut demander deux critères ; le même, deux fois, n'en fait qu'un."""
    parametres = ParametresRegle(criteres_minimum=2)
    qpv = replace(RSA, critere="QPV")
    assert evaluer(parametres=parametres, situations=[RSA]).reponse == Reponse.NON_ELIGIBLE
    assert evaluer(parametres=parametres, situations=[RSA, RSA]).reponse == Reponse.NON_ELIGIBLE
    assert evaluer(parametres=parametres, situations=[RSA, qpv]).criteres == ("RSA", "QPV")


def test_une_situation_ecartee_garde_sa_raison():
    """À côté d'un critère retenu, une situation écartée reste expliquée, sans gêner la réponse."""
    finie = replace(RSA, critere="QPV", date_fin=date(2024, 1, 1))
    decision = evaluer(situations=[RSA, finie])
    assert decision.est_eligible
    assert [raison.fait for raison in decision.ecartees] == ["QPV"]
    assert faits(decision) == ["RSA"]


def test_critere_inconnu():
    """Un code hors table est une erreur de l'appelant."""
    with pytest.raises(ValueError, match="XXX"):
        evaluer(situations=[replace(RSA, critere="XXX")])


# --- Embauche à venir, validation tardive


@pytest.mark.parametrize(
    ("point", "evenement"),
    [
        ("embauche", "à l’embauche"),
        ("premiere_heure", "à la première heure sur l’opération"),
        ("premier_contrat", "à l’embauche"),
    ],
)
def test_la_fenetre_attend_l_embauche(point, evenement):
    """Validée avant l'embauche, l'éligibilité est acquise ; sa fenêtre s'ouvrira ce jour-là."""
    decision = evaluer(parametres=ParametresRegle(point_depart=point), date_embauche=None)
    assert decision.reponse == Reponse.ELIGIBLE
    assert decision.fenetre is None
    attente = next(raison.texte for raison in decision.raisons if raison.fait == "fenetre_a_ouvrir")
    assert attente.startswith(f"La fenêtre s’ouvrira {evenement}\u00a0:")


def test_ouvrir_la_fenetre_a_l_embauche():
    """L'embauche ouvre la fenêtre : le résultat est le même que si elle avait été connue."""
    decision = ouvrir_fenetre(evaluer(date_embauche=None), date_embauche=EMBAUCHE)
    assert decision == evaluer()
    assert ouvrir_fenetre(decision, date_embauche=date(2025, 1, 1)) == decision


def test_ouvrir_la_fenetre_a_la_premiere_heure():
    """Un marché qui compte depuis la première heure attend celle-ci."""
    parametres = ParametresRegle(point_depart="premiere_heure")
    decision = evaluer(parametres=parametres)
    assert decision.fenetre is None
    ouverte = ouvrir_fenetre(decision, premiere_heure=date(2024, 5, 21))
    assert ouverte.fenetre == Periode(date(2024, 5, 21), date(2026, 5, 20))


@pytest.mark.parametrize(
    ("parametres", "embauche"),
    [
        (ParametresRegle(), EMBAUCHE),
        (ParametresRegle(), date(2023, 1, 9)),
        (ParametresRegle(), date(2024, 4, 1)),
        (ParametresRegle(embauche_anterieure="recente", embauche_anterieure_mois=6), date(2024, 1, 8)),
    ],
)
def test_refermer_puis_rouvrir(parametres, embauche):
    """Une date de contrat corrigée referme la fenêtre sans trace, et l'ouvre au bon jour."""
    attente = evaluer(parametres=parametres, date_embauche=None)
    ouverte = ouvrir_fenetre(attente, date_embauche=embauche)
    assert ouverte == evaluer(parametres=parametres, date_embauche=embauche)
    assert refermer_fenetre(ouverte) == attente


def test_ce_qui_ne_depend_pas_de_l_embauche_ne_se_referme_pas():
    """Une fenêtre ouverte par la notification, une clause en cours ou un refus restent comme ils sont."""
    notification = evaluer(parametres=ParametresRegle(point_depart="notification"))
    en_cours = evaluer(parametres=PRESETS["I1"], embauche_anterieure=FaitClauseAnterieure(date(2023, 1, 9)))
    refus = evaluer(parametres=ParametresRegle(criteres=("QPV",)))
    assert [refermer_fenetre(d) for d in (notification, en_cours, refus)] == [notification, en_cours, refus]


def test_une_embauche_refusee_a_l_ouverture():
    """Validée avant l'embauche, la décision change si l'embauche annoncée précède le marché et que celui-ci la refuse."""
    attente = evaluer(parametres=ParametresRegle(embauche_anterieure="refusee"), date_embauche=None)
    ouverte = ouvrir_fenetre(attente, date_embauche=date(2024, 3, 3))
    assert (ouverte.reponse, ouverte.fenetre) == (Reponse.NON_ELIGIBLE, None)
    assert faits(ouverte)[-1] == "embauche_anterieure"


def test_une_decision_negative_ne_s_ouvre_pas():
    """Rien n'ouvre la fenêtre d'une décision qui n'est pas « éligible »."""
    refusee = evaluer(parametres=ParametresRegle(criteres=("QPV",)), date_embauche=None)
    assert ouvrir_fenetre(refusee, date_embauche=EMBAUCHE) == refusee


def test_la_decision_ouvre_avec_ses_propres_parametres():
    """Une décision gardée s'ouvre avec la règle d'alors, même relue du stockage."""
    gardee = evaluer(parametres=ParametresRegle(duree_mois=12), date_embauche=None).vers_json()
    ouverte = ouvrir_fenetre(Decision.depuis_json(json.loads(json.dumps(gardee))), date_embauche=EMBAUCHE)
    assert ouverte.fenetre == Periode(EMBAUCHE, date(2025, 5, 12))


@pytest.mark.parametrize(
    ("decidee", "debut", "tardive"),
    [
        (date(2024, 5, 12), EMBAUCHE, False),
        (date(2024, 5, 13), EMBAUCHE, False),
        (date(2024, 5, 14), date(2024, 5, 14), True),
    ],
)
def test_validation_apres_l_embauche(decidee, debut, tardive):
    """Les heures d'avant la validation ne comptent pas ; la fin ne bouge pas pour autant."""
    decision = evaluer(date_decision=decidee)
    assert decision.fenetre == Periode(debut, date(2026, 5, 12))
    assert decision.ouverture == EMBAUCHE
    assert ("validation_tardive" in faits(decision)) is tardive


@pytest.mark.parametrize(
    ("delai", "decidee", "debut"),
    [
        (None, date(2025, 1, 1), EMBAUCHE),
        (15, date(2024, 5, 28), EMBAUCHE),
        (15, date(2024, 5, 29), date(2024, 5, 29)),
    ],
)
def test_regularisation(delai, decidee, debut):
    """Là où le marché l'admet, une validation tardive rattrape les heures, dans son délai."""
    parametres = ParametresRegle(validation_prealable=False, regularisation_jours=delai)
    piece = replace(RSA, date_piece=date(2024, 2, 20))
    decision = evaluer(parametres=parametres, date_decision=decidee, situations=[piece])
    assert decision.fenetre == Periode(debut, date(2026, 5, 12))


@pytest.mark.parametrize(
    ("decidee", "reponse"), [(date(2026, 5, 12), Reponse.ELIGIBLE), (date(2026, 5, 13), Reponse.NON_ELIGIBLE)]
)
def test_validation_apres_la_fin_de_la_fenetre(decidee, reponse):
    """Validée après le dernier jour, l'éligibilité n'a plus d'objet."""
    decision = evaluer(date_decision=decidee)
    assert decision.reponse == reponse
    if reponse == Reponse.NON_ELIGIBLE:
        assert decision.fenetre is None
        assert faits(decision)[-1] == "fenetre_fermee"
        assert "avant la validation du 13 mai 2026" in decision.raisons[-1].texte


def test_embauche_apres_la_fin_de_la_fenetre():
    """Une fenêtre comptée depuis la notification peut se fermer avant l'embauche : la raison nomme celle-ci."""
    parametres = ParametresRegle(point_depart="notification", duree_mois=2)
    assert evaluer(parametres=parametres, date_embauche=date(2024, 5, 3), date_decision=date(2024, 5, 3)).est_eligible
    decision = evaluer(parametres=parametres, date_embauche=date(2024, 5, 4), date_decision=date(2024, 5, 3))
    assert decision.reponse == Reponse.NON_ELIGIBLE
    assert "(du 4 mars au 3 mai 2024) s’est fermée avant l’embauche du 4 mai 2024" in decision.raisons[-1].texte


def test_notification_comme_depart():
    """Départ à la notification : les jours d'avant la validation ne comptent pas, la fin reste au 03/03/2026."""
    decision = evaluer(parametres=ParametresRegle(point_depart="notification"))
    assert decision.fenetre == Periode(DECISION, date(2026, 3, 3))
    assert decision.ouverture == date(2024, 3, 4)
    assert "validation_tardive" not in faits(decision)


# --- Embauche d'avant le marché, modèles I1, I2, I3


def test_i3_reexamine_une_embauche_anterieure():
    """I3 : déjà dans l'entreprise, ses critères sont réexaminés et l'opération ouvre sa propre fenêtre, depuis l'attribution."""
    decision = evaluer(parametres=PRESETS["I3"], date_embauche=date(2023, 1, 9), date_decision=date(2024, 3, 4))
    assert decision.fenetre == Periode(date(2024, 3, 4), date(2026, 3, 3))
    assert "embauche_anterieure_reexaminee" in faits(decision)
    sans_critere = evaluer(
        parametres=PRESETS["I3"],
        date_embauche=date(2023, 1, 9),
        situations=[replace(RSA, date_debut=date(2022, 1, 1), date_fin=date(2023, 1, 9))],
    )
    assert sans_critere.reponse == Reponse.NON_ELIGIBLE


@pytest.mark.parametrize(("premier_contrat", "eligible"), [(date(2022, 3, 5), True), (date(2022, 3, 4), False)])
def test_i1_reste_eligible_si_sa_fenetre_court_encore(premier_contrat, eligible):
    """I1 : moins de 24 mois depuis le premier contrat au jour de l'attribution, sans nouvel examen ; sinon examen ordinaire."""
    decision = evaluer(
        parametres=PRESETS["I1"],
        date_embauche=premier_contrat,
        date_decision=date(2024, 3, 4),
        situations=[replace(RSA, date_debut=date(2022, 1, 1), date_fin=date(2023, 1, 1))],
        embauche_anterieure=FaitClauseAnterieure(premier_contrat),
    )
    assert decision.est_eligible is eligible
    if eligible:
        assert decision.fenetre == Periode(date(2024, 3, 4), date(2026, 3, 3))
        assert faits(decision) == ["clause_en_cours"]


def test_i1_demande_la_date_d_attribution():
    """I1 compte depuis l'attribution : sans elle, la décision attend."""
    decision = evaluer(
        parametres=PRESETS["I1"],
        marche=replace(MARCHE, date_attribution=None),
        embauche_anterieure=FaitClauseAnterieure(date(2023, 1, 9)),
    )
    assert decision.reponse == Reponse.A_COMPLETER
    assert "date d’attribution" in decision.manques


@pytest.mark.parametrize(
    ("premier_contrat", "reponse"),
    [(date(2022, 5, 14), Reponse.ELIGIBLE), (date(2022, 5, 13), Reponse.NON_ELIGIBLE)],
)
def test_i2_une_seule_fenetre_pour_toujours(premier_contrat, reponse):
    """I2 : 24 mois depuis le premier contrat ; une embauche après leur fin ne compte nulle part."""
    decision = evaluer(parametres=PRESETS["I2"], embauche_anterieure=FaitClauseAnterieure(premier_contrat))
    assert decision.reponse == reponse
    if reponse == Reponse.ELIGIBLE:
        assert decision.fenetre == Periode(DECISION, EMBAUCHE)


def test_i2_premiere_fois():
    """I2 : sans clause antérieure, la fenêtre part de l'embauche."""
    assert evaluer(parametres=PRESETS["I2"]).fenetre == FENETRE


@pytest.mark.parametrize(
    ("parametres", "embauche", "reponse", "fait"),
    [
        (ParametresRegle(embauche_anterieure="refusee"), date(2024, 3, 4), Reponse.ELIGIBLE, None),
        (
            ParametresRegle(embauche_anterieure="refusee"),
            date(2024, 3, 3),
            Reponse.NON_ELIGIBLE,
            "embauche_anterieure",
        ),
        (
            ParametresRegle(embauche_anterieure="recente", embauche_anterieure_mois=6),
            date(2023, 9, 4),
            Reponse.ELIGIBLE,
            "embauche_anterieure_admise",
        ),
        (
            ParametresRegle(embauche_anterieure="recente", embauche_anterieure_mois=6),
            date(2023, 9, 3),
            Reponse.NON_ELIGIBLE,
            "embauche_anterieure",
        ),
    ],
)
def test_embauche_anterieure(parametres, embauche, reponse, fait):
    """Refusée, ou admise si elle date de moins de six mois avant la notification, borne comprise."""
    decision = evaluer(parametres=parametres, date_embauche=embauche)
    assert decision.reponse == reponse
    assert fait is None or fait in faits(decision)


def test_embauche_anterieure_sans_notification():
    """Pour juger d'une embauche antérieure, il faut la notification."""
    decision = evaluer(
        parametres=ParametresRegle(embauche_anterieure="refusee"), marche=replace(MARCHE, date_notification=None)
    )
    assert decision.manques == ("date de notification",)
    assert evaluer(marche=replace(MARCHE, date_notification=None)).est_eligible


# --- Fiche A3 : les trois personnes


def test_assia_une_nouvelle_operation_demande_une_nouvelle_decision():
    """Assia : clause de juin 2021 à octobre 2022, puis une nouvelle opération ; I3 réexamine et ouvre 24 mois neufs."""
    nouvelle = FaitsMarche(date(2023, 1, 16), date(2023, 1, 30), date(2023, 2, 6), date(2025, 6, 30))
    situation = FaitSituation("QPV", date(2015, 1, 1), None, date(2022, 12, 1), "", date(2023, 1, 20), "Claire Morel")
    decision = evaluer(
        marche=nouvelle,
        situations=[situation],
        date_decision=date(2023, 2, 1),
        date_embauche=date(2023, 2, 13),
        embauche_anterieure=FaitClauseAnterieure(date(2021, 6, 1), date(2023, 5, 31), "Îlot Nord"),
    )
    assert decision.fenetre == Periode(date(2023, 2, 13), date(2025, 2, 12))


def test_luna_trois_operations_trois_fenetres():
    """Luna : un seul contrat, trois opérations, une décision et une fenêtre par opération."""
    embauche = date(2024, 5, 13)
    fins = {
        evaluer(parametres=ParametresRegle(duree_mois=mois), date_embauche=embauche).fenetre.fin
        for mois in (12, 18, 24)
    }
    assert fins == {date(2025, 5, 12), date(2025, 11, 12), date(2026, 5, 12)}


# --- Stockage


@pytest.mark.parametrize(
    "changements",
    [
        {},
        {"date_embauche": None},
        {"situations": []},
        {"marche": FaitsMarche()},
        {"parametres": ParametresRegle(duree_mois=None, ages={"JEUNE": (None, 29)}, articles={"criteres": "9.3.1"})},
        {"parametres": PRESETS["I1"], "embauche_anterieure": FaitClauseAnterieure(date(2023, 1, 9))},
        {"parametres": ParametresRegle(criteres=("QPV",))},
    ],
)
def test_une_decision_se_relit_telle_qu_elle_a_ete_prise(changements):
    """Écrite en JSON puis relue, la décision est la même, règle comprise."""
    decision = evaluer(**changements)
    assert Decision.depuis_json(json.loads(json.dumps(decision.vers_json()))) == decision


@given(
    st.sampled_from(sorted(PRESETS)),
    st.sampled_from(["embauche", "notification", "attribution", "premiere_heure", "validation"]),
    st.integers(1, 60),
    st.dates(date(2022, 1, 1), date(2026, 12, 31)),
    st.one_of(st.none(), st.dates(date(2022, 1, 1), date(2026, 12, 31))),
    st.booleans(),
)
def test_toute_reponse_est_complete(modele, point, mois, decidee, embauche, prealable):
    """Éligible : une fenêtre ou l'attente de l'embauche. Non éligible : une raison. À compléter : un manque."""
    parametres = replace(PRESETS[modele], point_depart=point, duree_mois=mois, validation_prealable=prealable)
    decision = evaluer(parametres=parametres, date_decision=decidee, date_embauche=embauche)
    match decision.reponse:
        case Reponse.ELIGIBLE:
            assert decision.fenetre is not None or "fenetre_a_ouvrir" in faits(decision)
            assert decision.fenetre is None or not prealable or decision.fenetre.debut >= decidee
        case Reponse.NON_ELIGIBLE:
            assert decision.raisons
            assert decision.fenetre is None
        case Reponse.A_COMPLETER:
            assert decision.manques
            assert decision.fenetre is None
    assert Decision.depuis_json(decision.vers_json()) == decision


# --- Tout décaler

CYCLE = timedelta(days=146_097)  # 400 ans : le calendrier, années bissextiles comprises, y recommence le même jour
AUTOUR = st.dates(date(2022, 1, 1), date(2027, 12, 31))
TIRAGES = st.fixed_dictionaries(
    {
        "parametres": st.builds(
            lambda modele, point, jour, mois, prealable: replace(
                PRESETS[modele],
                point_depart=point,
                date_appreciation=jour,
                duree_mois=mois,
                validation_prealable=prealable,
            ),
            st.sampled_from(sorted(PRESETS)),
            st.sampled_from(["embauche", "notification", "attribution", "demarrage", "premiere_heure", "validation"]),
            st.sampled_from(["attribution", "embauche", "validation"]),
            st.none() | st.integers(1, 60),
            st.booleans(),
        ),
        "marche": st.builds(
            FaitsMarche, st.none() | AUTOUR, st.none() | AUTOUR, st.none() | AUTOUR, st.none() | AUTOUR
        ),
        "personne": st.builds(FaitsPersonne, st.dates(date(1955, 1, 1), date(2008, 1, 1))),
        "situations": st.lists(
            st.builds(
                FaitSituation,
                st.sampled_from(["RSA", "JEUNE", "SENIOR", "QPV", "TH"]),
                AUTOUR,
                date_piece=st.none() | AUTOUR,
                vue_le=st.none() | AUTOUR,
                vue_par=st.just("Claire Morel"),
            ),
            max_size=2,
        ),
        "date_decision": AUTOUR,
        "date_embauche": st.none() | AUTOUR,
        "premiere_heure": st.none() | AUTOUR,
        "embauche_anterieure": st.none() | st.builds(FaitClauseAnterieure, AUTOUR),
    }
)


def decaler(valeur, de):
    """La même valeur, toutes ses dates plus loin de tant de jours."""
    if isinstance(valeur, date):
        return valeur + de
    if isinstance(valeur, (list, tuple)):
        return type(valeur)(decaler(une, de) for une in valeur)
    if is_dataclass(valeur):
        return replace(valeur, **{f.name: decaler(getattr(valeur, f.name), de) for f in fields(valeur) if f.init})
    return valeur


def resume(decision):
    """Ce que dit une décision, sans ses phrases, qui écrivent les dates."""
    raisons = [(raison.fait, raison.date, raison.article) for raison in decision.raisons]
    return decision.reponse, decision.fenetre, decision.ouverture, decision.criteres, raisons, len(decision.manques)


@given(TIRAGES, st.sampled_from([1, -1, 2]))
def test_decaler_toutes_les_dates_decale_la_reponse(tirage, cycles):
    """Des mois n'ont pas tous autant de jours : d'un nombre de jours où le calendrier se répète, la réponse suit au jour près."""
    ecart = cycles * CYCLE
    ici, ailleurs = evaluer(**tirage), evaluer(**{nom: decaler(valeur, ecart) for nom, valeur in tirage.items()})
    assert resume(ailleurs) == tuple(decaler(resume(ici), ecart))


@given(TIRAGES, st.integers(-3000, 3000))
def test_decaler_de_quelques_jours_decale_l_ouverture_d_autant_et_la_fin_au_mois_pres(tirage, jours):
    """La pièce est vue le jour de la décision : rien ne dépend plus de la longueur d'un mois, sauf la fin d'une durée en mois."""
    decidee = tirage["date_decision"]
    prouve = tirage | {"situations": [replace(RSA, date_piece=decidee, vue_le=decidee, date_debut=date(2020, 1, 1))]}
    sans_passe = prouve | {"embauche_anterieure": None}
    ecart = timedelta(days=jours)
    ici, ailleurs = evaluer(**sans_passe), evaluer(**{nom: decaler(v, ecart) for nom, v in sans_passe.items()})
    assert ailleurs.reponse == ici.reponse
    assert (ailleurs.fenetre is None) == (ici.fenetre is None)
    if ici.fenetre is not None:
        assert ailleurs.fenetre.debut == ici.fenetre.debut + ecart
        assert (ailleurs.fenetre.fin is None) == (ici.fenetre.fin is None)
        if ici.fenetre.fin is not None:
            glisse = ailleurs.fenetre.fin - ici.fenetre.fin - ecart
            assert abs(glisse) <= timedelta(days=3 if tirage["parametres"].duree_mois else 0)
