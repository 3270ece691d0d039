"""Ce que tous les tests partagent : une base clonée d'un modèle, des gabarits sans variable oubliée, des dates."""

import contextlib
import datetime as dt
import gc
import inspect
import os
import pickle
import shutil
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.template.base import UNKNOWN_SOURCE, Node
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as reglages_hypothesis
from psycopg import sql

from tests.base_modele import modele_a_jour, modeles_retenus

# Une machine chargée n'est pas un défaut du code : seul ce que les exemples trouvent fait échouer.
reglages_hypothesis.register_profile("etape", deadline=None, suppress_health_check=[HealthCheck.too_slow])
reglages_hypothesis.load_profile("etape")

RACINE = Path(__file__).resolve().parent.parent
# Les types de contenu et les permissions, que Django déduit des modèles : aucun test ne les change.
JAMAIS_VIDEES = frozenset({"contenttypes", "auth"})


# --- base de données -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Clone la base modèle, faite une fois par état des migrations.

    Un lancement sans nouvelle migration n'en rejoue aucune. Remplace celle de pytest-django : --reuse-db et
    --create-db sont donc sans effet, et inutiles.
    """
    base = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        with modeles_retenus() as curseur:
            _jeter_les_bases_oubliees(curseur)
            modele = modele_a_jour(curseur)
            curseur.execute(f'CREATE DATABASE "{base}" TEMPLATE "{modele}"')
        TransactionTestCase._fixture_teardown = _vidage(_garder_les_donnees_des_migrations())
    yield
    with django_db_blocker.unblock():
        connection.close()
        with connection._nodb_cursor() as curseur:
            curseur.execute(f'DROP DATABASE IF EXISTS "{base}" WITH (FORCE)')
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def _garder_les_donnees_des_migrations():
    """Retient ce que les migrations ont chargé (les métiers ROME, par exemple) et donne la fonction qui le remet."""
    gardees = {}
    with connection.cursor() as curseur:
        for modele in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(modele._meta.db_table)
            if modele._meta.managed and modele._meta.app_label not in JAMAIS_VIDEES and modele.objects.exists():
                with curseur.copy(f"COPY {table} TO STDOUT") as copie:
                    gardees[modele] = (table, b"".join(copie))

    def restaurer(curseur):
        for table, donnees in gardees.values():
            with curseur.copy(f"COPY {table} FROM STDIN") as copie:
                copie.write(donnees)

    return restaurer


def _vidage(restaurer):
    """Donne de quoi vider la base après un test sans transaction (bout en bout, concurrence).

    Django tronquerait les 160 tables, ce qui prend une à deux secondes ; celles qui ont des lignes se vident en centièmes. Ni clé
    étrangère ni déclencheur ne regarde : tout part ensemble.
    """
    gardees = {
        m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.app_label in JAMAIS_VIDEES
    }
    existantes = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(existantes) - gardees)
    remplies = sql.SQL(" UNION ALL ").join(
        sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(table), sql.Identifier(table)) for table in tables
    )

    def vider(_essai):
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("SET LOCAL session_replication_role = replica")
            curseur.execute(remplies)
            for (table,) in curseur.fetchall():
                curseur.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            restaurer(curseur)

    return vider


def _jeter_les_bases_oubliees(curseur) -> None:
    """Supprime les bases d'un lancement interrompu : leur nom porte le numéro du processus qui les a faites."""
    curseur.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_etape\\_%%'")
    for (nom,) in curseur.fetchall():
        try:
            os.kill(int(nom.split("_")[2]), 0)
        except ProcessLookupError:
            curseur.execute(f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)')
        except (ValueError, PermissionError):
            continue  # pas un nom à nous, ou un lancement d'un autre compte


# --- vitesse ---------------------------------------------------------------------------------------------------------


def pytest_collection_finish():
    """Ce qui est chargé et ramassé vit jusqu'à la fin : l'exclure du ramasse-miettes épargne un cinquième du calcul, et le
    passer moins souvent, encore un vingtième."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# --- rigueur ---------------------------------------------------------------------------------------------------------


class VariableInconnue(str):
    """Ce que Django mettrait à la place d'une variable inconnue : ici, une erreur, si le gabarit est à nous."""

    def __contains__(self, cle):
        return cle == "%s"

    def __mod__(self, variable):
        gabarit = _gabarit_en_cours()
        if gabarit == UNKNOWN_SOURCE or (Path(gabarit).is_relative_to(RACINE) and ".venv" not in gabarit):
            pytest.fail(f"Variable inconnue « {variable} » dans le gabarit {gabarit}", pytrace=False)
        return ""


def _gabarit_en_cours() -> str:
    """Cherche dans la pile le nœud de gabarit en cours de rendu, et donne son fichier."""
    cadre = inspect.currentframe()
    while cadre:
        noeud = cadre.f_locals.get("self")
        origine = getattr(noeud, "origin", None) if isinstance(noeud, Node) else None
        if origine is not None:
            return origine.name
        cadre = cadre.f_back
    return UNKNOWN_SOURCE


@pytest.fixture(autouse=True, scope="session")
def _gabarits_stricts(django_test_environment):
    """Une variable inconnue dans un gabarit d'Étape fait échouer le test (ceux des bibliothèques, non)."""
    for moteur in settings.TEMPLATES:
        moteur["OPTIONS"]["string_if_invalid"] = VariableInconnue("%s")


@pytest.fixture(autouse=True, scope="session")
def _dates_exactes():
    """Une date n'est pas un instant : écrire un datetime dans un champ de date fait échouer le test."""
    d_origine = models.DateField.get_prep_value

    def get_prep_value(self, value):
        if isinstance(value, dt.datetime) and not isinstance(self, models.DateTimeField):
            pytest.fail(f"Un instant ({value!r}) est donné au champ de date « {self.name} »")
        return d_origine(self, value)

    models.DateField.get_prep_value = get_prep_value
    yield
    models.DateField.get_prep_value = d_origine


@pytest.fixture(autouse=True)
def _cache_vide():
    """Chaque test commence sans rien en cache (limites de tentatives, notamment)."""
    from django.core.cache import cache

    cache.clear()


# --- le paysage des tests ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base_du_fichier(django_db_setup, django_db_blocker):
    """La base, pour tout un fichier de tests : ce qu'une fixture de module y écrit sert à chacun, puis se défait.

    Chaque test est dans son propre point de reprise : ce qu'il change ne se voit pas dans le suivant. La fixture qui
    bâtit est « autouse », pour que l'ordre des tests ne change pas ce qu'ils trouvent ; chacun en prend une copie. Un
    fichier qui a des tests « transaction=True », hors de toute transaction, ne peut pas s'en servir.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _paysage_du_fichier(base_du_fichier):
    """Le paysage complet, bâti une fois par fichier de tests."""
    from tests.fabriques import AUJOURD_HUI, PaysageComplet

    with time_machine.travel(AUJOURD_HUI, tick=False):
        return PaysageComplet()


@pytest.fixture(scope="module")
def _moule_du_paysage(_paysage_du_fichier) -> bytes:
    """De quoi en tirer des copies : cinq fois plus vite que copy.deepcopy, que 2 000 tests paieraient."""
    return pickle.dumps(_paysage_du_fichier)


@pytest.fixture
def paysage(_moule_du_paysage, db):
    """Le paysage complet, un jour fixe ; ce qu'un test en change, en base ou en mémoire, ne se voit pas dans le suivant."""
    from tests.fabriques import AUJOURD_HUI

    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield pickle.loads(_moule_du_paysage)  # noqa: S301 – ce que la fixture vient d'écrire


# --- à la demande ----------------------------------------------------------------------------------------------------


@pytest.fixture
def celery_immediat():
    """Exécute sur place les tâches envoyées pendant le test, et laisse voir leurs erreurs."""
    from config.celery import app

    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def nombre_de_requetes():
    """Compte les requêtes SQL d'un bloc : « with nombre_de_requetes() as requetes: … », puis len(requetes)."""
    from django.test.utils import CaptureQueriesContext

    @contextlib.contextmanager
    def compter():
        with CaptureQueriesContext(connection) as requetes:
            yield requetes

    return compter
