"""Déménager : l'adresse quittée garde ses jours, la nouvelle est celle de la fiche."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from beneficiaires.models import Beneficiaire, Residence
from tests.fabriques import Paysage

pytestmark = pytest.mark.django_db
SAISIE = {
    "demenage_le": "01/07/2026",
    "adresse": "2 rue du Port",
    "code_postal": "38000",
    "commune": "Hautmont",
    "qpv": "non",
}


@pytest.fixture
def paysage(client):
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        paysage = Paysage()
        Beneficiaire.objects.filter(pk=paysage.beneficiaire.pk).update(
            qpv="oui", qpv_nom="Les Tilleuls", qpv_mode="adresse", qpv_verifie_le=date(2026, 1, 9)
        )
        client.force_login(paysage.facilitateur)
        paysage.adresse = reverse("beneficiaires:demenagement_noter", args=[paysage.beneficiaire.pk])
        yield paysage


def test_demenager_ferme_une_adresse_et_ouvre_l_autre(paysage, client):
    """L'ancienne adresse vaut jusqu'à la veille, avec son quartier ; la fiche porte la nouvelle."""
    assert client.post(paysage.adresse, SAISIE).status_code == 302
    quittee = Residence.objects.get()
    assert (quittee.date_debut, quittee.date_fin) == (None, date(2026, 6, 30))
    assert (quittee.qpv, quittee.qpv_nom, quittee.commune) == ("oui", "Les Tilleuls", "Villerive")
    personne = Beneficiaire.objects.get(pk=paysage.beneficiaire.pk)
    assert (personne.commune, personne.qpv, personne.qpv_mode) == ("Hautmont", "non", "")
    page = client.get(paysage.adresse).content.decode()
    assert "30 juin 2026" in page.replace("\u00a0", " ")
    assert "Quartier prioritaire\u00a0: Les Tilleuls" in page
    fiche = client.get(reverse("reporting:personne_fiche", args=[personne.pk])).content.decode()
    assert "Jusqu’au 30 juin 2026 : Villerive, QPV Les Tilleuls" in fiche.replace("\u00a0", " ")


def test_demenager_deux_fois_enchaine_les_jours(paysage, client):
    """La seconde adresse court du premier déménagement à la veille du second."""
    client.post(paysage.adresse, SAISIE)
    client.post(paysage.adresse, SAISIE | {"demenage_le": "15/09/2026", "commune": "Villerive"})
    seconde = Residence.objects.order_by("-date_fin").first()
    assert (seconde.date_debut, seconde.date_fin) == (date(2026, 7, 1), date(2026, 9, 14))


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"demenage_le": "18/11/2026"}, "est dans le futur"),
        ({"demenage_le": "31/06/2026"}, "Cette date n’existe pas"),
        ({"demenage_le": ""}, "Indiquez le jour du déménagement"),
        ({"commune": ""}, "Indiquez la commune"),
        ({"qpv": "oui"}, "Dites comment le quartier prioritaire a été établi"),
    ],
)
def test_une_saisie_fausse_se_dit_et_ne_change_rien(paysage, client, changes, phrase):
    """La phrase est sur le champ, la saisie gardée, l'adresse inchangée."""
    page = client.post(paysage.adresse, SAISIE | changes).content.decode()
    assert phrase in page
    assert 'value="2 rue du Port"' in page
    assert not Residence.objects.exists()
    assert Beneficiaire.objects.get(pk=paysage.beneficiaire.pk).commune == "Villerive"


def test_un_demenagement_d_avant_le_precedent_est_refuse(paysage, client):
    """On ne quitte pas une adresse avant d'y être arrivé."""
    client.post(paysage.adresse, SAISIE)
    page = client.post(paysage.adresse, SAISIE | {"demenage_le": "01/07/2026"}).content.decode()
    assert "donnez un jour plus tardif" in page
    assert Residence.objects.count() == 1
