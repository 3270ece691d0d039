"""D'un besoin publié par l'entreprise à la personne retenue, dans un vrai navigateur, chacun à son tour."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.fabriques import BeneficiaireFactory, Paysage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paysage():
    paysage = Paysage()
    paysage.candidate = BeneficiaireFactory(
        structure=paysage.structure, prescripteur=paysage.prescripteur, prenom="Zénobie", nom_naissance="Quatremère"
    )
    return paysage


def dans(jours: int) -> str:
    return f"{date.today() + timedelta(days=jours):%d/%m/%Y}"


def verifier(page: Page, verifier_axe) -> None:
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.parametrize(("largeur", "theme"), [(1280, "light"), (390, "dark")])
def test_du_besoin_publie_a_la_personne_retenue(largeur, theme, nouvelle_page, connecter, verifier_axe, paysage):
    page = nouvelle_page(largeur, theme)
    _l_entreprise_publie(page, connecter, verifier_axe, paysage)
    _le_prescripteur_propose(page, connecter, verifier_axe, paysage)
    _l_entreprise_rencontre_puis_retient(page, connecter, verifier_axe, paysage)
    connecter(page, paysage.facilitateur)
    page.goto("/")
    page.get_by_role("link", name="Personnes retenues à placer").click()
    verifier(page, verifier_axe)
    page.get_by_role("link", name="Zénobie Quatremère").click()
    expect(page.get_by_role("link", name="Vérifier son éligibilité")).to_be_visible()
    verifier(page, verifier_axe)
    page.get_by_role("link", name="Enregistrer le contrat").click()
    expect(page.get_by_label("Embauche le")).to_have_value(dans(10))
    connecter(page, paysage.compte_prescripteur)
    page.goto("/")
    expect(page.get_by_text("Retenue par Bâti-Rhône")).to_be_visible()
    verifier(page, verifier_axe)


def _l_entreprise_publie(page, connecter, verifier_axe, paysage) -> None:
    connecter(page, paysage.compte_entreprise)
    page.goto("/")
    page.get_by_role("link", name="Besoins et candidats").click()
    verifier(page, verifier_axe)
    page.get_by_role("link", name="Publier un besoin").click()
    page.get_by_role("button", name="Publier l’offre").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez le lot.")
    verifier(page, verifier_axe)
    page.get_by_label("Lot").select_option(label="Résidence Les Peupliers, lot 1, " + paysage.lot.intitule)
    page.get_by_label("Métier (ROME)").fill("Maçonnerie (F1703)")
    page.get_by_label("Commune où l’on travaille").fill("Villerive")
    page.get_by_label("Premier jour").fill(dans(10))
    page.get_by_label("Dernier jour").fill(dans(100))
    page.get_by_label("Type de contrat").select_option("cdd")
    page.get_by_label("Conditions").fill("Chaussures et casque fournis.")
    page.get_by_role("button", name="Publier l’offre").click()
    expect(page.get_by_text("tous les prescripteurs la voient.")).to_be_visible()
    verifier(page, verifier_axe)


def _le_prescripteur_propose(page, connecter, verifier_axe, paysage) -> None:
    connecter(page, paysage.compte_prescripteur)
    page.goto("/offres/")
    page.get_by_label("Commune").fill("villerive")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_text("1\u00a0offre", exact=True)).to_be_visible()
    verifier(page, verifier_axe)
    page.get_by_role("link", name="Recevoir par courriel").click()
    page.get_by_role("button", name="Garder cette alerte").click()
    expect(page.get_by_text("les nouvelles offres arriveront par courriel")).to_be_visible()
    verifier(page, verifier_axe)
    page.get_by_role("link", name="Offres ouvertes").last.click()
    page.get_by_role("link", name="Maçonnerie").click()
    page.get_by_role("link", name="Proposer une personne").click()
    verifier(page, verifier_axe)
    page.get_by_label("La personne", exact=True).select_option(label="Zénobie Quatremère, Villerive")
    page.get_by_label("Sa présentation").fill("A déjà monté des murs, cherche un chantier proche de chez elle.")
    page.get_by_label("La personne est d’accord").check()
    page.get_by_role("button", name="Envoyer la candidature").click()
    expect(page.get_by_text("est envoyée à Bâti-Rhône")).to_be_visible()
    verifier(page, verifier_axe)


def _l_entreprise_rencontre_puis_retient(page, connecter, verifier_axe, paysage) -> None:
    connecter(page, paysage.compte_entreprise)
    page.goto("/")
    page.get_by_role("link", name="1\u00a0candidature attend votre décision").click()
    verifier(page, verifier_axe)
    expect(page.get_by_text("Quatremère")).to_have_count(0)
    page.get_by_role("link", name="Zénobie Q.").click()
    verifier(page, verifier_axe)
    page.get_by_label("Rencontre le").fill(dans(3))
    page.get_by_role("button", name="Je la rencontre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zénobie Quatremère")
    page.get_by_label("Votre message").fill("Rendez-vous à l’entrée du chantier.")
    page.get_by_role("button", name="Envoyer le message").click()
    expect(page.get_by_text("Rendez-vous à l’entrée du chantier.")).to_be_visible()
    page.get_by_role("button", name="Je la retiens").click()
    expect(page.get_by_text("La personne est retenue.")).to_be_visible()
    verifier(page, verifier_axe)
    page.get_by_role("link", name="Maçonnerie").first.click()
    expect(page.get_by_text("Tous les postes de cette offre sont pourvus.")).to_be_visible()
