"""bin/demo et Celery : un port libre, une seule démonstration à la fois, des tâches qui ne se perdent pas."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

import pytest

from config import demo, systeme
from config import services_embarques as services
from config.celery import app


@pytest.fixture
def port_pris():
    """Un port où un autre programme écoute déjà."""
    with socket.socket() as prise:
        prise.bind((demo.HOTE, 0))
        prise.listen()
        yield prise.getsockname()[1]


def test_un_port_pris_donne_le_suivant_et_le_dit(port_pris, monkeypatch, capsys):
    """Quand le port voulu est pris, Étape en prend un autre et l'annonce."""
    monkeypatch.setenv("PORT", str(port_pris))
    port = demo._choisir_port()
    assert port > port_pris
    assert f"Le port {port_pris} est pris : Étape prend le {port}" in capsys.readouterr().out


def test_l_adresse_des_qr_codes_est_celle_qui_repond(tmp_path, monkeypatch):
    """Django lit ETAPE_ADRESSE quand il se charge : elle est écrite avant, avec le port choisi."""
    monkeypatch.setenv("ETAPE_ADRESSE", "")  # pour que l'essai la remette comme il l'a trouvée
    monkeypatch.delenv("ETAPE_ADRESSE")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ailleurs")
    monkeypatch.setenv("REDIS_URL", "redis://ailleurs")
    monkeypatch.setattr(demo, "_choisir_port", lambda: 8042)

    class Chargement(Exception):
        pass

    def charger(journaux):
        raise Chargement(os.environ.get("ETAPE_ADRESSE"))

    monkeypatch.setattr(demo, "_preparer_application", charger)
    with pytest.raises(Chargement, match=re.escape("http://127.0.0.1:8042/")):
        demo._derouler(tmp_path, tmp_path / "demo.json", {})


@pytest.mark.parametrize("valeur", ["abc", "0", "70000", "-1"])
def test_un_port_impossible_est_refuse_par_une_phrase(valeur, monkeypatch):
    """PORT doit être un nombre de 1 à 65535 ; sinon une phrase le dit."""
    monkeypatch.setenv("PORT", valeur)
    with pytest.raises(demo.DemarrageImpossible, match="indiquez un nombre entre 1 et 65535"):
        demo._choisir_port()


def test_une_seconde_demonstration_renvoie_a_la_premiere(tmp_path):
    """Lancée deux fois, la démonstration donne l'adresse de celle qui tourne, sans rien démarrer."""
    with demo._seule_demonstration(tmp_path) as note:
        note.write_text(json.dumps({"adresse": "http://127.0.0.1:8123/", "processus": {}}))
        seconde = demo._seule_demonstration(tmp_path)
        with pytest.raises(demo.DemarrageImpossible, match=re.escape("http://127.0.0.1:8123/")):
            seconde.__enter__()


def test_les_restes_d_une_demonstration_tuee_sont_arretes(tmp_path):
    """Un worker resté seul après la mort brutale de la démonstration est arrêté par la suivante."""
    commande = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "0"]
    reste = subprocess.Popen(commande, stderr=subprocess.DEVNULL)
    try:
        while not services._ligne_de_commande(reste.pid):  # le noyau l'écrit un peu après la naissance
            time.sleep(0.01)
        note = tmp_path / "demo.json"
        note.write_text(json.dumps({"adresse": "", "processus": {reste.pid: "-m http.server "}}))
        with demo._seule_demonstration(tmp_path):
            assert reste.wait(10) == -signal.SIGTERM
    finally:
        reste.kill()
        reste.wait()


def test_un_processus_mort_est_nomme_avec_la_fin_de_son_journal(tmp_path):
    """Quand le site, le worker ou beat s'arrête, le message dit lequel et montre pourquoi."""
    journal = tmp_path / "worker.log"
    processus = demo._lancer(lambda: sys.exit("la file ne répond pas"), journal)
    processus.join()
    with pytest.raises(demo.DemarrageImpossible, match=r"(?s)la file ne répond pas.*« worker » s’est arrêté"):
        demo._verifier_vivants({"worker": processus}, tmp_path)


def test_sans_droit_d_installer_une_phrase_dit_quel_paquet_manque(monkeypatch):
    """Sans Pango et sans les droits de l'installer, Étape nomme les paquets au lieu d'une erreur de bibliothèque."""
    monkeypatch.setattr(systeme, "NOMS_PANGO", ["libqui-n-existe-pas.so.0"])
    monkeypatch.setattr(systeme.os, "geteuid", lambda: 1000)
    with pytest.raises(systeme.ManqueAuSysteme, match=re.escape("apt-get install libpango-1.0-0 libpangoft2-1.0-0")):
        systeme.assurer_pango()


def test_les_taches_survivent_a_un_worker_tue():
    """Une tâche n'est retirée de la file qu'une fois finie, et le délai de reprise dépasse sa durée limite."""
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
    assert app.conf.accept_content == ["json"]


def test_les_echeances_sont_signalees_chaque_nuit_a_2_h_30_de_paris():
    """Beat lance chaque nuit, à l'heure de Paris, une tâche que le worker connaît."""
    app.loader.import_default_modules()
    nuit = app.conf.beat_schedule["signaler-les-echeances"]
    assert nuit["task"] in app.tasks
    assert (nuit["schedule"].hour, nuit["schedule"].minute) == ({2}, {30})
    assert app.timezone == ZoneInfo("Europe/Paris")
