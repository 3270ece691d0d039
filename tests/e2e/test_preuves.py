"""Du dépôt d'une pièce par l'entreprise à la réponse du facilitateur, avec un vrai worker et un vrai navigateur."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfWriter

from clauses.models import EtatPreuve, Preuve
from clauses.tasks import controler_preuve
from tests.fabriques import AffectationFactory, ContratFactory, creer_utilisateur

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bulletin(tmp_path):
    ecrivain, sortie = PdfWriter(), io.BytesIO()
    ecrivain.add_blank_page(200, 200)
    ecrivain.write(sortie)
    fichier = tmp_path / "Dupont-paie.pdf"
    fichier.write_bytes(sortie.getvalue())
    return fichier


def test_une_piece_va_de_l_entreprise_au_facilitateur(
    page_affichage, connecter, verifier_axe, worker, bulletin, tmp_path
):
    contrat = ContratFactory()
    AffectationFactory(contrat=contrat)
    structure = contrat.beneficiaire.structure
    page = page_affichage
    connecter(page, creer_utilisateur(contrat.employeur))
    page.goto("/salaries/?etat=tous")
    verifier_axe(page)
    page.get_by_role("link", name="Déposer une pièce").click()
    verifier_axe(page)
    faux = tmp_path / "paie.pdf"
    faux.write_bytes(b"MZ" + b"\0" * 500)
    page.get_by_label("Bulletin de paie").check()
    page.get_by_label("Mois").select_option(index=1)
    page.get_by_label("Fichier").set_input_files(faux)
    page.get_by_role("button", name="Déposer la pièce").click()
    expect(page.locator("#resume-erreurs")).to_contain_text("ni un PDF, ni une photo")
    verifier_axe(page)
    expect(page.get_by_label("Bulletin de paie")).to_be_checked()
    page.get_by_label("Fichier").set_input_files(bulletin)
    page.get_by_role("button", name="Déposer la pièce").click()
    expect(page.locator("#pieces")).to_contain_text("Télécharger", timeout=20_000)
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.clear_cookies()
    connecter(page, creer_utilisateur(structure))
    page.goto("/")
    page.get_by_role("link", name="Pièces à regarder").click()
    page.locator("#liste tbody a").first.click()
    with page.expect_download() as recu:
        page.get_by_role("link", name="Télécharger").click()
    assert recu.value.suggested_filename.startswith("bulletin-")
    page.get_by_role("radio", name="est à refaire").check()
    page.get_by_role("button", name="Répondre").click()
    expect(page.locator("#resume-erreurs")).to_contain_text("Dites pourquoi la pièce est à refaire")
    verifier_axe(page)
    page.get_by_label("Pourquoi").fill("Le total du mois est coupé.")
    page.get_by_role("button", name="Répondre").click()
    expect(page.locator("#pieces")).to_contain_text("Le total du mois est coupé.")
    assert Preuve.objects.get().motif == "Le total du mois est coupé."


def test_une_file_qui_ne_repond_pas_ne_perd_pas_la_piece(client, bulletin, monkeypatch):
    """Le courtier tombe au moment du dépôt : la pièce est gardée, et le travail de nuit la fera contrôler."""

    def en_panne(*_):
        raise ConnectionError("file injoignable")

    monkeypatch.setattr(controler_preuve, "delay", en_panne)
    contrat = ContratFactory()
    client.force_login(creer_utilisateur(contrat.employeur))
    with bulletin.open("rb") as fichier:
        reponse = client.post(f"/contrats/{contrat.pk}/preuves/", {"sorte": "contrat", "fichier": fichier})
    assert reponse.status_code == 302
    preuve = Preuve.objects.get()
    assert preuve.etat == EtatPreuve.QUARANTAINE
    with preuve.fichier.open() as garde:
        assert garde.read() == bulletin.read_bytes()
