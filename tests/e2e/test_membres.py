"""De l'invitation d'un membre à sa première page, dans un vrai navigateur."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import expect

from comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db(transaction=True)


def test_un_membre_invite_choisit_son_mot_de_passe_et_entre(page_affichage, connecter, verifier_axe):
    page, structure = page_affichage, StructureFactory(nom="Maison du Test")
    creer_utilisateur(structure, est_active=False)
    connecter(page, creer_utilisateur(structure, role=Role.ADMINISTRATEUR))
    page.goto("/mon-compte/")
    page.get_by_role("link", name="Gérer les membres de Maison du Test").click()
    page.get_by_role("link", name="Inviter une personne").click()
    expect(page.get_by_label("Adresse électronique")).to_be_visible()
    verifier_axe(page)
    page.get_by_label("Adresse électronique").fill("nadia@etape.example")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text("L’invitation est envoyée.")).to_be_visible()
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    titre = page.get_by_role("heading", level=1)
    page.get_by_role("link", name="Modifier").first.click()
    expect(titre).to_contain_text("Accès de")
    verifier_axe(page)
    page.go_back()
    page.get_by_role("link", name="Retirer").first.click()
    expect(titre).to_contain_text("de la structure")
    verifier_axe(page)
    page.context.clear_cookies()
    page.goto(urlsplit(re.search(r"http\S+", mail.outbox[0].body)[0]).path)
    expect(page.get_by_label("Prénom")).to_be_visible()
    verifier_axe(page)
    page.get_by_label("Prénom").fill("Nadia")
    page.get_by_label("Nom", exact=True).fill("Berger")
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_label("Le mot de passe, encore une fois").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_text("Vous êtes membre de Maison du Test.")).to_be_visible()
