"""Les mois verrouillés : qui écrit des heures lit d'abord leurs déclarations, et les tient jusqu'à la fin de sa transaction."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from clauses.models import Affectation, Declaration, Engagement, ReleveHeures

Cle = tuple[UUID, UUID, date]
_MARCHE = "engagement__titulaire__lot__marche"


def cle_du_mois(affectation: Affectation, mois: date) -> Cle:
    """Ce qui relie des heures à leur déclaration : l'employeur, le marché, le mois."""
    return affectation.contrat.employeur_id, affectation.engagement.titulaire.lot.marche_id, mois


def verrous_des_affectations(affectations: Collection[UUID], mois: Collection[date], *, tenir: bool) -> frozenset[Cle]:
    """Les mois verrouillés parmi ceux de ces affectations. `tenir` : garder leurs déclarations jusqu'à la fin de la transaction."""
    siennes = Affectation.objects.filter(
        pk__in=affectations, contrat__employeur=OuterRef("entreprise"), **{_MARCHE: OuterRef("marche")}
    )
    return _lire(Exists(siennes), mois__in=mois, tenir=tenir)


def du_mois_verrouille() -> Exists:
    """En SQL, pour un relevé : son mois est verrouillé."""
    return Exists(
        Declaration.objects.filter(
            verrouillee_le__isnull=False,
            mois=OuterRef("mois"),
            entreprise=OuterRef("affectation__contrat__employeur"),
            marche=OuterRef(f"affectation__{_MARCHE}"),
        )
    )


def verrous_des_releves(releves: Collection[UUID]) -> frozenset[Cle]:
    """Les mois verrouillés parmi ceux de ces relevés, leurs déclarations tenues jusqu'à la fin de la transaction."""
    siens = ReleveHeures.objects.filter(
        pk__in=releves,
        mois=OuterRef("mois"),
        affectation__contrat__employeur=OuterRef("entreprise"),
        **{f"affectation__{_MARCHE}": OuterRef("marche")},
    )
    return _lire(Exists(siens), tenir=True)


def verrou_d_une_imputation(releve: ReleveHeures, engagement: Engagement) -> bool:
    """Le mois d'un relevé est verrouillé là où ses heures sont faites, ou là où elles compteraient ; les déclarations sont tenues."""
    arrivee = engagement.titulaire
    la_bas = Declaration.objects.filter(
        marche=arrivee.lot.marche_id,
        mois=releve.mois,
        entreprise__in=(releve.affectation.contrat.employeur_id, arrivee.entreprise_id),
    )
    return bool(verrous_des_releves([releve.pk]) | _lire(Q(pk__in=la_bas.values("pk")), tenir=True))


def _lire(condition: Exists | Q, *, tenir: bool, **filtres: object) -> frozenset[Cle]:
    declarations = Declaration.objects.filter(condition, **filtres).order_by("pk")
    if tenir:
        declarations = declarations.select_for_update(no_key=True)
    lues = declarations.values_list("entreprise", "marche", "mois", "verrouillee_le")
    return frozenset((entreprise, marche, mois) for entreprise, marche, mois, le in lues if le is not None)
