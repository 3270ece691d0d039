"""Le câblage d'Étape : réglages, adresses, serveur, tâches. Personne n'importe ce paquet."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
