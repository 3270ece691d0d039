"""Le travail de la nuit, fait par un vrai worker, se voit à l'écran."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from config.celery import app
from reporting.models import Alerte, ExecutionTache
from reporting.tasks import signaler_echeances
from tests.e2e.conftest import RACINE
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    MarcheFactory,
    OrientationFactory,
    SituationFactory,
    StructureFactory,
    creer_utilisateur,
)

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


FILE_A_PART = "echeances_tuees"
# Une garde, pas une mesure : démarrer un worker peut être long sur une machine chargée.
ATTENTE_D_UN_WORKER = 240


@pytest.fixture
def lancer_worker(tmp_path):
    """Lance un worker à part, sur sa file, à qui une tâche sans réponse revient au bout de trois secondes ; tous finissent avec le test."""
    lances = []

    def lancer() -> subprocess.Popen:
        commande = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "-Q", FILE_A_PART]
        environnement = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "ETAPE_TACHE_REPRISE_SECONDES": "3",
        }
        with (tmp_path / f"worker-{len(lances)}.log").open("wb") as sortie:
            worker = subprocess.Popen(
                commande, cwd=RACINE, env=environnement, stdout=sortie, stderr=sortie, start_new_session=True
            )
        lances.append(worker)
        return worker

    yield lancer
    for worker in lances:
        _tuer(worker)


def _tuer(worker: subprocess.Popen) -> None:
    """Le worker et ses processus, net, comme le ferait une panne."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def test_un_worker_tue_en_route_ne_perd_et_ne_double_rien(transactional_db, lancer_worker):
    """Tué net au milieu d'un passage, puis relancé : la tâche revient d'elle-même, et tout est comme si rien n'était arrivé."""
    jour = date(2026, 11, 17)
    AgrementFactory.create_batch(20, date_fin=date(2026, 12, 1))
    EligibiliteFactory.create_batch(5, date_fin=date(2027, 1, 10))
    ContratFactory(date_fin=date(2026, 12, 20))
    MarcheFactory(date_fin=date(2027, 2, 1))
    SituationFactory(critere="TH", date_fin=date(2026, 12, 5))
    OrientationFactory(envoyee_le="2026-10-20T09:00:00+02:00")
    signaler_echeances(jour.isoformat())
    sans_incident = _alertes()
    Alerte.objects.all().delete()
    ExecutionTache.objects.all().delete()

    premier = lancer_worker()
    # La table des marchés est retenue : le passage, qui a déjà signalé les premières sortes, s'arrête là.
    with psycopg.connect(**_acces()) as verrou:
        verrou.execute("LOCK TABLE clauses_marche IN ACCESS EXCLUSIVE MODE")
        signaler_echeances.apply_async([jour.isoformat()], queue=FILE_A_PART)
        _attendre(_est_arrete_sur_les_marches, ATTENTE_D_UN_WORKER)
        commencees = Alerte.objects.count()
        _tuer(premier)
    assert 0 < commencees < len(sans_incident)
    assert [passage.fin for passage in ExecutionTache.objects.all()] == [None]

    lancer_worker()
    _attendre(ExecutionTache.objects.filter(fin__isnull=False).exists, ATTENTE_D_UN_WORKER)
    assert _alertes() == sans_incident
    passages = ExecutionTache.objects.order_by("debut")
    assert [(passage.fin is None, passage.erreur) for passage in passages] == [(True, ""), (False, "")]
    assert passages[1].resultats["créées"] == len(sans_incident) - commencees


def _alertes() -> list[tuple]:
    lues = Alerte.objects.values_list("type_alerte", "objet", "date_echeance", "seuil", "structure", "close_le")
    return sorted(lues, key=str)


def _acces() -> dict[str, object]:
    base = settings.DATABASES["default"]
    return {
        "host": base["HOST"],
        "port": base["PORT"],
        "user": base["USER"],
        "password": base["PASSWORD"],
        "dbname": base["NAME"],
    }


def _est_arrete_sur_les_marches() -> bool:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query LIKE '%WITH bornes AS%'"
        )
        return curseur.fetchone()[0] > 0


def _attendre(condition, secondes=30):
    limite = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < limite, "Le worker n’a pas fini à temps."
        time.sleep(0.1)
