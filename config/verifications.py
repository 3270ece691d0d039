"""Toutes les vérifications d'Étape, dans l'ordre, chacune sous son titre (bin/test) ; un échec arrête tout.

Les services sont propres au lancement, dans un dossier provisoire, et arrêtés à la fin. Avec des arguments, seul pytest
tourne, avec ces arguments.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import services_embarques as services
from config import systeme

Verification = tuple[str, list[str], dict[str, str]]
MIGRATIONS = ["manage.py", "makemigrations", "--check", "--dry-run"]
DEPLOIEMENT = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


def dire(texte: str) -> None:
    print(texte, flush=True)  # noqa: T201


def principal(arguments: list[str]) -> int:
    """Fait les vérifications et donne le code de la première qui échoue, ou 0."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # pour passer par l'arrêt des services
    try:
        systeme.assurer_pango()
        navigateur = systeme.assurer_chromium()
        with _services_provisoires() as environnement, _base_modele_en_preparation(environnement):
            environnement |= {"CHROMIUM": navigateur}
            for titre, commande, reglages in _verifications(arguments):
                dire(f"\n=== {titre}")
                code = subprocess.run(
                    commande, cwd=services.COPIE, env=environnement | reglages, check=False
                ).returncode
                if code:
                    dire(f"\nÉchec : {titre}")
                    return code
    except (services.ServicesIndisponibles, systeme.ManqueAuSysteme) as erreur:
        dire(str(erreur))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _verifications(arguments: list[str]) -> list[Verification]:
    if arguments:
        return [("Tests", [sys.executable, "-m", "pytest", *arguments], {})]
    outils = Path(sys.executable).parent
    composition = _docker_compose()
    processus = str(max(2, os.cpu_count() or 2))
    return [
        ("Style", [f"{outils}/ruff", "check"], {}),
        ("Mise en forme", [f"{outils}/ruff", "format", "--check"], {}),
        ("Sens des imports", [f"{outils}/lint-imports"], {}),
        ("Types des règles", [f"{outils}/mypy"], {}),
        ("Migrations à jour", [sys.executable, *MIGRATIONS], {}),
        ("Réglages de mise en service", [sys.executable, *DEPLOIEMENT], _reglages_de_mise_en_service()),
        *([("Composition Docker", [*composition, "config", "-q"], {})] if composition else []),
        ("Tests", [sys.executable, "-m", "pytest", "-n", processus, "--dist=worksteal", "--durations=10"], {}),
    ]


def _reglages_de_mise_en_service() -> dict[str, str]:
    """Ce qu'un exploitant indique ; base et file sont celles des tests."""
    return {
        "ETAPE_CLE_SECRETE": secrets.token_urlsafe(50),
        "ETAPE_DEBUG": "0",
        "ETAPE_HTTPS": "1",
        "ETAPE_HOTES": "etape.example",
        "ETAPE_ORIGINES": "https://etape.example",
    }


def _docker_compose() -> list[str]:
    """Donne la commande Docker Compose de la machine, s'il y en a une."""
    for commande in (["docker", "compose"], ["docker-compose"]):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*commande, "version"], capture_output=True, check=False).returncode == 0:
                return commande
    return []


@contextlib.contextmanager
def _services_provisoires() -> Iterator[dict[str, str]]:
    """Donne l'environnement des vérifications, avec une base et une file à elles si l'appelant n'en désigne pas."""
    parent = None
    if os.geteuid() == 0:  # PostgreSQL tournera sous un autre compte, qui doit pouvoir atteindre ce dossier
        parent = services.DOSSIER_ROOT
        services.creer_dossier(parent)
    dossier = Path(tempfile.mkdtemp(prefix="essais-", dir=parent))
    if parent:
        dossier.chmod(0o711)
    environnement = os.environ | {"ETAPE_DONNEES": str(dossier)}
    try:
        if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
            base, file = services.urls_des_services(dossier, rapide=True)
            environnement |= {
                "DATABASE_URL": os.environ.get("DATABASE_URL") or base,
                "REDIS_URL": os.environ.get("REDIS_URL") or file,
            }
        yield environnement
    finally:
        services.arreter(dossier)
        shutil.rmtree(dossier, ignore_errors=True)


@contextlib.contextmanager
def _base_modele_en_preparation(environnement: dict[str, str]) -> Iterator[None]:
    """Joue les migrations à côté des premières vérifications ; les tests attendent cette base, ou la font si elle manque."""
    reglages = {"DJANGO_SETTINGS_MODULE": "config.settings_test"}
    commande = [sys.executable, "-m", "tests.base_modele"]
    processus = subprocess.Popen(commande, cwd=services.COPIE, env=environnement | reglages)
    try:
        yield
    finally:
        processus.terminate()
        processus.wait()


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
