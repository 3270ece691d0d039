"""Qui doit déclarer un mois : l'employeur de chaque personne placée ; le titulaire d'un engagement que personne ne sert."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest, Least

from beneficiaires.periodes import mois_de
from clauses.models import Affectation, Engagement, ReponseEligibilite
from clauses.regles import periode_saisissable
from clauses.services.faits_heures import faits_de

LOT = "engagement__titulaire__lot"
MARCHE = f"{LOT}__marche"
EMPLOYEUR = "contrat__employeur"


def _bornes(lot: str) -> dict[str, Coalesce]:
    """La période d'exécution du lot, comme `regles.periode_execution` : chaque borne se cherche pour elle-même."""
    porteurs = (lot, f"{lot}__marche", f"{lot}__marche__operation")
    return {
        f"lot_{borne}": Coalesce(*(f"{porteur}__date_{borne}" for porteur in porteurs)) for borne in ("debut", "fin")
    }


def attendues(mois: date, jour: date, **conditions: object) -> QuerySet[Affectation]:
    """Les affectations dont des heures se déclarent ce mois-là, vues de ce jour : contrat, fenêtre et lot ont un jour commun.

    Une requête de plus quand certaines ont une fenêtre à elles : les règles la relisent.
    """
    borne = mois_de(mois)
    # GREATEST et LEAST ignorent les bornes absentes : un CDI, une fenêtre sans fin.
    lues = (
        Affectation.objects.filter(**conditions)
        .alias(**_bornes(LOT), fin_contrat=Coalesce("contrat__date_rupture", "contrat__date_fin"))
        .alias(
            debut=Greatest(Value(borne.debut), "contrat__date_debut", "eligibilite__date_debut", "lot_debut"),
            fin=Least(Value(borne.fin), "fin_contrat", "eligibilite__date_fin", "lot_fin"),
        )
        .filter(
            Q(eligibilite__date_debut__isnull=False) | Q(eligibilite__part_de_la_premiere_heure=True),
            Q(**{f"{LOT}__clos_le__isnull": True}) | Q(**{f"{LOT}__clos_le__gt": jour}),
            eligibilite__reponse=ReponseEligibilite.ELIGIBLE,
            debut__lte=F("fin"),
        )
    )
    fermees = _fermees(lues, mois)
    return lues.exclude(pk__in=fermees) if fermees else lues


def _fermees(affectations: QuerySet[Affectation], mois: date) -> list[UUID]:
    douteuses = affectations.filter(eligibilite__a_fenetre_particuliere=True).select_related(
        "contrat", "eligibilite", f"{MARCHE}__operation"
    )
    return [a.pk for a in douteuses if periode_saisissable(mois, *faits_de(a)) is None]


def a_ouvrir(mois: date, jour: date) -> set[tuple[UUID, UUID]]:
    """Les couples (entreprise, marché) qui doivent déclarer ce mois. Deux ou trois requêtes, quel que soit leur nombre."""
    placees = attendues(mois, jour)
    employeurs = placees.order_by().values_list(EMPLOYEUR, MARCHE).distinct()
    borne = mois_de(mois)
    lot = "titulaire__lot"
    sans_personne = (
        Engagement.objects.filter(heures_dues__gt=0)
        .alias(**_bornes(lot))
        .filter(
            Q(lot_fin__isnull=True) | Q(lot_fin__gte=borne.debut),
            Q(**{f"{lot}__clos_le__isnull": True}) | Q(**{f"{lot}__clos_le__gt": jour}),
            ~Exists(placees.filter(engagement=OuterRef("pk"))),
            lot_debut__lte=borne.fin,
        )
    )
    titulaires = sans_personne.order_by().values_list("titulaire__entreprise", f"{lot}__marche").distinct()
    return set(employeurs) | set(titulaires)
