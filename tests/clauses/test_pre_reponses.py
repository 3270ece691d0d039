"""La page « Puis-je compter cette personne ? » d'une entreprise : rien de la personne, rien d'enregistré."""

import pytest
from django.test import Client
from django.urls import reverse

from beneficiaires.criteres import CRITERES
from clauses.models import Eligibilite, RegleClause
from tests.lire_html import texte


@pytest.fixture
def demander(paysage):
    client = Client()
    client.force_login(paysage.compte_entreprise)
    adresse = reverse("clauses:pre_reponse", args=[paysage.marche.pk])

    def envoyer(**champs: str):
        envoi = {"critere": "RSA", "depuis": "01/12/2025", "embauche": "01/12/2026"} | champs
        return client.post(adresse, envoi)

    return envoyer


def test_la_reponse_se_lit_avec_sa_fenetre(paysage, demander):
    """Le 17 novembre 2026, embauche prévue le 1er décembre : 24 mois, jusqu'au 30 novembre 2028."""
    avant = Eligibilite.objects.count()
    page = texte(demander().content.decode())
    assert "Oui, sous conditions" in page
    assert "30 novembre 2028" in page
    assert "attestation RSA" in page
    assert "Réponse indicative" in page
    assert Eligibilite.objects.count() == avant
    tard = texte(demander(depuis="01/06/2026").content.decode())
    assert "Non, d’après la règle de ce marché" in tard
    assert "ne couvre pas le 14 janvier 2026" in tard


def test_les_situations_sensibles_ne_se_demandent_pas(paysage, demander):
    page = demander().content.decode()
    sensibles = [critere for critere in CRITERES.values() if critere.sensible]
    assert sensibles
    assert not [critere.code for critere in sensibles if f'value="{critere.code}"' in page]
    refus = demander(critere=sensibles[0].code)
    assert refus.status_code == 422


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"critere": ""}, "obligatoire"),
        ({"depuis": "31/02/2026"}, "n’existe pas"),
        ({"embauche": ""}, "obligatoire"),
        ({"depuis": "02/12/2026"}, "après l’embauche"),
    ],
    ids=["sans situation", "date impossible", "sans embauche", "ordre"],
)
def test_une_saisie_fausse_garde_ce_qui_est_tape(demander, champs, phrase):
    reponse = demander(**champs)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert phrase in texte(page)
    assert "01/12/2026" in page or "embauche" in champs


def test_sans_regle_la_page_le_dit(paysage, demander):
    RegleClause.objects.filter(marche=paysage.marche).update(est_courante=False)
    assert "Ce marché n’a pas encore de règle" in texte(demander().content.decode())


def test_l_accueil_y_mene(paysage):
    client = Client()
    client.force_login(paysage.compte_entreprise)
    assert reverse("clauses:pre_reponse", args=[paysage.marche.pk]) in client.get("/").content.decode()
