"""Décider une éligibilité : les faits réunis, la décision gardée telle quelle, la fenêtre ouverte avec ses paramètres."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from beneficiaires.periodes import Periode
from clauses.models import Affectation, Eligibilite, RegleClause
from clauses.pourquoi import pourquoi_de
from clauses.regles import Decision
from clauses.services.eligibilites import decider_eligibilite, evaluer
from clauses.services.fenetres import (
    ajuster_fenetre,
    fenetre_a_la_premiere_heure,
    fenetre_saisissable,
    ouvrir_fenetre_a_la_premiere_heure,
)
from clauses.services.heures import saisir_case
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EngagementFactory,
    JustificatifFactory,
    MarcheFactory,
    OperationFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    SituationFactory,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db

# Exemple 3 : attribution et notification le 04/03/2024, embauche le 13/05/2024, première heure le 21/05/2024, 24 mois.
ATTRIBUTION = date(2024, 3, 4)
EMBAUCHE = date(2024, 5, 13)
PREMIERE_HEURE = date(2024, 5, 21)
DECISION = date(2024, 4, 15)


class Cadre:
    """Une structure, une opération attribuée le 04/03/2024, et une personne au RSA, attestation vue le 20/02/2024."""

    def __init__(self, **regle):
        self.structure = StructureFactory()
        self.claire = creer_utilisateur(self.structure)
        self.operation = OperationFactory(
            structure=self.structure, nom="Les Peupliers", date_debut=ATTRIBUTION, date_fin=date(2027, 6, 30)
        )
        self.marche = MarcheFactory(
            operation=self.operation,
            article="9.3",
            date_attribution=ATTRIBUTION,
            date_notification=ATTRIBUTION,
            date_debut=date(2024, 4, 1),
            date_fin=date(2027, 6, 30),
        )
        self.regle = RegleClauseFactory(marche=self.marche, **regle)
        self.personne = BeneficiaireFactory(structure=self.structure, prenom="Assia", nom_naissance="Benali")
        self.situation = SituationFactory(beneficiaire=self.personne, critere="RSA", date_debut=date(2023, 6, 1))
        self.piece = JustificatifFactory(
            situation=self.situation,
            piece="attestation RSA",
            date_piece=date(2024, 2, 12),
            vu_le=date(2024, 2, 20),
            vu_par=self.claire,
        )

    def decider(self, **ecarts) -> Eligibilite:
        arguments = {
            "beneficiaire": self.personne,
            "operation": self.operation,
            "marche": self.marche,
            "utilisateur": self.claire,
            "date_decision": DECISION,
        }
        return decider_eligibilite(**arguments | ecarts)

    def placer(self, eligibilite: Eligibilite, debut=EMBAUCHE, fin=date(2025, 5, 12)) -> Affectation:
        return AffectationFactory(
            contrat=ContratFactory(beneficiaire=self.personne, date_debut=debut, date_fin=fin),
            engagement=EngagementFactory(titulaire__lot__marche=self.marche),
            eligibilite=eligibilite,
        )


def test_la_decision_garde_les_faits_et_la_regle_appliquee():
    """La décision porte le critère, sa pièce, son témoin, la règle et la personne qui a décidé."""
    cadre = Cadre()
    eligibilite = cadre.decider(motif="Vue en entretien.")
    fait = eligibilite.decision["faits"][0]
    assert eligibilite.reponse == "eligible"
    assert (fait["critere"], fait["date_piece"], fait["vue_le"]) == ("RSA", "2024-02-12", "2024-02-20")
    assert fait["vue_par"] == cadre.claire.get_full_name()
    assert eligibilite.criteres_retenus == ["RSA"]
    assert (eligibilite.regle, eligibilite.decide_par, eligibilite.motif) == (
        cadre.regle,
        cadre.claire,
        "Vue en entretien.",
    )
    assert eligibilite.decision["parametres"]["duree_mois"] == 24


@pytest.mark.parametrize(
    ("point_depart", "fin"),
    [
        ("embauche", date(2026, 5, 12)),
        ("notification", date(2026, 3, 3)),
        ("premiere_heure", date(2026, 5, 20)),
    ],
)
def test_exemple_3_le_dernier_jour_suit_le_point_de_depart(point_depart, fin):
    """Exemple 3 : 12/05/2026 depuis l'embauche, 03/03/2026 depuis la notification, 20/05/2026 depuis la première heure."""
    cadre = Cadre(point_depart=point_depart)
    eligibilite = cadre.decider()
    cadre.placer(eligibilite)
    ajuster_fenetre(eligibilite=eligibilite)
    ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=PREMIERE_HEURE)
    eligibilite.refresh_from_db()
    assert eligibilite.date_fin == fin


def test_embauche_un_29_fevrier():
    """Embauche le 29/02/2024, 24 mois : dernier jour le 27/02/2026."""
    cadre = Cadre()
    cadre.marche.date_attribution = cadre.marche.date_notification = date(2024, 2, 26)
    cadre.marche.save()
    eligibilite = cadre.decider(date_decision=date(2024, 2, 27))
    cadre.placer(eligibilite, debut=date(2024, 2, 29))
    assert ajuster_fenetre(eligibilite=eligibilite).date_fin == date(2026, 2, 27)


def test_la_fenetre_attend_l_embauche():
    """Sans contrat, la décision est favorable et sa fenêtre vide ; le texte dit qu'elle s'ouvrira à l'embauche."""
    eligibilite = Cadre().decider()
    assert (eligibilite.date_debut, eligibilite.date_fin, eligibilite.fenetre) == (None, None, None)
    assert "s’ouvrira à l’embauche" in pourquoi_de(eligibilite).explication.reponse


def test_une_regle_changee_ensuite_ne_touche_pas_la_decision():
    """Une nouvelle règle (12 mois, sans RSA) laisse la décision, son texte et sa fenêtre, même ouverte après coup."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    avant, texte = eligibilite.decision, pourquoi_de(eligibilite).explication
    RegleClause.objects.filter(pk=cadre.regle.pk).update(
        duree_mois=12, point_depart="notification", criteres=["TH"], est_courante=False
    )
    RegleClauseFactory(marche=cadre.marche, version=2, duree_mois=12, criteres=["TH"])
    cadre.marche.article = "12"
    cadre.marche.save()
    eligibilite.refresh_from_db()
    assert eligibilite.decision == avant
    assert pourquoi_de(eligibilite).explication == texte
    cadre.placer(eligibilite)
    ouverte = ajuster_fenetre(eligibilite=eligibilite)
    assert (ouverte.date_debut, ouverte.date_fin) == (EMBAUCHE, date(2026, 5, 12))
    assert "CCAP, article 9.3" in pourquoi_de(ouverte).explication.source
    assert ouverte.decision["faits"] == avant["faits"]
    assert ouverte.decision["parametres"] == avant["parametres"]


def test_un_fait_change_ensuite_ne_touche_pas_la_decision():
    """Effacer la situation après coup ne change ni la décision ni son texte."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    texte = pourquoi_de(eligibilite).explication
    cadre.situation.delete()
    eligibilite.refresh_from_db()
    assert pourquoi_de(eligibilite).explication == texte
    assert "attestation RSA du 12 février 2024" in texte.texte


def test_decider_a_nouveau_remplace_sans_effacer():
    """La nouvelle décision est en vigueur, l'ancienne reste telle quelle, remplacée."""
    cadre = Cadre()
    ancienne = cadre.decider()
    gardee = ancienne.decision
    nouvelle = cadre.decider(date_decision=date(2024, 4, 20))
    ancienne.refresh_from_db()
    assert (ancienne.est_courante, nouvelle.est_courante) == (False, True)
    assert ancienne.decision == gardee
    assert Eligibilite.objects.count() == 2


def test_un_double_envoi_ne_decide_qu_une_fois():
    """La même décision envoyée deux fois ne fait pas deux lignes dans l'histoire."""
    cadre = Cadre()
    assert cadre.decider() == cadre.decider()
    assert Eligibilite.objects.count() == 1


def test_non_eligible_se_garde_aussi():
    """Une situation finie avant l'attribution : non éligible, gardé avec sa raison et sans critère retenu."""
    cadre = Cadre()
    cadre.situation.date_fin = date(2024, 1, 31)
    cadre.situation.save()
    eligibilite = cadre.decider()
    bloc = pourquoi_de(eligibilite)
    assert (eligibilite.reponse, eligibilite.criteres_retenus, bloc.etat) == ("non_eligible", [], "refus")
    assert "4 mars 2024" in bloc.explication.texte


def test_date_du_marche_manquante():
    """Sans date d'attribution, la réponse est « à compléter » et nomme la date."""
    cadre = Cadre()
    cadre.marche.date_attribution = None
    cadre.marche.save()
    decision = evaluer(beneficiaire=cadre.personne, marche=cadre.marche, date_decision=DECISION).decision
    assert decision.reponse == "a_completer"
    assert "date d’attribution" in decision.manques


def test_a_completer_ne_remplace_pas_une_decision():
    """Un dossier redevenu incomplet ne fait pas tomber la décision en vigueur."""
    cadre = Cadre()
    cadre.decider()
    cadre.piece.delete()
    with pytest.raises(ValidationError, match="reste en vigueur"):
        cadre.decider(date_decision=date(2024, 4, 20))
    assert Eligibilite.objects.get().est_courante


def test_la_reponse_vue_doit_etre_celle_que_l_on_garde():
    """Si les faits ont changé depuis l'affichage, rien n'est décidé."""
    cadre = Cadre()
    cadre.situation.date_fin = date(2024, 1, 31)
    cadre.situation.save()
    with pytest.raises(ValidationError, match="La réponse a changé"):
        cadre.decider(reponse_vue="eligible")
    assert not Eligibilite.objects.exists()


def test_une_decision_ne_date_pas_de_demain():
    """Une date de décision à venir est refusée avec une phrase."""
    with pytest.raises(ValidationError, match="jour à venir"):
        Cadre().decider(date_decision=date(2024, 4, 16), aujourd_hui=DECISION)


def test_un_marche_d_une_autre_operation_est_refuse():
    """Le marché doit être dans l'opération."""
    with pytest.raises(ValidationError, match="n’est pas dans cette opération"):
        Cadre().decider(marche=RegleClauseFactory().marche)


def test_une_personne_d_une_autre_structure_est_refusee():
    """On ne décide que pour une personne et une opération de sa structure."""
    with pytest.raises(ValidationError, match="de votre structure"):
        Cadre().decider(beneficiaire=BeneficiaireFactory())


def test_un_marche_sans_regle_le_dit():
    """Sans règle en vigueur, la phrase dit de l'écrire."""
    cadre = Cadre()
    RegleClause.objects.update(est_courante=False)
    with pytest.raises(ValidationError, match="pas encore de règle"):
        cadre.decider()


def test_la_validation_tardive_retire_les_heures_d_avant():
    """Décidée après l'embauche, marché sans régularisation : les heures comptent du jour de la décision, la fin ne bouge pas."""
    cadre = Cadre()
    eligibilite = cadre.decider(date_decision=date(2024, 6, 3))
    cadre.placer(eligibilite)
    ouverte = ajuster_fenetre(eligibilite=eligibilite)
    assert (ouverte.date_debut, ouverte.date_fin) == (date(2024, 6, 3), date(2026, 5, 12))


def test_une_embauche_d_avant_le_marche_ouvre_la_fenetre_a_l_attribution():
    """Un contrat plus ancien que la notification (Luna) : la fenêtre de l'opération part de l'attribution."""
    cadre = Cadre(validation_prealable=False)
    eligibilite = cadre.decider()
    cadre.placer(eligibilite, debut=date(2023, 11, 6))
    ouverte = ajuster_fenetre(eligibilite=eligibilite)
    assert (ouverte.date_debut, ouverte.date_fin) == (ATTRIBUTION, date(2026, 3, 3))
    assert "précède la notification" in pourquoi_de(ouverte).explication.texte


def test_corriger_l_embauche_deplace_la_fenetre():
    """Le contrat passe du 13/05 au 03/06/2024 : la fenêtre suit, jusqu'au 02/06/2026."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    affectation = cadre.placer(eligibilite)
    ajuster_fenetre(eligibilite=eligibilite)
    affectation.contrat.date_debut = date(2024, 6, 3)
    affectation.contrat.save()
    ouverte = ajuster_fenetre(eligibilite=eligibilite)
    assert (ouverte.date_debut, ouverte.date_fin) == (date(2024, 6, 3), date(2026, 6, 2))


def test_un_second_contrat_ne_rouvre_pas_la_fenetre():
    """CDD puis CDI (M. Q.) : la fenêtre reste celle de la première embauche."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    cadre.placer(eligibilite, fin=date(2024, 11, 12))
    cadre.placer(eligibilite, debut=date(2024, 11, 13), fin=None)
    assert ajuster_fenetre(eligibilite=eligibilite).date_fin == date(2026, 5, 12)


def test_sans_plus_aucun_contrat_la_fenetre_se_referme():
    """Le seul contrat est retiré : la décision attend de nouveau l'embauche, comme au premier jour."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    prise = eligibilite.decision
    affectation = cadre.placer(eligibilite)
    ajuster_fenetre(eligibilite=eligibilite)
    affectation.delete()
    refermee = ajuster_fenetre(eligibilite=eligibilite)
    assert (refermee.date_debut, refermee.date_fin) == (None, None)
    assert Decision.depuis_json(refermee.decision) == Decision.depuis_json(prise)


def test_une_fenetre_ne_bouge_pas_si_des_heures_en_sortent():
    """Des heures de mai 2024 empêchent de repousser l'embauche au 1er juillet ; le refus nomme le mois."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    affectation = cadre.placer(eligibilite)
    ajuster_fenetre(eligibilite=eligibilite)
    ReleveHeuresFactory(
        affectation=affectation,
        mois=date(2024, 5, 1),
        date_debut=date(2024, 5, 13),
        date_fin=date(2024, 5, 31),
        heures=Decimal(70),
    )
    affectation.contrat.date_debut = date(2024, 7, 1)
    affectation.contrat.save()
    with pytest.raises(ValidationError) as refus:
        ajuster_fenetre(eligibilite=eligibilite)
    assert "70\u00a0h en mai 2024" in refus.value.messages[0]


def test_la_premiere_heure_n_ouvre_que_les_fenetres_qui_l_attendent():
    """Une décision qui part de l'embauche ne bouge pas à la première heure."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    cadre.placer(eligibilite)
    ajuster_fenetre(eligibilite=eligibilite)
    ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=PREMIERE_HEURE)
    eligibilite.refresh_from_db()
    assert eligibilite.date_debut == EMBAUCHE


def test_une_premiere_heure_plus_ancienne_avance_la_fenetre():
    """Des heures retrouvées au 15/05 avancent la fenêtre ouverte au 21/05 ; une heure plus tardive n'y change rien."""
    cadre = Cadre(point_depart="premiere_heure")
    eligibilite = cadre.decider()
    cadre.placer(eligibilite)
    ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=PREMIERE_HEURE)
    eligibilite.refresh_from_db()
    assert fenetre_a_la_premiere_heure(eligibilite, date(2024, 5, 15)).fin == date(2026, 5, 14)
    ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=date(2024, 5, 15))
    ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=date(2024, 6, 1))
    eligibilite.refresh_from_db()
    assert (eligibilite.date_debut, eligibilite.date_fin) == (date(2024, 5, 15), date(2026, 5, 14))


def test_des_heures_se_saisissent_avant_que_la_premiere_soit_connue():
    """Partant de la première heure, on saisit depuis l'embauche, même après avoir saisi un mois plus récent."""
    cadre = Cadre(point_depart="premiere_heure")
    affectation = cadre.placer(cadre.decider())
    ajuster_fenetre(eligibilite=affectation.eligibilite)
    assert fenetre_saisissable(affectation).debut == EMBAUCHE
    ouvrir_fenetre_a_la_premiere_heure(eligibilite=affectation.eligibilite, jour=date(2024, 6, 3))
    affectation = Affectation.objects.get()
    assert affectation.eligibilite.fenetre.debut == date(2024, 6, 3)
    assert fenetre_saisissable(affectation) == Periode(EMBAUCHE, date(2026, 6, 2))


def test_la_fenetre_saisissable_est_celle_de_la_decision():
    """Partant de l'embauche, les heures se saisissent dans la fenêtre gardée, et nulle part si la réponse est non."""
    cadre = Cadre()
    affectation = cadre.placer(cadre.decider())
    ajuster_fenetre(eligibilite=affectation.eligibilite)
    affectation = Affectation.objects.get()
    assert fenetre_saisissable(affectation) == Periode(EMBAUCHE, date(2026, 5, 12))
    affectation.eligibilite.reponse = "non_eligible"
    assert fenetre_saisissable(affectation) is None


def test_saisir_les_premieres_heures_ouvre_la_fenetre():
    """Exemple 3 par la grille : 60 h du 21 au 31/05/2024 ouvrent la fenêtre jusqu'au 20/05/2026 ; des heures plus tôt l'avancent."""
    cadre = Cadre(point_depart="premiere_heure")
    affectation = cadre.placer(cadre.decider(), fin=None)
    ajuster_fenetre(eligibilite=affectation.eligibilite)

    def saisir(mois, debut, fin, heures):
        return saisir_case(
            affectation=affectation,
            nature="travail",
            mois=mois,
            heures=Decimal(heures),
            version_lue=0,
            utilisateur=cadre.claire,
            periode=Periode(debut, fin),
            aujourd_hui=date(2026, 11, 17),
        )

    def fenetre() -> Periode:
        return Eligibilite.objects.get().fenetre

    saisir(date(2024, 5, 1), PREMIERE_HEURE, date(2024, 5, 31), 60)
    assert fenetre() == Periode(PREMIERE_HEURE, date(2026, 5, 20))
    saisir(date(2026, 5, 1), date(2026, 5, 16), date(2026, 5, 18), 20)
    refus = saisir(date(2024, 5, 1), date(2024, 5, 13), date(2024, 5, 17), 10)
    assert "20\u00a0h en mai 2026" in refus.phrase
    assert fenetre() == Periode(PREMIERE_HEURE, date(2026, 5, 20))
    saisir(date(2024, 5, 1), date(2024, 5, 20), date(2024, 5, 20), 7)
    assert fenetre() == Periode(date(2024, 5, 20), date(2026, 5, 19))


def test_une_nouvelle_decision_reprend_les_contrats_en_place():
    """Décider à nouveau avec un contrat en cours : la fenêtre est ouverte d'emblée et le contrat passe sous la nouvelle décision."""
    cadre = Cadre()
    ancienne = cadre.decider()
    affectation = cadre.placer(ancienne)
    ajuster_fenetre(eligibilite=ancienne)
    RegleClause.objects.update(duree_mois=36)
    nouvelle = cadre.decider(date_decision=date(2024, 5, 2))
    affectation.refresh_from_db()
    assert affectation.eligibilite == nouvelle
    assert nouvelle.date_fin == date(2027, 5, 12)


def test_un_contrat_dont_les_heures_sortent_garde_sa_decision():
    """Des heures d'avant la nouvelle validation gardent l'ancienne décision : rien de validé ne change après coup."""
    cadre = Cadre()
    ancienne = cadre.decider()
    affectation = cadre.placer(ancienne)
    ajuster_fenetre(eligibilite=ancienne)
    ReleveHeuresFactory(
        affectation=affectation,
        mois=date(2024, 5, 1),
        date_debut=date(2024, 5, 13),
        date_fin=date(2024, 5, 31),
        heures=Decimal(70),
    )
    cadre.decider(date_decision=date(2024, 9, 2))
    affectation.refresh_from_db()
    assert affectation.eligibilite == ancienne


def test_modele_i1_deja_sous_clause_reste_eligible():
    """Modèle I1 : sous clause ailleurs à l'attribution, sans autre critère, elle reste éligible depuis l'attribution."""
    cadre = Cadre(modele="I1", validation_prealable=False)
    cadre.situation.delete()
    ailleurs = MarcheFactory(operation=OperationFactory(structure=cadre.structure))
    AffectationFactory(
        contrat=ContratFactory(beneficiaire=cadre.personne, date_debut=date(2023, 1, 9)),
        engagement=EngagementFactory(titulaire__lot__marche=ailleurs),
        eligibilite__date_debut=date(2023, 1, 9),
        eligibilite__date_fin=date(2025, 1, 8),
    )
    eligibilite = cadre.decider()
    assert eligibilite.reponse == "eligible"
    assert (eligibilite.date_debut, eligibilite.date_fin) == (ATTRIBUTION, date(2026, 3, 3))


def test_modele_i2_la_fenetre_part_du_premier_contrat_partout():
    """Modèle I2 : la fenêtre part du premier contrat de clause, fait sur une autre opération."""
    cadre = Cadre(modele="I2", point_depart="premier_contrat", validation_prealable=False)
    ailleurs = MarcheFactory(operation=OperationFactory(structure=cadre.structure))
    AffectationFactory(
        contrat=ContratFactory(beneficiaire=cadre.personne, date_debut=date(2023, 1, 9)),
        engagement=EngagementFactory(titulaire__lot__marche=ailleurs),
    )
    assert cadre.decider().date_fin == date(2025, 1, 8)


def test_l_avis_motive_dit_son_organisme():
    """Le critère « avis motivé » compte quand la situation nomme l'organisme, et reste à compléter sinon."""
    cadre = Cadre(criteres=["AUTRE_AVIS"])
    cadre.situation.critere = "AUTRE_AVIS"
    cadre.situation.save()
    sans = evaluer(beneficiaire=cadre.personne, marche=cadre.marche, date_decision=DECISION).decision
    cadre.situation.organisme_avis = "ML"
    cadre.situation.save()
    avec = evaluer(beneficiaire=cadre.personne, marche=cadre.marche, date_decision=DECISION).decision
    assert (sans.reponse, avec.reponse) == ("a_completer", "eligible")


def test_apprecie_a_l_embauche():
    """Un marché qui apprécie au jour de l'embauche demande cette date, puis répond."""
    cadre = Cadre(date_appreciation="embauche")
    sans = evaluer(beneficiaire=cadre.personne, marche=cadre.marche, date_decision=DECISION).decision
    avec = evaluer(
        beneficiaire=cadre.personne, marche=cadre.marche, date_decision=DECISION, embauche_prevue=EMBAUCHE
    ).decision
    assert sans.manques == ("date d’embauche",)
    assert (avec.reponse, avec.jour_appreciation, avec.fenetre.fin) == ("eligible", EMBAUCHE, date(2026, 5, 12))
