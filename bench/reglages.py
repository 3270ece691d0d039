"""Réglages des mesures : ceux du service, sur la base que nomme l'environnement, sans fichiers statiques rassemblés."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

DATABASES["default"]["NAME"] = os.environ["ETAPE_BENCH_BASE"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = os.environ["ETAPE_BENCH_FICHIERS"]
STATIC_ROOT = f"{MEDIA_ROOT}/statiques"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
CELERY_BROKER_URL = "memory://"
