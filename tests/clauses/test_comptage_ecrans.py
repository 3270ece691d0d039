"""Les écrans de la règle : ce que comptent les heures, le jour qui fait foi ; et « déclarées, comptées » là où elles se lisent."""

import copy
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.cumuls import recalculer_tous
from clauses.models import Affectation, Engagement, EtatReleve, NatureHeures
from clauses.regles.section_comptage import ModeCompte, ParametresComptage
from clauses.services.marches import changer_regle, regle_courante
from tests.fabriques import Paysage, ReleveHeuresFactory
from tests.lire_html import formulaires

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    paysage = Paysage()
    paysage.releve.delete()
    Engagement.objects.filter(pk=paysage.engagement.pk).update(heures_dues=Decimal(480))
    paysage.adresse = reverse("clauses:regle_comptage", args=[paysage.marche.pk])
    return paysage


@pytest.fixture
def paysage(_paysage_bati, db, client):
    paysage = copy.deepcopy(_paysage_bati)
    client.force_login(paysage.facilitateur)
    return paysage


def tel_quel(client, adresse) -> dict:
    page = client.get(adresse).content.decode()
    return next(f.valeurs for f in formulaires(page) if f.methode == "post" and "report" in f.valeurs)


def test_le_tableau_montre_chaque_facon_et_son_defaut(paysage, client):
    """Neuf lignes ; le stage et le tutorat ne sont pas cochés, la formation l'est."""
    page = client.get(paysage.adresse).content.decode()
    for libelle in ("Embauche directe", "Stage, immersion", "Tutorat", "Formation", "EA ou ESAT"):
        assert libelle in page
    valeurs = tel_quel(client, paysage.adresse)
    assert "formation-est_compte" in valeurs
    assert "stage-est_compte" not in valeurs
    assert valeurs["directe-coefficient"] == ["1"]


def test_enregistrer_sans_rien_changer_garde_les_valeurs_par_defaut(paysage, client):
    """Le formulaire envoyé tel quel écrit ce qui valait déjà."""
    assert client.post(paysage.adresse, tel_quel(client, paysage.adresse)).status_code == 302
    section = regle_courante(paysage.marche).options["comptage"]
    assert section == ParametresComptage().vers_json()


def test_un_plafond_se_regle_et_se_relit(paysage, client):
    """20 % de formation, stage compté à moitié : la règle les garde."""
    saisie = tel_quel(client, paysage.adresse) | {
        "formation-plafond_pourcent": "20",
        "stage-est_compte": "on",
        "stage-coefficient": "0,5",
        "report": "lots",
    }
    client.post(paysage.adresse, saisie)
    parametres = ParametresComptage.depuis_json(regle_courante(paysage.marche).options["comptage"])
    assert parametres.du_mode(ModeCompte.FORMATION).plafond_pourcent == Decimal(20)
    assert parametres.du_mode(ModeCompte.STAGE).coefficient == Decimal("0.5")
    assert parametres.report == "lots"


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("formation-plafond_pourcent", "120", "ne dépasse pas 100\u00a0%"),
        ("formation-plafond_pourcent", "0", "plus grand que 0"),
        ("directe-coefficient", "1,2", "ne dépasse pas 1"),
        ("directe-coefficient", "0", "plus grand que 0"),
        ("directe-coefficient", "beaucoup", "Ce n’est pas un nombre"),
        ("stage-plafond_heures", "35", "elles n’ont pas de plafond"),
        ("hors_site_plafond_pourcent", "10", "elles n’ont pas de plafond"),
    ],
)
def test_une_contradiction_se_dit_sur_le_champ(paysage, client, champ, valeur, phrase):
    """La saisie est gardée, la règle ne change pas."""
    saisie = tel_quel(client, paysage.adresse) | {champ: valeur}
    page = client.post(paysage.adresse, saisie).content.decode()
    assert phrase in page
    assert f'value="{valeur}"' in page
    assert "Erreur" in page
    assert "comptage" not in regle_courante(paysage.marche).options


def test_deux_plafonds_sur_une_ligne(paysage, client):
    """Un plafond en pour cent ou en heures, pas les deux."""
    saisie = tel_quel(client, paysage.adresse) | {"formation-plafond_pourcent": "20", "formation-plafond_heures": "35"}
    assert "pas les deux" in client.post(paysage.adresse, saisie).content.decode()


def test_le_jour_qui_fait_foi(paysage, client):
    """L'adresse suit le jour de l'heure, le reste ne change pas ; un jour inventé est refusé."""
    adresse = reverse("clauses:regle_statuts", args=[paysage.marche.pk])
    saisie = {"adresse": "heure", "critere": "attribution", "rqth": "attribution", "contrat": "heure"}
    assert client.post(adresse, saisie).status_code == 302
    assert regle_courante(paysage.marche).options["statuts"]["adresse"] == "heure"
    assert client.post(adresse, saisie | {"adresse": "demain"}).status_code == 200


@time_machine.travel("2026-11-17T10:00:00+01:00", tick=False)
def test_declarees_et_comptees_se_lisent_ensemble(paysage, client):
    """« 120 h déclarées, 96 h comptées : plafond de formation 20 % », sur l'opération comme sur le marché."""
    changer_regle(
        marche=paysage.marche,
        sections={"comptage": {"modes": {"formation": {"plafond_pourcent": "20"}}}},
        par=paysage.facilitateur,
    )
    ReleveHeuresFactory(
        affectation=paysage.affectation,
        mois=date(2026, 4, 1),
        heures=Decimal(120),
        nature=NatureHeures.FORMATION,
        etat=EtatReleve.VALIDE,
        saisi_par=paysage.facilitateur,
    )
    recalculer_tous()
    for nom, objet in (("operation_fiche", paysage.operation), ("marche_fiche", paysage.marche)):
        page = client.get(reverse(f"reporting:{nom}", args=[objet.pk])).content.decode()
        assert "120\u00a0h déclarées, 96\u00a0h comptées" in page
        assert "plafond de formation 20\u00a0%" in page
        assert "96\u00a0h validées sur 480\u00a0h dues" in page
    personne = client.get(reverse("reporting:personne_fiche", args=[paysage.beneficiaire.pk])).content.decode()
    assert "120\u00a0h déclarées" in personne
    liste = client.get(reverse("clauses:operation_liste")).content.decode()
    assert "96\u00a0h" in liste


def test_le_mode_d_un_placement(paysage, client):
    """Un contrat se place « embauche directe » par défaut ; choisir le tutorat le change, et le garde à l'écran."""
    adresse = reverse("clauses:contrat_modifier", args=[paysage.contrat.pk])
    page = client.get(adresse).content.decode()
    valeurs = next(f.valeurs for f in formulaires(page) if "type_contrat" in f.valeurs)
    assert client.post(adresse, valeurs | {"mode_execution": "tutorat", "est_hors_site": "on"}).status_code == 302
    affectation = Affectation.objects.get(pk=paysage.affectation.pk)
    assert (affectation.mode_execution, affectation.est_hors_site) == ("tutorat", True)
    page = client.get(adresse).content.decode()
    assert '<option value="tutorat" selected>' in page
    assert client.post(adresse, valeurs | {"mode_execution": "telepathie"}).status_code == 200
