"""Les essais de bout en bout : Chromium, un vrai serveur web, un vrai worker Celery, sur la base et la file du test.

- page : une page de 1280 px, thème clair ; nouvelle_page(largeur, theme) en ouvre d'autres, chacune un autre visiteur ;
- page_affichage : le test est joué à 1280 et 390 px, et verifier_axe y lit chaque page en clair puis en sombre ;
- connecter(page, utilisateur) : ouvre la session sans passer par le formulaire ;
- verifier_axe(page) : échoue si la page a une anomalie d'accessibilité ;
- worker : lance le worker ; le test attend l'effet de la tâche à l'écran.

Une erreur de JavaScript ou de politique de sécurité (CSP) dans une page fait échouer le test.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config import services_embarques as services
from config import systeme

RACINE = Path(__file__).resolve().parent.parent.parent
DRAPEAUX_CHROMIUM = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Ce que la fenêtre prépare pour sa barre d'adresse, que personne ne voit ici, coûte plus que la page d'un essai : un
    # processus et deux pages à elle par contexte. L'option remplace celle de Playwright, dont la liste est recopiée d'abord.
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess",
]
LARGEURS = (1280, 390)
# Toutes les règles d'axe ; des règles tenues, seul le compte revient.
AXE = "() => axe.run({resultTypes: ['violations']}).then(resultats => resultats.violations)"
ATTENTE_MS = 10_000


def pytest_collection_modifyitems(items):
    """Tout ce qui est ici porte la marque « e2e » : pytest -m 'not e2e' s'en passe.

    Quand les tests se partagent (bin/test), ceux-ci, d'une minute parfois, ouvrent la part de chaque processus : à la fin ne
    restent que des tests courts, donc aucun processus n'attend longtemps l'autre.
    """
    essais = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in essais:
        item.add_marker("e2e")
    processus = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processus > 1:
        items[:] = les_essais_d_abord(essais, [item for item in items if not item.get_closest_marker("e2e")], processus)


def les_essais_d_abord(essais: list, autres: list, processus: int) -> list:
    """Range les tests pour que chacune des parts, égales et d'un seul tenant (--dist=worksteal), commence par ses essais."""
    ranges, autres, total = [], list(autres), len(essais) + len(autres)
    for rang in range(processus):
        part = (total - len(ranges)) // (processus - rang)
        les_siens = essais[rang::processus]
        nombre = max(0, part - len(les_siens))
        ranges += [*les_siens, *autres[:nombre]]
        del autres[:nombre]
    return ranges + autres


@pytest.fixture(scope="session")
def navigateur():
    """Chromium, celui de la machine, lancé une fois."""
    # Playwright garde une boucle asyncio dans ce fil : Django y refuserait l'ORM, que rien d'asynchrone n'appelle.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=ATTENTE_MS)
    with sync_playwright() as playwright:
        marque = f"--etape-essai={secrets.token_hex(8)}"
        chromium = playwright.chromium.launch(
            executable_path=systeme.chercher_chromium(), args=[*DRAPEAUX_CHROMIUM, marque]
        )
        yield chromium
        _tuer_chromium(marque)  # le fermer poliment attend sans limite un navigateur qui ne répond plus
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _tuer_chromium(marque: str) -> None:
    """Tue le navigateur qui porte cette marque dans sa ligne de commande ; il n'a rien à garder."""
    for dossier in Path("/proc").glob("[0-9]*"):
        if marque in services._ligne_de_commande(int(dossier.name)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(dossier.name), signal.SIGKILL)


@pytest.fixture(scope="session")
def live_server():
    """Le serveur des essais. Il sert les fichiers statiques depuis leurs sources, comme avec l'application de Django que la
    nôtre remplace et que pytest-django chercherait par son nom."""
    serveur = LiveServer("localhost", start=False)
    serveur.thread.static_handler = StaticFilesHandler
    serveur.start()
    yield serveur
    serveur.stop()


@pytest.fixture
def nouvelle_page(navigateur, live_server):
    """Ouvre une page dans un navigateur neuf (témoins vides), en français, à la largeur et au thème demandés."""
    contextes, anomalies = [], []

    def ouvrir(largeur: int = 1280, theme: str = "light", **options) -> Page:
        contexte = navigateur.new_context(
            base_url=live_server.url,
            viewport={"width": largeur, "height": 900 if largeur > 600 else 844},
            color_scheme=theme,
            reduced_motion="reduce",
            locale="fr-FR",
            timezone_id="Europe/Paris",
            **options,
        )
        contexte.set_default_timeout(ATTENTE_MS)
        contextes.append(contexte)
        page = contexte.new_page()
        page.on("pageerror", lambda erreur: anomalies.append(str(erreur)))
        page.on("console", lambda message: anomalies.append(message.text) if _est_une_erreur(message) else None)
        return page

    yield ouvrir
    for contexte in contextes:
        contexte.close()
    assert not anomalies, "Erreurs dans la page :\n" + "\n".join(anomalies)


def _est_une_erreur(message) -> bool:
    """Une réponse 4xx attendue (saisie refusée, conflit) s'affiche aussi en erreur : elle n'en est pas une. Une vérification
    en cours de saisie que l'envoi du formulaire interrompt non plus."""
    attendus = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
    return message.type == "error" and not message.text.startswith(attendus)


@pytest.fixture
def page(nouvelle_page):
    """Une page de 1280 px, thème clair."""
    return nouvelle_page()


@pytest.fixture(params=LARGEURS, ids=lambda largeur: f"{largeur}px")
def page_affichage(request, nouvelle_page):
    """Une page à chaque largeur ; verifier_axe la lit dans chaque thème."""
    return nouvelle_page(request.param)


@pytest.fixture
def connecter(live_server):
    """Ouvre la session d'un utilisateur dans la page, comme s'il venait de se connecter."""

    def ouvrir_session(page: Page, utilisateur) -> None:
        client = Client()
        client.force_login(utilisateur)
        valeur = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": valeur, "url": live_server.url}])

    return ouvrir_session


@pytest.fixture
def verifier_axe(request):
    """Passe axe sur la page : aucune anomalie, quelle que soit sa gravité.

    Une page de page_affichage est relue en sombre : le thème n'est qu'une affaire de feuille de style, donc un seul trajet
    dans le site suffit aux deux.
    """
    deux_themes = "page_affichage" in request.fixturenames

    def verifier(page: Page) -> None:
        page.wait_for_load_state()
        page.evaluate(AXE_SCRIPT)
        _sans_anomalie(page, page.evaluate(AXE))
        if deux_themes:
            page.emulate_media(color_scheme="dark")
            _sans_anomalie(page, page.evaluate(AXE), "en sombre")
            page.emulate_media(color_scheme="light")

    return verifier


def _sans_anomalie(page: Page, anomalies: list[dict], affichage: str = "") -> None:
    lignes = [
        f"{anomalie['id']} ({anomalie['impact']}) : {anomalie['help']}\n{noeud['html']}\n{noeud['failureSummary']}"
        for anomalie in anomalies
        for noeud in anomalie["nodes"]
    ]
    assert not lignes, f"axe, {page.url} {affichage} :\n  " + "\n  ".join(lignes)


@pytest.fixture(scope="session")
def _worker_de_session(django_db_setup, tmp_path_factory):
    """Un worker Celery, autre processus, sur la base et la file de ce processus de test."""
    from config.celery import app

    journal = tmp_path_factory.mktemp("celery") / "worker.log"
    commande = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "INFO"]
    environnement = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_test"}
    with journal.open("wb") as sortie:
        processus = subprocess.Popen(commande, cwd=RACINE, env=environnement, stdout=sortie, stderr=subprocess.STDOUT)
    limite = time.monotonic() + 60
    # Il se dit prêt dans son journal. Le lui demander par la file (app.control.ping) laisse une lecture en attente que
    # kombu finit, en fermant la connexion, sans limite de temps.
    while " ready." not in (lu := journal.read_text(errors="replace")):
        assert processus.poll() is None, f"Le worker s’est arrêté :\n{lu}"
        assert time.monotonic() < limite, f"Le worker ne répond pas :\n{lu}"
        time.sleep(0.1)
    yield journal
    processus.terminate()
    try:
        processus.wait(20)
    except subprocess.TimeoutExpired:
        processus.kill()
        processus.wait()
    app.pool.force_close_all()


@pytest.fixture
def worker(_worker_de_session, transactional_db):
    """Le worker est prêt ; donne son journal. La base est partagée avec lui, sans transaction autour du test."""
    return _worker_de_session
