"""Ce que la démonstration confie au worker : un mois rectifié une fois son bilan publié, par les services des écrans."""

from datetime import timedelta
from decimal import Decimal

from celery import shared_task

from clauses.models import EtatReleve, ReleveHeures
from clauses.services.heures import Saisie, saisir_cases
from clauses.services.heures_etats import changer_etats
from reporting.models import Bilan

PUBLICATION = timedelta(hours=1)


@shared_task
def publier_puis_rectifier(bilan_id: str, releve_id: str, heures: str, motif: str) -> None:
    """Date la publication du bilan du jour de sa demande, puis rouvre ce relevé, corrige ses heures et les valide de nouveau."""
    bilan = Bilan.objects.get(pk=bilan_id)
    Bilan.objects.filter(pk=bilan.pk).update(pret_le=bilan.cree_le + PUBLICATION)
    releve = ReleveHeures.objects.get(pk=releve_id)
    if releve.heures == Decimal(heures):
        return  # la tâche a déjà été jouée
    par = releve.decide_par
    changer_etats(releves=[releve], vers=EtatReleve.RECTIFIE, motif=motif, utilisateur=par)
    releve.refresh_from_db()
    saisir_cases(
        saisies=[Saisie(releve.affectation_id, releve.nature, releve.mois, Decimal(heures), releve.version)],
        utilisateur=par,
    )
    for etat in (EtatReleve.VERIFIE, EtatReleve.VALIDE):
        releve.refresh_from_db()
        changer_etats(releves=[releve], vers=etat, motif=motif, utilisateur=par)
