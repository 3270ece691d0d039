"""Le travail de fond des clauses : un identifiant entre, un service travaille. Chaque tâche peut être rejouée."""

import logging
from smtplib import SMTPException

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from clauses.decp import FichierIllisible
from clauses.models import EtatImport, EtatReexamen, ImportDecp, Reexamen
from clauses.services import alertes_offres, annonces, controles, envois, imports_decp, preuves
from clauses.services.preuves_controle import AntivirusEnPanne

journal = logging.getLogger(__name__)
# Une base ou un serveur de courriel injoignable fait réessayer, de plus en plus tard, six fois au plus.
REESSAYER = {"retry_backoff": 30, "retry_backoff_max": 15 * 60, "max_retries": 6}
PANNES_DE_BASE = (OperationalError, InterfaceError)
UN_COURRIEL = {
    "acks_late": True,
    "autoretry_for": (*PANNES_DE_BASE, SMTPException, OSError),
    "soft_time_limit": 60,
    "time_limit": 90,
} | REESSAYER


@shared_task(**UN_COURRIEL)
def envoyer_declaration(envoi_id: str) -> None:
    """Envoie un courriel de la boucle mensuelle, une seule fois."""
    try:
        envois.envoyer(envoi_id)
    except (SMTPException, OSError) as erreur:
        envois.noter_echec(envoi_id, erreur)
        raise


@shared_task(
    autoretry_for=(*PANNES_DE_BASE, OSError, AntivirusEnPanne), soft_time_limit=240, time_limit=300, **REESSAYER
)
def controler_preuve(preuve_id: str) -> None:
    """Contrôle un fichier déposé et le sort de quarantaine, ou l'efface."""
    preuves.controler(preuve_id)


@shared_task
def entretenir_les_preuves() -> None:
    """Chaque nuit : efface les pièces dont la conservation est finie, reprend les contrôles restés en route."""
    effacees = preuves.entretenir(aujourd_hui=timezone.localdate())
    journal.info("Preuves : %s fichiers effacés à la fin de leur conservation", effacees)


@shared_task(**UN_COURRIEL)
def annoncer_candidature(candidature_id: str, fait: str, auteur_id: str) -> None:
    """Dit aux autres parties qu'une candidature a bougé. Rejouée, elle n'écrit qu'à qui n'a encore rien reçu."""
    annonces.envoyer(candidature_id, fait, auteur_id)


@shared_task(**UN_COURRIEL)
def envoyer_offres(envoi_id: str) -> None:
    """Envoie à un abonné ses nouvelles offres, une seule fois."""
    try:
        alertes_offres.envoyer(envoi_id)
    except (SMTPException, OSError) as erreur:
        alertes_offres.noter_echec(envoi_id, erreur)
        raise


@shared_task
def lire_decp(import_id: str) -> None:
    """Lit un fichier DECP envoyé et tient sa progression à jour. Un fichier illisible se dit à l'écran."""
    importation = ImportDecp.objects.filter(pk=import_id, etat=EtatImport.LECTURE).first()
    if importation is None:
        return
    suivi = ImportDecp.objects.filter(pk=import_id)
    try:
        imports_decp.lire_contenu(
            importation=importation,
            aujourd_hui=timezone.localdate(),
            avancer=lambda faits, total: suivi.update(progression=faits, total=total),
        )
    except FichierIllisible as refus:
        suivi.update(etat=EtatImport.ILLISIBLE, remarques=[str(refus)], contenu=None)
    except Exception:
        suivi.update(etat=EtatImport.ECHEC)
        journal.exception("Import %s : lecture arrêtée", import_id)
        raise


@shared_task
def importer_decp(import_id: str) -> None:
    """Importe les marchés choisis d'un fichier DECP. Arrêtée en route, elle garde ce qui est fait et peut reprendre."""
    importations = ImportDecp.objects.select_related("structure", "auteur").defer("contenu")
    importation = importations.filter(pk=import_id, etat=EtatImport.IMPORT).first()
    if importation is None:
        return
    try:
        imports_decp.traiter(importation=importation, aujourd_hui=timezone.localdate())
    except Exception:
        ImportDecp.objects.filter(pk=import_id).update(etat=EtatImport.ECHEC)
        journal.exception("Import %s : arrêté en route", import_id)
        raise


@shared_task
def reexaminer_marche(reexamen_id: str) -> None:
    """Repasse aux contrôles les lignes ouvertes d'un marché, et tient la progression à jour."""
    reexamen = (
        Reexamen.objects.select_related("marche", "demande_par")
        .filter(pk=reexamen_id, etat=EtatReexamen.EN_COURS)
        .first()
    )
    if reexamen is None:
        return
    suivi = Reexamen.objects.filter(pk=reexamen_id)
    try:
        controles.reexaminer(
            reexamen=reexamen,
            aujourd_hui=timezone.localdate(),
            est_automatique=True,
            avancer=lambda faits: suivi.update(faits=faits),
        )
    except Exception:
        suivi.update(etat=EtatReexamen.ECHEC)
        journal.exception("Réexamen %s : arrêté en route", reexamen_id)
        raise
