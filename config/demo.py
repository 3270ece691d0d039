"""Lance Étape en entier pour la découvrir : services, base, données de démonstration, site, worker et beat (bin/demo).

Ctrl-C (ou TERM) arrête tout ce qui a été lancé. Les données restent : la fois suivante repart où l'on en était.

Site, worker et beat naissent de ce processus (fork) : ce qu'il a déjà chargé, Django et nos applications, ne se recharge pas
trois fois.
"""

import contextlib
import fcntl
import hashlib
import importlib
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

from config import services_embarques as services
from config import systeme

HOTE = "127.0.0.1"
PORT_PAR_DEFAUT = 8000
PORTS_ESSAYES = 50
ATTENTE_SECONDES = 120


class DemarrageImpossible(RuntimeError):
    """Un des processus n'a pas démarré ; le message dit lequel et où lire pourquoi."""


def dire(texte: str) -> None:
    print(texte, flush=True)  # noqa: T201


def principal() -> int:
    """Lance tout, attend la demande d'arrêt, arrête tout ; le code de retour dit si tout s'est bien passé."""
    for demande in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(demande, _interrompre)
    lances: dict[str, BaseProcess] = {}
    try:
        dossier = services.dossier_donnees()
        with _seule_demonstration(dossier) as note:
            try:
                return _derouler(dossier, note, lances)
            finally:
                _arreter_tout(dossier, lances)
    except KeyboardInterrupt:
        return 0
    except (DemarrageImpossible, services.ServicesIndisponibles, systeme.ManqueAuSysteme) as erreur:
        dire(str(erreur))
        return 1


def _interrompre(*_) -> None:
    raise KeyboardInterrupt


def _derouler(dossier: Path, note: Path, lances: dict[str, BaseProcess]) -> int:
    debut = time.monotonic()
    systeme.assurer_pango()
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        dire("· PostgreSQL et Valkey")
        services.urls_des_services(dossier)
    journaux = dossier / "journaux"
    services.creer_dossier(journaux)
    port = _choisir_port()
    adresse = f"http://{HOTE}:{port}/"
    # Les QR codes des bilans mènent au port qui répond, pas à celui que l'on espérait. Avant Django : ses réglages la lisent.
    os.environ.setdefault("ETAPE_ADRESSE", adresse)
    _preparer_application(journaux)

    dire("· Site, worker et beat")
    for nom, travail in _travaux(port, dossier):
        lances[nom] = _lancer(travail, journaux / f"{nom}.log")
    marque = " ".join(sys.orig_argv)
    note.write_text(json.dumps({"adresse": adresse, "processus": {p.pid: marque for p in lances.values()}}))
    _attendre_pret(adresse, lances, journaux)

    dire(f"\nÉtape est prête en {time.monotonic() - debut:.0f} s : {adresse}\n")
    _dire_les_comptes()
    dire(f"\nJournaux : {journaux}. Ctrl-C arrête tout ; les données restent.")
    while True:
        time.sleep(1)
        _verifier_vivants(lances, journaux)


def _preparer_application(journaux: Path) -> None:
    """Met la base à jour, rassemble les fichiers statiques et, la première fois, crée les données de démonstration."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.core.management import CommandError, call_command
    from django.db import OperationalError, connections

    django.setup()
    try:
        with _fichiers_statiques(journaux):  # pendant que la base se prépare
            if _base_a_mettre_a_jour():
                dire("· Base de données")
                call_command("migrate", verbosity=0, interactive=False)
            dire("· Données de démonstration")
            call_command("peupler", si_vide=True, verbosity=0)
            connections.close_all()
    except OperationalError as erreur:
        raise DemarrageImpossible(f"La base de données ne répond pas. {erreur}") from erreur
    except CommandError as erreur:
        raise DemarrageImpossible(str(erreur)) from erreur


def _base_a_mettre_a_jour() -> bool:
    """Dit s'il reste des migrations à faire : le savoir prend bien moins de temps que de lancer migrate pour rien."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executeur = MigrationExecutor(connection)
    return bool(executeur.migration_plan(executeur.loader.graph.leaf_nodes()))


def _dire_les_comptes() -> None:
    from django.core.management import CommandError, call_command

    try:
        call_command("comptes_demo")
    except (
        CommandError
    ) as erreur:  # la base sert à autre chose qu'à la démonstration : ses comptes ne nous regardent pas
        dire(str(erreur))


@contextlib.contextmanager
def _fichiers_statiques(journaux: Path):
    """Rassemble les fichiers statiques dans un autre processus, attendu à la fin ; rien à faire s'ils n'ont pas changé."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    sources = (source.path(nom) for trouveur in get_finders() for nom, source in trouveur.list([]))
    etats = sorted(f"{chemin} {os.stat(chemin).st_size} {os.stat(chemin).st_mtime_ns}" for chemin in sources)
    empreinte = hashlib.sha256("\n".join(etats).encode()).hexdigest()
    temoin = Path(settings.STATIC_ROOT) / ".empreinte"
    if temoin.exists() and temoin.read_text() == empreinte:
        yield
        return
    dire("· Fichiers statiques")
    journal = journaux / "statiques.log"
    processus = _lancer(lambda: call_command("collectstatic", interactive=False, verbosity=0), journal)
    try:
        yield
        processus.join()
        if processus.exitcode:
            raise DemarrageImpossible(f"{journal.read_text()}\n\nLes fichiers statiques n’ont pas pu être rassemblés.")
        temoin.write_text(empreinte)
    finally:
        _terminer([processus])


def _travaux(port: int, dossier: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    gunicorn = ["gunicorn", "config.wsgi", "--bind", f"{HOTE}:{port}", "--workers", "2", "--threads", "4", "--preload"]
    gunicorn += ["--worker-tmp-dir", str(dossier), "--timeout", "60"]
    yield "site", lambda: _site(gunicorn)
    # Pendant que le site charge ses pages, ce que le worker et beat ont en commun se charge ici, une fois.
    for module in ("celery.bin.celery", "celery.apps.worker", "celery.concurrency.prefork", "kombu.transport.redis"):
        importlib.import_module(module)
    # Un seul worker : il n'a pas de voisin à chercher.
    worker = ["worker", "--concurrency", "2", "--loglevel", "INFO", "--without-mingle", "--without-gossip"]
    yield "worker", lambda: _celery(worker)
    beat = ["beat", "--schedule", str(dossier / "beat"), "--pidfile", "", "--loglevel", "INFO"]
    yield "beat", lambda: _celery(beat)


def _site(arguments: list[str]) -> None:
    from gunicorn.app.wsgiapp import run

    sys.argv = arguments
    run()


def _celery(arguments: list[str]) -> None:
    from config.celery import app

    # Les contrôles de Django, bin/test les fait ; le worker et beat démarrent plus vite sans eux.
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    app.start(arguments)


def _lancer(travail: Callable[[], None], journal: Path) -> BaseProcess:
    """Donne naissance à un processus dans sa propre session : Ctrl-C n'atteint que nous, qui arrêtons tout en ordre."""
    processus = multiprocessing.get_context("fork").Process(target=_travailler, args=(travail, journal))
    processus.start()
    return processus


def _travailler(travail: Callable[[], None], journal: Path) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for demande in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(demande, signal.SIG_DFL)
    with open(os.devnull, "rb") as rien:
        os.dup2(rien.fileno(), 0)
    sys.stdout = sys.stderr = sortie = journal.open("w", buffering=1)
    for flux in (1, 2):
        os.dup2(sortie.fileno(), flux)
    travail()


def _choisir_port() -> int:
    """Donne le port de PORT (8000 sans lui), ou le suivant s'il est pris."""
    voulu = os.environ.get("PORT") or str(PORT_PAR_DEFAUT)
    if not voulu.isdigit() or not 0 < int(voulu) < 65536:
        raise DemarrageImpossible(f"PORT vaut « {voulu} » : indiquez un nombre entre 1 et 65535.")
    for port in range(int(voulu), min(int(voulu) + PORTS_ESSAYES, 65536)):
        with socket.socket() as prise:
            prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                prise.bind((HOTE, port))
            except OSError:
                continue
        if port != int(voulu):
            dire(f"· Le port {voulu} est pris : Étape prend le {port}")
        return port
    raise DemarrageImpossible(f"Aucun port libre à partir de {voulu}. Choisissez-en un autre : PORT=9000 bin/demo")


def _attendre_pret(adresse: str, lances: dict[str, BaseProcess], journaux: Path) -> None:
    """Attend que le site réponde et que le worker se déclare."""
    from config.celery import app

    limite = time.monotonic() + ATTENTE_SECONDES
    while not (_site_repond(adresse) and app.control.ping(timeout=1, limit=1)):
        _verifier_vivants(lances, journaux)
        if time.monotonic() > limite:
            raise DemarrageImpossible(f"Étape ne répond pas après {ATTENTE_SECONDES} s. Journaux : {journaux}")
        time.sleep(0.1)


def _site_repond(adresse: str) -> bool:
    try:
        with urllib.request.urlopen(f"{adresse}sante/", timeout=5) as reponse:  # noqa: S310
            return reponse.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _verifier_vivants(lances: dict[str, BaseProcess], journaux: Path) -> None:
    for nom, processus in lances.items():
        if not processus.is_alive():
            journal = journaux / f"{nom}.log"
            fin = "\n".join(journal.read_text(errors="replace").splitlines()[-15:])
            raise DemarrageImpossible(f"{fin}\n\nLe processus « {nom} » s’est arrêté. Son journal : {journal}")


def _arreter_tout(dossier: Path, lances: dict[str, BaseProcess]) -> None:
    """Demande à chacun de finir, attend, insiste ; puis arrête les services embarqués."""
    dire("\n· Arrêt")
    for demande in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(demande, signal.SIG_IGN)  # l'arrêt est en cours : un second Ctrl-C ne le coupe pas en deux
    _terminer([*lances.values()])
    services.arreter(dossier)


def _terminer(processus: list[BaseProcess]) -> None:
    for un in processus:
        un.terminate()
    limite = time.monotonic() + 15
    for un in processus:
        un.join(max(0.1, limite - time.monotonic()))
        if un.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(un.pid, signal.SIGKILL)  # avec ses enfants : il a sa propre session
            un.join()


@contextlib.contextmanager
def _seule_demonstration(dossier: Path):
    """Une seule démonstration à la fois par copie ; arrête ce qu'une précédente, tuée net, aurait laissé."""
    note = dossier / "demo.json"
    with (dossier / "demo.verrou").open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemarrageImpossible(f"Étape tourne déjà : {_lire(note).get('adresse', 'elle démarre')}") from None
        for pid, marque in _lire(note).get("processus", {}).items():
            if int(pid) != os.getpid():  # après un redémarrage de la machine, ce numéro peut être devenu le nôtre
                services.tuer(int(pid), marque, signal.SIGTERM)
        note.unlink(missing_ok=True)
        yield note
        note.unlink(missing_ok=True)


def _lire(note: Path) -> dict:
    try:
        return json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        return {}


if __name__ == "__main__":
    sys.exit(principal())
