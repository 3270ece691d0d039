"""Les PASS IAE tels que les lisent les contrôles des heures. `clauses` ne les connaît que par cette fonction (config/settings.py)."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from beneficiaires.periodes import Periode
from clauses.regles.controles import FaitsPass
from parcours.models import Agrement, TypeAgrement


def pass_par_personne(personnes: Collection[UUID]) -> dict[UUID, tuple[FaitsPass, ...]]:
    """Rend les PASS IAE de ces personnes, avec leurs suspensions. Deux requêtes."""
    trouves: defaultdict[UUID, list[FaitsPass]] = defaultdict(list)
    agrements = Agrement.objects.filter(type_agrement=TypeAgrement.PASS_IAE, beneficiaire__in=personnes)
    for agrement in agrements.prefetch_related("suspensions").order_by("date_debut"):
        suspensions = tuple(Periode(s.date_debut, s.date_fin) for s in agrement.suspensions.all())
        trouves[agrement.beneficiaire_id].append(
            FaitsPass(Periode(agrement.date_debut, agrement.date_fin), suspensions)
        )
    return {personne: tuple(siens) for personne, siens in trouves.items()}
