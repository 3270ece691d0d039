"""Inviter un membre : le courriel, son lien, et tout lien qui ne doit pas s'ouvrir."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from comptes.invitations import accepter, inviter, jeton_de
from comptes.models import Invitation, Role, Utilisateur
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory, creer_utilisateur

pytestmark = pytest.mark.django_db
ADRESSE = "nouvelle@etape.example"
COMPTE = {"prenom": "Nadia", "nom": "Berger", "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE}


@pytest.fixture(autouse=True)
def le_17_novembre(time_machine, db):
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)


@pytest.fixture
def structure():
    return StructureFactory(nom="Maison du Test")


@pytest.fixture
def administrateur(structure, client):
    utilisateur = creer_utilisateur(structure, role=Role.ADMINISTRATEUR)
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def invitation(structure, administrateur):
    return inviter(organisation=structure, email=ADRESSE, role=Role.MEMBRE, par=administrateur)


def envoyer(client, email=ADRESSE, role="membre"):
    return client.post("/membres/inviter/", {"email": email, "role": role})


def ouvrir(jeton: str) -> tuple[Client, object]:
    visiteur = Client()
    return visiteur, visiteur.get(f"/invitation/{jeton}/", follow=True)


def test_de_l_invitation_a_la_connexion(client, administrateur, structure):
    assert envoyer(client, "Nouvelle@Etape.example").url == "/membres/"
    chemin = urlsplit(re.search(r"http\S+", mail.outbox[0].body)[0]).path
    visiteur = Client()
    reponse = visiteur.get(chemin)
    assert (reponse.status_code, reponse.url) == (302, "/invitation/")  # le jeton quitte l'adresse
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()  # ouvrir le lien ne crée rien
    assert visiteur.post("/invitation/", COMPTE).url.startswith("/compte/login/")
    visiteur.post("/compte/login/", {"login": ADRESSE, "password": MOT_DE_PASSE})
    assert visiteur.get("/operations/").status_code == 200
    membre = structure.adhesions.get(utilisateur__email=ADRESSE)
    assert (membre.role, membre.utilisateur.get_full_name()) == (Role.MEMBRE, "Nadia Berger")
    assert ADRESSE in client.get("/membres/").content.decode()


def test_le_courriel_ne_dit_que_la_structure_et_le_lien(client, administrateur):
    envoyer(client)
    (courriel,) = mail.outbox
    assert courriel.to == [ADRESSE]
    assert courriel.subject == "[Étape] Rejoindre Maison du Test"
    assert "pendant 7 jours" in courriel.body
    for prive in (administrateur.email, administrateur.nom, administrateur.prenom, ADRESSE):
        assert prive not in courriel.body


def test_un_compte_qui_existe_devient_membre_aussitot(client, administrateur, structure):
    ancien = UtilisateurFactory(email="ancien@etape.example")
    envoyer(client, "ancien@etape.example", "administrateur")
    assert structure.adhesions.get(utilisateur=ancien).role == Role.ADMINISTRATEUR
    assert not Invitation.objects.exists()
    assert mail.outbox[0].subject == "[Étape] Vous avez accès à Maison du Test"
    assert "/invitation/" not in mail.outbox[0].body


@pytest.mark.parametrize(("active", "phrase"), [(True, "déjà membre"), (False, "rouvrez son accès depuis la liste")])
def test_un_membre_ne_s_invite_pas_de_nouveau(client, administrateur, structure, active, phrase):
    membre = creer_utilisateur(structure, est_active=active)
    assert phrase in envoyer(client, membre.email).content.decode()
    assert structure.adhesions.get(utilisateur=membre).est_active is active
    assert not mail.outbox


def test_une_adresse_invitee_deux_fois_n_a_qu_un_courriel(client, administrateur):
    envoyer(client)
    reponse = envoyer(client)
    page = reponse.content.decode()
    assert "Cette adresse a déjà une invitation en attente" in page
    assert ADRESSE in page  # ce qui était tapé est gardé
    assert (len(mail.outbox), Invitation.objects.count()) == (1, 1)


def test_une_invitation_expiree_repart_avec_son_nouveau_role(client, administrateur, invitation, time_machine):
    time_machine.move_to("2026-11-25 10:00:00+01:00", tick=False)
    client.force_login(administrateur)
    envoyer(client, role="administrateur")
    invitation.refresh_from_db()
    assert (str(invitation.expire_le), invitation.role) == ("2026-12-02", "administrateur")


@pytest.mark.parametrize(("jour", "code"), [("24", 200), ("25", 404)])
def test_le_lien_s_ouvre_sept_jours(invitation, time_machine, jour, code):
    jeton = jeton_de(invitation)
    time_machine.move_to(f"2026-11-{jour} 23:00:00+01:00", tick=False)
    _, reponse = ouvrir(jeton)
    assert reponse.status_code == code
    assert ("Ce lien est trop ancien." in reponse.content.decode()) is (code == 404)


def test_une_page_ouverte_avant_l_expiration_ne_cree_plus_rien_apres(invitation, time_machine):
    time_machine.move_to("2026-11-24 23:00:00+01:00", tick=False)
    visiteur, _ = ouvrir(jeton_de(invitation))
    time_machine.move_to("2026-11-25 01:00:00+01:00", tick=False)
    assert "Ce lien est trop ancien." in visiteur.post("/invitation/", COMPTE).content.decode()
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


@pytest.mark.parametrize("changer", [lambda j: j + "a", lambda j: "a" + j, lambda j: j.split(":")[0]])
def test_un_lien_altere_n_ouvre_rien(invitation, changer):
    visiteur, reponse = ouvrir(changer(jeton_de(invitation)))
    assert reponse.status_code == 404
    assert "Ce lien n’est pas le bon, ou l’invitation a été annulée." in reponse.content.decode()
    assert visiteur.get("/invitation/").status_code == 404


def test_un_lien_qui_a_servi_ne_sert_plus(invitation):
    jeton = jeton_de(invitation)
    (premier, _), (second, _) = ouvrir(jeton), ouvrir(jeton)
    premier.post("/invitation/", COMPTE)
    reponse = second.post("/invitation/", COMPTE | {"prenom": "Autre"})
    assert "Ce lien a déjà servi" in reponse.content.decode()
    assert ouvrir(jeton)[1].status_code == 404
    assert Utilisateur.objects.get(email=ADRESSE).prenom == "Nadia"


def test_une_invitation_annulee_ne_s_ouvre_plus(client, invitation):
    jeton = jeton_de(invitation)
    client.post(f"/membres/invitations/{invitation.pk}/annuler/")
    assert ouvrir(jeton)[1].status_code == 404
    assert [t.pgh_label for t in Invitation.pgh_event_model.objects.order_by("pgh_id")] == ["insert", "delete"]


def test_renvoyer_prolonge_le_lien(client, invitation, administrateur, time_machine):
    time_machine.move_to("2026-11-20 10:00:00+01:00", tick=False)
    client.force_login(administrateur)
    client.post(f"/membres/invitations/{invitation.pk}/renvoyer/")
    invitation.refresh_from_db()
    assert invitation.expire_le.isoformat() == "2026-11-27"
    assert mail.outbox[0].to == [ADRESSE]


@pytest.mark.parametrize("action", ["renvoyer", "annuler"])
def test_l_invitation_d_une_autre_structure_est_introuvable(client, invitation, action):
    client.force_login(creer_utilisateur(StructureFactory(), role=Role.ADMINISTRATEUR))
    assert client.post(f"/membres/invitations/{invitation.pk}/{action}/").status_code == 404
    assert not mail.outbox
    assert Invitation.objects.filter(pk=invitation.pk).exists()


def test_deux_structures_invitent_la_meme_adresse(invitation):
    """La première crée le compte ; la seconde ne demande plus qu'une confirmation, et garde le mot de passe."""
    autre = StructureFactory(nom="Autre Maison")
    seconde = inviter(organisation=autre, email=ADRESSE, role=Role.MEMBRE, par=invitation.invite_par)
    accepter(invitation, prenom="Nadia", nom="Berger", mot_de_passe=MOT_DE_PASSE)
    visiteur, reponse = ouvrir(jeton_de(seconde))
    assert "password1" not in reponse.content.decode()
    visiteur.post("/invitation/")
    compte = Utilisateur.objects.get(email=ADRESSE)
    assert compte.adhesions.count() == 2
    assert compte.check_password(MOT_DE_PASSE)


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"password2": "une-autre-phrase-longue"}, "Les deux mots de passe ne sont pas les mêmes."),
        ({"password1": "court", "password2": "court"}, "14 caractères"),
        ({"prenom": ""}, "prenom"),
    ],
)
def test_une_saisie_fausse_ne_cree_rien_et_garde_le_nom(invitation, saisie, phrase):
    visiteur, _ = ouvrir(jeton_de(invitation))
    page = visiteur.post("/invitation/", COMPTE | saisie).content.decode()
    assert phrase in page
    assert 'value="Berger"' in page
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


def test_un_courriel_qui_ne_part_pas_se_dit(client, administrateur, monkeypatch):
    def en_panne(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr("comptes.invitations.send_mail", en_panne)
    envoyer(client)
    assert "le courriel n’est pas parti" in client.get("/membres/").content.decode()
    assert Invitation.objects.get().email == ADRESSE


def test_le_journal_ne_porte_ni_jeton_ni_adresse(invitation, caplog):
    jeton = jeton_de(invitation)
    invitation.expire_le -= timedelta(days=8)
    invitation.save()
    ouvrir(jeton)
    assert "invitation_expiree" in caplog.text
    assert ADRESSE not in "".join(m for m in caplog.messages)
