"""Point d'entrée du serveur web (gunicorn config.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Chargées une fois, avant que gunicorn se divise : sinon, la première demande à chaque processus les attend.
_ = get_resolver().url_patterns
