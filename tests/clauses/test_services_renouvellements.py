"""Renouveler, suivre le temps de travail, changer d'entreprise : ce que la base garde, et ce qu'elle refuse."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from beneficiaires.periodes import Periode
from clauses.models import Contrat, Eligibilite, ReleveHeures
from clauses.regles import Decision, Reponse
from clauses.services.constats import examiner_placement
from clauses.services.eligibilites import evaluer
from clauses.services.fenetres import fenetre_de, fenetre_saisissable
from clauses.services.heures import saisir_case
from clauses.services.marches import changer_regle
from clauses.services.placements import modifier_contrat, placer
from clauses.services.renouvellements import renouveler_eligibilite
from clauses.services.simulations import Hypothese, simuler
from tests.clauses.test_services_eligibilites import ATTRIBUTION, EMBAUCHE, Cadre
from tests.fabriques import AffectationFactory, ContratFactory, EngagementFactory, EntrepriseFactory, MarcheFactory

pytestmark = pytest.mark.django_db

AVIS = date(2026, 5, 4)
RENOUVELABLE = {"eligibilite": {"renouvellement": "avis"}}


@pytest.fixture(autouse=True)
def en_mai_2026():
    with time_machine.travel("2026-05-20T10:00:00+02:00", tick=False):
        yield


def placee(cadre: Cadre, **contrat) -> tuple[Eligibilite, Contrat]:
    """Assia, décidée le 15/04/2024 puis embauchée le 13/05/2024, par le service qui sert à l'écran."""
    eligibilite = cadre.decider()
    engagement = EngagementFactory(titulaire__lot__marche=cadre.marche)
    valeurs = {
        "beneficiaire": cadre.personne,
        "type_contrat": "cdi",
        "employeur": engagement.titulaire.entreprise,
        "date_debut": EMBAUCHE,
        "heures_hebdo": Decimal(35),
    }
    pose = placer(contrat=Contrat(**valeurs | contrat), engagements=[engagement], aujourd_hui=EMBAUCHE, par=None)
    eligibilite.refresh_from_db()
    return eligibilite, pose


def renouveler(eligibilite, cadre, **ecarts):
    arguments = {
        "eligibilite": eligibilite,
        "avis_date": AVIS,
        "organisme": "PLIE",
        "avis_texte": "La personne a besoin de temps pour finir sa formation.",
        "date_decision": date(2026, 5, 6),
        "utilisateur": cadre.claire,
    }
    return renouveler_eligibilite(**arguments | ecarts)


def test_renouveler_prolonge_la_fenetre_et_garde_l_avis():
    """Dernier jour 12/05/2026, 12 mois de plus : 12/05/2027. L'ancienne décision est remplacée, ses contrats suivent."""
    cadre = Cadre(options=RENOUVELABLE)
    ancienne, contrat = placee(cadre)
    nouvelle = renouveler(ancienne, cadre)
    assert nouvelle.fenetre == Periode(EMBAUCHE, date(2027, 5, 12))
    assert (nouvelle.renouvelle, nouvelle.avis_organisme, nouvelle.avis_date) == (ancienne, "PLIE", AVIS)
    assert contrat.affectations.get().eligibilite == nouvelle
    ancienne.refresh_from_db()
    assert (ancienne.est_courante, ancienne.date_fin) == (False, date(2026, 5, 12))


@pytest.mark.parametrize(
    ("regle", "ecarts", "phrase"),
    [
        ({}, {}, "La règle du marché ne prévoit pas de renouvellement."),
        (RENOUVELABLE, {"organisme": ""}, "Le marché demande l’avis motivé d’un de ces organismes"),
        (RENOUVELABLE, {"avis_date": date(2026, 5, 13)}, "suit la décision du 6 mai 2026"),
        (RENOUVELABLE, {"avis_date": date(2026, 5, 13), "date_decision": date(2026, 5, 20)}, "ne se prolonge plus"),
        (RENOUVELABLE, {"avis_texte": ""}, "Un renouvellement demande un avis motivé"),
    ],
)
def test_un_renouvellement_refuse_ne_change_rien(regle, ecarts, phrase):
    """Sans avis motivé d'un organisme nommé, trop tard, ou si le marché n'en prévoit pas : la décision reste en vigueur."""
    cadre = Cadre(options=regle)
    ancienne, _ = placee(cadre)
    with pytest.raises(ValidationError) as refus:
        renouveler(ancienne, cadre, **ecarts)
    assert phrase in " ".join(refus.value.messages)
    ancienne.refresh_from_db()
    assert (ancienne.est_courante, ancienne.date_fin) == (True, date(2026, 5, 12))
    assert Eligibilite.objects.count() == 1


def test_une_decision_renouvelee_n_est_pas_une_decision_tardive():
    """Décidée avant l'embauche, renouvelée deux ans après : ses heures ne disent pas « décidée après l'embauche »."""
    cadre = Cadre(options=RENOUVELABLE)
    nouvelle = renouveler(placee(cadre)[0], cadre)
    saisi = saisir_case(
        affectation=nouvelle.affectations.get(), nature="travail", mois=date(2026, 4, 1), heures=Decimal(120), version_lue=0,
        utilisateur=cadre.claire, aujourd_hui=date(2026, 5, 20),
    )  # fmt: skip
    assert nouvelle.date_decision > EMBAUCHE
    assert "decision_apres_embauche" not in set(saisi.constats.values_list("code", flat=True))


def test_un_seul_renouvellement_par_defaut():
    """Le deuxième est refusé : le marché en admet un."""
    cadre = Cadre(options=RENOUVELABLE)
    une = renouveler(placee(cadre)[0], cadre)
    with pytest.raises(ValidationError, match="il a déjà eu lieu"):
        renouveler(une, cadre)
    with pytest.raises(ValidationError, match="remplacée entre-temps"):
        renouveler(une.renouvelle, cadre)


def test_une_regle_changee_ensuite_ne_touche_ni_la_decision_ni_son_renouvellement():
    """La règle passe à 12 mois sans renouvellement : la décision prise se renouvelle avec ses propres paramètres."""
    cadre = Cadre(options=RENOUVELABLE)
    eligibilite, contrat = placee(cadre)
    gardee = dict(eligibilite.decision)
    changer_regle(marche=cadre.marche, valeurs={"duree_mois": 12}, sections={"eligibilite": {}}, par=cadre.claire)
    eligibilite.refresh_from_db()
    assert eligibilite.decision == gardee
    modifier_contrat(
        contrat=contrat, engagements=[a.engagement for a in contrat.affectations.all()], aujourd_hui=EMBAUCHE, par=None
    )
    eligibilite.refresh_from_db()
    assert eligibilite.date_fin == date(2026, 5, 12)
    assert renouveler(eligibilite, cadre).date_fin == date(2027, 5, 12)
    assert (
        evaluer(beneficiaire=cadre.personne, marche=cadre.marche, date_decision=AVIS).decision.parametres.duree_mois
        == 12
    )


def test_exemple_11_monsieur_q_passe_de_cdd_en_cdi():
    """Avec une durée par contrat, le CDD borne la fenêtre ; le CDI signé ensuite l'étend à 24 mois depuis l'embauche."""
    durees = {"cdi": {"mesure": "mois", "mois": 24}, "cdd": {"mesure": "contrat", "mois": 24}}
    cadre = Cadre(options={"eligibilite": {"durees_contrat": durees}})
    eligibilite, cdd = placee(cadre, type_contrat="cdd", date_fin=date(2024, 11, 12))
    assert eligibilite.fenetre == Periode(EMBAUCHE, date(2024, 11, 12))
    cdi = Contrat(
        beneficiaire=cadre.personne,
        type_contrat="cdi",
        employeur=cdd.employeur,
        date_debut=date(2024, 11, 13),
        heures_hebdo=Decimal(35),
    )
    placer(contrat=cdi, engagements=[cdd.affectations.get().engagement], aujourd_hui=date(2024, 11, 13), par=None)
    eligibilite.refresh_from_db()
    assert eligibilite.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))


def test_un_contrat_de_siae_demande_la_fin_du_pass():
    """Le placement dit ce qui manque ; la fin du PASS donnée à la décision, la fenêtre s'ouvre jusqu'à elle."""
    cadre = Cadre(options={"eligibilite": {"durees_contrat": {"siae": {"mesure": "agrement"}}}})
    siae = EntrepriseFactory(categorie="aci")
    with pytest.raises(ValidationError, match="date de fin du PASS IAE"):
        placee(cadre, type_contrat="cddi", employeur=siae, date_fin=date(2024, 11, 12))
    Eligibilite.objects.update(est_courante=False)
    eligibilite = cadre.decider(fin_pass=date(2026, 1, 13))
    cadre.placer(eligibilite)
    affectation = eligibilite.affectations.get()
    affectation.contrat.type_contrat = "cddi"
    affectation.contrat.save()
    modifier_contrat(contrat=affectation.contrat, engagements=[affectation.engagement], aujourd_hui=EMBAUCHE, par=None)
    eligibilite.refresh_from_db()
    assert eligibilite.date_fin == date(2026, 1, 13)


def test_une_fenetre_par_entreprise_se_saisit_entreprise_par_entreprise():
    """Deux entreprises, deux fenêtres : les heures de chacune se saisissent dans la sienne."""
    cadre = Cadre(options={"eligibilite": {"changement_entreprise": "nouvelle_fenetre"}})
    eligibilite, premier = placee(cadre)
    autre = EngagementFactory(titulaire__lot__marche=cadre.marche)
    second = Contrat(
        beneficiaire=cadre.personne,
        type_contrat="cdi",
        employeur=autre.titulaire.entreprise,
        date_debut=date(2025, 1, 6),
        heures_hebdo=Decimal(10),
    )
    placer(contrat=second, engagements=[autre], aujourd_hui=date(2025, 1, 6), par=None)
    eligibilite.refresh_from_db()
    assert eligibilite.fenetre == Periode(EMBAUCHE, date(2027, 1, 5))
    fenetres = {a.contrat_id: fenetre_de(a) for a in eligibilite.affectations.all()}
    assert fenetres == {
        premier.pk: Periode(EMBAUCHE, date(2026, 5, 12)),
        second.pk: Periode(date(2025, 1, 6), date(2027, 1, 5)),
    }


def test_changer_d_entreprise_demande_une_nouvelle_validation():
    """Le placement chez une autre entreprise est refusé avec sa phrase ; décidée à nouveau, la fenêtre continue."""
    cadre = Cadre(options={"eligibilite": {"changement_entreprise": "nouvelle_validation"}})
    _, premier = placee(cadre)
    autre = EngagementFactory(titulaire__lot__marche=cadre.marche)

    def second():
        return Contrat(
            beneficiaire=cadre.personne,
            type_contrat="cdi",
            employeur=autre.titulaire.entreprise,
            date_debut=date(2025, 1, 6),
            heures_hebdo=Decimal(10),
        )

    constats = examiner_placement(contrat=second(), engagements=[autre], aujourd_hui=date(2025, 1, 6))
    refus = [constat.phrase for constat in constats if constat.est_un_refus]
    assert len(refus) == 1
    assert "le marché demande une nouvelle validation" in refus[0]
    nouvelle = cadre.decider(motif="Changement d’entreprise vu.")
    assert premier.affectations.get().eligibilite == nouvelle
    placer(contrat=second(), engagements=[autre], aujourd_hui=date(2025, 1, 6), par=None)
    nouvelle.refresh_from_db()
    assert nouvelle.fenetre == Periode(EMBAUCHE, date(2026, 5, 12))


def test_en_temps_de_travail_la_fenetre_se_ferme_quand_les_heures_sont_atteintes():
    """Un mois de travail fait 133,92 h (1 607 ÷ 12) : 100 h en mai, 40 h en juin, la fenêtre se ferme le 30 juin ; 30 h, elle rouvre."""
    cadre = Cadre(duree_mois=1, options={"eligibilite": {"unite_duree": "travail"}})
    eligibilite, contrat = placee(cadre)
    assert eligibilite.fenetre == Periode(EMBAUCHE)
    affectation = contrat.affectations.get()

    def saisir(mois, heures, version=0):
        resultat = saisir_case(
            affectation=affectation,
            nature="travail",
            mois=mois,
            heures=Decimal(heures),
            version_lue=version,
            utilisateur=cadre.claire,
            aujourd_hui=date(2024, 12, 31),
        )
        assert isinstance(resultat, ReleveHeures)
        eligibilite.refresh_from_db()

    saisir(date(2024, 5, 1), 100)
    assert eligibilite.date_fin is None
    saisir(date(2024, 6, 1), 40)
    assert eligibilite.date_fin == date(2024, 6, 30)
    saisir(date(2024, 6, 1), 30, version=1)
    assert eligibilite.date_fin is None


@pytest.mark.parametrize("perimetre", ["operation", "marche"])
def test_une_fenetre_saisissable_par_marche(perimetre):
    """Un second marché de la même opération : sa fenêtre part de son premier contrat quand la règle est par marché."""
    cadre = Cadre(options={"eligibilite": {"perimetre": perimetre}})
    eligibilite, _ = placee(cadre)
    second = MarcheFactory(operation=cadre.operation, date_attribution=ATTRIBUTION, date_notification=ATTRIBUTION)
    affectation = AffectationFactory(
        contrat=ContratFactory(
            beneficiaire=cadre.personne, date_debut=date(2025, 1, 6), date_fin=None, type_contrat="cdi"
        ),
        engagement=EngagementFactory(titulaire__lot__marche=second),
        eligibilite=eligibilite,
    )
    attendue = date(2027, 1, 5) if perimetre == "marche" else date(2026, 5, 12)
    modifier_contrat(
        contrat=affectation.contrat, engagements=[affectation.engagement], aujourd_hui=date(2025, 1, 6), par=None
    )
    affectation = type(affectation).objects.get(pk=affectation.pk)
    assert fenetre_saisissable(affectation).fin == attendue


def test_et_si_ne_change_rien_et_dit_ce_que_la_regle_repondrait():
    """Embauche un mois plus tard : fenêtre un mois plus tard. Situation écartée : à compléter. La décision gardée ne bouge pas."""
    cadre = Cadre()
    eligibilite, _ = placee(cadre)
    arguments = {"beneficiaire": cadre.personne, "marche": cadre.marche, "regle": cadre.regle}
    plus_tard = simuler(**arguments, hypothese=Hypothese(date(2024, 4, 15), date(2024, 6, 13), {}))
    assert plus_tard.fenetre == Periode(date(2024, 6, 13), date(2026, 6, 12))
    sans = simuler(
        **arguments, hypothese=Hypothese(date(2024, 4, 15), None, {("RSA", cadre.situation.date_debut): None})
    )
    assert sans.reponse == Reponse.A_COMPLETER
    finie = {("RSA", cadre.situation.date_debut): (cadre.situation.date_debut, date(2024, 1, 31))}
    assert simuler(**arguments, hypothese=Hypothese(date(2024, 4, 15), None, finie)).reponse == Reponse.NON_ELIGIBLE
    avant = eligibilite.decision
    eligibilite.refresh_from_db()
    assert eligibilite.decision == avant
    assert Decision.depuis_json(avant).fenetre == Periode(EMBAUCHE, date(2026, 5, 12))
