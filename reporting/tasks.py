"""Le travail de fond : des identifiants entrent, un service travaille. Chaque tâche peut être rejouée sans rien doubler."""

import logging
from datetime import date
from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from clauses.regles.rappels import est_jour_ouvre
from clauses.services import alertes_offres
from clauses.services import envois as envois_des_declarations
from clauses.services.declarations import ouvrir_mois
from clauses.tasks import PANNES_DE_BASE, REESSAYER, UN_COURRIEL, envoyer_declaration, envoyer_offres
from parcours.services.sorties import reclasser_ce_qui_murit
from reporting import alertes
from reporting.bilans import produire
from reporting.executions import ANNONCER_LES_OFFRES, DECLARER, RECAPITULER, RECLASSER, SIGNALER, executer
from reporting.models import Bilan, EtatBilan
from reporting.rappels import recapitulatif

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


DE_NUIT = {
    "acks_late": True,
    "autoretry_for": PANNES_DE_BASE,
    "soft_time_limit": 4 * 60,
    "time_limit": 5 * 60,
} | REESSAYER


@shared_task(**DE_NUIT)
def reclasser_les_sorties() -> None:
    """Relit les sorties que le temps peut changer : six mois tenus, une formation validée, une saison de plus."""
    executer(RECLASSER, lambda: {"reclassées": reclasser_ce_qui_murit(jour=timezone.localdate())})


@shared_task(**DE_NUIT)
def signaler_echeances(jour: str | None = None) -> None:
    """Signale les échéances vues de ce jour (AAAA-MM-JJ), aujourd'hui par défaut."""

    def travail() -> dict[str, int]:
        resultat = alertes.signaler_echeances(jour=date.fromisoformat(jour) if jour else timezone.localdate())
        journal.info("Échéances du %s : %s", resultat.jour, alertes.resumer(resultat))
        total = resultat.total
        return {"créées": total.creees, "avancées": total.avancees, "closes": total.closes}

    executer(SIGNALER, travail)


@shared_task(**DE_NUIT)
def envoyer_recapitulatifs(jour: str | None = None) -> None:
    """Prépare les courriels du matin, un jour ouvré, et confie chacun à sa propre tâche : l'échec de l'un n'arrête pas les autres."""
    matin = date.fromisoformat(jour) if jour else timezone.localdate()
    if not est_jour_ouvre(matin):
        return

    def travail() -> dict[str, int]:
        envois = recapitulatif.preparer(matin)
        for envoi in envois:
            envoyer_recapitulatif.delay(str(envoi.pk))
        return {"à envoyer": len(envois)}

    executer(RECAPITULER, travail)


@shared_task(**DE_NUIT)
def suivre_les_declarations(jour: str | None = None) -> None:
    """Ouvre le mois qui vient de finir, puis prépare les courriels dus ce jour et confie chacun à sa propre tâche."""
    matin = date.fromisoformat(jour) if jour else timezone.localdate()

    def travail() -> dict[str, int]:
        ouvertes = ouvrir_mois(matin)
        envois = envois_des_declarations.preparer(matin)
        for envoi in envois:
            envoyer_declaration.delay(str(envoi.pk))
        return {"ouvertes": ouvertes, "à envoyer": len(envois)}

    executer(DECLARER, travail)


@shared_task(**DE_NUIT)
def annoncer_les_offres(jour: str | None = None) -> None:
    """Prépare, un jour ouvré, le courriel des nouvelles offres de chaque abonné, et confie chacun à sa propre tâche."""
    matin = date.fromisoformat(jour) if jour else timezone.localdate()
    if not est_jour_ouvre(matin):
        return

    def travail() -> dict[str, int]:
        envois = alertes_offres.preparer(matin)
        for envoi in envois:
            envoyer_offres.delay(str(envoi.pk))
        return {"à envoyer": len(envois)}

    executer(ANNONCER_LES_OFFRES, travail)


@shared_task(**UN_COURRIEL)
def envoyer_recapitulatif(envoi_id: str) -> None:
    """Envoie un courriel du matin, une seule fois."""
    try:
        recapitulatif.envoyer(envoi_id)
    except (SMTPException, OSError) as erreur:
        recapitulatif.noter_echec(envoi_id, erreur)
        raise
