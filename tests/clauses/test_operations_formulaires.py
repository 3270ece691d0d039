"""Créer et modifier une opération, ajouter en chemin le maître d'ouvrage qui manque."""

from datetime import date

import pytest
from django.urls import reverse

from clauses.models import Operation
from comptes.models import Categorie, Organisation, Profil
from tests.fabriques import AcheteurFactory, EntrepriseFactory, OperationFactory, StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db

CREER = reverse("clauses:operation_creer")


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


@pytest.fixture
def saisie():
    return {
        "nom": "Résidence Les Peupliers",
        "maitre_ouvrage": str(AcheteurFactory(nom="Habitat Confluence").pk),
        "financement": "npnru",
        "programme": "NPNRU Les Terrasses",
        "commune": "Villerive",
        "code_postal": "69999",
        "date_debut": "14/01/2026",
        "date_fin": "30/06/2027",
        "heures_qpv_visees": "1 500",
    }


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def test_creer_une_operation(client, structure, saisie):
    """L'opération appartient à la structure, et l'on arrive sur sa page."""
    reponse = client.post(CREER, saisie)
    operation = Operation.objects.get()
    assert reponse.url == reverse("reporting:operation_fiche", args=[operation.pk])
    assert (operation.structure, operation.nom, operation.maitre_ouvrage.nom) == (
        structure,
        "Résidence Les Peupliers",
        "Habitat Confluence",
    )
    assert (operation.date_debut, operation.date_fin) == (date(2026, 1, 14), date(2027, 6, 30))
    assert (operation.financement, operation.heures_qpv_visees) == ("npnru", 1500)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"nom": ""}, "Donnez un nom à l’opération."),
        ({"nom": "   "}, "Donnez un nom à l’opération."),
        ({"nom": "x" * 201}, "200"),
        ({"maitre_ouvrage": ""}, "Choisissez dans la liste, ou ajoutez l’organisation qui manque."),
        ({"maitre_ouvrage": "pirate"}, "Cette organisation n’est pas dans la liste."),
        ({"commune": ""}, "Indiquez la commune."),
        ({"code_postal": "6900"}, "Le code postal compte cinq chiffres"),
        ({"code_postal": "6900\n"}, "Le code postal compte cinq chiffres"),
        ({"date_debut": ""}, "Indiquez le début de l’opération."),
        ({"date_debut": "31/02/2026"}, "Cette date n’existe pas."),
        ({"date_debut": "14/01/0206"}, "Cette date tombe en 206. Vérifiez l’année"),
        ({"date_fin": "13/01/2026"}, "La fin, le 13 janvier 2026, précède le début, le 14 janvier 2026."),
        ({"heures_qpv_visees": "-1"}, "Un nombre d’heures n’est pas négatif."),
        ({"heures_qpv_visees": "99999999999"}, "Ce nombre dépasse 10 millions d’heures."),
        ({"heures_qpv_visees": "1e9"}, "C’est une notation scientifique"),
    ],
)
def test_une_saisie_fausse_est_refusee_avec_une_phrase(client, saisie, changement, phrase):
    """Rien n'est enregistré, la phrase dit quoi faire, le reste de la saisie est toujours là."""
    reponse = client.post(CREER, saisie | changement)
    assert reponse.status_code == 200
    assert phrase in texte(reponse)
    assert texte(reponse).count("<title>Erreur : ") == 1
    assert 'value="NPNRU Les Terrasses"' in texte(reponse)
    assert not Operation.objects.exists()


def test_un_seul_jour_est_une_periode(client, saisie):
    """Une opération d'un jour commence et finit ce jour-là."""
    client.post(CREER, saisie | {"date_fin": saisie["date_debut"]})
    assert Operation.objects.get().date_fin == date(2026, 1, 14)


def test_la_meme_operation_envoyee_deux_fois_n_est_creee_qu_une_fois(client, saisie):
    """Le second envoi dit que l'opération existe déjà."""
    client.post(CREER, saisie)
    assert "Cette opération existe déjà" in texte(client.post(CREER, saisie))
    assert Operation.objects.count() == 1


def test_une_entreprise_n_est_pas_un_maitre_d_ouvrage(client, saisie):
    """La liste n'offre que des acheteurs ; une entreprise glissée dans l'envoi est refusée."""
    entreprise = EntrepriseFactory()
    assert "n’est pas dans la liste" in texte(client.post(CREER, saisie | {"maitre_ouvrage": str(entreprise.pk)}))
    assert entreprise.nom not in texte(client.get(CREER))


def test_les_maitres_d_ouvrage_se_rangent_en_publics_et_prives(client):
    """Deux titres dans la liste, les publics d'abord."""
    AcheteurFactory(nom="Promotion Belvédère", categorie=Categorie.PROMOTEUR_PRIVE)
    AcheteurFactory(nom="Ville de Villerive", commune="Villerive")
    page = texte(client.get(CREER))
    publics, prives = page.index('label="Acheteurs publics"'), page.index('label="Maîtres d’ouvrage privés"')
    assert publics < page.index("Ville de Villerive, Villerive") < prives < page.index("Promotion Belvédère")


def test_modifier_une_operation(client, structure, saisie):
    """La page montre ce qui est enregistré, en français, et garde le changement."""
    operation = OperationFactory(structure=structure, heures_qpv_visees=1500)
    page = client.get(reverse("clauses:operation_modifier", args=[operation.pk]))
    assert 'value="14/01/2026"' in texte(page)
    assert 'value="1 500"' in texte(page)
    client.post(page.request["PATH_INFO"], saisie | {"nom": "Un autre nom"})
    operation.refresh_from_db()
    assert operation.nom == "Un autre nom"


def test_ajouter_un_maitre_d_ouvrage_sans_perdre_sa_saisie(client, saisie):
    """On part de la page à moitié remplie, on crée l'acheteur, on revient : tout est là, et lui est choisi."""
    depart = client.post(CREER, saisie | {"maitre_ouvrage": "", "date_fin": "bientôt", "ajouter": "maitre_ouvrage"})
    assert depart.url.startswith(f"{reverse('clauses:organisation_creer')}?profil=acheteur")
    assert not Operation.objects.exists()
    retour = client.post(depart.url, {"nom": "Promotion Belvédère", "categorie": "promoteur_prive", "commune": "Lyon"})
    cree = Organisation.objects.get(nom="Promotion Belvédère")
    assert (cree.profil, cree.categorie) == (Profil.ACHETEUR, Categorie.PROMOTEUR_PRIVE)
    page = client.get(retour.url)
    assert 'value="Résidence Les Peupliers"' in texte(page)
    assert 'value="bientôt"' in texte(page)
    assert f'<option value="{cree.pk}" selected>' in texte(page)
    assert "corriger" not in texte(page)
    client.post(CREER, saisie | {"maitre_ouvrage": str(cree.pk)})
    assert Operation.objects.get().maitre_ouvrage == cree


def test_renoncer_a_ajouter_ramene_a_la_saisie(client, saisie):
    """Le lien de retour de la page d'ajout rend le formulaire tel qu'on l'avait quitté, jusqu'à ce qu'il soit enregistré."""
    depart = client.post(CREER, saisie | {"ajouter": "maitre_ouvrage"})
    page = texte(client.get(depart.url))
    assert f'href="{CREER}?brouillon=1"' in page
    assert 'value="Résidence Les Peupliers"' in texte(client.get(f"{CREER}?brouillon=1"))
    assert 'value="Résidence Les Peupliers"' not in texte(client.get(CREER))
    client.post(f"{CREER}?brouillon=1", saisie)
    assert Operation.objects.count() == 1
    assert 'value="Résidence Les Peupliers"' not in texte(client.get(f"{CREER}?brouillon=1"))


def test_l_annuaire_ne_reprend_pas_un_vieux_brouillon(client, saisie):
    """Ajouter une entreprise depuis l'annuaire ramène à l'annuaire, même si un formulaire a été laissé en plan."""
    client.post(CREER, saisie | {"ajouter": "maitre_ouvrage"})
    adresse = f"{reverse('clauses:organisation_creer')}?profil=entreprise"
    assert client.post(adresse, {"nom": "Voltéo", "categorie": "entreprise"}).url == reverse("clauses:entreprise_liste")


def test_l_operation_d_une_autre_structure_est_introuvable(client, saisie):
    """Ni montrée, ni modifiée, ni supprimée : 404."""
    ailleurs = OperationFactory(nom="Ailleurs")
    for nom in ("operation_modifier", "operation_supprimer", "marche_creer"):
        adresse = reverse(f"clauses:{nom}", args=[ailleurs.pk])
        assert client.get(adresse).status_code == 404
        assert client.post(adresse, saisie).status_code == 404
    ailleurs.refresh_from_db()
    assert ailleurs.nom == "Ailleurs"
