"""Les comptes du public gardés dans le cache commun, tant que rien de ce dont ils dépendent n'a été écrit.

Une séquence avance à chaque écriture (triggers de la migration 0002), avant même que sa transaction soit validée. Des comptes sont
rangés sous le numéro lu avant de les calculer, et seulement si aucune écriture n'est alors en cours : toutes celles de ce numéro
sont donc dans les comptes, et la suivante aura un autre numéro. Un compte retrouvé n'est jamais dépassé.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import fields
from datetime import date
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from reporting.indicateurs import ComptesDuPublic

DUREE_SECONDES = 10 * 60
# La base et l'heure de son démarrage : une sauvegarde rendue ailleurs, ou une base recréée, a les mêmes numéros.
NUMERO = """
SELECT concat_ws(' ', current_database(), pg_postmaster_start_time(), last_value, is_called)
FROM reporting_ecritures_du_public
"""
# Qui écrit, cette connexion comprise, garde le verrou de sa transaction jusqu'à ce que tous voient ce qu'il a écrit.
RIEN_EN_COURS = "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock')"


def comptes_gardes(
    engagements: Collection[UUID], *, arrete_au: date, calculer: Callable[[], ComptesDuPublic]
) -> ComptesDuPublic:
    """Rend les comptes de ces engagements à cette date : ceux du cache s'ils valent encore, sinon `calculer()`."""
    champs = [champ.name for champ in fields(ComptesDuPublic)]  # une autre version d'Étape ne relit pas ceux-ci
    sujet = f"{_lire(NUMERO)} {arrete_au} {champs} {sorted(map(str, engagements))}"
    cle = f"public-{hashlib.sha256(sujet.encode()).hexdigest()}"
    if (gardes := cache.get(cle)) is not None:
        return gardes
    a_garder = _lire(RIEN_EN_COURS)
    comptes = calculer()
    if a_garder:
        cache.set(cle, comptes, DUREE_SECONDES)
    return comptes


def _lire(requete: str) -> str | bool:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchone()[0]
