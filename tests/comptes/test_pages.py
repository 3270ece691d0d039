"""Pages ouvertes à tous : information, thème, erreurs, session finie."""

import re

import pytest
from django.core.exceptions import RequestDataTooBig
from django.urls import reverse

from comptes import pages
from tests import fabriques

PAGES_D_INFORMATION = ("accessibilite", "donnees_personnelles", "mentions_legales", "plan_du_site", "aide")


@pytest.mark.django_db
@pytest.mark.parametrize("nom", PAGES_D_INFORMATION)
def test_page_d_information_sans_connexion(client, nom):
    """Ces pages se lisent sans compte, avec un seul titre et un pied de page complet."""
    reponse = client.get(reverse(f"comptes:{nom}"))
    assert reponse.status_code == 200
    html = reponse.content.decode()
    assert len(re.findall(r"<h1\b", html)) == 1
    for autre in PAGES_D_INFORMATION:
        assert reverse(f"comptes:{autre}") in html


@pytest.mark.django_db
def test_une_adresse_d_envoi_ouverte_telle_quelle_dit_quoi_faire(client):
    """Recharger la page d'un formulaire refusé ne laisse pas devant une page blanche."""
    reponse = client.get(reverse("comptes:theme"))
    html = reponse.content.decode()
    assert (reponse.status_code, reponse["Allow"]) == (405, "POST")
    assert "Ouvrir cette page n’a rien enregistré." in html
    assert len(re.findall(r"<h1\b", html)) == 1


@pytest.mark.django_db
def test_mentions_legales_disent_qui_exploite(client, settings):
    """L'exploitant se nomme par les réglages ; avant cela, la page dit que ce n'est pas fait."""
    settings.EXPLOITANT = {"nom": "", "adresse": "", "courriel": "", "hebergeur": ""}
    assert "n’a pas encore renseigné" in client.get("/mentions-legales/").content.decode()
    settings.EXPLOITANT = {"nom": "Agglomération", "adresse": "1 place", "courriel": "a@b.example", "hebergeur": "Hôte"}
    html = client.get("/mentions-legales/").content.decode()
    assert "Agglomération" in html
    assert "Hôte" in html


@pytest.mark.django_db
def test_theme_choisi_puis_rendu_au_systeme(client):
    """Le thème tient dans un témoin, revient à la page d'où l'on vient, et se retire."""
    reponse = client.post("/theme/", {"theme": "sombre", "suite": "/aide/?x=1"})
    assert reponse.headers["Location"] == "/aide/?x=1"
    assert 'data-bs-theme="dark"' in client.get("/aide/").content.decode()
    client.post("/theme/", {"theme": "", "suite": "/aide/"})
    assert "data-bs-theme" not in client.get("/aide/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("suite", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", ""])
def test_theme_ne_mene_jamais_ailleurs(client, suite):
    """Une adresse d'un autre site ramène à l'accueil."""
    assert client.post("/theme/", {"theme": "clair", "suite": suite}).headers["Location"] == "/"


@pytest.mark.django_db
def test_un_morceau_charge_ensuite_ne_change_pas_le_titre(client):
    """L'accueil d'un acheteur charge ses comptes après coup : la page garde son titre, et non celui de la page d'où ils viennent."""
    client.force_login(fabriques.creer_utilisateur(fabriques.AcheteurFactory()))
    accueil = client.get("/").content.decode()
    assert re.search(r'name="htmx-config" content=\'[^\']*"ignoreTitle": true', accueil)


@pytest.mark.django_db
def test_page_introuvable(client, caplog):
    """La page dit quoi faire et donne un repère, que le journal porte aussi, sans les paramètres de l'adresse."""
    reponse = client.get("/nulle/part/?nom=Benali")
    html = reponse.content.decode()
    assert reponse.status_code == 404
    assert "Cette page n’existe pas, ou n’est pas à vous" in html
    repere = re.search(r"repère\s:\s<strong>([0-9A-Z]{4}-[0-9A-Z]{4})</strong>", html)[1]
    assert repere in caplog.text
    assert "Benali" not in caplog.text


def test_panne_sans_base_ni_session(rf):
    """La page de panne s'affiche sans aucune requête à la base."""
    reponse = pages.erreur_interne(rf.get("/"))
    assert reponse.status_code == 500
    assert "Une panne de notre côté" in reponse.content.decode()


@pytest.mark.django_db
def test_envoi_trop_lourd(client, settings):
    """Un formulaire de 50 Mo reçoit une phrase, pas une page blanche."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client.force_login(fabriques.creer_utilisateur(fabriques.StructureFactory()))
    reponse = client.post("/mon-compte/", {"nom": "x" * 200})
    assert reponse.status_code == 413
    assert "trop lourd" in reponse.content.decode()


def test_trop_de_champs_est_trop_lourd(rf):
    """L'erreur de Django est reconnue à son type."""
    requete = rf.post("/")
    assert pages.requete_invalide(requete, RequestDataTooBig()).status_code == 413
    assert pages.requete_invalide(requete, ValueError()).status_code == 400


@pytest.mark.django_db
def test_jeton_perime(client):
    """Sans jeton, rien n'est enregistré et la saisie n'est pas reprise : elle peut venir d'un autre site."""
    exigeant = type(client)(enforce_csrf_checks=True)
    reponse = exigeant.post("/mon-compte/", {"nom": "Saisie venue d’ailleurs"})
    html = reponse.content.decode()
    assert reponse.status_code == 403
    assert "Votre session a expiré" in html
    assert "Précédent" in html
    assert "Saisie venue d’ailleurs" not in html


@pytest.mark.django_db
def test_session_finie_au_milieu_d_un_formulaire(client):
    """La saisie revient à l'écran, prête à repartir à la même adresse ; un mot de passe n'est jamais réécrit."""
    reponse = client.post("/mon-compte/?a=1", {"nom": "D’Arc & Cie", "cases": ["1", "2"], "oldpassword": "secret"})
    html = reponse.content.decode()
    assert reponse.status_code == 403
    assert 'action="/mon-compte/?a=1"' in html
    assert 'name="nom" value="D’Arc &amp; Cie"' in html
    assert html.count('name="cases"') == 2
    assert "secret" not in html
    assert "no-store" in reponse.headers["Cache-Control"]


@pytest.mark.django_db
def test_session_finie_sur_une_simple_lecture(client):
    """Lire une page sans session mène à la connexion, puis ramène à la page."""
    reponse = client.get("/mon-compte/")
    assert reponse.status_code == 302
    assert reponse.headers["Location"] == "/compte/login/?next=/mon-compte/"


@pytest.mark.django_db
def test_connexion_refusee_garde_l_adresse(client):
    """Une phrase, l'adresse gardée, le titre qui dit l'erreur ; rien n'indique si le compte existe."""
    reponse = client.post("/compte/login/", {"login": "personne@ville.example", "password": "faux"})
    html = reponse.content.decode()
    assert "<title>Erreur\u00a0: Se connecter" in html
    assert "L’adresse ou le mot de passe n’est pas le bon" in html
    assert 'value="personne@ville.example"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("chemin", ["/aide/", "/compte/login/", "/compte/password/reset/", "/nulle/part/"])
def test_rien_en_ligne(client, chemin):
    """Ni style ni script écrits dans la page : la politique de sécurité les refuserait."""
    html = client.get(chemin).content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)
