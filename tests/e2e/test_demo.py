"""bin/demo en vrai : tout démarre dans un dossier neuf, le site répond, l'arrêt ne laisse rien, les données restent."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from config import services_embarques as services

ATTENTE_SECONDES = 180
REGLAGES_DU_TEST = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "ETAPE_CLE_SECRETE", "ETAPE_ESSAI")


@pytest.fixture
def dossier():
    """Un dossier de données neuf, qu'un compte sans droits peut atteindre (PostgreSQL, sous root)."""
    with tempfile.TemporaryDirectory(prefix="etape-demo-", dir="/tmp") as nom:
        Path(nom).chmod(0o755)
        yield Path(nom) / "donnees"
        services.arreter(Path(nom) / "donnees")


def lancer(dossier: Path) -> tuple[subprocess.Popen, str]:
    """Lance la démonstration et attend qu'elle se dise prête ; donne le processus et ce qu'elle a écrit."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    environnement = {nom: valeur for nom, valeur in os.environ.items() if nom not in REGLAGES_DU_TEST}
    environnement |= {"ETAPE_DONNEES": str(dossier), "ETAPE_STATIQUES": str(dossier.parent / "statiques")}
    sortie = dossier.parent / "sortie.txt"
    with sortie.open("wb") as flux:
        processus = subprocess.Popen(
            [sys.executable, "-m", "config.demo"],
            cwd=services.COPIE,
            env=environnement | {"PORT": str(port), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=flux,
            stderr=subprocess.STDOUT,
        )
    limite = time.monotonic() + ATTENTE_SECONDES
    try:
        while "Ctrl-C arrête tout" not in sortie.read_text("utf-8"):
            assert processus.poll() is None, sortie.read_text("utf-8")
            assert time.monotonic() < limite, sortie.read_text("utf-8")
            time.sleep(0.2)
    except BaseException:
        arreter(processus, signal.SIGINT)
        raise
    return processus, sortie.read_text("utf-8")


def arreter(processus: subprocess.Popen, demande: signal.Signals) -> int:
    processus.send_signal(demande)
    return processus.wait(60)


def nombre_de_personnes(dossier: Path) -> int:
    with psycopg.connect(services.urls_des_services(dossier)[0]) as connexion:
        return connexion.execute("SELECT count(*) FROM beneficiaires_beneficiaire").fetchone()[0]


def test_la_demonstration_demarre_s_arrete_et_garde_ses_donnees(dossier):
    """Un dossier vide suffit ; Ctrl-C et TERM arrêtent site, worker, beat, PostgreSQL et Valkey ; rien n'est perdu."""
    processus, sortie = lancer(dossier)
    try:
        demonstration = json.loads((dossier / "demo.json").read_text())
        assert demonstration["adresse"] in sortie
        assert "Facilitateur" in sortie
        assert "Acheteur" in sortie
        with urllib.request.urlopen(demonstration["adresse"] + "compte/login/") as reponse:
            assert "Étape" in reponse.read().decode()
        etat = services.lire_etat(dossier)
        lances = [*map(int, demonstration["processus"]), etat["postgresql"]["pid"], etat["valkey"]["pid"]]
        assert len(lances) == 5
        personnes = nombre_de_personnes(dossier)
        assert personnes >= 60
    finally:
        assert arreter(processus, signal.SIGINT) == 0
    assert not any(services._ligne_de_commande(pid) for pid in lances)

    processus, _ = lancer(dossier)
    try:
        assert nombre_de_personnes(dossier) == personnes
    finally:
        assert arreter(processus, signal.SIGTERM) == 0
    assert services.lire_etat(dossier) is None
