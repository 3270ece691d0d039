"""Un fichier DECP de l'envoi au résultat, dans un vrai navigateur ; un long import avec un vrai worker."""

import json

import pytest
from playwright.sync_api import expect

from clauses.models import ImportDecp, Marche
from tests.decp import DONNEES, marche
from tests.fabriques import Paysage

pytestmark = pytest.mark.django_db(transaction=True)


def largeur_tenue(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_un_fichier_se_lit_se_choisit_et_s_importe(page_affichage, connecter, verifier_axe):
    """Envoyer, décocher un marché, rattacher l'autre à une opération : le bouton compte, le résultat y mène."""
    page, paysage = page_affichage, Paysage()
    connecter(page, paysage.facilitateur)
    page.goto("/operations/importer/")
    verifier_axe(page)
    page.get_by_label("Fichier des marchés").set_input_files(DONNEES / "imbrique.json")
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marchés à importer")
    verifier_axe(page)
    assert largeur_tenue(page)
    expect(page.get_by_role("button", name="Importer 3 marchés")).to_be_visible()
    page.get_by_role("checkbox", name="Nettoyage des écoles").uncheck()
    saules = page.get_by_role("article", name="Réhabilitation de la résidence Les Saules")
    saules.get_by_label("Dans l’opération").select_option(label="Résidence Les Peupliers")
    expect(saules.get_by_label("Nom de l’opération à créer")).to_be_hidden()
    page.get_by_role("button", name="Importer 2 marchés").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2\u00a0marchés importés")
    verifier_axe(page)
    assert largeur_tenue(page)
    page.get_by_role("link", name="Résidence Les Peupliers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Résidence Les Peupliers")
    assert set(paysage.operation.marches.values_list("reference", flat=True)) == {"2026-T0001", "2026-A017"}


def test_un_long_import_avance_a_l_ecran(page, connecter, worker):
    """Cent vingt marchés : le worker les importe, la page suit et finit par le résultat."""
    paysage = Paysage()
    connecter(page, paysage.facilitateur)
    marches = [marche(id=f"L{n}", objet=f"Travaux {n}") for n in range(120)]
    fichier = {"name": "long.json", "mimeType": "application/json", "buffer": json.dumps(marches).encode()}
    page.goto("/operations/importer/")
    page.get_by_label("Fichier des marchés").set_input_files(fichier)
    page.get_by_role("button", name="Lire le fichier").click()
    page.get_by_role("button", name="Importer les 120 marchés à clause sociale").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("120\u00a0marchés importés", timeout=60_000)
    assert ImportDecp.objects.get().progression == 120
    assert Marche.objects.filter(cle_decp__contains="-L").count() == 120
