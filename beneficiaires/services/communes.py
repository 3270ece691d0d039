"""Remplacer le référentiel des communes par celui d'un fichier, département par département."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from beneficiaires.communes import CommuneLue, cle_commune, lire_commune
from beneficiaires.models import Commune

CHAMPS = ("nom", "cle", "departement", "epci", "codes_postaux", "latitude", "longitude")
LIGNES_PAR_ORDRE = 1_000


@dataclass(frozen=True, slots=True)
class Bilan:
    """`ecarts` : (rang dans le fichier, raison) de chaque ligne qui n'a pas été prise."""

    gardees: int
    retirees: int
    ecarts: tuple[tuple[int, str], ...]


def importer_communes(bruts: Iterable[object]) -> Bilan:
    """Prend les communes lisibles. Une commune d'un département du fichier qui n'y est plus est retirée : elle a fusionné."""
    lues: dict[str, CommuneLue] = {}
    ecarts = []
    for rang, brut in enumerate(bruts, start=1):
        commune = lire_commune(brut)
        if isinstance(commune, str):
            ecarts.append((rang, commune))
        elif commune.code in lues:
            ecarts.append((rang, f"{commune.code} est déjà dans le fichier"))
        else:
            lues[commune.code] = commune
    return Bilan(len(lues), _remplacer(lues) if lues else 0, tuple(ecarts))


@transaction.atomic
def _remplacer(lues: dict[str, CommuneLue]) -> int:
    Commune.objects.bulk_create(
        [
            Commune(
                code=lue.code,
                nom=lue.nom,
                cle=cle_commune(lue.nom),
                departement=lue.departement,
                epci=lue.epci,
                codes_postaux=list(lue.codes_postaux),
                latitude=lue.latitude,
                longitude=lue.longitude,
            )
            for lue in lues.values()
        ],
        batch_size=LIGNES_PAR_ORDRE,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=CHAMPS,
    )
    departements = {lue.departement for lue in lues.values()}
    disparues = Commune.objects.filter(departement__in=departements).exclude(code__in=lues)
    return disparues.delete()[0]
