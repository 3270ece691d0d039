"""La part des heures validées que deux sources au moins disent de même : déclaration, accord d'une autre entreprise, bulletin.

Le pendant en SQL de `clauses.regles.confirmation.nombre_de_sources`, que les tests comparent à elle.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from clauses.models import Approbation, Engagement, EtatReleve, Imputation, ReleveHeures, SourceReleve
from clauses.regles.confirmation import SOURCES_CONCORDANTES
from comptes.formats import part

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Concordance:
    """Des heures validées et comptées, et celles que deux sources au moins disent de même."""

    heures: Decimal
    concordantes: Decimal

    @property
    def pourcentage(self) -> Decimal | None:
        """Rend la part concordante, en pour cent ; None sans heure."""
        return part(self.concordantes, self.heures)


def avec_sources(releves: QuerySet[ReleveHeures]) -> QuerySet[ReleveHeures]:
    """Annote chaque relevé du nombre de ses sources (`sources`)."""
    approbations = (
        Approbation.objects.filter(releve=OuterRef("pk"), heures=OuterRef("heures"))
        .order_by()
        .values("releve")
        .annotate(n=Count("pk"))
        .values("n")
    )

    def un_si(condition: Q) -> Case:
        return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())

    return releves.annotate(
        sources=un_si(Q(source=SourceReleve.ENTREPRISE))
        + un_si(Q(heures_bulletin__gte=F("heures")))
        + Coalesce(Subquery(approbations, output_field=IntegerField()), Value(0))
    )


def concordance(engagements: QuerySet[Engagement], *, arrete_au: date) -> Concordance:
    """Rend la concordance des heures validées de ces engagements, globalisées comprises, au soir de `arrete_au`. Deux requêtes."""
    choisis = engagements.order_by().values("pk")
    valides = avec_sources(ReleveHeures.objects.filter(etat=EtatReleve.VALIDE, mois__lte=arrete_au))
    ici = valides.filter(affectation__engagement__in=choisis).aggregate(
        heures=Coalesce(Sum("heures_comptees"), ZERO),
        concordantes=Coalesce(Sum("heures_comptees", filter=Q(sources__gte=SOURCES_CONCORDANTES)), ZERO),
    )
    doubles = valides.filter(sources__gte=SOURCES_CONCORDANTES).values("pk")
    recues = Imputation.objects.filter(
        engagement__in=choisis, releve__etat=EtatReleve.VALIDE, releve__mois__lte=arrete_au
    ).aggregate(
        heures=Coalesce(Sum("heures_comptees"), ZERO),
        concordantes=Coalesce(Sum("heures_comptees", filter=Q(releve__in=doubles)), ZERO),
    )
    return Concordance(ici["heures"] + recues["heures"], ici["concordantes"] + recues["concordantes"])
