"""La page des travaux programmés : qui la voit, et ce qu'elle dit d'un passage réussi, en échec, tué, en retard."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from comptes.models import Role
from config.celery import app
from reporting import executions, tasks
from reporting.models import ExecutionTache
from tests.fabriques import (
    AcheteurFactory,
    AgrementFactory,
    StructureFactory,
    UtilisateurFactory,
    creer_utilisateur,
)

PARIS = ZoneInfo("Europe/Paris")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]


@pytest.fixture
def le_17_novembre(time_machine, db):
    """Une installation du 2 novembre."""
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)
    mettre_en_service(a(9, jour=2))


def mettre_en_service(quand: datetime) -> None:
    MigrationRecorder.Migration.objects.update(applied=quand)


@pytest.fixture
def lire(client):
    client.force_login(creer_utilisateur(StructureFactory(), role=Role.ADMINISTRATEUR))

    def page() -> str:
        reponse = client.get("/travaux/")
        assert reponse.status_code == 200
        return reponse.content.decode()

    return page


def a(heure: int, minute: int = 0, jour: int = 17) -> datetime:
    return datetime(2026, 11, jour, heure, minute, tzinfo=PARIS)


def test_qui_la_voit(client):
    """L'administrateur d'une structure facilitatrice, un compte technique même sans structure ; personne d'autre."""
    technique = UtilisateurFactory(is_staff=True)
    administrateur = creer_utilisateur(StructureFactory(), role=Role.ADMINISTRATEUR)
    membre = creer_utilisateur(StructureFactory())
    acheteur = creer_utilisateur(AcheteurFactory(), role=Role.ADMINISTRATEUR)
    for utilisateur, code in ((technique, 200), (administrateur, 200), (membre, 403), (acheteur, 403)):
        client.force_login(utilisateur)
        assert client.get("/travaux/").status_code == code


def test_un_passage_reussi_dit_ce_qu_il_a_fait(lire):
    """Deux PASS signalés cette nuit : créées 2, à l'heure ; aucun courriel n'est parti, cela se dit aussi."""
    AgrementFactory.create_batch(2, date_fin="2026-12-01")
    tasks.signaler_echeances("2026-11-17")
    page = lire()
    assert "créées\u00a0: 2, avancées\u00a0: 0, closes\u00a0: 0" in page
    assert "Réussi" in page
    nuit, matin = page.split("Envoyer les courriels du matin", 1)
    assert "À l’heure" in nuit and "En retard" in matin
    assert "Il n’a encore jamais réussi." in matin


def test_une_erreur_se_voit_sans_son_texte(lire, monkeypatch):
    """La classe de l'erreur, jamais son message ; elle remonte pour que la tâche réessaie."""

    def echouer(**_):
        raise OperationalError("clé de Karim Belkacem")

    monkeypatch.setattr(tasks.alertes, "signaler_echeances", echouer)
    with pytest.raises(OperationalError):
        executions.executer(executions.SIGNALER, lambda: tasks.alertes.signaler_echeances(jour=None))
    page = lire()
    assert "En échec" in page and "OperationalError" in page
    assert "Belkacem" not in page


@pytest.mark.parametrize(
    ("debut", "mot"),
    [(a(9, 55), "En cours"), (a(9, 49), "Interrompu")],
)
def test_un_passage_sans_fin(lire, debut, mot):
    """Commencé il y a cinq minutes, il tourne ; il y a onze minutes, il a été tué."""
    ExecutionTache.objects.create(nom=executions.SIGNALER, debut=debut)
    assert mot in lire()


@pytest.mark.parametrize(
    ("debut", "en_retard"),
    [(a(2, 30), False), (a(2, 30, jour=16), True)],
)
def test_le_retard(lire, debut, en_retard):
    """Le dernier passage prévu est celui de cette nuit, à 2 h 30."""
    ExecutionTache.objects.create(nom=executions.SIGNALER, debut=debut, fin=debut)
    nuit = lire().split("Signaler les échéances", 1)[1].split("Envoyer les courriels du matin", 1)[0]
    assert ("En retard" in nuit) is en_retard


def test_une_installation_du_jour_n_a_rien_en_retard(lire):
    """Installée à 9 h 30 : tout est prévu pour demain, rien n'a encore passé, rien n'est à l'heure ni en retard."""
    mettre_en_service(a(9, 30))
    page = lire()
    assert page.count("Pas encore passé") == 5
    assert "En retard" not in page and "À l’heure" not in page


def test_la_cadence_affichee_est_celle_qui_est_programmee():
    """Heures et jours dits à l'écran : ceux de Celery beat."""
    programmees = {ligne["task"].rsplit(".", 1)[1]: ligne["schedule"] for ligne in app.conf.beat_schedule.values()}
    for nom, travail in executions.TRAVAUX.items():
        horaire = programmees[nom]
        assert (horaire.hour, horaire.minute) == ({travail.cadence.heure.hour}, {travail.cadence.heure.minute})
        assert (len(horaire.day_of_week) == 5) is travail.cadence.jours_ouvres


def test_autant_de_requetes_pour_un_passage_que_pour_cinquante(client, nombre_de_requetes, lire):
    """La page ne relit pas chaque passage."""

    def compter() -> int:
        with nombre_de_requetes() as requetes:
            lire()
        return len(requetes)

    ExecutionTache.objects.create(nom=executions.SIGNALER, debut=a(2, 30), fin=a(2, 31))
    un = compter()
    ExecutionTache.objects.bulk_create(
        ExecutionTache(nom=executions.SIGNALER, debut=a(1, minute), fin=a(1, minute)) for minute in range(49)
    )
    assert compter() == un
