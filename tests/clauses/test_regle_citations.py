"""L'article et la rédaction du marché, sur chaque page de la règle qui a des paramètres."""

import copy

import pytest
from django.urls import reverse

from clauses.models import Eligibilite
from clauses.services.marches import changer_regle, regle_courante
from tests.fabriques import Paysage
from tests.lire_html import formulaires

pytestmark = pytest.mark.django_db

PAGES = [
    ("regle_comptage", "mode_formation"),
    ("regle_statuts", "jour_adresse"),
    ("regle_controles", "controle_plus_que_le_contrat"),
    ("regle_criteres", "pieces"),
    ("regle_documents", "documents"),
    ("regle_heures_dues", "arrondi"),
    ("regle_penalites", "plafond_penalites"),
]


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    paysage = Paysage()
    return paysage


@pytest.fixture
def paysage(_paysage_bati, db, client):
    paysage = copy.deepcopy(_paysage_bati)
    client.force_login(paysage.facilitateur)
    return paysage


def tel_quel(client, adresse) -> dict:
    """Le formulaire de la page, tel qu'elle le montre."""
    page = client.get(adresse).content.decode()
    return next(f.valeurs for f in formulaires(page) if any(nom.startswith("citation-") for nom in f.valeurs))


@pytest.mark.parametrize(("page", "parametre"), PAGES)
def test_chaque_page_garde_l_article_et_la_redaction(paysage, client, page, parametre):
    """L'article tapé se garde, se relit, et n'efface pas celui d'une autre page."""
    changer_regle(
        marche=paysage.marche, sections={"citations": {"duree_mois": {"article": "9.3", "texte": ""}}}, par=None
    )
    adresse = reverse(f"clauses:{page}", args=[paysage.marche.pk])
    saisie = tel_quel(client, adresse) | {
        f"citation-{parametre}_article": "12.4",
        f"citation-{parametre}_texte": "Ce que le marché écrit.",
    }
    assert client.post(adresse, saisie).status_code == 302
    citations = regle_courante(paysage.marche).options["citations"]
    assert citations[parametre] == {"article": "12.4", "texte": "Ce que le marché écrit."}
    assert citations["duree_mois"]["article"] == "9.3"
    assert "Articles du marché (1)" in client.get(adresse).content.decode()


@pytest.mark.parametrize(("page", "parametre"), PAGES)
def test_un_article_trop_long_se_dit_et_rien_ne_change(paysage, client, page, parametre):
    """Quarante caractères au plus : la page revient avec sa saisie, la règle reste."""
    avant = regle_courante(paysage.marche).options
    adresse = reverse(f"clauses:{page}", args=[paysage.marche.pk])
    reponse = client.post(adresse, tel_quel(client, adresse) | {f"citation-{parametre}_article": "9" * 41})
    assert reponse.status_code in (200, 422)
    assert "9" * 41 in reponse.content.decode()
    assert "40 caractères" in reponse.content.decode().replace("\u00a0", " ")
    assert regle_courante(paysage.marche).options == avant


def test_enregistrer_sans_article_n_ouvre_pas_de_version(paysage, client):
    """Une décision a appliqué la règle : renvoyer la page des pièces sans rien y changer laisse la version 1."""
    assert Eligibilite.objects.filter(regle=regle_courante(paysage.marche)).exists()
    adresse = reverse("clauses:regle_criteres", args=[paysage.marche.pk])
    assert client.post(adresse, tel_quel(client, adresse)).status_code == 302
    assert regle_courante(paysage.marche).version == 1
