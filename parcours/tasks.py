"""Le travail de nuit des parcours. Chaque tâche peut être rejouée sans rien doubler."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from parcours.services.sorties import reclasser_ce_qui_murit

journal = logging.getLogger(__name__)


@shared_task(
    acks_late=True,
    autoretry_for=(OperationalError,),
    retry_backoff=30,
    retry_backoff_max=15 * 60,
    max_retries=6,
    soft_time_limit=4 * 60,
    time_limit=5 * 60,
)
def reclasser_les_sorties() -> None:
    """Relit les sorties que le temps peut changer : six mois tenus, une formation validée, une saison de plus."""
    changees = reclasser_ce_qui_murit(jour=timezone.localdate())
    journal.info("Sorties reclassées : %s", changees)
