"""Ouvrir, refermer, recalculer la fenêtre d'une décision : ce qui manque, ce qui se garde, la date et l'article de chaque raison."""

from dataclasses import replace
from datetime import date

from beneficiaires.periodes import Periode
from clauses.regles import (
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
from clauses.regles.choix import DUREES_USUELLES
from clauses.regles.faits import FaitContrat
from clauses.regles.ouverture import fenetre_du_contrat, sans_raisons_de_fenetre

MARCHE = FaitsMarche(date(2024, 3, 4), date(2024, 3, 4), date(2024, 4, 2), date(2027, 6, 30))
RSA = FaitSituation(
    "RSA", date(2023, 6, 1), date_piece=date(2024, 2, 20), vue_le=date(2024, 3, 1), vue_par="Claire Morel"
)
DECISION, EMBAUCHE = date(2024, 5, 6), date(2024, 5, 13)
ARTICLES = {"duree_mois": "9.3", "changement_entreprise": "9.5", "validation_prealable": "9.6"}


def evaluer(parametres=None, **changements):
    """RSA prouvé, validé le 06/05/2024, embauche le 13/05/2024 ; `changements` en modifie un point."""
    arguments = {
        "parametres": parametres or ParametresRegle(articles=ARTICLES),
        "marche": MARCHE,
        "personne": FaitsPersonne(date(1984, 4, 8)),
        "situations": [RSA],
        "date_decision": DECISION,
        "date_embauche": EMBAUCHE,
    }
    return evaluer_eligibilite(**(arguments | changements))


def contrat(entreprise="A", debut=EMBAUCHE, type_contrat="cdi", fin=None):
    return FaitContrat(type_contrat, debut, fin, entreprise, f"Entreprise {entreprise}")


def derniere(decision):
    raison = decision.raisons[-1]
    return raison.fait, raison.date, raison.article


# --- Ouvrir


def test_une_embauche_qu_on_ne_peut_pas_juger_attend_la_notification():
    """Le marché refuse une embauche d'avant la notification, qui n'est pas connue : la décision redevient à compléter."""
    attente = evaluer(
        ParametresRegle(embauche_anterieure="refusee"),
        marche=replace(MARCHE, date_notification=None),
        date_embauche=None,
    )
    assert attente.est_eligible
    ouverte = ouvrir_fenetre(attente, date_embauche=EMBAUCHE)
    assert (ouverte.reponse, ouverte.manques) == (Reponse.A_COMPLETER, ("date de notification",))
    assert (ouverte.fenetre, ouverte.dates.embauche) == (None, EMBAUCHE)


def test_un_second_contrat_ne_deplace_pas_une_fenetre_ouverte():
    """Une règle qui ne regarde pas les contrats : ouverte le 13/05/2024, la fenêtre finit toujours le 12/05/2026."""
    decision = evaluer()
    assert decision.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))
    suivant = date(2025, 1, 6)
    assert ouvrir_fenetre(decision, date_embauche=suivant, contrats=[contrat(), contrat("B", suivant)]) == decision


def test_une_fenetre_qui_attend_cite_l_article_de_sa_duree():
    """Avant l'embauche, la raison n'a pas de date, mais l'article qui fixe la durée."""
    assert derniere(evaluer(date_embauche=None)) == ("fenetre_a_ouvrir", None, "CCAP, article 9.3")


def test_une_fenetre_fermee_avant_la_validation_cite_son_dernier_jour():
    """Embauche le 13/05/2024 : la fenêtre finit le 12/05/2026, la validation du 13 arrive trop tard."""
    decision = evaluer(date_decision=date(2026, 5, 13))
    assert decision.reponse == Reponse.NON_ELIGIBLE
    assert derniere(decision) == ("fenetre_fermee", date(2026, 5, 12), "CCAP, article 9.3")


def test_la_validation_tardive_et_la_fenetre_fermee_se_disent():
    """La phrase nomme la validation ou l'embauche qui arrive trop tard, et ce qui ne compte pas."""
    assert evaluer(date_decision=date(2026, 5, 13)).raisons[-1].texte.replace("\u00a0", " ") == (
        "La fenêtre (du 13 mai 2024 au 12 mai 2026) s’est fermée avant la validation du 13 mai 2026 : "
        "aucune heure ne peut plus compter."
    )
    assert evaluer(date_decision=date(2024, 5, 20)).raisons[-1].texte.replace("\u00a0", " ") == (
        "La validation du 20 mai 2024 suit l’embauche du 13 mai 2024 : "
        "les heures faites avant la validation ne comptent pas."
    )


def test_une_embauche_du_jour_de_la_validation_n_a_pas_tarde():
    """La fenêtre part de l'attribution, l'embauche est du jour de la validation : aucune heure d'avant à écarter."""
    decision = evaluer(ParametresRegle(point_depart="attribution"), date_embauche=DECISION)
    assert decision.fenetre == Periode(DECISION, date(2026, 3, 3))
    assert [raison.fait for raison in decision.raisons] == ["RSA"]


def test_une_operation_deja_finie_cite_son_dernier_jour():
    """La durée est celle de l'opération, finie la veille de l'embauche : non éligible, avec la date et l'article."""
    toute_l_operation = ParametresRegle(duree_mois=None, articles=ARTICLES)
    decision = evaluer(toute_l_operation, marche=replace(MARCHE, date_fin=date(2024, 5, 12)))
    assert decision.reponse == Reponse.NON_ELIGIBLE
    assert decision.raisons[-1].texte == (
        "L’opération finit avant le jour où la fenêtre s’ouvrirait. Vérifiez la fin de l’opération."
    )
    assert derniere(decision) == ("operation_finie", date(2024, 5, 12), "CCAP, article 9.3")


def test_un_contrat_deja_fini_n_a_pas_de_date_d_operation():
    """Un CDD fini la veille de l'embauche : la raison nomme le contrat, la fin de l'opération n'y est pour rien."""
    usuelles = ParametresRegle(durees_contrat=DUREES_USUELLES, articles=ARTICLES)
    cdd = contrat(type_contrat="cdd", debut=date(2024, 4, 1), fin=date(2024, 5, 12))
    decision = evaluer(usuelles, contrats=[cdd])
    assert decision.reponse == Reponse.NON_ELIGIBLE
    assert decision.raisons[-1].texte == "Le contrat finit avant le jour où la fenêtre s’ouvrirait."
    assert derniere(decision) == ("contrat_fini", None, "CCAP, article 9.3")


def test_sans_la_fin_du_pass_la_decision_attend():
    """Là où le marché fait du PASS IAE la durée d'un CDDI, sa fin manque : à compléter, même placée après coup."""
    usuelles = ParametresRegle(durees_contrat=DUREES_USUELLES)
    attente = evaluer(usuelles, date_embauche=None)
    placee = ouvrir_fenetre(
        attente, date_embauche=EMBAUCHE, contrats=[contrat(type_contrat="cddi", fin=date(2025, 5, 12))]
    )
    assert (placee.reponse, placee.manques) == (Reponse.A_COMPLETER, ("date de fin du PASS IAE",))


def test_un_changement_d_entreprise_dit_quoi_faire():
    """Deux entreprises, aucune connue de la décision : la phrase les nomme, et l'article du marché la suit."""
    parametres = ParametresRegle(changement_entreprise="nouvelle_validation", articles=ARTICLES)
    refusee = ouvrir_fenetre(
        evaluer(parametres, date_embauche=None),
        date_embauche=EMBAUCHE,
        contrats=[contrat(), contrat("B", date(2025, 1, 6))],
    )
    assert refusee.raisons[-1].texte == (
        "La personne change d’entreprise (Entreprise A, puis Entreprise B)\u00a0: le marché demande une nouvelle "
        "validation. Décidez à nouveau son éligibilité, puis revenez la placer."
    )
    assert derniere(refusee) == ("changement_entreprise", None, "CCAP, article 9.5")


def test_chaque_fait_donne_sert_a_sa_regle():
    """Début d'exécution, jour du quota, fin du PASS IAE : la règle qui s'en sert les reçoit."""
    au_demarrage = evaluer(ParametresRegle(point_depart="demarrage"))
    assert (au_demarrage.ouverture, au_demarrage.fenetre.fin) == (date(2024, 4, 2), date(2026, 4, 1))
    au_quota = evaluer(ParametresRegle(unite_duree="travail"), quota_atteint=date(2025, 6, 16))
    assert au_quota.fenetre == Periode(EMBAUCHE, date(2025, 6, 16))
    usuelles = ParametresRegle(durees_contrat=DUREES_USUELLES)
    cddi = contrat(type_contrat="cddi", fin=date(2025, 5, 12))
    assert evaluer(usuelles, contrats=[cddi], fin_pass=date(2025, 3, 31)).fenetre == Periode(
        EMBAUCHE, date(2025, 3, 31)
    )


# --- Refermer


def test_refermer_oublie_l_embauche_la_premiere_heure_et_les_contrats():
    """Rien de l'ancienne ouverture ne reste : ni dates, ni contrats, ni fenêtre."""
    usuelles = ParametresRegle(durees_contrat=DUREES_USUELLES)
    decision = evaluer(usuelles, contrats=[contrat()], premiere_heure=date(2024, 5, 14))
    assert decision.contrats
    assert decision.dates.premiere_heure == date(2024, 5, 14)
    fermee = refermer_fenetre(decision)
    assert (fermee.contrats, fermee.fenetre, fermee.ouverture) == ((), None, None)
    assert (fermee.dates.embauche, fermee.dates.premiere_heure) == (None, None)


def test_refermer_garde_l_ouverture_qu_une_autre_operation_impose():
    """La fenêtre ouverte le 01/07/2022 continue ; corriger un contrat ne la fait pas repartir de l'embauche."""
    parametres = ParametresRegle(changement_operation="continue", durees_contrat=DUREES_USUELLES)
    ailleurs = FaitClauseAnterieure(date(2020, 1, 6), date(2024, 6, 30), ouverte_le=date(2022, 7, 1))
    decision = evaluer(parametres, situations=[], embauche_anterieure=ailleurs, contrats=[contrat()])
    assert decision.ouverture == date(2022, 7, 1)
    assert refermer_fenetre(decision).debut_impose == date(2022, 7, 1)


def test_sans_raisons_de_fenetre_ne_garde_que_les_autres():
    """Validée le 20/05 pour une embauche du 13 : la raison de la fenêtre s'en va, celle de la situation reste."""
    tardive = evaluer(date_decision=date(2024, 5, 20))
    assert [raison.fait for raison in tardive.raisons] == ["RSA", "validation_tardive"]
    assert derniere(tardive) == ("validation_tardive", date(2024, 5, 20), "CCAP, article 9.6")
    nue = sans_raisons_de_fenetre(tardive)
    assert [raison.fait for raison in nue.raisons] == ["RSA"]
    assert (nue.fenetre, nue.ouverture) == (None, None)


# --- La fenêtre d'un contrat

PAR_ENTREPRISE = ParametresRegle(changement_entreprise="nouvelle_fenetre")


def par_entreprise():
    """L'entreprise A depuis le 13/05/2024, B depuis le 06/01/2025 : l'enveloppe va jusqu'au 05/01/2027."""
    attente = evaluer(PAR_ENTREPRISE, date_embauche=None)
    return ouvrir_fenetre(attente, date_embauche=EMBAUCHE, contrats=[contrat(), contrat("B", date(2025, 1, 6))])


def test_rien_d_ouvert_rien_pour_le_contrat():
    """Sans embauche, la décision n'a pas de fenêtre, aucun contrat n'en a."""
    assert fenetre_du_contrat(evaluer(PAR_ENTREPRISE, date_embauche=None), contrat()) is None


def test_un_contrat_de_plus_dans_une_entreprise_connue_garde_sa_fenetre():
    """A est connue depuis le 13/05/2024 : un autre contrat chez elle, même daté d'avant, ne déplace rien."""
    for debut in (date(2024, 5, 6), date(2025, 6, 2)):
        assert fenetre_du_contrat(par_entreprise(), contrat("A", debut)) == Periode(EMBAUCHE, date(2026, 5, 12))


def test_un_contrat_dans_une_entreprise_nouvelle_ouvre_la_sienne():
    """C depuis le 02/09/2024 : vingt-quatre mois jusqu'au 01/09/2026, dans l'enveloppe de la décision."""
    assert fenetre_du_contrat(par_entreprise(), contrat("C", date(2024, 9, 2))) == Periode(
        date(2024, 9, 2), date(2026, 9, 1)
    )


def test_une_ouverture_imposee_vaut_pour_chaque_contrat():
    """Ouverture imposée au 01/04/2024 : vingt-quatre mois jusqu'au 31/03/2026, et rien avant l'enveloppe."""
    imposee = replace(par_entreprise(), debut_impose=date(2024, 4, 1))
    assert fenetre_du_contrat(imposee, contrat()) == Periode(EMBAUCHE, date(2026, 3, 31))
