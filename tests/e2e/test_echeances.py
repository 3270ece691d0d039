"""Le travail de la nuit, fait par un vrai worker, se voit à l'écran."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.celery import app
from reporting.models import Alerte
from reporting.tasks import signaler_echeances
from tests.fabriques import AgrementFactory, BeneficiaireFactory, StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db(transaction=True)


def test_la_tache_programmee_chaque_nuit_existe():
    """Le nom que beat enverra est celui d'une tâche que le worker connaît."""
    app.loader.import_default_modules()
    programmees = {ligne["task"] for ligne in app.conf.beat_schedule.values()}
    assert signaler_echeances.name in programmees
    assert programmees <= set(app.tasks)


def test_le_worker_signale_et_le_facilitateur_traite(worker, page, connecter, verifier_axe):
    """Envoyée deux fois, la tâche montre une seule échéance, que le facilitateur traite d'une phrase."""
    structure = StructureFactory()
    karim = BeneficiaireFactory(structure=structure, prenom="Karim", nom_naissance="Belkacem")
    AgrementFactory(beneficiaire=karim, date_fin=timezone.localdate() + timedelta(days=12))
    connecter(page, creer_utilisateur(structure))
    page.goto("/echeances/")
    expect(page.get_by_text("Aucune échéance pour l’instant")).to_be_visible()

    signaler_echeances.delay()
    signaler_echeances.delay()
    _attendre(lambda: worker.read_text().count("signaler_echeances[") >= 4)  # reçues, puis faites
    page.reload()
    expect(page.get_by_role("row", name="Karim Belkacem")).to_have_count(1)
    expect(page.get_by_text("dans 12\u00a0jours")).to_be_visible()
    assert Alerte.objects.count() == 1
    verifier_axe(page)

    page.get_by_role("link", name="Traiter").click()
    verifier_axe(page)
    page.get_by_role("button", name="Marquer l’échéance traitée").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites ce qui a été fait")
    page.get_by_label("Ce qui a été fait").fill("Prolongation demandée")
    page.get_by_role("button", name="Marquer l’échéance traitée").click()
    expect(page.get_by_text("Échéance traitée\u00a0: Karim Belkacem.")).to_be_visible()
    expect(page.get_by_text("Rien à traiter")).to_be_visible()


def test_la_liste_a_chaque_largeur_et_dans_chaque_theme(page_affichage, connecter, verifier_axe):
    """La liste remplie reste lisible et accessible partout."""
    structure = StructureFactory()
    connecter(page_affichage, creer_utilisateur(structure))
    for jours in (-3, 12, 45, 80):
        AgrementFactory(beneficiaire__structure=structure, date_fin=timezone.localdate() + timedelta(days=jours))
    signaler_echeances()
    page_affichage.goto("/echeances/")
    expect(page_affichage.get_by_role("link", name="Traiter")).to_have_count(4)
    verifier_axe(page_affichage)


def _attendre(condition, secondes=30):
    limite = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < limite, "Le worker n’a pas fini à temps."
        time.sleep(0.1)
