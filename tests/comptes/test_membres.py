"""Les membres d'une structure : qui les gère, et le dernier administrateur que rien ne retire."""

import pytest
from django.test import Client
from django.urls import reverse

from comptes.models import Adhesion, Role
from tests.fabriques import (
    AcheteurFactory,
    EntrepriseFactory,
    PrescripteurFactory,
    StructureFactory,
    creer_utilisateur,
)
from tests.lire_html import texte

pytestmark = pytest.mark.django_db
LISTE = "/membres/"


@pytest.fixture
def structure():
    return StructureFactory(nom="Maison du Test")


@pytest.fixture
def administrateur(structure, client):
    utilisateur = creer_utilisateur(structure, role=Role.ADMINISTRATEUR)
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def client_membre():
    return Client()


def adhesion_de(utilisateur) -> Adhesion:
    return utilisateur.adhesions.get()


def changer(client, adhesion, role, acces="oui", **options):
    return client.post(f"/membres/{adhesion.pk}/", {"role": role, "acces": acces}, **options)


@pytest.mark.parametrize("fabrique", [StructureFactory, PrescripteurFactory, AcheteurFactory, EntrepriseFactory])
def test_l_administrateur_de_chaque_profil_gere_les_siens(client, fabrique):
    organisation = fabrique()
    client.force_login(creer_utilisateur(organisation, role=Role.ADMINISTRATEUR))
    membre = creer_utilisateur(organisation)
    ailleurs = creer_utilisateur(fabrique())
    page = client.get(LISTE).content.decode()
    assert membre.email in page
    assert ailleurs.email not in page
    assert "Gérer les membres" in client.get("/mon-compte/").content.decode()
    assert changer(client, adhesion_de(membre), "administrateur").status_code == 302
    assert adhesion_de(membre).role == Role.ADMINISTRATEUR


def test_un_membre_ne_gere_personne(client, structure):
    membre = creer_utilisateur(structure)
    client.force_login(membre)
    assert client.get(LISTE).status_code == 403
    assert changer(client, adhesion_de(membre), "administrateur").status_code == 403
    assert adhesion_de(membre).role == Role.MEMBRE
    assert "Gérer les membres" not in client.get("/mon-compte/").content.decode()


def test_le_membre_d_une_autre_structure_est_introuvable(client, administrateur):
    autre = adhesion_de(creer_utilisateur(StructureFactory()))
    assert changer(client, autre, "administrateur").status_code == 404
    assert client.post(f"/membres/{autre.pk}/retirer/").status_code == 404
    assert Adhesion.objects.get(pk=autre.pk).role == Role.MEMBRE


def test_la_liste_dit_role_connexion_et_acces(client, administrateur, structure):
    suspendu = creer_utilisateur(structure, est_active=False)
    page = texte(client.get(LISTE).content.decode())
    assert page.count("Administrateur de la structure") == 1
    assert suspendu.email in page
    assert "Suspendu" in page
    assert "Jamais" in page  # suspendu n'est jamais venu


def test_autant_de_requetes_pour_beaucoup_de_membres(client, administrateur, structure, nombre_de_requetes):
    client.get(LISTE)
    with nombre_de_requetes() as avec_un:
        client.get(LISTE)
    for _ in range(20):
        creer_utilisateur(structure)
    with nombre_de_requetes() as avec_vingt:
        client.get(LISTE)
    assert len(avec_un) == len(avec_vingt)


@pytest.mark.parametrize(("role", "acces"), [("membre", "oui"), ("administrateur", "non")])
def test_le_dernier_administrateur_ne_se_retrograde_ni_ne_se_suspend(client, administrateur, structure, role, acces):
    creer_utilisateur(structure, role=Role.ADMINISTRATEUR, est_active=False)  # suspendu : il n'administre plus
    reponse = changer(client, adhesion_de(administrateur), role, acces)
    assert "C’est le dernier administrateur de la structure." in reponse.content.decode()
    assert (adhesion_de(administrateur).role, adhesion_de(administrateur).est_active) == ("administrateur", True)


def test_le_dernier_administrateur_ne_se_retire_pas(client, administrateur, structure):
    ferme = creer_utilisateur(structure, role=Role.ADMINISTRATEUR)
    ferme.is_active = False  # son compte est fermé : il n'administre plus
    ferme.save()
    reponse = client.post(f"/membres/{adhesion_de(administrateur).pk}/retirer/")
    assert reponse.status_code == 422
    assert "C’est le dernier administrateur de la structure." in reponse.content.decode()
    assert adhesion_de(administrateur).est_active


def test_avec_un_second_administrateur_le_premier_peut_partir(client, administrateur, structure):
    creer_utilisateur(structure, role=Role.ADMINISTRATEUR)
    reponse = client.post(f"/membres/{adhesion_de(administrateur).pk}/retirer/", follow=True)
    assert reponse.status_code == 200
    assert reponse.request["PATH_INFO"] == "/mon-compte/"
    assert not administrateur.adhesions.exists()


@pytest.mark.parametrize("maniere", ["suspendre", "retirer"])
def test_un_membre_retire_en_cours_de_session_lit_pourquoi(client, client_membre, administrateur, structure, maniere):
    membre = creer_utilisateur(structure)
    client_membre.force_login(membre)
    assert client_membre.get("/operations/").status_code == 200
    if maniere == "suspendre":
        changer(client, adhesion_de(membre), "membre", "non")
    else:
        client.post(f"/membres/{adhesion_de(membre).pk}/retirer/")
    accueil = client_membre.get("/")
    assert accueil.status_code == 403
    assert "Votre compte n’est rattaché à aucune organisation" in accueil.content.decode()
    for adresse in ("/operations/", LISTE):
        reponse = client_membre.get(adresse)
        assert reponse.status_code == 403, adresse
        assert "Votre compte n’appartient à aucune structure en ce moment." in reponse.content.decode()
    assert client_membre.post(reverse("clauses:operation_creer"), {"nom": "Perdue"}).status_code == 403
    assert client_membre.get("/mon-compte/").status_code == 200


def test_un_membre_suspendu_revient_avec_son_role(client, administrateur, structure):
    membre = creer_utilisateur(structure, est_active=False)
    changer(client, adhesion_de(membre), "membre", "oui")
    client.force_login(membre)
    assert client.get("/operations/").status_code == 200


def test_chaque_changement_laisse_une_trace(client, administrateur, structure):
    membre = creer_utilisateur(structure)
    adhesion = adhesion_de(membre)
    changer(client, adhesion, "membre", "non")
    client.post(reverse("comptes:membre_retirer", args=[adhesion.pk]))
    traces = Adhesion.pgh_event_model.objects.filter(pgh_obj_id=adhesion.pk).order_by("pgh_id")
    assert [(t.pgh_label, t.est_active) for t in traces] == [("insert", True), ("update", False), ("delete", False)]
    assert {t.pgh_context.metadata["user"] for t in traces[1:]} == {str(administrateur.pk)}
