"""Orienter quelqu'un dans un vrai navigateur : quatre étapes au clavier, puis la réponse de la structure."""

import re

import pytest
from playwright.sync_api import expect

from beneficiaires.models import EtatOrientation, Orientation
from tests.fabriques import BeneficiaireFactory, Paysage


@pytest.fixture
def paysage(transactional_db):
    return Paysage()


def test_orienter_puis_accepter(page, nouvelle_page, connecter, verifier_axe, paysage):
    """Le prescripteur remplit, se trompe de date, corrige, envoie ; le facilitateur accepte ; le prescripteur le voit."""
    connecter(page, paysage.compte_prescripteur)
    page.goto("/mes-orientations/")
    page.get_by_role("link", name="Orienter une personne").last.click()
    page.get_by_label("Structure facilitatrice").select_option(label="Maison de l’emploi du Confluent")
    page.get_by_label("Prénom").fill("Daniel")
    page.get_by_label("Nom de naissance").fill("Mbarga")
    page.get_by_label(re.compile("Date de naissance")).fill("21/05/2003")
    page.get_by_label("Homme").check()
    page.get_by_label("Commune").fill("Villerive")
    verifier_axe(page)
    page.get_by_role("button", name="Continuer : sa situation").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Étape 2 sur 4"))
    date_piece = page.get_by_label(re.compile(r"Date de la pièce \(RSA\)"))
    expect(date_piece).to_be_hidden()
    page.get_by_label("Bénéficiaire du RSA").press("Space")
    expect(date_piece).to_be_visible()
    date_piece.fill("06/12/2099")
    verifier_axe(page)
    page.get_by_role("button", name="Continuer : son projet").click()
    resume = page.get_by_role("alert")
    expect(resume).to_be_focused()
    verifier_axe(page)
    resume.get_by_role("link").press("Enter")
    expect(date_piece).to_be_focused()
    date_piece.fill("06/11/2025")
    date_piece.press("Enter")

    page.get_by_label("Métier 1").fill("maçonnerie")
    page.get_by_label("Mobilité").check()
    verifier_axe(page)
    page.get_by_role("button", name="Continuer : vérifier").click()
    expect(page.get_by_text("Maçonnerie (F1703)")).to_be_visible()
    verifier_axe(page)
    page.get_by_role("button", name="Envoyer l’orientation").click()
    expect(page.get_by_text("est envoyée à Maison de l’emploi du Confluent")).to_be_visible()
    verifier_axe(page)

    BeneficiaireFactory(
        structure=paysage.structure,
        prenom="Daniel",
        nom_naissance="M’Barga",
        date_naissance=Orientation.objects.get().date_naissance,
    )
    bureau = nouvelle_page()
    connecter(bureau, paysage.facilitateur)
    bureau.goto("/orientations/")
    verifier_axe(bureau)
    bureau.get_by_role("link", name="Daniel Mbarga").click()
    verifier_axe(bureau)
    bureau.get_by_role("link", name="Accepter l’orientation").click()
    verifier_axe(bureau)
    bureau.get_by_role("radio", name=re.compile("Non : créer une nouvelle fiche")).check()
    bureau.get_by_role("button", name=re.compile("^Accepter")).click()
    expect(bureau.get_by_text("Votre structure suit maintenant Daniel Mbarga")).to_be_visible()
    assert Orientation.objects.get().etat == EtatOrientation.ACCEPTEE

    page.goto("/mes-orientations/")
    expect(page.get_by_text("Acceptée").last).to_be_visible()


def test_la_liste_se_filtre_sans_recharger(page_affichage, connecter, verifier_axe, paysage):
    """Choisir une commune remplace la liste et met l'adresse à jour, à chaque largeur et dans chaque thème."""
    BeneficiaireFactory(structure=paysage.structure, prenom="Paul", nom_naissance="Armand", commune="Givors")
    connecter(page_affichage, paysage.facilitateur)
    page_affichage.goto("/personnes/")
    verifier_axe(page_affichage)
    page_affichage.get_by_label("Commune").select_option("Givors")
    expect(page_affichage.get_by_text("1 personne sur 2")).to_be_visible()
    expect(page_affichage).to_have_url(re.compile("commune=Givors"))
    expect(page_affichage.get_by_role("link", name="Paul Armand")).to_be_visible()
    verifier_axe(page_affichage)


def test_une_ressemblance_se_montre_puis_s_ecarte(page_affichage, connecter, verifier_axe, paysage):
    """La fiche proche est proposée ; « enregistrer quand même » garde ce qui était tapé."""
    connue = BeneficiaireFactory(structure=paysage.structure, prenom="Assia", nom_naissance="Benali")
    page = page_affichage
    connecter(page, paysage.facilitateur)
    page.goto("/personnes/creer/")
    page.get_by_label("Prénom").fill("Assia")
    page.get_by_label("Nom de naissance").fill("Bénali")
    page.get_by_label(re.compile("Date de naissance")).fill(f"{connue.date_naissance:%d/%m/%Y}")
    page.get_by_label("Femme").check()
    page.get_by_label("Commune").fill("Villerive")
    verifier_axe(page)
    page.get_by_role("button", name="Créer la fiche").click()
    expect(page.get_by_text("Une personne ressemble à celle-ci")).to_be_visible()
    verifier_axe(page)
    page.get_by_role("button", name=re.compile("enregistrer quand même")).click()
    expect(page.get_by_text("La fiche d’Assia Bénali est créée")).to_be_visible()
