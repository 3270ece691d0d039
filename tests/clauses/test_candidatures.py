"""Publier, proposer, répondre : ce que les services écrivent, et ce qu'ils refusent par une phrase, sans rien changer."""

import logging
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clauses.candidats import lire_candidature
from clauses.models import Candidature, MessageCandidature, Offre
from clauses.regles.candidatures import EtatCandidature, silence_depuis
from clauses.services.candidatures import ecrire_message, proposer, repondre
from clauses.services.envois import adresses_des_organisations
from clauses.services.offres import enregistrer_offre, publier, retirer_offre
from clauses.services.suppressions import emporte, obstacle, supprimer
from comptes.models import Role
from tests.fabriques import (
    AUJOURD_HUI,
    BeneficiaireFactory,
    CandidatureFactory,
    EngagementFactory,
    OffreFactory,
    Paysage,
    creer_utilisateur,
    il_y_a,
)
from tests.fabriques_offres import PRESENTATION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]
JOUR = date(2026, 11, 17)
ENVOYEE, RENCONTRE, RETENUE = EtatCandidature.ENVOYEE, EtatCandidature.RENCONTRE, EtatCandidature.RETENUE
REFUSEE, RETIREE, SANS_SUITE = EtatCandidature.REFUSEE, EtatCandidature.RETIREE, EtatCandidature.SANS_SUITE


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to(AUJOURD_HUI, tick=False)


@pytest.fixture
def paysage():
    return Paysage()


@pytest.fixture
def offre(paysage):
    return OffreFactory(engagement=paysage.engagement, postes=1)


def candidature(paysage, offre, **champs):
    return CandidatureFactory(
        offre=offre, prescripteur=paysage.prescripteur, auteur=paysage.compte_prescripteur, **champs
    )


def maintenant():
    return {"le": timezone.now(), "aujourd_hui": JOUR}


def dire(c, vers, par, **reponse):
    return repondre(candidature=c, vers=vers, par=par, **maintenant(), **reponse)


def propose(paysage, offre, personne, par=None):
    return proposer(
        offre=offre,
        beneficiaire=personne,
        presentation=PRESENTATION,
        disponible_le=date(2026, 12, 1),
        par=par or paysage.compte_prescripteur,
        **maintenant(),
    )


# Proposer --------------------------------------------------------------------------------------------------------------


def test_un_prescripteur_propose_qui_il_a_oriente(paysage, offre):
    c = propose(paysage, offre, paysage.beneficiaire)
    assert (c.etat, c.prescripteur, c.auteur) == (ENVOYEE, paysage.prescripteur, paysage.compte_prescripteur)
    assert c.consentie_le == c.envoyee_le == timezone.now()


def test_qui_n_est_pas_oriente_vers_cette_structure_se_refuse_par_une_phrase(paysage, offre):
    """Orientée par un autre, ou vers une autre structure : la phrase dit d'orienter d'abord, et rien ne s'écrit."""
    d_un_autre = BeneficiaireFactory(structure=paysage.structure, prescripteur=paysage.autre_prescripteur)
    d_ailleurs = BeneficiaireFactory(structure=paysage.autre_structure, prescripteur=paysage.prescripteur)
    for personne in (d_un_autre, d_ailleurs):
        with pytest.raises(ValidationError, match="orientez-lui d’abord la personne"):
            propose(paysage, offre, personne)
    assert not Candidature.objects.exists()


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"etat": "retiree"}, "L’entreprise a retiré cette offre."),
        ({"etat": "pourvue"}, "Tous les postes de cette offre sont pourvus."),
        ({"etat": "brouillon"}, "Cette offre n’est pas encore publiée."),
        (
            {"date_debut": date(2026, 10, 1), "date_fin": date(2026, 11, 16)},
            "Cette mission a fini le 16 novembre 2026.",
        ),
    ],
)
def test_une_offre_fermee_ne_recoit_personne(paysage, champs, phrase):
    offre = OffreFactory(engagement=paysage.engagement, **champs)
    with pytest.raises(ValidationError) as refus:
        propose(paysage, offre, paysage.beneficiaire)
    assert refus.value.messages == [phrase]
    assert not Candidature.objects.exists()


def test_une_personne_n_a_qu_une_candidature_vivante_par_offre(paysage, offre):
    """Deux fois : refusée par une phrase, et par la base. Retirée, elle peut revenir."""
    premiere = propose(paysage, offre, paysage.beneficiaire)
    with pytest.raises(ValidationError, match="déjà proposée à cette offre"):
        propose(paysage, offre, paysage.beneficiaire)
    with pytest.raises(IntegrityError), transaction.atomic():
        candidature(paysage, offre, beneficiaire=paysage.beneficiaire)
    dire(premiere, RETIREE, paysage.compte_prescripteur)
    assert propose(paysage, offre, paysage.beneficiaire).etat == ENVOYEE


# Répondre --------------------------------------------------------------------------------------------------------------


def test_de_la_rencontre_au_dernier_poste(paysage, offre):
    """Retenue, la personne prend le seul poste : l'offre est pourvue, les autres en cours sont sans suite, les finies ne bougent pas."""
    elue, attend, rencontree, refusee = (
        candidature(paysage, offre, **champs)
        for champs in ({}, {}, {"etat": RENCONTRE}, {"etat": REFUSEE, "motif_refus": "besoin"})
    )
    dire(
        elue, RENCONTRE, paysage.compte_entreprise, rencontre_le=date(2026, 11, 20), message="Rendez-vous au chantier."
    )
    dire(elue, RETENUE, paysage.compte_entreprise)
    offre.refresh_from_db()
    assert offre.etat == "pourvue"
    etats = {c.pk: Candidature.objects.get(pk=c.pk).etat for c in (elue, attend, rencontree, refusee)}
    assert list(etats.values()) == [RETENUE, SANS_SUITE, SANS_SUITE, REFUSEE]
    lue = Candidature.objects.get(pk=elue.pk)
    assert (lue.rencontre_le, lue.decidee_par) == (date(2026, 11, 20), paysage.compte_entreprise)
    assert [m.texte for m in lue.messages.all()] == ["Rendez-vous au chantier."]


def test_un_poste_rendu_rouvre_l_offre(paysage, offre):
    """Le facilitateur dit que les heures ne compteraient pas : le poste se libère, l'offre redevient publiée."""
    c = candidature(paysage, offre, etat=RENCONTRE)
    dire(c, RETENUE, paysage.facilitateur)
    dire(c, REFUSEE, paysage.facilitateur, motif="non_comptee")
    offre.refresh_from_db()
    c.refresh_from_db()
    assert (offre.etat, c.etat, c.motif_refus) == ("publiee", REFUSEE, "non_comptee")


def test_une_offre_a_deux_postes_reste_ouverte_apres_le_premier(paysage):
    offre = OffreFactory(engagement=paysage.engagement, postes=2)
    premiere, seconde = (candidature(paysage, offre, etat=RENCONTRE) for _ in range(2))
    dire(premiere, RETENUE, paysage.compte_entreprise)
    offre.refresh_from_db()
    seconde.refresh_from_db()
    assert (offre.etat, seconde.etat) == ("publiee", RENCONTRE)


@pytest.mark.parametrize(
    ("etat", "vers", "qui", "code"),
    [
        (RETENUE, RETENUE, "compte_entreprise", "deja_fait"),
        (SANS_SUITE, RETENUE, "compte_entreprise", "candidature_finie"),
        (ENVOYEE, RETENUE, "compte_entreprise", "rencontre_d_abord"),
        (ENVOYEE, REFUSEE, "compte_prescripteur", "passage_impossible"),
        (ENVOYEE, RETIREE, "facilitateur", "passage_impossible"),
    ],
)
def test_un_geste_hors_chemin_ne_change_rien_et_laisse_une_ligne(paysage, offre, caplog, etat, vers, qui, code):
    c = candidature(paysage, offre, etat=etat)
    with caplog.at_level(logging.INFO, "clauses.services.candidatures"), pytest.raises(ValidationError) as refus:
        dire(c, vers, getattr(paysage, qui), motif="besoin")
    assert refus.value.code == code
    c.refresh_from_db()
    assert c.etat == etat
    assert [ligne.getMessage() for ligne in caplog.records] == [
        f"Candidature {c.pk}, vers « {vers} » : rien ne change ({code})"
    ]


def test_un_refus_sans_raison_ou_une_rencontre_impossible_se_disent(paysage, offre):
    c = candidature(paysage, offre)
    with pytest.raises(ValidationError, match="la personne a droit à une réponse"):
        dire(c, REFUSEE, paysage.compte_entreprise)
    with pytest.raises(ValidationError, match="La rencontre est notée le 20 novembre 2025"):
        dire(c, RENCONTRE, paysage.compte_entreprise, rencontre_le=date(2025, 11, 20))
    c.refresh_from_db()
    assert (c.etat, c.rencontre_le, c.signe_le) == (ENVOYEE, None, None)


# L'offre ---------------------------------------------------------------------------------------------------------------


def test_retirer_une_offre_repond_a_qui_attendait(paysage, offre):
    attend, retenue = candidature(paysage, offre), candidature(paysage, offre, etat=RETENUE)
    retirer_offre(offre=offre, par=paysage.compte_entreprise, le=timezone.now())
    attend, retenue = (Candidature.objects.avec_ses_parties().get(pk=c.pk) for c in (attend, retenue))
    assert retenue.etat == RETENUE
    lue = lire_candidature(attend, paysage.compte_prescripteur, JOUR)
    assert lue.statut.phrase == "Refusée par Bâti-Rhône le 17 novembre 2026\u00a0: le besoin a changé."


def test_une_offre_publiee_deux_fois_le_dit(paysage, offre):
    with pytest.raises(ValidationError, match="déjà publiée"):
        publier(offre=offre, **maintenant())
    retirer_offre(offre=offre, par=paysage.compte_entreprise, le=timezone.now())
    with pytest.raises(ValidationError, match="publiez-la de nouveau"):
        enregistrer_offre(offre=offre, aujourd_hui=JOUR)
    assert publier(offre=offre, **maintenant()).etat == "publiee"


def test_les_postes_ne_descendent_pas_sous_les_personnes_retenues(paysage):
    offre = OffreFactory(engagement=paysage.engagement, postes=3)
    for _ in range(2):
        candidature(paysage, offre, etat=RETENUE)
    offre.postes = 1
    with pytest.raises(ValidationError, match="personnes sont déjà retenues"):
        enregistrer_offre(offre=offre, aujourd_hui=JOUR)
    offre.postes = 2
    assert enregistrer_offre(offre=offre, aujourd_hui=JOUR).etat == "pourvue"


@pytest.mark.parametrize(
    "champs",
    [
        {"postes": 0},
        {"postes": 201},
        {"date_fin": date(2026, 11, 30)},
        {"heures_hebdo": 60},
        {"publiee_le": None},
        {"latitude": 95.0, "longitude": 4.0},
    ],
)
def test_la_base_refuse_une_offre_impossible(paysage, champs):
    with pytest.raises(IntegrityError), transaction.atomic():
        OffreFactory(engagement=paysage.engagement, **champs)


def test_la_base_refuse_une_candidature_impossible(paysage, offre):
    for champs in ({"etat": RETENUE, "decidee_le": None}, {"etat": REFUSEE, "motif_refus": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            candidature(paysage, offre, **champs)


def test_un_titulaire_part_avec_ses_offres_sauf_si_quelqu_un_y_est_propose(paysage):
    """Sans candidature, l'offre part avec lui ; avec une seule, il reste et la phrase le dit."""
    libre = EngagementFactory(titulaire__lot=paysage.lot)
    offre = OffreFactory(engagement=libre)
    c = CandidatureFactory(offre=offre)
    assert obstacle(libre.titulaire) == "1\u00a0candidature répond à ses offres\u00a0: il reste inscrit sur le lot."
    with pytest.raises(ValidationError, match="il reste inscrit sur le lot"):
        supprimer(objet=libre.titulaire, par=paysage.facilitateur)
    c.delete()
    assert "1\u00a0offre" in emporte(libre.titulaire)
    supprimer(objet=libre.titulaire, par=paysage.facilitateur)
    assert not Offre.objects.filter(pk=offre.pk).exists()


# Qui voit --------------------------------------------------------------------------------------------------------------


COMPTES = (
    *("compte_entreprise", "facilitateur", "compte_prescripteur", "compte_acheteur"),
    *("autre_compte_entreprise", "autre_facilitateur", "autre_compte_prescripteur", "autre_compte_acheteur"),
)


def test_chaque_partie_ne_voit_que_les_siennes(paysage, offre):
    """L'entreprise, son facilitateur et le prescripteur qui a proposé ; jamais leurs homologues, jamais l'acheteur."""
    c = candidature(paysage, offre)
    voient = {nom for nom in COMPTES if Candidature.objects.pour(getattr(paysage, nom)).filter(pk=c.pk).exists()}
    assert voient == {"compte_entreprise", "facilitateur", "compte_prescripteur"}


def test_un_prescripteur_ne_voit_que_les_offres_ouvertes_et_celles_de_ses_candidats(paysage, offre):
    finie = OffreFactory(engagement=paysage.engagement, date_debut=date(2026, 9, 1), date_fin=date(2026, 11, 16))
    sienne = OffreFactory(engagement=paysage.engagement, etat="pourvue")
    OffreFactory(engagement=paysage.engagement, etat="brouillon")
    candidature(paysage, sienne, etat=SANS_SUITE)
    assert set(Offre.objects.pour(paysage.compte_prescripteur)) == {offre, sienne}
    assert set(Offre.objects.pour(paysage.autre_compte_prescripteur)) == {offre}
    assert set(Offre.objects.pour(paysage.compte_acheteur)) == set()
    assert finie in Offre.objects.pour(paysage.compte_entreprise)


# Le silence ------------------------------------------------------------------------------------------------------------


def test_le_silence_en_base_est_celui_de_la_regle(paysage, offre):
    """Chaque état, chaque date d'envoi, de signe et de rencontre autour du délai : les deux disent la même chose."""
    for etat in EtatCandidature:
        for envoi in (0, 7, 8, 12):
            for signe in (None, 3, 7, 8):
                for rencontre in (None, JOUR - timedelta(days=8), JOUR - timedelta(days=7), JOUR + timedelta(days=2)):
                    candidature(
                        paysage,
                        offre,
                        etat=etat,
                        envoyee_le=il_y_a(envoi),
                        signe_le=None if signe is None else il_y_a(signe),
                        rencontre_le=rencontre,
                        motif_refus="besoin" if etat == REFUSEE else "",
                    )
    toutes = list(Candidature.objects.avec_ses_parties())
    attendues = {c.pk for c in toutes if silence_depuis(c.faits, JOUR, jours=7)}
    assert len(toutes) == 384
    assert 0 < len(attendues) < 128
    assert set(Candidature.objects.en_silence(JOUR, 7).values_list("pk", flat=True)) == attendues


def test_minuit_se_compte_a_l_heure_francaise(paysage, offre):
    """Envoyée le 9 novembre à 0 h 30, heure de Paris, encore le 8 en temps universel : le silence court depuis le 9."""
    c = candidature(paysage, offre, envoyee_le=datetime.fromisoformat("2026-11-09T00:30:00+01:00"))
    assert not Candidature.objects.en_silence(date(2026, 11, 16), 7).exists()
    assert Candidature.objects.en_silence(JOUR, 7).get() == c


# Le fil et les courriels -----------------------------------------------------------------------------------------------


def test_un_message_de_l_entreprise_rompt_son_silence(paysage, offre):
    c = candidature(paysage, offre, envoyee_le=il_y_a(9))
    ecrire_message(
        candidature=c, texte="Bonjour, avez-vous une réponse ?", par=paysage.compte_prescripteur, le=timezone.now()
    )
    assert Candidature.objects.en_silence(JOUR, 7).exists()
    ecrire_message(candidature=c, texte="Je regarde cette semaine.", par=paysage.compte_entreprise, le=timezone.now())
    assert not Candidature.objects.en_silence(JOUR, 7).exists()


def test_le_fil_d_une_candidature_finie_est_clos(paysage, offre):
    c = candidature(paysage, offre, etat=SANS_SUITE)
    with pytest.raises(ValidationError, match="son fil ne reçoit plus de message"):
        ecrire_message(candidature=c, texte="Et pourtant.", par=paysage.compte_prescripteur, le=timezone.now())
    assert not MessageCandidature.objects.exists()


@pytest.fixture
def annoncee(paysage, offre, celery_immediat, django_capture_on_commit_callbacks):
    """Une candidature dont chaque geste envoie ses courriels ; un administrateur par organisation, pour savoir où ils vont."""
    for nom in ("structure", "entreprise", "prescripteur"):
        creer_utilisateur(getattr(paysage, nom), role=Role.ADMINISTRATEUR, utilisateur__email=f"{nom}@etape.example")
    c = candidature(paysage, offre, beneficiaire__prenom="Zénobie", beneficiaire__nom_naissance="Quatremère")
    return c, django_capture_on_commit_callbacks


def test_chaque_geste_s_annonce_aux_deux_autres_sans_nommer_la_personne(paysage, annoncee):
    """L'entreprise répond : l'auteur de la candidature et l'administrateur de la structure, chacun un courriel, sans nom."""
    c, immediat = annoncee
    with immediat(execute=True):
        dire(c, RENCONTRE, paysage.compte_entreprise, message="Zénobie peut venir lundi.")
    auteur = paysage.compte_prescripteur.email
    assert sorted(m.to[0] for m in mail.outbox) == sorted([auteur, "structure@etape.example"])
    for courriel in mail.outbox:
        lu = courriel.subject + courriel.body
        assert "Maçonnerie" in lu
        assert "Bâti-Rhône" in lu
        assert "L’entreprise veut rencontrer la personne proposée." in lu
        assert f"/offres/candidatures/{c.pk}/" in lu
        assert "Zénobie" not in lu
        assert "Quatremère" not in lu
        assert "lundi" not in lu


def test_un_message_du_prescripteur_va_a_l_entreprise_et_a_la_structure(paysage, annoncee):
    c, immediat = annoncee
    with immediat(execute=True):
        ecrire_message(candidature=c, texte="Elle a le permis B.", par=paysage.compte_prescripteur, le=timezone.now())
    assert sorted(m.to[0] for m in mail.outbox) == ["entreprise@etape.example", "structure@etape.example"]
    assert "permis" not in mail.outbox[0].body


def test_une_annonce_rejouee_n_ecrit_pas_deux_fois(paysage, annoncee):
    from clauses.tasks import annoncer_candidature

    c, _ = annoncee
    for _ in range(2):
        annoncer_candidature(str(c.pk), "etat:retenue", str(paysage.entreprise.pk))
    assert len(mail.outbox) == 2


def test_l_auteur_parti_laisse_sa_place_a_son_organisation(paysage, annoncee):
    c, immediat = annoncee
    paysage.compte_prescripteur.adhesions.update(est_active=False)
    with immediat(execute=True):
        dire(c, REFUSEE, paysage.compte_entreprise, motif="experience")
    assert sorted(m.to[0] for m in mail.outbox) == ["prescripteur@etape.example", "structure@etape.example"]


def test_qui_coordonne_ne_recoit_pas_ces_courriels(paysage, offre):
    """Sans adresse ni administrateur, la structure reçoit par ses membres ; la coordination n'ouvrirait pas la page."""
    creer_utilisateur(paysage.structure, role=Role.COORDINATION)
    attendus = sorted([paysage.facilitateur.email])
    assert adresses_des_organisations([paysage.structure.pk])[paysage.structure.pk] == attendus
