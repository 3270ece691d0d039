"""Celery : les tâches longues et celles de la nuit. Les tâches reçoivent des identifiants et peuvent être rejouées."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("etape")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Ces réglages-ci l'emportent sur ceux de settings.py : ce qui dépend de l'installation (la file) est là-bas, pas ici.
app.add_defaults(
    {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "timezone": "Europe/Paris",
        "enable_utc": True,
        # Une tâche n'est retirée de la file qu'une fois finie : un worker tué en route la laisse à un autre.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_soft_time_limit": 9 * 60,
        "task_time_limit": 10 * 60,
        "broker_connection_retry_on_startup": True,
        "task_ignore_result": True,
        "worker_hijack_root_logger": False,
        "beat_schedule": {
            "signaler-les-echeances": {
                "task": "reporting.tasks.signaler_echeances",
                "schedule": crontab(hour=2, minute=30),
            },
            "suivre-les-declarations": {
                "task": "reporting.tasks.suivre_les_declarations",
                "schedule": crontab(hour=6, minute=30),
            },
            # Les jours fériés, la tâche ne fait rien.
            "envoyer-les-recapitulatifs": {
                "task": "reporting.tasks.envoyer_recapitulatifs",
                "schedule": crontab(hour=7, minute=0, day_of_week="mon-fri"),
            },
            "entretenir-les-preuves": {
                "task": "clauses.tasks.entretenir_les_preuves",
                "schedule": crontab(hour=3, minute=10),
            },
            "annoncer-les-offres": {
                "task": "reporting.tasks.annoncer_les_offres",
                "schedule": crontab(hour=7, minute=15, day_of_week="mon-fri"),
            },
            "reclasser-les-sorties": {
                "task": "reporting.tasks.reclasser_les_sorties",
                "schedule": crontab(hour=2, minute=10),
            },
        },
    }
)
app.autodiscover_tasks()
