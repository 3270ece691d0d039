"""Garder ce que les contrôles trouvent, avec les heures qu'ils jugent."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from clauses.models import Constat, ReleveHeures
from clauses.regles.controles import ConstatHeures


def garder_constats(trouves: Mapping[ReleveHeures, Iterable[ConstatHeures]]) -> None:
    """Remplace les constats de ces relevés par ceux-ci, en deux requêtes. À appeler dans la transaction qui écrit les relevés."""
    maintenant = timezone.now()
    Constat.objects.filter(releve__in=[releve.pk for releve in trouves]).delete()
    Constat.objects.bulk_create(
        [
            Constat(
                releve=releve,
                code=constat.code,
                version=constat.version,
                niveau=constat.niveau.value,
                phrase=constat.phrase,
                limite=constat.limite,
                constate_le=maintenant,
            )
            for releve, constats in trouves.items()
            for constat in constats
        ]
    )
