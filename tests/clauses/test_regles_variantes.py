"""Les variantes de la règle des 24 mois : types de contrat, temps de travail, entreprise, marché, opération, renouvellement."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles import (
    DatesFenetre,
    Decision,
    FaitClauseAnterieure,
    FaitSituation,
    FaitsMarche,
    FaitsPersonne,
    ParametresRegle,
    Refus,
    Reponse,
    evaluer_eligibilite,
    fenetre_eligibilite,
    ouvrir_fenetre,
    rediger_explication,
    refermer_fenetre,
)
from clauses.regles.choix import DUREES_USUELLES, MesureDuree
from clauses.regles.exemple import ecrire_exemples
from clauses.regles.faits import FaitContrat, FaitProlongation
from clauses.regles.fenetre import jour_du_quota
from clauses.regles.ouverture import fenetre_du_contrat
from clauses.regles.renouvellement import controler_renouvellement, quota_de, renouveler

MARCHE = FaitsMarche(date(2024, 3, 4), date(2024, 3, 4), date(2024, 4, 2), date(2027, 6, 30))
RSA = FaitSituation(
    "RSA", date(2023, 6, 1), date_piece=date(2024, 2, 20), vue_le=date(2024, 3, 1), vue_par="Claire Morel"
)
DECISION = date(2024, 5, 6)
EMBAUCHE = date(2024, 5, 13)
DATES = DatesFenetre(attribution=date(2024, 3, 4), embauche=EMBAUCHE, fin_operation=date(2027, 6, 30))
USUELLES = ParametresRegle(durees_contrat=DUREES_USUELLES)


def evaluer(parametres, **changements):
    """RSA prouvé, validé le 06/05/2024, embauche le 13/05/2024 ; `changements` en modifie un point."""
    arguments = {
        "parametres": parametres,
        "marche": MARCHE,
        "personne": FaitsPersonne(date(1984, 4, 8)),
        "situations": [RSA],
        "date_decision": DECISION,
        "date_embauche": EMBAUCHE,
    }
    return evaluer_eligibilite(**(arguments | changements))


def contrat(type_contrat="cdi", debut=EMBAUCHE, fin=None, entreprise="A", **champs):
    return FaitContrat(type_contrat, debut, fin, entreprise, f"Entreprise {entreprise}", **champs)


# --- La durée suit le type de contrat


@pytest.mark.parametrize(
    ("type_contrat", "fin_contrat", "fin"),
    [
        ("cdi", None, date(2026, 5, 12)),
        ("cdi_chantier", date(2025, 1, 31), date(2026, 5, 12)),
        ("cdd", date(2024, 11, 12), date(2024, 11, 12)),
        ("cdd", date(2026, 5, 12), date(2026, 5, 12)),
        ("cdd", date(2026, 5, 13), date(2026, 5, 12)),
        ("cddu", date(2024, 6, 30), date(2024, 6, 30)),
        ("apprentissage", date(2026, 8, 31), date(2026, 8, 31)),
        ("apprentissage", date(2027, 5, 12), date(2027, 5, 12)),
        ("apprentissage", date(2027, 5, 13), date(2027, 5, 12)),
        ("apprentissage", None, date(2027, 5, 12)),
        ("interim", date(2024, 5, 31), date(2026, 5, 12)),
        ("autre", date(2024, 5, 31), date(2026, 5, 12)),
    ],
)
def test_duree_par_type_de_contrat(type_contrat, fin_contrat, fin):
    """CDI 24 mois ; CDD le contrat, 24 mois au plus ; alternance le contrat, 36 au plus ; intérim 24 mois ; le reste, la règle."""
    fenetre = fenetre_eligibilite(USUELLES, DATES, contrats=[contrat(type_contrat, fin=fin_contrat)])
    assert fenetre == Periode(EMBAUCHE, fin)


@pytest.mark.parametrize("type_contrat", ["cddi", "ctti", "cdi_inclusion"])
def test_un_contrat_de_siae_suit_le_pass_donne_comme_un_fait(type_contrat):
    """La fin du PASS est donnée, jamais calculée ; si elle manque, elle est à compléter."""
    parametres = ParametresRegle(durees_contrat={"siae": {"mesure": "agrement"}})
    siae = [contrat(type_contrat, fin=date(2024, 9, 30))]
    avec = fenetre_eligibilite(parametres, replace(DATES, fin_pass=date(2026, 1, 13)), contrats=siae)
    assert avec == Periode(EMBAUCHE, date(2026, 1, 13))
    sans = fenetre_eligibilite(parametres, DATES, contrats=siae)
    assert sans.phrase == "À compléter\u00a0: date de fin du PASS IAE."
    decision = evaluer(parametres, contrats=siae)
    assert (decision.reponse, decision.manques) == (Reponse.A_COMPLETER, ("date de fin du PASS IAE",))


def test_le_pass_ne_touche_aucun_autre_contrat():
    """Ne pas confondre : la fin du PASS, même connue, ne change pas la fenêtre d'un CDD ordinaire ni d'une règle ordinaire."""
    dates = replace(DATES, fin_pass=date(2024, 6, 1))
    assert fenetre_eligibilite(USUELLES, dates, contrats=[contrat()]).fin == date(2026, 5, 12)
    assert fenetre_eligibilite(ParametresRegle(), dates, contrats=[contrat("cddi")]).fin == date(2026, 5, 12)


def test_exemple_11_monsieur_q_cdd_puis_cdi():
    """M. Q. : le CDD borne la fenêtre à sa fin ; le CDI qui suit chez le même employeur l'étend à 24 mois depuis l'embauche."""
    attente = evaluer(USUELLES, date_embauche=None)
    cdd = contrat("cdd", fin=date(2024, 11, 12))
    en_cdd = ouvrir_fenetre(attente, date_embauche=EMBAUCHE, contrats=[cdd])
    assert en_cdd.fenetre == Periode(EMBAUCHE, date(2024, 11, 12))
    cdi = contrat("cdi", debut=date(2024, 11, 13))
    en_cdi = ouvrir_fenetre(refermer_fenetre(en_cdd), date_embauche=EMBAUCHE, contrats=[cdd, cdi])
    assert en_cdi.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))


def test_un_contrat_de_plus_n_ote_rien():
    """Un CDD court après un CDI ne raccourcit pas la fenêtre."""
    cdi, cdd = contrat("cdi"), contrat("cdd", debut=date(2025, 1, 6), fin=date(2025, 2, 28))
    assert fenetre_eligibilite(USUELLES, DATES, contrats=[cdi, cdd]).fin == date(2026, 5, 12)


def test_un_contrat_fini_avant_l_ouverture():
    """Un CDD qui finit avant que la fenêtre s'ouvre ne la fait pas naître à l'envers : c'est un refus."""
    parametres = replace(USUELLES, point_depart="demarrage")
    dates = replace(DATES, demarrage=date(2024, 7, 1))
    refus = fenetre_eligibilite(parametres, dates, contrats=[contrat("cdd", fin=date(2024, 6, 30))])
    assert isinstance(refus, Refus)
    assert refus.code == "contrat_fini"
    juste = fenetre_eligibilite(parametres, dates, contrats=[contrat("cdd", fin=date(2024, 7, 1))])
    assert juste == Periode(date(2024, 7, 1), date(2024, 7, 1))


# --- En temps de travail


def test_24_mois_de_travail_font_3214_heures():
    """1 607 h pour douze mois : 3 214 h pour 24, 2 410,5 h pour 18 ; rien au calendrier."""
    assert ParametresRegle(unite_duree="travail").heures_de_la_duree == Decimal(3214)
    assert ParametresRegle(unite_duree="travail", duree_mois=18).heures_de_la_duree == Decimal("2410.5")
    assert ParametresRegle().heures_de_la_duree is None


@pytest.mark.parametrize(
    ("heures", "jour"),
    [
        ([], None),
        ([(date(2024, 5, 31), Decimal("99.99"))], None),
        ([(date(2024, 5, 31), Decimal(100))], date(2024, 5, 31)),
        ([(date(2024, 6, 30), Decimal(50)), (date(2024, 5, 31), Decimal(50))], date(2024, 6, 30)),
        (
            [(date(2024, 5, 31), Decimal(60)), (date(2024, 6, 30), Decimal(60)), (date(2024, 7, 31), Decimal(1))],
            date(2024, 6, 30),
        ),
    ],
)
def test_le_jour_ou_le_quota_est_atteint(heures, jour):
    """Le cumul se fait dans l'ordre des jours ; le quota tout juste atteint ferme la fenêtre ce jour-là."""
    assert jour_du_quota(heures, Decimal(100)) == jour


def test_la_fenetre_en_temps_de_travail_reste_ouverte_puis_se_ferme():
    """Pas encore atteinte : ouverte. Atteinte le 31/03/2026 : ce jour compte encore."""
    parametres = ParametresRegle(unite_duree="travail")
    assert fenetre_eligibilite(parametres, DATES) == Periode(EMBAUCHE)
    atteinte = replace(DATES, quota_atteint=date(2026, 3, 31))
    assert fenetre_eligibilite(parametres, atteinte) == Periode(EMBAUCHE, date(2026, 3, 31))
    phrase = rediger_explication(evaluer(parametres), operation="Les Peupliers", personne="Assia").reponse
    assert phrase == "Éligible sur Les Peupliers, jusqu’à 3\u00a0214\u00a0h de travail"


@given(
    st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 200)), max_size=40),
    st.integers(1, 3000),
    st.integers(0, 500),
)
def test_un_quota_plus_grand_ne_ferme_jamais_plus_tot(heures, quota, de_plus):
    """La fenêtre en heures ne rétrécit jamais quand la durée grandit."""
    lignes = [(jour, Decimal(n)) for jour, n in heures]
    court, long = jour_du_quota(lignes, Decimal(quota)), jour_du_quota(lignes, Decimal(quota + de_plus))
    assert (court or date.max) <= (long or date.max)


@given(
    st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 200)), max_size=40),
    st.integers(1, 3000),
    st.integers(-3000, 3000),
)
def test_decaler_les_heures_decale_le_jour(heures, quota, jours):
    """Décaler toutes les dates du même nombre de jours décale la réponse d'autant (durée en heures, sans mois de calendrier)."""
    ecart = timedelta(days=jours)
    lignes = [(jour, Decimal(n)) for jour, n in heures]
    avant = jour_du_quota(lignes, Decimal(quota))
    apres = jour_du_quota([(jour + ecart, n) for jour, n in lignes], Decimal(quota))
    assert apres == (None if avant is None else avant + ecart)


@given(st.dates(date(2010, 1, 1), date(2035, 1, 1)), st.integers(-2000, 2000), st.integers(1, 900))
def test_decaler_un_cdd_decale_sa_fenetre(debut, jours, duree):
    """Un CDD dont la fenêtre est le contrat : tout décaler du même nombre de jours la décale d'autant.

    Ce qui compte des mois de calendrier ne le peut pas (24 mois font 730 ou 731 jours) : on l'affirme des durées en jours.
    """
    parametres = ParametresRegle(durees_contrat={"cdd": {"mesure": "contrat", "mois": None}})
    ecart, fin = timedelta(days=jours), debut + timedelta(days=duree)

    def fenetre(de):
        dates = DatesFenetre(embauche=debut + de)
        return fenetre_eligibilite(parametres, dates, contrats=[contrat("cdd", debut + de, fin + de)])

    avant, apres = fenetre(timedelta(0)), fenetre(ecart)
    assert apres == Periode(avant.debut + ecart, avant.fin + ecart)


@given(
    st.sampled_from(["cdi", "cdd", "apprentissage", "interim", "autre"]),
    st.dates(date(2024, 5, 13), date(2030, 1, 1)),
    st.integers(1, 60),
    st.integers(0, 60),
)
def test_une_duree_par_contrat_plus_longue_ne_retrecit_rien(type_contrat, fin, mois, de_plus):
    """Pour tout type de contrat, une durée plus longue contient la fenêtre plus courte."""

    def fenetre(n):
        durees = {
            famille: replace(duree, mois=n)
            for famille, duree in DUREES_USUELLES.items()
            if duree.mesure != MesureDuree.AGREMENT
        }
        return fenetre_eligibilite(
            ParametresRegle(durees_contrat=durees, duree_mois=n), DATES, contrats=[contrat(type_contrat, fin=fin)]
        )

    assert fenetre(mois + de_plus).contient_periode(fenetre(mois))


# --- Changer d'entreprise, de marché, d'opération


def test_par_defaut_changer_d_entreprise_ne_change_rien():
    """Une règle qui n'en dit rien garde la même fenêtre."""
    decision = evaluer(ParametresRegle(), contrats=[contrat(), contrat(entreprise="B", debut=date(2025, 1, 6))])
    assert decision.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))
    assert decision.contrats == ()


def test_une_nouvelle_fenetre_par_entreprise():
    """Chaque entreprise ouvre 24 mois depuis l'embauche chez elle ; la décision en garde l'enveloppe."""
    parametres = ParametresRegle(changement_entreprise="nouvelle_fenetre")
    a, b = contrat(), contrat(entreprise="B", debut=date(2025, 1, 6))
    decision = ouvrir_fenetre(evaluer(parametres, date_embauche=None), date_embauche=EMBAUCHE, contrats=[a, b])
    assert decision.fenetre == Periode(EMBAUCHE, date(2027, 1, 5))
    assert fenetre_du_contrat(decision, a) == Periode(EMBAUCHE, date(2026, 5, 12))
    assert fenetre_du_contrat(decision, b) == Periode(date(2025, 1, 6), date(2027, 1, 5))


def test_une_fenetre_par_marche():
    """Deux marchés de l'opération : chacun ouvre la sienne depuis le premier contrat qui le sert."""
    parametres = ParametresRegle(perimetre="marche")
    un, deux = contrat(marche="M1"), contrat(marche="M2", debut=date(2024, 9, 2))
    decision = ouvrir_fenetre(evaluer(parametres, date_embauche=None), date_embauche=EMBAUCHE, contrats=[un, deux])
    assert fenetre_du_contrat(decision, un).fin == date(2026, 5, 12)
    assert fenetre_du_contrat(decision, deux) == Periode(date(2024, 9, 2), date(2026, 9, 1))


def test_une_fenetre_par_entreprise_compte_depuis_le_premier_contrat_chez_elle():
    """Assia revient dans la même entreprise sur une nouvelle opération : la fenêtre de l'entreprise court depuis juin 2023."""
    parametres = ParametresRegle(perimetre="entreprise")
    assia = contrat("ctti", premier_dans_l_entreprise=date(2023, 6, 1))
    decision = ouvrir_fenetre(evaluer(parametres, date_embauche=None), date_embauche=EMBAUCHE, contrats=[assia])
    assert decision.fenetre == Periode(DECISION, date(2025, 5, 31))
    ailleurs = ouvrir_fenetre(evaluer(parametres, date_embauche=None), date_embauche=EMBAUCHE, contrats=[contrat()])
    assert ailleurs.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))


def test_un_changement_d_entreprise_a_valider_a_nouveau():
    """La deuxième entreprise attend une décision prise en connaissant la première ; alors la fenêtre continue."""
    parametres = ParametresRegle(changement_entreprise="nouvelle_validation")
    a, b = contrat(), contrat(entreprise="B", debut=date(2025, 1, 6))
    premiere = evaluer(parametres, date_embauche=None)
    assert ouvrir_fenetre(premiere, date_embauche=EMBAUCHE, contrats=[a]).est_eligible
    refusee = ouvrir_fenetre(premiere, date_embauche=EMBAUCHE, contrats=[a, b])
    assert refusee.reponse == Reponse.NON_ELIGIBLE
    assert refusee.raisons[-1].fait == "changement_entreprise"
    assert "Entreprise A, puis Entreprise B" in refusee.raisons[-1].texte
    nouvelle = evaluer(parametres, contrats=[a], date_decision=DECISION)
    placee = ouvrir_fenetre(refermer_fenetre(nouvelle), date_embauche=EMBAUCHE, contrats=[a, b])
    assert placee.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))


@pytest.mark.parametrize(
    ("embauche", "continue_"),
    [(date(2024, 6, 30), True), (date(2024, 7, 1), False)],
)
def test_d_une_operation_a_l_autre_la_fenetre_continue(embauche, continue_):
    """« La fenêtre continue » : sans nouvel examen ni nouveau départ, tant qu'elle court ; ensuite, examen ordinaire."""
    parametres = ParametresRegle(changement_operation="continue")
    ailleurs = FaitClauseAnterieure(date(2020, 1, 6), date(2024, 6, 30), ouverte_le=date(2022, 7, 1))
    decision = evaluer(parametres, situations=[], embauche_anterieure=ailleurs, date_embauche=embauche)
    if continue_:
        assert decision.fenetre == Periode(DECISION, date(2024, 6, 30))
        assert [raison.fait for raison in decision.raisons] == ["fenetre_continue"]
    else:
        assert decision.reponse == Reponse.A_COMPLETER


def test_par_defaut_une_autre_operation_demande_un_nouvel_examen():
    """Exemple 11, Assia : sans cette option, une nouvelle opération demande une nouvelle décision, avec ses pièces."""
    ailleurs = FaitClauseAnterieure(date(2022, 7, 1), date(2024, 6, 30))
    assert evaluer(ParametresRegle(), situations=[], embauche_anterieure=ailleurs).reponse == Reponse.A_COMPLETER


# --- Renouveler


RENOUVELABLE = ParametresRegle(renouvellement="avis")


def test_un_avis_motive_ajoute_les_mois_du_marche():
    """24 mois jusqu'au 12/05/2026, renouvelés de 12 mois : dernier jour le 12/05/2027, le début ne bouge pas."""
    renouvelee = renouveler(
        evaluer(RENOUVELABLE), avis_date=date(2026, 5, 12), organisme="PLIE", date_decision=date(2026, 5, 20)
    )
    assert renouvelee.fenetre == Periode(EMBAUCHE, date(2027, 5, 12))
    assert renouvelee.prolongations == (FaitProlongation(date(2026, 5, 12), "PLIE", 12),)
    assert (renouvelee.date_decision, renouvelee.validee_le) == (date(2026, 5, 20), DECISION)
    assert renouvelee.raisons[-1].texte == (
        "Renouvelée de 12\u00a0mois le 20 mai 2026, sur avis motivé du 12 mai 2026 (PLIE)."
    )
    assert renouvelee.faits == evaluer(RENOUVELABLE).faits


@pytest.mark.parametrize(
    ("parametres", "ecarts", "code"),
    [
        (ParametresRegle(), {}, "renouvellement_absent"),
        (RENOUVELABLE, {"organisme": ""}, "organisme_avis"),
        (RENOUVELABLE, {"organisme": "MAIRIE"}, "organisme_avis"),
        (replace(RENOUVELABLE, organismes_avis=("FT",)), {}, "organisme_avis"),
        (RENOUVELABLE, {"avis_date": date(2026, 5, 13), "date_decision": date(2026, 5, 13)}, "avis_tardif"),
        (RENOUVELABLE, {"avis_date": date(2026, 5, 2)}, "avis_futur"),
    ],
)
def test_un_renouvellement_refuse(parametres, ecarts, code):
    """Sans renouvellement prévu, sans organisme nommé que le marché admet, après la fin, ou daté d'après la décision."""
    arguments = {"avis_date": date(2026, 5, 1), "organisme": "PLIE", "date_decision": date(2026, 5, 1)} | ecarts
    refus = renouveler(evaluer(parametres), **arguments)
    assert isinstance(refus, Refus)
    assert refus.code == code


def test_un_seul_renouvellement_quand_le_marche_n_en_admet_qu_un():
    """Le deuxième est refusé, sauf si le marché en admet deux."""
    avis = {"avis_date": date(2026, 5, 1), "organisme": "ML", "date_decision": date(2026, 5, 1)}
    une = renouveler(evaluer(RENOUVELABLE), **avis)
    assert controler_renouvellement(une).phrase == "Le marché admet 1\u00a0renouvellement\u00a0: il a déjà eu lieu."
    deux_fois = replace(RENOUVELABLE, renouvellements_maximum=2, renouvellement_mois=6)
    deux = renouveler(renouveler(evaluer(deux_fois), **avis), **avis)
    assert deux.fenetre.fin == date(2027, 5, 12)


def test_une_decision_sans_fenetre_ou_defavorable_ne_se_renouvelle_pas():
    """Il faut une fenêtre ouverte à prolonger, et qu'elle ait une fin."""
    assert controler_renouvellement(evaluer(RENOUVELABLE, date_embauche=None)).code == "rien_a_renouveler"
    assert controler_renouvellement(evaluer(RENOUVELABLE, situations=[])).code == "rien_a_renouveler"


@pytest.mark.parametrize(("piece", "accorde"), [(date(2026, 4, 1), True), (date(2024, 2, 20), False)])
def test_un_nouveau_diagnostic_rouvre_la_duree_entiere(piece, accorde):
    """Les critères sont réexaminés au jour de l'avis ; la durée repart de ce jour, le début de la fenêtre ne bouge pas."""
    parametres = ParametresRegle(renouvellement="diagnostic")
    resultat = renouveler(
        evaluer(parametres),
        avis_date=date(2026, 5, 4),
        organisme="FT",
        date_decision=date(2026, 5, 6),
        personne=FaitsPersonne(date(1984, 4, 8)),
        situations=[replace(RSA, date_piece=piece, vue_le=date(2026, 5, 4))],
    )
    if accorde:
        assert resultat.fenetre == Periode(EMBAUCHE, date(2028, 5, 3))
    else:
        assert resultat.code == "diagnostic_insuffisant"
        assert "pièce pour «\u00a0Bénéficiaire du RSA\u00a0»" in resultat.phrase


def test_renouveler_en_temps_de_travail_ajoute_des_heures():
    """12 mois de plus font 1 607 h de plus ; la date, elle, suit les heures."""
    parametres = replace(RENOUVELABLE, unite_duree="travail")
    decision = evaluer(parametres)
    assert quota_de(decision) == Decimal(3214)
    renouvelee = renouveler(decision, avis_date=date(2025, 1, 6), organisme="FT", date_decision=date(2025, 1, 6))
    assert quota_de(renouvelee) == Decimal(4821)
    assert renouvelee.fenetre == Periode(EMBAUCHE)


def test_corriger_l_embauche_garde_le_renouvellement():
    """Une embauche corrigée déplace la fenêtre ; le renouvellement suit."""
    avis = {"avis_date": date(2026, 5, 1), "organisme": "ML", "date_decision": date(2026, 5, 1)}
    renouvelee = renouveler(evaluer(RENOUVELABLE), **avis)
    corrigee = ouvrir_fenetre(refermer_fenetre(renouvelee), date_embauche=date(2024, 5, 27))
    assert corrigee.fenetre == Periode(date(2024, 5, 27), date(2027, 5, 26))
    assert [r.fait for r in corrigee.raisons].count("renouvellement") == 1


# --- Critères propres au marché


def test_piece_validite_et_organismes_du_marche():
    """Le marché fixe sa pièce, sa validité et qui donne l'avis motivé ; ce qui manque les nomme."""
    parametres = ParametresRegle(pieces={"RSA": "notification de la CAF"}, validites={"RSA": 2})
    vieille = replace(RSA, date_piece=date(2024, 1, 3))
    decision = evaluer(parametres, situations=[vieille], date_decision=date(2024, 5, 6))
    assert decision.manques == (
        "pièce pour «\u00a0Bénéficiaire du RSA\u00a0» (notification de la CAF) de moins de 2\u00a0mois",
    )
    assert evaluer(parametres, situations=[replace(RSA, date_piece=date(2024, 1, 5))]).est_eligible
    sans_limite = ParametresRegle(validites={"RSA": None})
    assert evaluer(sans_limite, situations=[replace(RSA, date_piece=None)]).est_eligible
    avis = FaitSituation("AUTRE_AVIS", date(2024, 1, 1), date_piece=date(2024, 3, 1), vue_le=DECISION, organisme="PLIE")
    refuse = evaluer(ParametresRegle(organismes_avis=("FT", "ML")), situations=[avis])
    assert refuse.manques == ("organisme qui donne l’avis motivé (France Travail, Mission locale)",)
    assert evaluer(ParametresRegle(organismes_avis=("PLIE",)), situations=[avis]).est_eligible


# --- Ce qui est gardé


def test_une_decision_ancienne_se_relit():
    """Une décision gardée avant ces paramètres se relit avec leurs valeurs par défaut, et sa fenêtre ne bouge pas."""
    decision = evaluer(ParametresRegle(article="9.3"))
    ancienne = decision.vers_json()
    for nom in ("contrats", "entreprises_connues", "prolongations"):
        del ancienne[nom]
    connus = {
        "duree_mois", "point_depart", "date_appreciation", "perimetre", "criteres", "criteres_minimum", "ages",
        "embauche_anterieure", "embauche_anterieure_mois", "validation_prealable", "regularisation_jours", "modele",
        "version", "document", "article", "articles",
    }  # fmt: skip
    ancienne["parametres"] = {nom: valeur for nom, valeur in ancienne["parametres"].items() if nom in connus}
    ancienne["dates"] = {nom: v for nom, v in ancienne["dates"].items() if nom not in ("quota_atteint", "fin_pass")}
    assert Decision.depuis_json(json.loads(json.dumps(ancienne))) == decision


@pytest.mark.parametrize(
    "decision",
    [
        evaluer(USUELLES, contrats=[contrat("cdd", fin=date(2024, 11, 12))]),
        evaluer(ParametresRegle(perimetre="entreprise"), contrats=[contrat(premier_dans_l_entreprise=EMBAUCHE)]),
        evaluer(ParametresRegle(mois_a_cheval="prorata", validites={"RSA": None})),
        renouveler(evaluer(RENOUVELABLE), avis_date=date(2026, 5, 1), organisme="FT", date_decision=date(2026, 5, 1)),
    ],
)
def test_une_decision_se_relit_avec_toutes_ses_variantes(decision):
    """Écrite en JSON puis relue, la décision est la même."""
    assert Decision.depuis_json(json.loads(json.dumps(decision.vers_json()))) == decision


def test_la_redaction_du_marche_se_cite():
    """L'explication cite l'article et la phrase du marché pour ce qui a joué, et rien pour le reste."""
    parametres = ParametresRegle(
        articles={"duree_mois": "9.3.2"},
        textes={"duree_mois": "La durée est de vingt-quatre mois.", "renouvellement": "Sur avis du PLIE."},
    )
    explication = rediger_explication(evaluer(parametres), operation="Les Peupliers", personne="Assia")
    assert [(c.terme, c.detail) for c in explication.citations] == [
        ("CCAP, article 9.3.2", "La durée est de vingt-quatre mois.")
    ]


# --- L'exemple de la règle


def test_un_exemple_pour_chaque_variante():
    """L'exemple ordinaire d'abord, puis un par type de contrat et un pour le renouvellement."""
    parametres = replace(USUELLES, renouvellement="avis", renouvellement_mois=6)
    marche = FaitsMarche(date(2024, 3, 4), date(2024, 3, 4))
    assert [phrase.replace("\u00a0", " ") for phrase in ecrire_exemples(parametres, marche, EMBAUCHE)] == [
        "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026",
        "CDI → jusqu’au 12/05/2026",
        "CDD de 6 mois → jusqu’au 12/11/2024",
        "Alternance de 36 mois → jusqu’au 12/05/2027",
        "Intérim de 1 mois → jusqu’au 12/05/2026",
        "CDDI, CTTI, CDI inclusion → jusqu’à la fin du PASS IAE",
        "Renouvelée une fois → jusqu’au 12/11/2026",
    ]
    travail = ecrire_exemples(ParametresRegle(unite_duree="travail"), marche, EMBAUCHE)
    assert travail == ["Embauchée le 13/05/2024 → heures comptées jusqu’à 3\u00a0214\u00a0h de travail"]
