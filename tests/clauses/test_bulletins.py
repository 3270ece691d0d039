"""Les heures du bulletin de paie, relevées par le facilitateur et comparées à celles de la ligne."""

import copy
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.cumuls import recalculer_tous
from clauses.models import EtatReleve, ReleveHeures
from clauses.regles.controles import Niveau
from clauses.services.controles import changer_niveaux
from clauses.services.heures import saisir_case
from tests.fabriques import Paysage, ReleveHeuresFactory
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db
CODE = "plus_que_le_bulletin"
LE_30_JUIN = date(2026, 6, 30)
LE_30_JUIN_A_10H = "2026-06-30T10:00:00+02:00"


@pytest.fixture(autouse=True)
def _le_30_juin():
    with time_machine.travel(LE_30_JUIN_A_10H, tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """120 h déclarées en mai 2026, à vérifier."""
    with time_machine.travel(LE_30_JUIN_A_10H, tick=False):
        paysage = Paysage()
        paysage.releve.delete()
        paysage.mai = ReleveHeuresFactory(
            affectation=paysage.affectation, mois=date(2026, 5, 1), heures=Decimal(120), saisi_par=paysage.facilitateur
        )
        recalculer_tous()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db, client):
    paysage = copy.deepcopy(_paysage_bati)
    client.force_login(paysage.facilitateur)
    return paysage


def relever(client, releve, heures):
    return client.post(reverse("clauses:releve_bulletin", args=[releve.pk]), {"heures_bulletin": heures})


def page(client, releve):
    return client.get(reverse("clauses:releve_detail", args=[releve.pk])).content.decode()


@pytest.mark.parametrize(("bulletin", "se_dit"), [("119,99", True), ("120", False), ("140", False)])
def test_le_controle_se_declenche_au_dela_du_bulletin(client, paysage, bulletin, se_dit):
    """120 h déclarées : un bulletin de 119,99 h se dit, un bulletin de 120 h ou plus non."""
    assert relever(client, paysage.mai, bulletin).status_code == 302
    assert paysage.mai.constats.filter(code=CODE).exists() == se_dit
    assert ("le bulletin de paie en porte 119,99\u00a0h" in texte(page(client, paysage.mai))) == se_dit


def test_le_bulletin_reste_a_l_ecran_et_se_retire(client, paysage):
    """Relevé, le bulletin se relit dans son champ ; vidé, il disparaît avec sa remarque, sans toucher à la version de la case."""
    relever(client, paysage.mai, "100")
    [formulaire] = [f for f in formulaires(page(client, paysage.mai)) if "heures_bulletin" in f.valeurs]
    assert formulaire.valeurs["heures_bulletin"] == ["100"]
    relever(client, paysage.mai, "")
    relu = ReleveHeures.objects.get(pk=paysage.mai.pk)
    assert (relu.heures_bulletin, relu.version) == (None, paysage.mai.version)
    assert not relu.constats.filter(code=CODE).exists()


def test_corriger_les_heures_relit_le_bulletin(client, paysage):
    """Ramenées à 100 h, celles du bulletin, les heures n'ont plus de remarque."""
    relever(client, paysage.mai, "100")
    saisir_case(
        affectation=paysage.affectation,
        nature="travail",
        mois=date(2026, 5, 1),
        heures=Decimal(100),
        version_lue=paysage.mai.version,
        utilisateur=paysage.facilitateur,
        aujourd_hui=LE_30_JUIN,
    )
    assert not paysage.mai.constats.filter(code=CODE).exists()


def test_ne_compte_pas_suit_le_bulletin(client, paysage):
    """Au niveau « ne compte pas », 120 h pour un bulletin de 100 h n'en comptent aucune, et la page le dit."""
    changer_niveaux(
        marche=paysage.marche, niveaux={CODE: Niveau.NE_COMPTE_PAS}, par=paysage.facilitateur, aujourd_hui=LE_30_JUIN
    )
    relever(client, paysage.mai, "100")
    assert ReleveHeures.objects.get(pk=paysage.mai.pk).heures_comptees == 0
    assert "120\u00a0h déclarées, 0\u00a0h comptées\u00a0: un contrôle ne les compte pas" in texte(
        page(client, paysage.mai)
    )


@pytest.mark.parametrize(
    ("saisi", "phrase"), [("-1", "n’est pas négatif"), ("744,01", "ne compte que 744"), ("bulletin", "nombre")]
)
def test_une_saisie_fausse_se_dit_et_reste(client, paysage, saisi, phrase):
    """Une saisie fausse revient telle quelle avec sa phrase, et rien n'est gardé."""
    reponse = relever(client, paysage.mai, saisi)
    assert reponse.status_code == 422
    assert phrase in texte(reponse.content.decode())
    assert f'value="{saisi}"' in reponse.content.decode()
    assert ReleveHeures.objects.get(pk=paysage.mai.pk).heures_bulletin is None


def test_des_heures_validees_se_rouvrent_d_abord(client, paysage):
    """Validée, la ligne n'offre plus le champ, et l'envoi se refuse en disant quoi faire."""
    ReleveHeures.objects.filter(pk=paysage.mai.pk).update(etat=EtatReleve.VALIDE)
    assert 'name="heures_bulletin"' not in page(client, paysage.mai)
    reponse = relever(client, paysage.mai, "100")
    assert reponse.status_code == 422
    assert "rouvrez-les" in texte(reponse.content.decode())
    assert ReleveHeures.objects.get(pk=paysage.mai.pk).heures_bulletin is None


def test_l_entreprise_ne_voit_pas_le_champ(client, paysage):
    """Le bulletin se relève du côté du facilitateur : l'entreprise voit sa ligne sans ce champ, et l'envoi lui est refusé."""
    relever(client, paysage.mai, "100")
    client.force_login(paysage.compte_entreprise)
    vue = page(client, paysage.mai)
    assert 'name="heures_bulletin"' not in vue
    assert "sur le bulletin de paie" not in vue
    assert "Modifié" not in texte(vue)
    assert relever(client, paysage.mai, "90").status_code == 403
