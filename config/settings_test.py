"""Réglages des tests : ceux d'Étape, avec une base, une file et des fichiers propres à chaque processus de test.

Sans DATABASE_URL ni REDIS_URL, les tests ont leurs propres services, distincts de ceux du site et réglés pour la
vitesse. Ils restent en marche d'un lancement à l'autre : python -m config.services_embarques stop les arrête aussi
(bin/test a les siens, qu'il arrête à la fin).

Celery n'est pas immédiat ici : une tâche envoyée attend un vrai worker (celui des essais de tests/e2e). Un test qui
veut la voir s'exécuter sur place prend la fixture « celery_immediat ».
"""

import os
import secrets
import tempfile
from pathlib import Path

from config.services_embarques import dossier_donnees, urls_des_services

if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
    _base, _redis = urls_des_services(dossier_donnees() / "essais", rapide=True)
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or _base
    os.environ["REDIS_URL"] = os.environ.get("REDIS_URL") or _redis
os.environ.setdefault("ETAPE_CLE_SECRETE", "cle-des-tests-sans-valeur-hors-des-tests-0123456789")

from config.settings import *  # noqa: F403
from config.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, STORAGES

# Le numéro du lancement passe par l'environnement aux processus de pytest-xdist et au worker Celery des essais, qui
# trouvent ainsi la même base, la même file et les mêmes fichiers.
_lancement = os.environ.setdefault("ETAPE_ESSAI", f"{os.getpid()}_{secrets.token_hex(3)}")
ESSAI = f"{_lancement}_{os.environ.get('PYTEST_XDIST_WORKER', 'seul')}"

DATABASES["default"]["NAME"] = f"test_etape_{ESSAI}"
DATABASES["default"]["CONN_MAX_AGE"] = 0
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"global_keyprefix": f"essai-{ESSAI}:"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"etape-essai-{ESSAI}"

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True  # les fichiers statiques sont servis sans être rassemblés
