"""Une séance du comité technique au téléphone : préparer, inscrire, décider, clore ; puis l'extrait du partenaire."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from comptes.formats import date_chiffres
from parcours.models import PointComite
from tests.fabriques import AgrementFactory, BeneficiaireFactory, Paysage


@pytest.fixture
def paysage(transactional_db):
    """Deux PASS IAE qui finissent dans un mois ; le partenaire n'a orienté que Théodulie."""
    paysage = Paysage()
    for rang, (prenom, nom, prescripteur) in enumerate(
        (("Gontran", "Quatremère", None), ("Théodulie", "Aspremont", paysage.prescripteur))
    ):
        personne = BeneficiaireFactory(
            structure=paysage.structure, prescripteur=prescripteur, prenom=prenom, nom_naissance=nom, nom_usage=""
        )
        AgrementFactory(beneficiaire=personne, date_fin=timezone.localdate() + timedelta(days=30 + rang))
    return paysage


def test_une_seance_au_telephone(nouvelle_page, connecter, verifier_axe, paysage):
    """Tout se fait à 390 px, et axe n’y trouve rien."""
    page = nouvelle_page(390)
    connecter(page, paysage.facilitateur)
    page.goto("/parcours/comites/")
    expect(page.get_by_text("Aucune séance pour l’instant")).to_be_visible()
    verifier_axe(page)
    page.get_by_role("link", name="Préparer une séance").click()
    page.get_by_label("Séance du").fill(date_chiffres(timezone.localdate()))
    page.get_by_label("Mission locale du Confluent").check()
    verifier_axe(page)
    page.get_by_role("button", name="Préparer la séance").click()

    page.get_by_text("Gontran Quatremère").click()
    page.get_by_text("Théodulie Aspremont").click()
    page.get_by_role("button", name="Inscrire les points cochés").click()
    expect(page.get_by_text("2\u00a0points ajoutés à l’ordre du jour.")).to_be_visible()
    page.get_by_role("button", name="Monter\u00a0: Théodulie Aspremont").click()
    noms = page.locator("article h3")
    expect(noms).to_have_text(["Théodulie Aspremont", "Gontran Quatremère"])
    verifier_axe(page)

    page.get_by_role("link", name="Décider\u00a0: Théodulie Aspremont").click()
    page.get_by_label("Ajournée").check()
    page.get_by_role("button", name="Noter et passer au suivant").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi la décision est défavorable ou ajournée.")
    verifier_axe(page)
    page.get_by_label(re.compile("^Motif")).fill("Le bilan manque.")
    page.get_by_role("button", name="Noter et passer au suivant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gontran Quatremère")
    page.get_by_label("Favorable", exact=True).check()
    PointComite.objects.filter(beneficiaire__prenom="Gontran").update(
        decision="defavorable",
        motif="Pas de place",
        decide_par=paysage.facilitateur,
        decide_le=timezone.now(),
    )
    page.get_by_role("button", name="Noter la décision").click()
    expect(page.get_by_role("alert")).to_contain_text("Deux décisions pour ce point")
    verifier_axe(page)
    page.get_by_role("button", name="Noter la décision").click()
    expect(page.get_by_text("Tout est décidé.")).to_be_visible()
    expect(page.get_by_role("link", name="Prolonger le PASS IAE\u00a0: Gontran Quatremère")).to_be_visible()
    verifier_axe(page)

    page.get_by_role("link", name="Clore la séance").click()
    page.get_by_label("Mission locale du Confluent").check()
    verifier_axe(page)
    page.get_by_role("button", name="Clore avec 2\u00a0points").click()
    expect(page.get_by_role("link", name="Compte rendu (PDF)")).to_be_visible()
    verifier_axe(page)

    partenaire = nouvelle_page(390)
    connecter(partenaire, paysage.compte_prescripteur)
    partenaire.goto("/parcours/comites/")
    verifier_axe(partenaire)
    partenaire.get_by_role("row").get_by_role("link").first.click()
    expect(partenaire.get_by_text("Le bilan manque.")).to_be_visible()
    expect(partenaire.get_by_text("Quatremère")).to_have_count(0)
    verifier_axe(partenaire)
    extrait = partenaire.context.request.get(
        partenaire.get_by_role("link", name="Extrait du compte rendu (PDF)").get_attribute("href")
    )
    assert extrait.ok and extrait.body().startswith(b"%PDF")
