"""Chaque sorte d'échéance : quand elle se signale, quand elle ne se signale pas, et ce qui la fait disparaître de l'écran aussitôt."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clauses.models import CumulMensuel, ReponseEligibilite
from parcours.models import Parcours, Sortie, Suivi
from reporting.alertes import Compte, signaler_echeances
from reporting.models import Alerte, ReglageEcheances, SeuilAlerte, TypeAlerte
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    JustificatifFactory,
    LotFactory,
    MarcheFactory,
    OrientationFactory,
    ReleveHeuresFactory,
    SituationFactory,
    TitulaireFactory,
    UtilisateurFactory,
)

JOUR = date(2026, 11, 17)
PARIS = ZoneInfo("Europe/Paris")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)


def signalees(type_alerte: str, jour: date = JOUR) -> list[tuple[date, str]]:
    """Les échéances ouvertes de cette sorte après le travail de nuit : leur date et leur tranche."""
    signaler_echeances(jour=jour)
    return list(Alerte.objects.ouvertes(jour).filter(type_alerte=type_alerte).values_list("date_echeance", "seuil"))


# Ce qui finit --------------------------------------------------------------------------------------------------------


def test_contrat():
    """Le 1er décembre est dans 14 jours ; sa fin anticipée, le 20 novembre, l'emporte."""
    contrat = ContratFactory(date_fin=date(2026, 12, 1))
    assert signalees("contrat") == [(date(2026, 12, 1), "j30")]
    contrat.date_rupture = date(2026, 11, 20)
    contrat.save()
    assert signalees("contrat") == [(date(2026, 11, 20), "j30")]
    alerte = Alerte.objects.ouvertes().get()
    assert (alerte.structure, alerte.beneficiaire) == (contrat.beneficiaire.structure, contrat.beneficiaire)


def test_contrat_suivi_d_un_autre_ou_sans_fin():
    """Un contrat que suit un autre, ou un CDI, n'annonce rien ; le second annonce sa propre fin."""
    contrat = ContratFactory(date_fin=date(2026, 12, 1))
    ContratFactory(beneficiaire=contrat.beneficiaire, date_debut=date(2026, 12, 2), date_fin=date(2027, 2, 1))
    ContratFactory(date_fin=None)
    assert signalees("contrat") == [(date(2027, 2, 1), "j90")]  # dans 76 jours


def test_marche():
    """Le 10 janvier est dans 54 jours ; l'échéance mène à l'opération, pas à une personne."""
    marche = MarcheFactory(date_fin=date(2027, 1, 10))
    LotFactory(marche=marche)
    assert signalees("marche") == [(date(2027, 1, 10), "j60")]
    alerte = Alerte.objects.get()
    assert (alerte.structure, alerte.operation, alerte.beneficiaire) == (
        marche.operation.structure,
        marche.operation,
        None,
    )


def test_marche_dont_tous_les_lots_sont_clos():
    """Un lot clos et un lot ouvert : la fin compte encore ; tous clos : plus rien à faire."""
    marche = MarcheFactory(date_fin=date(2027, 1, 10))
    lots = [LotFactory(marche=marche, clos_le=date(2026, 10, 1)), LotFactory(marche=marche)]
    assert len(signalees("marche")) == 1
    lots[1].clos_le = date(2026, 11, 2)
    lots[1].save()
    assert signalees("marche") == []


def test_situation():
    """Une RQTH jusqu'au 1er février, dans 76 jours ; une situation sans fin n'annonce rien."""
    SituationFactory(critere="TH", date_fin=date(2027, 2, 1))
    SituationFactory(critere="RSA")
    assert signalees("situation") == [(date(2027, 2, 1), "j90")]


def test_situation_renouvelee():
    """La RQTH suivante est déjà enregistrée : la première n'a plus rien à annoncer."""
    rqth = SituationFactory(critere="TH", date_fin=date(2026, 12, 1))
    SituationFactory(beneficiaire=rqth.beneficiaire, critere="TH", date_debut=date(2026, 12, 2))
    SituationFactory(beneficiaire=rqth.beneficiaire, critere="QPV", date_debut=date(2026, 12, 2))
    assert signalees("situation") == []


# Ce qui attend -------------------------------------------------------------------------------------------------------


def decision_a_completer(embauche: str, **champs):
    decision = EligibiliteFactory(reponse=ReponseEligibilite.A_COMPLETER, date_debut=None, date_fin=None, **champs)
    decision.decision["dates"]["embauche"] = embauche
    decision.save()
    return decision


@pytest.mark.parametrize(
    ("embauche", "attendu"),
    [
        ("2026-12-02", [(date(2026, 12, 2), "a_faire")]),  # dans 15 jours
        ("2026-12-03", []),  # dans 16 jours
        ("2026-11-16", [(date(2026, 11, 16), "depassee")]),
    ],
)
def test_decision_manquante(embauche, attendu):
    """Une décision « à compléter » dont l'embauche prévue approche."""
    decision = decision_a_completer(embauche)
    assert signalees("decision_manquante") == attendu
    if attendu:
        assert Alerte.objects.get().operation == decision.operation


def test_decision_manquante_d_un_contrat_a_venir():
    """Le contrat commence le 30 novembre et la décision en vigueur n'est plus favorable : dans 13 jours."""
    contrat = ContratFactory(date_debut=date(2026, 11, 30), date_fin=date(2027, 11, 29))
    affectation = AffectationFactory(contrat=contrat)
    assert signalees("decision_manquante") == []  # la décision est favorable
    affectation.eligibilite.reponse = ReponseEligibilite.NON_ELIGIBLE
    affectation.eligibilite.save()
    assert signalees("decision_manquante") == [(date(2026, 11, 30), "a_faire")]


def test_mois_sans_heures():
    """Contrat depuis le 2 mars, heures d'avril à août et d'octobre : seul septembre manque."""
    affectation = AffectationFactory()
    for mois in (3, 4, 5, 6, 7, 8, 10):
        ReleveHeuresFactory(affectation=affectation, mois=date(2026, mois, 1))
    assert signalees("mois_sans_heures") == [(date(2026, 9, 30), "a_faire")]
    ReleveHeuresFactory(affectation=affectation, mois=date(2026, 9, 1), heures=Decimal(0))  # zéro heure est une réponse
    assert signalees("mois_sans_heures") == []


def test_mois_sans_heures_attend_dix_jours():
    """Octobre finit le 31 : le 9 novembre il n'est pas encore signalé, le 10 il l'est."""
    affectation = AffectationFactory(contrat__date_debut=date(2026, 10, 5))
    assert signalees("mois_sans_heures", date(2026, 11, 9)) == []
    assert signalees("mois_sans_heures", date(2026, 11, 10)) == [(date(2026, 10, 31), "a_faire")]
    lot = affectation.engagement.titulaire.lot
    lot.clos_le = date(2026, 11, 10)
    lot.save()
    assert signalees("mois_sans_heures", date(2026, 11, 11)) == []


def engagement_valide(heures: str):
    """1 000 h dues du 2 mars 2026 au 30 juin 2027 : 486 jours, 244 écoulés au 31 octobre, donc 502,06 h attendues."""
    engagement = EngagementFactory()
    CumulMensuel.objects.create(engagement=engagement, mois=date(2026, 10, 1), validees_heures=Decimal(heures))
    return engagement


@pytest.mark.parametrize(("heures", "attendu"), [("451.84", [(date(2026, 10, 31), "a_faire")]), ("451.86", [])])
def test_rythme(heures, attendu):
    """90 % de 502,06 h font 451,85 h : en dessous, le titulaire est signalé au dernier mois clos."""
    engagement = engagement_valide(heures)
    assert signalees("rythme") == attendu
    if attendu:
        alerte = Alerte.objects.get(type_alerte="rythme")
        assert alerte.objet == engagement.pk
        assert alerte.operation == engagement.titulaire.lot.marche.operation


def test_rythme_au_seuil_de_la_structure():
    """À 50 %, il faut 251,03 h : 251,02 h est en retard, 252 h ne l'est pas."""
    for heures in ("251.02", "252"):
        structure = engagement_valide(heures).titulaire.lot.marche.operation.structure
        ReglageEcheances.objects.create(structure=structure, rythme_pourcent=50)
    assert len(signalees("rythme")) == 1


def test_rythme_compte_les_sous_traitants_avec_leur_donneur_d_ordre():
    """Le titulaire n'a que 400 h, son sous-traitant 52 sans rien devoir : ensemble 452 h, ils ne sont pas en retard."""
    engagement = engagement_valide("400")
    sous_traitant = EngagementFactory(
        titulaire=TitulaireFactory(lot=engagement.titulaire.lot, donneur_ordre=engagement.titulaire),
        heures_initiales=Decimal(0),
    )
    assert len(signalees("rythme")) == 1
    CumulMensuel.objects.create(engagement=sous_traitant, mois=date(2026, 9, 1), validees_heures=Decimal(52))
    assert signalees("rythme") == []


def suivi_prevu(jour: date, **champs) -> Suivi:
    auteur = UtilisateurFactory()
    parcours = Parcours.objects.create(
        beneficiaire=BeneficiaireFactory(), date_debut=date(2025, 1, 6), date_fin=date(2026, 5, 2)
    )
    sortie = Sortie.objects.create(
        parcours=parcours,
        nature="cdi",
        date_sortie=date(2026, 5, 2),
        classe="durable",
        classee_au=date(2026, 5, 2),
        auteur=auteur,
    )
    return Suivi.objects.create(sortie=sortie, jalon_mois=6, date_prevue=jour, **champs)


@pytest.mark.parametrize(
    ("prevu", "attendu"),
    [
        (date(2026, 12, 2), [(date(2026, 12, 2), "a_faire")]),
        (date(2026, 12, 3), []),
        (date(2025, 3, 1), [(date(2025, 3, 1), "depassee")]),  # un suivi oublié ne s'oublie pas
    ],
)
def test_suivi(prevu, attendu):
    """Quinze jours avant son jour, et tant qu'il n'est pas fait."""
    suivi = suivi_prevu(prevu)
    assert signalees("suivi") == attendu
    if attendu:
        assert Alerte.objects.get().beneficiaire == suivi.sortie.parcours.beneficiaire


def test_suivi_fait():
    """« Non joint » est une réponse."""
    suivi_prevu(date(2026, 11, 2), reponse="non_joint", fait_le=date(2026, 11, 3))
    assert signalees("suivi") == []


@pytest.mark.parametrize(
    ("envoyee", "attendu"),
    [
        ((2026, 11, 2), [(date(2026, 11, 17), "a_faire")]),  # quinze jours : à répondre aujourd'hui
        ((2026, 11, 3), []),
        ((2026, 11, 1), [(date(2026, 11, 16), "depassee")]),
    ],
)
def test_orientation(envoyee, attendu):
    """Sans réponse depuis quinze jours ; sa date est le dernier jour pour répondre, à l'heure de Paris."""
    orientation = OrientationFactory(envoyee_le=datetime(*envoyee, 0, 30, tzinfo=PARIS))
    assert signalees("orientation") == attendu
    if attendu:
        alerte = Alerte.objects.get()
        assert (alerte.structure, alerte.beneficiaire) == (orientation.structure, None)


def test_orientation_repondue():
    """Refusée : elle a sa réponse."""
    OrientationFactory(
        envoyee_le=datetime(2026, 10, 1, tzinfo=PARIS),
        etat="refusee",
        motif_refus="critere",
        repondue_le=timezone.now(),
    )
    assert signalees("orientation") == []


def piece_de(jour: date):
    """Une attestation RSA, bonne trois mois, de quelqu'un dont le parcours est ouvert et qui n'a aucune éligibilité."""
    piece = JustificatifFactory(date_piece=jour, vu_le=jour)
    Parcours.objects.create(beneficiaire=piece.situation.beneficiaire, date_debut=date(2026, 9, 1))
    return piece


@pytest.mark.parametrize(
    ("date_piece", "attendu"),
    [
        (date(2026, 9, 3), [(date(2026, 12, 2), "a_faire")]),  # vaut jusqu'au 2 décembre, dans 15 jours
        (date(2026, 9, 4), []),
        (date(2026, 8, 17), [(date(2026, 11, 16), "depassee")]),
    ],
)
def test_piece(date_piece, attendu):
    """Quinze jours avant son dernier jour utile."""
    piece_de(date_piece)
    assert signalees("piece") == attendu


def test_piece_remplacee_ou_devenue_inutile():
    """Une pièce plus récente, ou une éligibilité en vigueur : il n'y a rien à demander."""
    remplacee, inutile = piece_de(date(2026, 9, 3)), piece_de(date(2026, 9, 3))
    assert len(signalees("piece")) == 2
    JustificatifFactory(situation=remplacee.situation, date_piece=date(2026, 11, 3), vu_le=date(2026, 11, 4))
    EligibiliteFactory(beneficiaire=inutile.situation.beneficiaire)
    assert signalees("piece") == []


def test_piece_trop_ancienne_le_jour_de_l_embauche():
    """Bonne jusqu'au 9 janvier, mais l'embauche est prévue le 15 : elle se demande dès maintenant ; jusqu'au 19, elle suffira."""
    for jour in (date(2026, 10, 10), date(2026, 10, 20)):
        piece = JustificatifFactory(date_piece=jour, vu_le=jour)
        decision_a_completer("2027-01-15", beneficiaire=piece.situation.beneficiaire)
    assert signalees("piece") == [(date(2027, 1, 9), "a_faire")]


# L'écran dit vrai, même avant la nuit --------------------------------------------------------------------------------


def _contrat():
    objet = ContratFactory(date_fin=date(2026, 12, 1))
    return objet, {"date_fin": date(2027, 1, 5)}


def _marche():
    return MarcheFactory(date_fin=date(2026, 12, 1)), {"date_fin": date(2027, 12, 1)}


def _situation():
    return SituationFactory(critere="TH", date_fin=date(2026, 12, 1)), {"date_fin": None}


def _decision():
    return decision_a_completer("2026-12-02"), {"reponse": ReponseEligibilite.ELIGIBLE}


def _suivi():
    return suivi_prevu(date(2026, 11, 20)), {"reponse": "en_emploi", "fait_le": date(2026, 11, 17)}


def _orientation():
    objet = OrientationFactory(envoyee_le=datetime(2026, 10, 1, tzinfo=PARIS))
    return objet, {"etat": "refusee", "motif_refus": "critere"}


def _rythme():
    return EngagementFactory(), {"heures_dues": Decimal(0)}


@pytest.mark.parametrize("fabrique", [_contrat, _marche, _situation, _decision, _suivi, _orientation, _rythme])
@pytest.mark.parametrize("suppression", [True, False], ids=["supprimé", "changé"])
def test_un_objet_disparu_ou_change_ne_se_montre_plus(fabrique, suppression):
    """À l'écran aussitôt ; au passage suivant, l'alerte est close."""
    objet, changement = fabrique()
    signaler_echeances(jour=JOUR)
    alerte = Alerte.objects.ouvertes().get(objet=objet.pk)
    if suppression:
        type(objet).objects.filter(pk=objet.pk).delete()
    else:
        type(objet).objects.filter(pk=objet.pk).update(**changement)
    assert not Alerte.objects.ouvertes().filter(pk=alerte.pk).exists()
    signaler_echeances(jour=JOUR)
    alerte.refresh_from_db()
    assert alerte.close_le is not None and alerte.traitee_par is None


def test_des_heures_ou_une_piece_tout_juste_notees_font_disparaitre_leur_alerte():
    """Le relevé du mois et la pièce plus récente comptent dès qu'ils sont enregistrés."""
    affectation = AffectationFactory(contrat__date_debut=date(2026, 10, 5))
    piece = piece_de(date(2026, 9, 3))
    signaler_echeances(jour=JOUR)
    ouvertes = Alerte.objects.ouvertes().filter(type_alerte__in=["mois_sans_heures", "piece"])
    assert ouvertes.count() == 2
    ReleveHeuresFactory(affectation=affectation, mois=date(2026, 10, 1))
    JustificatifFactory(situation=piece.situation, date_piece=date(2026, 11, 3), vu_le=date(2026, 11, 4))
    assert not ouvertes.exists()


# Les réglages --------------------------------------------------------------------------------------------------------


def test_chaque_structure_a_ses_seuils():
    """La même fin, dans 100 jours : signalée là où le premier rappel est à 120 jours, pas ailleurs."""
    loin = EligibiliteFactory(date_fin=date(2027, 2, 25))
    EligibiliteFactory(date_fin=date(2027, 2, 25))
    ReglageEcheances.objects.create(structure=loin.operation.structure, seuil_loin=120, seuil_moyen=45, seuil_proche=15)
    assert signalees("eligibilite") == [(date(2027, 2, 25), "j90")]
    assert Alerte.objects.get(type_alerte="eligibilite").structure == loin.operation.structure
    assert signalees("eligibilite", date(2027, 1, 11))[0] == (date(2027, 2, 25), "j60")  # dans 45 jours


def test_chaque_structure_a_ses_delais():
    """Une orientation du 7 novembre, là où l'on veut la voir au bout de dix jours ; un suivi à 30 jours."""
    orientation = OrientationFactory(envoyee_le=datetime(2026, 11, 7, 9, tzinfo=PARIS))
    suivi = suivi_prevu(date(2026, 12, 17))
    assert (signalees("orientation"), signalees("suivi")) == ([], [])
    ReglageEcheances.objects.create(structure=orientation.structure, orientation_jours=10)
    ReglageEcheances.objects.create(structure=suivi.sortie.parcours.beneficiaire.structure, suivi_jours=30)
    assert signalees("orientation") == [(date(2026, 11, 22), "a_faire")]
    assert signalees("suivi") == [(date(2026, 12, 17), "a_faire")]


def test_le_nombre_d_ordres_ne_depend_pas_du_nombre_de_personnes(nombre_de_requetes):
    """Une éligibilité ou trente : autant d'ordres SQL."""

    def passer() -> int:
        with nombre_de_requetes() as requetes:
            signaler_echeances(jour=JOUR)
        return len(requetes)

    premiere = EligibiliteFactory(date_fin=date(2026, 12, 1))
    une = passer()
    EligibiliteFactory.create_batch(29, operation=premiere.operation, date_fin=date(2026, 12, 1))
    assert passer() == une
    assert Alerte.objects.filter(type_alerte="eligibilite").count() == 30


def test_une_tache_depassee_puis_traitee_le_reste():
    """Le suivi avance de « à faire » à « dépassée » avec la même alerte, et ne revient pas une fois traité."""
    suivi_prevu(date(2026, 11, 20))
    assert signalees("suivi") == [(date(2026, 11, 20), SeuilAlerte.A_FAIRE)]
    resultat = signaler_echeances(jour=date(2026, 11, 21))
    assert resultat.par_type[TypeAlerte.SUIVI] == Compte(avancees=1)
    Alerte.objects.update(traitee_par=UtilisateurFactory(), close_le=timezone.now(), note="Appelée")
    assert signaler_echeances(jour=date(2026, 11, 22)).total == Compte()
