"""Deux pages qui partent d'une décision : la renouveler sur avis motivé, et « Et si ? »."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from clauses.models import Eligibilite, ModeleRegle
from tests.clauses.test_marches_ecrans import texte
from tests.clauses.test_services_eligibilites import EMBAUCHE, Cadre
from tests.fabriques import BeneficiaireFactory, MarcheFactory

pytestmark = pytest.mark.django_db

RENOUVELABLE = {
    "eligibilite": {"renouvellement": "avis"},
    "citations": {"renouvellement": {"article": "9.5", "texte": ""}},
}
AVIS = {
    "organisme": "PLIE",
    "avis_date": "04/05/2026",
    "avis_texte": "La formation se termine en décembre.",
    "date_decision": "06/05/2026",
}


@pytest.fixture(autouse=True)
def en_mai_2026():
    with time_machine.travel("2026-05-10T10:00:00+02:00", tick=False):
        yield


def ouvrir(client, **regle) -> tuple[Cadre, Eligibilite]:
    """Assia, éligible du 13/05/2024 au 12/05/2026 : la décision connaissait l'embauche."""
    cadre = Cadre(**regle)
    eligibilite = cadre.decider(embauche_prevue=EMBAUCHE)
    client.force_login(cadre.claire)
    return cadre, eligibilite


def renouveler(eligibilite):
    return reverse("clauses:eligibilite_renouveler", args=[eligibilite.pk])


def et_si(cadre, **faits):
    """L'adresse, qui ne dit que le marché, et les faits à envoyer."""
    return f"{reverse('clauses:eligibilite_et_si', args=[cadre.personne.pk])}?marche={cadre.marche.pk}", faits


def test_la_page_dit_ce_que_donnerait_un_avis(client):
    """12 mois après le 12/05/2026 : le 12 mai 2027. La page de la décision y mène."""
    _, eligibilite = ouvrir(client, options=RENOUVELABLE)
    assert renouveler(eligibilite) in texte(client.get(reverse("clauses:eligibilite_detail", args=[eligibilite.pk])))
    page = texte(client.get(renouveler(eligibilite)))
    assert "12 mois de plus, sur avis motivé." in page
    assert "heures comptées jusqu’au 12 mai 2027 inclus" in page


def test_la_page_dit_ce_qui_se_renouvelle(client):
    """Sous le titre : l'opération et le dernier jour de la fenêtre, sur une ligne."""
    _, eligibilite = ouvrir(client, options=RENOUVELABLE)
    page = " ".join(texte(client.get(renouveler(eligibilite))).split())
    assert f"{eligibilite.operation} : éligible jusqu’au 12 mai 2026 inclus" in page


def test_renouveler_mene_a_la_nouvelle_decision(client):
    """La nouvelle décision montre l'avis, son organisme, sa date et l'article du marché ; l'ancienne reste lisible."""
    _, eligibilite = ouvrir(client, options=RENOUVELABLE)
    reponse = client.post(renouveler(eligibilite), AVIS, follow=True)
    page = texte(reponse)
    assert "Éligibilité renouvelée jusqu’au 12 mai 2027 inclus." in page
    assert "Renouvelée de 12 mois le 6 mai 2026, sur avis motivé du 4 mai 2026 (PLIE)." in page
    assert "La formation se termine en décembre." in page
    assert "CCAP, article 9.5" in page
    assert reverse("clauses:eligibilite_detail", args=[eligibilite.pk]) in page


@pytest.mark.parametrize(
    ("ecart", "champ", "phrase"),
    [
        ({"organisme": ""}, "organisme", "Choisissez l’organisme qui donne l’avis motivé."),
        ({"organisme": "MAIRIE"}, "organisme", "Sélectionnez un choix valide"),
        ({"avis_texte": ""}, "avis_texte", "Recopiez l’avis motivé"),
        ({"avis_texte": "Numéro 2 84 05 69 123 456 78"}, "avis_texte", "sécurité sociale"),
        ({"avis_date": "11/05/2026"}, "avis_date", "est dans le futur"),
        ({"avis_date": "07/05/2026"}, "avis_date", "suit la décision du 6 mai 2026"),
        ({"date_decision": "11/05/2026"}, "date_decision", "est dans le futur"),
        ({"avis_date": "31/02/2026"}, "avis_date", "Cette date n’existe pas."),
    ],
)
def test_un_avis_incomplet_ou_faux(client, ecart, champ, phrase):
    """La phrase est sur le champ, la saisie reste, la décision aussi."""
    _, eligibilite = ouvrir(client, options=RENOUVELABLE)
    reponse = client.post(renouveler(eligibilite), AVIS | ecart)
    assert phrase in " ".join(reponse.context["form"].errors[champ]).replace("\u00a0", " ")
    assert Eligibilite.objects.get().date_fin == date(2026, 5, 12)


def test_un_marche_qui_ne_prevoit_pas_de_renouvellement(client):
    """La page le dit, sans formulaire, et un envoi n'écrit rien ; la décision n'offre pas le bouton."""
    _, eligibilite = ouvrir(client)
    for reponse in (client.get(renouveler(eligibilite)), client.post(renouveler(eligibilite), AVIS)):
        assert "La règle du marché ne prévoit pas de renouvellement." in texte(reponse)
    detail = texte(client.get(reverse("clauses:eligibilite_detail", args=[eligibilite.pk])))
    assert renouveler(eligibilite) not in detail
    assert Eligibilite.objects.count() == 1


def test_une_decision_remplacee_ne_se_renouvelle_pas(client):
    """Deux onglets ouverts : le second envoi dit qu'une autre décision est en vigueur."""
    _, eligibilite = ouvrir(client, options=RENOUVELABLE)
    client.post(renouveler(eligibilite), AVIS)
    assert "Cette décision a été remplacée" in texte(client.post(renouveler(eligibilite), AVIS))
    assert Eligibilite.objects.count() == 2


# Et si ? -------------------------------------------------------------------------------------------------------------


def test_et_si_se_lit_a_cote_de_la_decision(client):
    """La page de décision y mène ; la décision en vigueur s'y lit, et les situations y sont avec leurs dates."""
    cadre, eligibilite = ouvrir(client)
    adresse, _ = et_si(cadre)
    assert adresse in texte(client.get(reverse("clauses:eligibilite_detail", args=[eligibilite.pk])))
    page = texte(client.get(adresse))
    assert 'method="post"' in page
    assert "Éligible sur Les Peupliers jusqu’au 12 mai 2026 inclus" in page
    assert 'value="01/06/2023"' in page


@pytest.mark.parametrize(
    ("faits", "reponse"),
    [
        ({"embauche": "10/06/2024"}, "Éligible sur Les Peupliers jusqu’au 9 juin 2026 inclus"),
        ({"debut_0": "05/03/2024"}, "Non éligible sur Les Peupliers"),
        ({"debut_0": ""}, "À compléter pour Les Peupliers"),
        ({"debut_0": "01/06/2023", "fin_0": "04/03/2024"}, "Éligible sur Les Peupliers jusqu’au 12 mai 2026 inclus"),
        ({"debut_0": "01/06/2023", "fin_0": "03/03/2024"}, "Non éligible sur Les Peupliers"),
        ({"modele": "I2", "embauche": "13/05/2024"}, "Éligible sur Les Peupliers jusqu’au 12 mai 2026 inclus"),
    ],
)
def test_d_autres_faits_donnent_une_autre_reponse_sans_rien_ecrire(client, faits, reponse):
    """Autre embauche, autres dates de situation (bornes comprises), autre lecture : la réponse change, rien n'est gardé."""
    cadre, eligibilite = ouvrir(client)
    avant = eligibilite.decision
    adresse, parametres = et_si(cadre, **({"embauche": "13/05/2024"} | faits))
    contexte = client.post(adresse, parametres).context
    assert reponse in contexte["bloc"].explication.reponse.replace("\u00a0", " ")
    eligibilite.refresh_from_db()
    assert (eligibilite.decision, Eligibilite.objects.count()) == (avant, 1)


def test_et_si_avec_un_modele_de_la_structure(client):
    """Un modèle de 12 mois : la réponse suit, et ce qu'il change est nommé ; la règle du marché ne bouge pas."""
    cadre, _ = ouvrir(client)
    modele = ModeleRegle.objects.create(
        structure=cadre.structure, nom="Un an", valeurs={"colonnes": {"duree_mois": 12}, "options": {}}
    )
    adresse, faits = et_si(cadre, modele=str(modele.pk), embauche="13/05/2024")
    page = texte(client.post(adresse, faits))
    assert "jusqu’au 12 mai 2025 inclus" in page
    assert "24 mois → 12 mois" in page
    cadre.regle.refresh_from_db()
    assert cadre.regle.duree_mois == 24


@pytest.mark.parametrize(
    ("faits", "phrase"),
    [
        ({"embauche": "31/02/2024"}, "Cette date n’existe pas."),
        ({"embauche": "13/05/0024"}, "Vérifiez l’année"),
        ({"debut_0": "01/06/2023", "fin_0": "01/05/2023"}, "La fin précède le début."),
        ({"modele": "I9"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_hypothese_fausse_le_dit(client, faits, phrase):
    """La page reste, la saisie aussi."""
    cadre, _ = ouvrir(client)
    adresse, parametres = et_si(cadre, **faits)
    assert phrase in texte(client.post(adresse, parametres))


def test_le_marche_ou_la_personne_d_ailleurs_sont_introuvables(client):
    """Une adresse sans marché, ou celle d'une autre structure : 404."""
    cadre, _ = ouvrir(client)
    adresse = reverse("clauses:eligibilite_et_si", args=[cadre.personne.pk])
    assert client.get(adresse).status_code == 404
    assert client.get(adresse, {"marche": "n-importe-quoi"}).status_code == 404
    assert client.get(adresse, {"marche": str(MarcheFactory().pk)}).status_code == 404
    ailleurs = reverse("clauses:eligibilite_et_si", args=[BeneficiaireFactory().pk])
    assert client.get(ailleurs, {"marche": str(cadre.marche.pk)}).status_code == 404
