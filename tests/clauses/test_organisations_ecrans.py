"""L'annuaire des entreprises, et l'ajout d'une organisation."""

import csv
import io

import pytest
from django.urls import reverse

from comptes.models import Categorie, Organisation, Profil
from tests.fabriques import (
    AcheteurFactory,
    BeneficiaireFactory,
    ContratFactory,
    EngagementFactory,
    EntrepriseFactory,
    MarcheFactory,
    OperationFactory,
    OrganisationFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db

LISTE = reverse("clauses:entreprise_liste")
SIRET = "73282932000074"


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


def creer(profil="entreprise", **parametres):
    suite = "".join(f"&{nom}={valeur}" for nom, valeur in parametres.items())
    return f"{reverse('clauses:organisation_creer')}?profil={profil}{suite}"


def saisie(**changements):
    return {
        "nom": "Voltéo",
        "categorie": "entreprise",
        "siret": "",
        "adresse": "3 rue des Tilleuls",
        "code_postal": "69999",
        "commune": "Villerive",
        "telephone": "04 39 98 12 47",
        "courriel": "contact@volteo.example",
    } | changements


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def noms(reponse):
    return [ligne.record.nom for ligne in reponse.context["table"].page.object_list]


def test_l_annuaire_compte_les_operations_de_la_structure(client, structure):
    """Deux lots d'une même opération font une opération ; celles des autres structures ne comptent pas."""
    entreprise = EntrepriseFactory(nom="Bâti-Rhône")
    operation = OperationFactory(structure=structure)
    for _ in range(2):
        EngagementFactory(titulaire__entreprise=entreprise, titulaire__lot__marche__operation=operation)
    TitulaireFactory(entreprise=entreprise)
    page = texte(client.get(LISTE))
    assert f'<a href="{reverse("clauses:operation_liste")}?entreprise={entreprise.pk}">1</a>' in page
    assert AcheteurFactory().nom not in page


@pytest.mark.parametrize(
    ("filtres", "attendus"),
    [
        ({"q": "bati"}, ["Bâti-Rhône"]),
        ({"q": "732 829"}, ["Voltéo"]),
        ({"q": "lyon"}, ["Voltéo"]),
        ({"categorie": "etti"}, ["Élan Intérim"]),
        ({"sort": "-nom"}, ["Voltéo", "Élan Intérim", "Bâti-Rhône"]),
        ({"q": "introuvable"}, []),
    ],
)
def test_l_annuaire_se_cherche_et_se_trie(client, filtres, attendus):
    """Par nom ou commune, sans accents, ou par les premiers chiffres du SIRET."""
    EntrepriseFactory(nom="Bâti-Rhône")
    EntrepriseFactory(nom="Voltéo", siret=SIRET, commune="Lyon")
    EntrepriseFactory(nom="Élan Intérim", categorie=Categorie.ETTI)
    reponse = client.get(LISTE, filtres)
    assert noms(reponse) == attendus
    assert ("Aucune entreprise avec ces filtres" in texte(reponse)) == (not attendus)


def test_l_annuaire_vide_dit_comment_commencer(client):
    """Aucune entreprise encore : une phrase et une seule action pleine."""
    page = texte(client.get(LISTE))
    assert "Aucune entreprise pour l’instant" in page
    assert page.count("btn-primary") == 1


def test_l_annuaire_s_exporte(client):
    """SIRET en clair, coordonnées et nombre d'opérations ; un nom qui ouvre une formule est désarmé."""
    EntrepriseFactory(nom="=1+1", siret=SIRET)
    contenu = client.get(LISTE, {"export": "csv"}).content.decode("utf-8-sig")
    (ligne,) = csv.DictReader(io.StringIO(contenu), delimiter=";")
    assert (ligne["Entreprise"], ligne["SIRET"], ligne["Opérations"]) == ("'=1+1", SIRET, "0")


@pytest.mark.parametrize("nombre", [1, 50])
def test_le_nombre_de_requetes_est_constant(client, nombre, nombre_de_requetes):
    """Autant de requêtes pour 1 entreprise que pour 50, et moins de 15."""
    for _ in range(nombre):
        TitulaireFactory()
    client.get(LISTE)
    with nombre_de_requetes() as requetes:
        client.get(LISTE)
    assert len(requetes) == 7


@pytest.mark.parametrize(
    ("profil", "categorie"),
    [("entreprise", "geiq"), ("acheteur", "promoteur_prive"), ("prescripteur", "mission_locale")],
)
def test_ajouter_une_organisation(client, profil, categorie):
    """Le profil vient de l'adresse, la catégorie est de ce profil ; le SIRET collé avec ses espaces est compris."""
    client.post(creer(profil), saisie(categorie=categorie, siret="732 829 320 00074"))
    organisation = Organisation.objects.get(nom="Voltéo")
    assert (organisation.profil, organisation.categorie, organisation.siret) == (profil, categorie, SIRET)


def test_un_nom_tient_sur_une_ligne(client):
    """Collé sur deux, il ferait refuser l'objet de chaque courriel qui le porte."""
    client.post(creer("entreprise"), saisie(nom="Voltéo\r\nBcc: pirate@exemple.fr"))
    assert (
        Organisation.objects.get(profil="entreprise", nom__startswith="Voltéo").nom == "Voltéo Bcc: pirate@exemple.fr"
    )


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"nom": ""}, "Donnez le nom de l’organisation."),
        ({"nom": "bâti-rhône "}, "« bâti-rhône » est déjà dans la liste."),
        ({"categorie": ""}, "Choisissez une catégorie."),
        ({"categorie": "promoteur_prive"}, "Sélectionnez un choix valide"),
        ({"siret": "73282932000075"}, "sa clé ne correspond pas"),
        ({"siret": "7328293200007"}, "Le SIRET compte 14 chiffres."),
        ({"siret": "35600000049837"}, "Ce SIRET est celui de Bâti-Rhône, déjà dans la liste."),
        ({"code_postal": "Lyon"}, "Le code postal compte cinq chiffres"),
        ({"courriel": "contact"}, "Saisissez une adresse"),
    ],
)
def test_une_organisation_fausse_est_refusee_avec_une_phrase(client, changement, phrase):
    """Clé de SIRET, doublon de nom ou de SIRET : rien n'est ajouté, la saisie reste."""
    EntrepriseFactory(nom="Bâti-Rhône", siret="35600000049837")
    page = texte(client.post(creer(), saisie(**changement)))
    assert phrase in page
    assert 'value="3 rue des Tilleuls"' in page
    assert Organisation.objects.du_profil(Profil.ENTREPRISE).count() == 1


def test_le_meme_siret_peut_etre_acheteur_et_entreprise(client):
    """Une commune qui achète et qui emploie : un SIRET par profil."""
    AcheteurFactory(siret=SIRET)
    client.post(creer(), saisie(siret=SIRET))
    assert Organisation.objects.filter(siret=SIRET).count() == 2


@pytest.mark.parametrize("profil", ["facilitateur", "pirate", ""])
def test_on_n_ajoute_pas_n_importe_quel_profil(client, profil):
    """Une structure facilitatrice ne s'ajoute pas ici : la page n'existe pas."""
    assert client.get(creer(profil)).status_code == 404
    assert client.post(creer(profil), saisie()).status_code == 404


@pytest.mark.parametrize(
    ("suite", "attendu"),
    [("/personnes/", "/personnes/?organisation="), ("//pirate.example/", LISTE), ("https://pirate.example/", LISTE)],
)
def test_l_ajout_ramene_a_une_page_du_site(client, suite, attendu):
    """`suite` mène à une page d'ici, avec l'organisation créée ; jamais ailleurs."""
    assert client.post(creer(suite=suite), saisie()).url.startswith(attendu)


def test_modifier_une_organisation_sans_membre(client):
    """Tant que personne n'y a de compte, un facilitateur tient sa fiche."""
    entreprise = EntrepriseFactory(nom="Voltéo", siret=SIRET)
    adresse = reverse("clauses:organisation_modifier", args=[entreprise.pk])
    assert f'value="{SIRET}"' in texte(client.get(adresse))
    client.post(adresse, saisie(nom="Voltéo Sud", siret=SIRET))
    entreprise.refresh_from_db()
    assert entreprise.nom == "Voltéo Sud"


def test_une_organisation_qui_a_des_membres_tient_sa_fiche(client):
    """La liste le dit au lieu d'offrir « Modifier » ; l'adresse tapée à la main est refusée."""
    entreprise = EntrepriseFactory(nom="Voltéo")
    creer_utilisateur(entreprise)
    assert "tenue par ses membres" in texte(client.get(LISTE))
    assert (
        client.post(reverse("clauses:organisation_modifier", args=[entreprise.pk]), saisie(nom="Pirate")).status_code
        == 403
    )
    entreprise.refresh_from_db()
    assert entreprise.nom == "Voltéo"


def test_l_organisation_d_une_autre_structure_ne_se_modifie_pas(client, structure):
    """Elle ne sert qu'à une autre structure : ni lien, ni formulaire, ni changement. Dès qu'elle sert ici, elle se corrige."""
    entreprise = EntrepriseFactory(nom="Voltéo")
    TitulaireFactory(entreprise=entreprise)
    adresse = reverse("clauses:organisation_modifier", args=[entreprise.pk])
    page = texte(client.get(LISTE))
    assert "tenue par une autre structure" in page
    assert adresse not in page
    assert client.get(adresse).status_code == 403
    assert client.post(adresse, saisie(nom="Pirate")).status_code == 403
    entreprise.refresh_from_db()
    assert entreprise.nom == "Voltéo"
    TitulaireFactory(entreprise=entreprise, lot__marche__operation__structure=structure)
    assert adresse in texte(client.get(LISTE))
    assert client.post(adresse, saisie(nom="Voltéo Sud")).status_code == 302


@pytest.mark.parametrize(
    "citer",
    [
        lambda o, s: OperationFactory(maitre_ouvrage=o, structure=s),
        lambda o, s: MarcheFactory(acheteur=o, operation__structure=s),
        lambda o, s: BeneficiaireFactory(prescripteur=o, structure=s),
        lambda o, s: ContratFactory(employeur=o, beneficiaire__structure=s),
        lambda o, s: ContratFactory(entreprise_utilisatrice=o, beneficiaire__structure=s),
    ],
    ids=["maitre_ouvrage", "acheteur", "prescripteur", "employeur", "utilisatrice"],
)
def test_servir_ailleurs_retire_la_fiche_servir_ici_la_rend(client, structure, citer):
    """Maître d'ouvrage, acheteur, prescripteur ou employeur : chaque citation compte."""
    organisation = OrganisationFactory(profil="prescripteur", categorie="ccas")
    adresse = reverse("clauses:organisation_modifier", args=[organisation.pk])
    assert client.get(adresse).status_code == 200
    citer(organisation, StructureFactory())
    assert client.get(adresse).status_code == 403
    citer(organisation, structure)
    assert client.get(adresse).status_code == 200


def test_une_structure_ne_se_modifie_pas_ici(client):
    """La fiche d'une structure facilitatrice est introuvable depuis l'annuaire."""
    assert client.get(reverse("clauses:organisation_modifier", args=[StructureFactory().pk])).status_code == 404


@pytest.mark.parametrize("profil", [Profil.ACHETEUR, Profil.ENTREPRISE, Profil.PRESCRIPTEUR])
def test_l_annuaire_et_l_ajout_sont_aux_facilitateurs(client, profil):
    """Les autres profils reçoivent un refus, pas la liste."""
    categorie = {"acheteur": "bailleur", "entreprise": "entreprise", "prescripteur": "ccas"}[profil]
    client.force_login(creer_utilisateur(OrganisationFactory(profil=profil, categorie=categorie)))
    for adresse in (LISTE, creer(), reverse("clauses:operation_liste"), reverse("clauses:operation_creer")):
        assert client.get(adresse).status_code == 403
