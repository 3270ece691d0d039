"""Les offres près d'une commune : par la distance quand le référentiel la connaît, par son nom sinon."""

from dataclasses import dataclass
from datetime import date

from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from beneficiaires.communes import cle_commune
from beneficiaires.distances import Lieu, encadrer
from beneficiaires.lieux import eloignement
from beneficiaires.models import MetierRome
from clauses.models import Offre


@dataclass(frozen=True)
class CriteresOffre:
    """Ce que l'on demande ; vide, rien n'est écarté. `disponible_le` : la mission dure encore ce jour-là."""

    commune: str = ""
    lieu: Lieu | None = None
    rayon_km: int = 20
    metier: MetierRome | None = None
    disponible_le: date | None = None


def chercher_offres(offres: QuerySet[Offre], criteres: CriteresOffre) -> QuerySet[Offre]:
    """Celles qui répondent, `distance` en plus : des kilomètres entiers, ou rien si l'une des deux communes n'est pas située."""
    if criteres.metier is not None:
        offres = offres.filter(metier=criteres.metier)
    if criteres.disponible_le is not None:
        offres = offres.filter(Q(date_fin__isnull=True) | Q(date_fin__gte=criteres.disponible_le))
    if criteres.lieu is None:
        offres = offres.annotate(distance=Value(None, IntegerField()))
        return offres.filter(cle_commune=cle_commune(criteres.commune)) if criteres.commune else offres
    lieu = criteres.lieu
    cadre = encadrer(lieu.latitude, lieu.longitude, criteres.rayon_km)
    return (
        offres.alias(eloignement=eloignement(lieu.latitude, lieu.longitude))
        .filter(
            Q(
                latitude__range=(cadre.latitude_min, cadre.latitude_max),
                longitude__range=(cadre.longitude_min, cadre.longitude_max),
                eloignement__lte=float(criteres.rayon_km),
            )
            | Q(latitude__isnull=True, cle_commune=cle_commune(lieu.nom))
        )
        .annotate(distance=Cast("eloignement", IntegerField()))
    )
