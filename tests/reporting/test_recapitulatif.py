"""Le courriel du matin : à qui, quand, avec quoi, sans nommer personne, une seule fois ; et comment ne plus le recevoir."""

import re
from datetime import date
from smtplib import SMTPException, SMTPServerDisconnected

import pytest
from django.core import mail
from django.urls import reverse

from reporting.alertes import signaler_echeances
from reporting.models import AbonnementCourriel, Alerte, EnvoiRecapitulatif, ExecutionTache, TypeAlerte
from reporting.rappels import recapitulatif
from reporting.rappels.desabonnement import adresse_de_desabonnement
from reporting.tasks import envoyer_recapitulatif, envoyer_recapitulatifs
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    EligibiliteFactory,
    OperationFactory,
    SituationFactory,
    StructureFactory,
    creer_utilisateur,
)

MARDI = "2026-11-17"
JOUR = date(2026, 11, 17)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre", "celery_immediat")]


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to("2026-11-17 07:00:00+01:00", tick=False)


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def claire(structure):
    return creer_utilisateur(structure, utilisateur__email="claire@etape.example")


def echeance(structure, jour=JOUR, **champs):
    personne = BeneficiaireFactory(structure=structure, prenom="Karim", nom_naissance="Belkacem", **champs)
    AgrementFactory(beneficiaire=personne, numero="999992600001", date_fin=date(2026, 12, 1))
    signaler_echeances(jour=jour)
    return personne


def test_un_courriel_par_personne_et_par_matin(structure, claire):
    """Relancée trois fois, la tâche n'envoie qu'un courriel ; la trace dit combien il y en avait."""
    echeance(structure, referent=claire)
    for _ in range(3):
        envoyer_recapitulatifs(MARDI)
    assert [courriel.to for courriel in mail.outbox] == [["claire@etape.example"]]
    envoi = EnvoiRecapitulatif.objects.get()
    assert (envoi.utilisateur, envoi.jour, envoi.echeances, envoi.tentatives) == (claire, JOUR, 1, 1)
    assert envoi.envoye_le is not None
    assert ExecutionTache.objects.filter(nom="envoyer_recapitulatifs", erreur="").count() == 3


def test_le_courriel_groupe_par_sorte_et_mene_aux_echeances(structure, claire):
    """Deux sortes, leurs comptes, un lien par échéance, et de quoi ne plus recevoir chacune."""
    echeance(structure, referent=claire)
    operation = OperationFactory(structure=structure, nom="Les Peupliers")
    EligibiliteFactory(operation=operation, date_fin=date(2026, 11, 20))
    signaler_echeances(jour=JOUR)
    envoyer_recapitulatifs(MARDI)
    courriel = mail.outbox[0]
    assert courriel.subject == "[Étape] 2\u00a0échéances nouvelles, 17 novembre 2026"
    assert "Fin d’éligibilité\u00a0: 1" in courriel.body and "Fin de PASS IAE\u00a0: 1" in courriel.body
    assert "Fin d’éligibilité, opération Les Peupliers, 20 novembre 2026" in courriel.body
    for alerte in Alerte.objects.all():
        assert f"http://localhost:8000{reverse('reporting:alerte_traiter', args=[alerte.pk])}" in courriel.body
    assert courriel.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert courriel.extra_headers["List-Unsubscribe"].startswith("<http://localhost:8000/desabonnement/")


def test_le_courriel_ne_nomme_personne(structure, claire):
    """Ni nom, ni prénom, ni critère, ni pièce, ni numéro de PASS."""
    personne = echeance(structure, referent=claire)
    SituationFactory(beneficiaire=personne, critere="TH", date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    envoyer_recapitulatifs(MARDI)
    courriel = mail.outbox[0]
    lu = f"{courriel.subject}\n{courriel.body}"
    assert "Fin de situation\u00a0: 1" in lu
    for interdit in ("Karim", "Belkacem", "handicap", "RQTH", "99999", "Travailleur"):
        assert interdit not in lu


def test_rien_de_nouveau_rien_d_envoye(structure, claire, time_machine):
    """Le lendemain, la même échéance n'est plus nouvelle ; le jour où elle change de tranche, elle l'est."""
    echeance(structure, date(2026, 11, 1), referent=claire)  # j30 : dans 30 jours
    envoyer_recapitulatifs("2026-11-02")
    assert len(mail.outbox) == 1
    envoyer_recapitulatifs("2026-11-03")
    assert len(mail.outbox) == 1
    signaler_echeances(jour=date(2026, 12, 2))  # dépassée
    time_machine.move_to("2026-12-02 07:00:00+01:00", tick=False)
    envoyer_recapitulatifs("2026-12-02")
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("jour", ["2026-11-14", "2026-11-15", "2026-11-11"], ids=["samedi", "dimanche", "armistice"])
def test_rien_ne_part_un_jour_chome(structure, claire, jour):
    """Ni fin de semaine, ni jour férié : aucun passage n'est même noté."""
    echeance(structure, date(2026, 11, 10), referent=claire)
    envoyer_recapitulatifs(jour)
    assert not mail.outbox and not ExecutionTache.objects.exists()


def test_le_lundi_dit_ce_que_la_fin_de_semaine_a_change(structure, claire):
    """Vendredi 13 : un premier courriel. Signalée dans la nuit de samedi : c'est nouveau lundi 16."""
    echeance(structure, date(2026, 11, 13), referent=claire)
    envoyer_recapitulatifs("2026-11-13")
    echeance(structure, date(2026, 11, 14), referent=claire)
    envoyer_recapitulatifs("2026-11-16")
    assert [envoi.echeances for envoi in EnvoiRecapitulatif.objects.order_by("jour")] == [1, 1]


def test_un_report_qui_revient_est_du(structure, claire):
    """Reportée au 17 novembre : elle est dans le courriel de ce matin-là."""
    echeance(structure, date(2026, 11, 5), referent=claire)
    envoyer_recapitulatifs("2026-11-05")
    Alerte.objects.update(reportee_au=JOUR, motif_report="Comité", reportee_par=claire)
    envoyer_recapitulatifs("2026-11-16")
    assert len(mail.outbox) == 1
    envoyer_recapitulatifs(MARDI)
    assert len(mail.outbox) == 2


def test_a_qui_part_le_courriel(structure, claire):
    """Au responsable ; à tous les membres si personne ne suit, ou si le référent est parti ; jamais à un compte suspendu."""
    samir = creer_utilisateur(structure, utilisateur__email="samir@etape.example")
    suspendu = creer_utilisateur(structure, utilisateur__is_active=False)
    parti = creer_utilisateur(structure)
    parti.adhesions.update(est_active=False)
    echeance(structure, referent=claire)
    envoyer_recapitulatifs(MARDI)
    assert [courriel.to[0] for courriel in mail.outbox] == [claire.email]
    for referent in (None, parti, suspendu):
        mail.outbox.clear()
        EnvoiRecapitulatif.objects.all().delete()
        Alerte.objects.update(responsable=None)
        Alerte.objects.get().beneficiaire.__class__.objects.update(referent=referent)
        envoyer_recapitulatifs(MARDI)
        assert {courriel.to[0] for courriel in mail.outbox} == {claire.email, samir.email}


def test_une_autre_structure_ne_recoit_rien(structure, claire):
    """Les échéances sans responsable restent dans leur structure."""
    creer_utilisateur(StructureFactory())
    echeance(structure)
    envoyer_recapitulatifs(MARDI)
    assert [courriel.to[0] for courriel in mail.outbox] == [claire.email]


def test_l_echec_d_un_envoi_n_arrete_pas_les_autres(structure, claire, monkeypatch):
    """Le serveur refuse l'adresse de Claire : Samir reçoit le sien, et Claire aussi quand on réessaie."""
    samir = creer_utilisateur(structure, utilisateur__email="samir@etape.example")
    echeance(structure)
    en_panne = True
    envoi_vrai = recapitulatif.EmailMessage.send

    def envoyer(courriel, *args, **kwargs):
        if en_panne and courriel.to == [claire.email]:
            raise SMTPServerDisconnected("claire@etape.example refusée")
        return envoi_vrai(courriel, *args, **kwargs)

    monkeypatch.setattr(recapitulatif.EmailMessage, "send", envoyer)
    for envoi in recapitulatif.preparer(JOUR):
        try:
            envoyer_recapitulatif.run(str(envoi.pk))
        except SMTPException:
            continue
    assert [courriel.to[0] for courriel in mail.outbox] == [samir.email]
    echec = EnvoiRecapitulatif.objects.get(utilisateur=claire)
    assert (echec.envoye_le, echec.tentatives, echec.erreur) == (None, 1, "SMTPServerDisconnected")
    en_panne = False
    envoyer_recapitulatifs(MARDI)
    assert [courriel.to[0] for courriel in mail.outbox] == [samir.email, claire.email]


def test_un_echec_se_reessaie_de_plus_en_plus_tard():
    """Les pannes de courriel et de base font réessayer, six fois, avec un délai qui croît jusqu'à un quart d'heure."""
    for tache in (envoyer_recapitulatif, envoyer_recapitulatifs):
        assert (tache.max_retries, tache.retry_backoff, tache.retry_backoff_max) == (6, 30, 900)
        assert tache.soft_time_limit < tache.time_limit
    assert {SMTPException, OSError} <= set(envoyer_recapitulatif.autoretry_for)


# Ne plus recevoir ----------------------------------------------------------------------------------------------------


def test_une_sorte_coupee_ne_part_plus(structure, claire, client):
    """Depuis le compte : sans PASS IAE, il n'y a plus rien à envoyer ; les autres sortes restent cochées."""
    client.force_login(claire)
    voulues = [t for t in TypeAlerte.values if t != "pass_iae"]
    assert client.post("/mon-compte/echeances/", {"types": voulues}).status_code == 302
    page = client.get("/mon-compte/echeances/").content.decode()
    assert page.count("checked") == len(voulues)
    echeance(structure, referent=claire)
    envoyer_recapitulatifs(MARDI)
    assert not mail.outbox


def test_le_lien_du_courriel_coupe_une_sorte_sans_connexion(structure, claire, client):
    """La page demande de confirmer : le GET ne change rien, le POST coupe cette sorte-là, et elle seule."""
    echeance(structure, referent=claire)
    envoyer_recapitulatifs(MARDI)
    lien = re.search(
        r"Ne plus recevoir cette sorte d’échéances\u00a0: http://localhost:8000(\S+)", mail.outbox[0].body
    )[1]
    assert "Confirmer" in client.get(lien).content.decode()
    assert not AbonnementCourriel.objects.exists()
    assert "C’est noté" in client.post(lien).content.decode()
    assert AbonnementCourriel.objects.get(pk=claire.pk).types_coupes == ["pass_iae"]


def test_le_bouton_du_logiciel_de_courriel_coupe_tout(structure, claire, client):
    """Le lien de l'en-tête, envoyé en un clic par le logiciel, sans page ni témoin."""
    echeance(structure, referent=claire)
    envoyer_recapitulatifs(MARDI)
    adresse = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    sans_temoin = client.__class__(enforce_csrf_checks=True)
    assert sans_temoin.post(adresse, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert AbonnementCourriel.objects.get(pk=claire.pk).types_coupes == sorted(TypeAlerte.values)


@pytest.mark.parametrize(
    "abime", [lambda j: j[:-1] + ("A" if j[-1] != "A" else "B"), lambda j: "rien", lambda j: j + ":"]
)
def test_un_lien_abime_ne_coupe_rien(claire, client, abime):
    """404, en lecture comme en écriture."""
    jeton = adresse_de_desabonnement(claire, "plie").rstrip("/").rsplit("/", 1)[1]
    adresse = f"/desabonnement/{abime(jeton)}/"
    assert client.get(adresse).status_code == client.post(adresse).status_code == 404
    assert not AbonnementCourriel.objects.exists()


def test_un_lien_de_plus_d_un_an_ne_vaut_plus(claire, client, time_machine):
    """Un an passé, le lien d'un vieux courriel est introuvable."""
    adresse = adresse_de_desabonnement(claire, "plie").removeprefix("http://localhost:8000")
    time_machine.move_to("2027-11-18 08:00:00+01:00", tick=False)
    assert client.post(adresse).status_code == 404
