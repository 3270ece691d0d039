"""L'écran des échéances : qui voit quoi, filtres, traiter, nombre de requêtes."""

from datetime import date

import pytest
from django.urls import reverse

from parcours.models import TypeAgrement
from reporting.alertes import signaler_echeances
from reporting.models import Alerte
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    EligibiliteFactory,
    OperationFactory,
    PrescripteurFactory,
    StructureFactory,
    creer_utilisateur,
)

JOUR = date(2026, 11, 17)
LISTE = "/echeances/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)


@pytest.fixture
def structure():
    return StructureFactory(nom="Maison de l’emploi du Confluent")


@pytest.fixture
def claire(structure, client):
    utilisateur = creer_utilisateur(structure)
    client.force_login(utilisateur)
    return utilisateur


def karim(structure):
    return BeneficiaireFactory(structure=structure, prenom="Karim", nom_naissance="Belkacem")


def test_la_liste_montre_les_echeances_de_la_structure_la_plus_proche_d_abord(structure, claire, client):
    """Personne, type, opération ou numéro, dernier jour : rien de la structure voisine."""
    operation = OperationFactory(structure=structure, nom="Tramway T9")
    EligibiliteFactory(
        beneficiaire=karim(structure), operation=operation, date_debut=date(2025, 1, 1), date_fin=date(2026, 11, 20)
    )
    AgrementFactory(
        beneficiaire=BeneficiaireFactory(structure=structure, prenom="Assia"),
        numero="999992600001",
        date_fin=date(2026, 11, 18),
    )
    AgrementFactory(beneficiaire__prenom="Étrangère", date_fin=date(2026, 11, 18))
    signaler_echeances(jour=JOUR)
    page = client.get(LISTE).content.decode()
    assert page.index("Assia") < page.index("Karim Belkacem")
    assert "Tramway T9" in page and "99999 26 00001" in page.replace("\u00a0", " ")
    assert "20\u00a0novembre\u00a02026" in page or "20 novembre 2026" in page
    assert "dans 3\u00a0jours" in page
    assert "2\u00a0échéances à traiter" in page
    assert "Étrangère" not in page


def test_les_filtres_se_combinent(structure, claire, client):
    """Les adresses de l'accueil : une tranche, un type, ou les deux agréments ensemble."""
    EligibiliteFactory(
        beneficiaire__prenom="Unetelle",
        operation=OperationFactory(structure=structure),
        date_debut=date(2025, 1, 1),
        date_fin=date(2026, 12, 1),
    )
    AgrementFactory(beneficiaire__structure=structure, beneficiaire__prenom="Deuzio", date_fin=date(2026, 12, 1))
    AgrementFactory(
        beneficiaire__structure=structure,
        beneficiaire__prenom="Tertio",
        type_agrement=TypeAgrement.PLIE,
        numero="",
        porteur="PLIE du Confluent",
        date_fin=date(2027, 1, 30),
    )
    signaler_echeances(jour=JOUR)

    def prenoms(adresse):
        page = client.get(LISTE + adresse).content.decode()
        return [prenom for prenom in ("Unetelle", "Deuzio", "Tertio") if prenom in page]

    assert prenoms("") == ["Unetelle", "Deuzio", "Tertio"]
    assert prenoms("?seuil=j30") == ["Unetelle", "Deuzio"]
    assert prenoms("?type=eligibilite&seuil=j30") == ["Unetelle"]
    assert prenoms("?type=agrements") == ["Deuzio", "Tertio"]
    assert prenoms("?type=plie&seuil=j90") == ["Tertio"]
    assert prenoms("?type=plie&seuil=j30") == []
    assert prenoms("?nom=deuz") == ["Deuzio"]
    assert "Aucune échéance avec ces filtres" in client.get(LISTE + "?seuil=depassee").content.decode()


def test_traiter_garde_la_note_et_revient_aux_filtres(structure, claire, client):
    """Une phrase, et l'échéance quitte la liste ; on la retrouve parmi les traitées, avec son auteur."""
    AgrementFactory(beneficiaire=karim(structure), date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    adresse = reverse("reporting:alerte_traiter", args=[Alerte.objects.get().pk]) + "?seuil=j30"
    assert adresse.replace("&", "&amp;") in client.get(LISTE + "?seuil=j30").content.decode()
    assert "Karim Belkacem" in client.get(adresse).content.decode()
    reponse = client.post(adresse, {"note": "CDI signé"}, follow=True)
    assert reponse.redirect_chain == [("/echeances/?seuil=j30", 302)]
    assert "Échéance traitée" in reponse.content.decode()
    traitees = client.get(LISTE + "?etat=traitees").content.decode()
    assert "CDI signé" in traitees and claire.get_full_name() in traitees
    assert "1\u00a0échéance traitée" in traitees
    assert "Rien à traiter" in client.get(LISTE).content.decode()


@pytest.mark.parametrize(
    ("note", "phrase"),
    [
        ("", "Dites ce qui a été fait"),
        ("Vu, 2 84 04 69 123 456", "numéro de sécurité sociale"),
        ("x" * 301, "300 caractères"),
    ],
)
def test_une_note_refusee_ne_change_rien(structure, claire, client, note, phrase):
    """La phrase dit quoi corriger, ce qui était tapé reste, l'échéance aussi."""
    AgrementFactory(beneficiaire=karim(structure), date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    alerte = Alerte.objects.get()
    page = client.post(reverse("reporting:alerte_traiter", args=[alerte.pk]), {"note": note}).content.decode()
    assert phrase in page.replace("\u00a0", " ")
    assert note in page
    alerte.refresh_from_db()
    assert alerte.close_le is None and alerte.note == ""


def test_traiter_une_echeance_deja_close_est_dit(structure, claire, client):
    """Deux collègues à la fois : le second lit que c'est fait, sa phrase n'écrase pas la première."""
    AgrementFactory(beneficiaire=karim(structure), date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    adresse = reverse("reporting:alerte_traiter", args=[Alerte.objects.get().pk])
    client.post(adresse, {"note": "Prolongation demandée"})
    page = client.post(adresse, {"note": "Rien"}).content.decode()
    assert "n’est plus à traiter" in page
    assert Alerte.objects.get().note == "Prolongation demandée"


def test_l_echeance_d_une_autre_structure_n_existe_pas(claire, client):
    """404, en lecture comme en écriture ; un prescripteur n'a pas cette page (403)."""
    AgrementFactory(date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    adresse = reverse("reporting:alerte_traiter", args=[Alerte.objects.get().pk])
    assert client.get(adresse).status_code == 404
    assert client.post(adresse, {"note": "Vu"}).status_code == 404
    client.force_login(creer_utilisateur(PrescripteurFactory()))
    assert client.get(LISTE).status_code == 403


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(structure, claire, client, nombre_de_requetes):
    """Une ligne ou cinquante : autant de requêtes, et moins de quinze."""

    def compter():
        with nombre_de_requetes() as requetes:
            assert client.get(LISTE).status_code == 200
        return len(requetes)

    operation = OperationFactory(structure=structure)
    EligibiliteFactory(operation=operation, date_debut=date(2025, 1, 1), date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    une = compter()
    for _ in range(24):
        EligibiliteFactory(operation=operation, date_debut=date(2025, 1, 1), date_fin=date(2026, 12, 1))
    AgrementFactory.create_batch(25, beneficiaire__structure=structure, date_fin=date(2027, 1, 20))
    signaler_echeances(jour=JOUR)
    cinquante = compter()
    assert cinquante == une < 15


def test_l_export_donne_les_lignes_filtrees(structure, claire, client):
    """Le CSV reprend les filtres, avec la date en clair et sans le lien pour traiter."""
    AgrementFactory(beneficiaire=karim(structure), numero="999992600001", date_fin=date(2026, 12, 1))
    AgrementFactory(beneficiaire__structure=structure, beneficiaire__prenom="Autrui", date_fin=date(2027, 1, 30))
    signaler_echeances(jour=JOUR)
    fichier = client.get(LISTE + "?seuil=j30&export=csv").content.decode("utf-8-sig")
    assert "Karim Belkacem" in fichier and "Autrui" not in fichier
    assert "Fin de PASS IAE, 99999 26 00001" in fichier.replace("\u00a0", " ")
    assert "01/12/2026" in fichier
    assert "Traiter" not in fichier


def test_sans_aucune_echeance_la_page_dit_d_ou_elles_viendront(claire, client):
    """Premier jour : la page explique ce qui viendra là."""
    page = client.get(LISTE).content.decode()
    assert "Aucune échéance pour l’instant" in page
    assert "180\u00a0jours" in page
