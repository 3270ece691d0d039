"""Ce que les contrôles ont dit de chaque déclaration récente, le jour où elle est arrivée et parmi ce qui l'était déjà."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode, ajouter_mois, decaler, premier_du_mois
from clauses.models import Affectation, Constat, EtatReleve, ReleveHeures
from clauses.services.faits_heures import Dossier, avec_leurs_faits, ouvrir_dossier, releves_autour
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment

# Ce que montre la page des contrôles.
JOURS = 90


def construire_constats(atelier: Atelier) -> None:
    """Rejoue les déclarations dans l'ordre de leur arrivée : chacune est jugée comme elle l'aurait été à l'écran."""
    depuis = moment(decaler(atelier.reference, -JOURS), 0, 0)
    mois = [ajouter_mois(premier_du_mois(depuis.date()), -1), atelier.reference]
    releves = releves_autour(Beneficiaire.objects.values_list("pk", flat=True), mois).order_by("saisi_le", "pk")
    recents = [releve for releve in releves if releve.saisi_le >= depuis]
    dossier = ouvrir_dossier(
        affectations=avec_leurs_faits(Affectation.objects.all(), atelier.reference).in_bulk(
            {releve.affectation_id for releve in recents}
        ),
        releves=[releve for releve in releves if releve.saisi_le < depuis],
        aujourd_hui=atelier.reference,
    )
    decidees = _heures_decidees()
    constats: list[Constat] = []
    for releve in recents:
        constats += _constater(atelier, dossier, releve, decidees)
        dossier.ajouter(releve)
    Constat.objects.bulk_create(constats)


def _heures_decidees() -> dict[UUID, list[tuple[datetime, Decimal]]]:
    """Par engagement, quand des heures ont été validées, et combien."""
    decidees = defaultdict(list)
    valides = ReleveHeures.objects.filter(etat=EtatReleve.VALIDE)
    for engagement, quand, heures in valides.values_list("affectation__engagement", "decide_le", "heures"):
        decidees[engagement].append((quand, heures))
    return decidees


def _constater(
    atelier: Atelier, dossier: Dossier, releve: ReleveHeures, decidees: dict[UUID, list[tuple[datetime, Decimal]]]
) -> list[Constat]:
    affectation = dossier.affectations[releve.affectation_id]
    affectation.heures_validees = sum(
        (h for quand, h in decidees.get(affectation.engagement_id, ()) if quand < releve.saisi_le), Decimal(0)
    )
    dossier.aujourd_hui = _jour(releve.saisi_le)
    return [
        Constat(
            id=atelier.id("constat", releve.pk, constat.code),
            releve=releve,
            code=constat.code,
            version=constat.version,
            niveau=constat.niveau.value,
            phrase=constat.phrase,
            limite=constat.limite,
            constate_le=releve.saisi_le,
        )
        for constat in dossier.constater(
            affectation,
            heures=releve.heures,
            nature=releve.nature,
            periode=Periode(releve.date_debut, releve.date_fin),
            source=releve.source,
            saisi_le=dossier.aujourd_hui,
            present=releve,
        )
    ]


def _jour(quand: datetime) -> date:
    return timezone.localtime(quand).date()
