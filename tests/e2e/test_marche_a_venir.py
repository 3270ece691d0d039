"""D'un calcul à une clause copiée : l'acheteur calibre, annonce, demande ; le facilitateur répond ; l'acheteur copie la rédaction."""

import pytest
from playwright.sync_api import expect

from tests.fabriques import AcheteurFactory, OperationFactory, StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("largeur", "theme"), [(1280, "light"), (390, "dark")])
def test_de_l_annonce_a_la_clause_copiee(nouvelle_page, connecter, verifier_axe, largeur, theme):
    structure = StructureFactory(nom="Maison du Test", courriel="clauses@test.example")
    acheteur = AcheteurFactory(nom="Habitat du Test")
    OperationFactory(structure=structure, maitre_ouvrage=acheteur)
    page, en_face = nouvelle_page(largeur, theme), nouvelle_page(largeur, theme)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    connecter(page, creer_utilisateur(acheteur))
    connecter(en_face, creer_utilisateur(structure))

    def verifier(ou):
        verifier_axe(ou)
        assert ou.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), ou.url

    page.goto("/calibrer/")
    page.get_by_label("Montant estimé, en euros HT").fill("1 000 000")
    page.get_by_label("Durée, en mois").fill("12")
    page.get_by_text("Changer les hypothèses").click()
    page.get_by_label("Coût d’une heure, en euros").fill("30")
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_role("heading", name="Clause d’exécution, 1\u00a0166\u00a0h conseillées")).to_be_visible()
    verifier(page)
    page.get_by_role("link", name="Annoncer ce marché et demander un avis").click()
    page.get_by_label("Objet").fill("Réhabilitation des Saules")
    page.get_by_label("Commune").fill("Villerive")
    page.get_by_label("Votre question").fill("Sur quels lots\u00a0?")
    verifier(page)
    page.get_by_role("button", name="Enregistrer le marché").click()
    expect(page.get_by_text("votre facilitateur ne le voit pas encore")).to_be_visible()
    page.get_by_role("button", name="Demander l’avis").click()
    expect(page.get_by_text("sans réponse depuis aujourd’hui")).to_be_visible()
    verifier(page)

    en_face.goto("/")
    en_face.get_by_role("link", name="Avis demandés").click()
    verifier(en_face)
    en_face.get_by_role("link", name="Réhabilitation des Saules").click()
    en_face.get_by_label("Heures proposées").fill("833")
    en_face.get_by_text("Proposer des rédactions").click()
    en_face.get_by_label("Heures dues, en un nombre").check()
    verifier(en_face)
    en_face.get_by_role("button", name="Rendre l’avis").click()
    expect(en_face.get_by_text("Votre avis est rendu.")).to_be_visible()

    page.reload()
    expect(page.get_by_role("heading", name="Clause d’exécution, 833\u00a0h")).to_be_visible()
    page.get_by_text("Heures dues, en un nombre (modèle d’Étape)").click()
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_role("status").filter(has_text="Copié\u00a0: Heures dues, en un nombre.")).to_be_attached()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    copie = page.evaluate("navigator.clipboard.readText()").replace("\u00a0", " ")
    assert copie.startswith("Le titulaire réserve à l’action d’insertion au moins 833 h de travail")
    verifier(page)
    page.get_by_role("link", name="Clauses types, remplies pour ce marché").click()
    expect(page.get_by_text("Maison du Test accompagne gratuitement")).to_be_visible()
    verifier(page)
    page.get_by_role("link", name="Versions\u00a0: Déclarer les heures").click()
    verifier(page)
    en_face.goto("/clauses-types/suivi/modifier/")
    verifier(en_face)


def test_sans_script_le_texte_se_selectionne(nouvelle_page, connecter):
    """Ni bouton mort, ni texte caché : la rédaction est là, à sélectionner."""
    page = nouvelle_page(390, java_script_enabled=False)
    connecter(page, creer_utilisateur(StructureFactory()))
    page.goto("/clauses-types/")
    expect(page.get_by_role("button", name="Copier")).to_have_count(0)
    expect(page.locator("#c-modes")).to_contain_text("Le titulaire choisit comment réaliser l’action")


def test_sans_presse_papiers_le_texte_est_selectionne(nouvelle_page, connecter):
    """Le navigateur refuse la copie : le texte est sélectionné, et la page dit quoi faire."""
    page = nouvelle_page()
    connecter(page, creer_utilisateur(StructureFactory()))
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto("/clauses-types/")
    page.get_by_role("button", name="Copier\u00a0: Comment faire les heures").click()
    expect(page.get_by_text("Le texte est sélectionné")).to_be_attached()
    assert "Le titulaire choisit comment" in page.evaluate("getSelection().toString()")
