"""Ce que la page d'une opération partagée dit des autres structures : qui partage, et leurs personnes en totaux, jamais en noms."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from clauses.models import Engagement, Operation, PartageOperation
from clauses.publics import releves_comptes
from clauses.regles.masque import SEUIL_MASQUE
from comptes.models import Organisation, Utilisateur

_PERSONNE = "affectation__contrat__beneficiaire"


@dataclass(frozen=True)
class SuiviesAilleurs:
    """Les personnes d'une autre structure sur cette opération. `personnes` : None sous cinq, la seule chose que l'on en tait."""

    structure: str
    personnes: int | None
    heures: Decimal


def contexte(operation: Operation, utilisateur: Utilisateur) -> dict[str, object]:
    """Ce que ce facilitateur peut ici, et les partages de l'opération qui concernent sa structure, le plus récent d'abord."""
    partages = list(
        PartageOperation.objects.pour(utilisateur).filter(operation=operation).select_related("porteuse", "structure")
    )
    organisation: Organisation = utilisateur.organisation
    est_la_sienne = operation.structure_id == organisation.pk
    peut_ecrire = est_la_sienne or Operation.objects.pour(utilisateur).filter(pk=operation.pk).exists()
    return {
        "partages": partages,
        "est_partagee": not est_la_sienne,
        "peut_ecrire": peut_ecrire,
        "peut_demander": peut_ecrire,
        # Une convention nomme d'autres opérations de la porteuse, d'habitude pour une seule personne.
        **({} if est_la_sienne else {"recues": [], "cedees": []}),
        # Les heures exactes d'un public, moins celles que l'on connaît, diraient celles des personnes de l'autre structure.
        "lit_tout": est_la_sienne and not any(partage.accepte_le for partage in partages),
    }


def suivies_ailleurs(
    engagements: QuerySet[Engagement], utilisateur: Utilisateur, *, arrete_au: date
) -> list[SuiviesAilleurs]:
    """Une ligne par autre structure qui a ici des heures validées. Une requête."""
    lues = (
        releves_comptes(engagements, arrete_au=arrete_au)
        .exclude(**{f"{_PERSONNE}__structure": utilisateur.organisation})
        .order_by(f"{_PERSONNE}__structure__nom")
        .values_list(f"{_PERSONNE}__structure__nom")
        .annotate(nombre=Count(_PERSONNE, distinct=True), heures=Sum("heures_comptees"))
    )
    return [
        SuiviesAilleurs(structure, None if nombre < SEUIL_MASQUE else nombre, heures)
        for structure, nombre, heures in lues
    ]
