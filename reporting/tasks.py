"""Le travail de fond : des identifiants entrent, un service travaille. Chaque tâche peut être rejouée sans rien doubler."""

import logging

from celery import shared_task

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
