"""Le travail de fond : des identifiants entrent, un service travaille. Chaque tâche peut être rejouée sans rien doubler."""

import logging
from datetime import date

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from reporting import alertes
from reporting.bilans import produire
from reporting.models import Bilan, EtatBilan

journal = logging.getLogger(__name__)


@shared_task(acks_late=True)
def produire_bilan(bilan_id: str) -> None:
    """Fabrique le PDF d'un bilan et tient sa progression à jour. Un échec se lit à l'écran, avec quoi faire."""
    bilan = (
        Bilan.objects.select_related(
            "marche__operation__structure", "marche__operation__maitre_ouvrage", "marche__acheteur"
        )
        .filter(pk=bilan_id)
        .first()
    )
    if bilan is None or bilan.etat == EtatBilan.PRET:
        return

    def avancer(progression: int, etape: str) -> None:
        Bilan.objects.filter(pk=bilan_id).update(etat=EtatBilan.EN_COURS, progression=progression, etape=etape)

    try:
        produire(bilan, avancer)
    except Exception:
        Bilan.objects.filter(pk=bilan_id).update(etat=EtatBilan.ECHEC, etape="")
        journal.exception("Bilan %s : fabrication impossible", bilan_id)
        raise


@shared_task(
    acks_late=True,
    autoretry_for=(OperationalError,),
    retry_backoff=30,
    retry_backoff_max=15 * 60,
    max_retries=6,
    soft_time_limit=4 * 60,
    time_limit=5 * 60,
)
def signaler_echeances(jour: str | None = None) -> None:
    """Signale les échéances vues de ce jour (AAAA-MM-JJ), aujourd'hui par défaut. Une base injoignable fait réessayer."""
    resultat = alertes.signaler_echeances(jour=date.fromisoformat(jour) if jour else timezone.localdate())
    journal.info("Échéances du %s : %s", resultat.jour, alertes.resumer(resultat))
