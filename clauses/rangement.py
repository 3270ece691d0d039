"""L'ordre dans lequel se lisent des engagements : opération, marché, lot (2 avant 10), rôle, entreprise."""

import re

from clauses.models import Engagement, RoleTitulaire

ORDRE_DES_ROLES = {role: rang for rang, role in enumerate(RoleTitulaire.values)}


def rang_de_engagement(engagement: Engagement) -> tuple[object, ...]:
    """Rend la clé de tri d'un engagement dont titulaire, entreprise, lot, marché et opération sont déjà lus."""
    titulaire = engagement.titulaire
    lot, marche = titulaire.lot, titulaire.lot.marche
    return (
        marche.operation.nom,
        marche.operation.pk,
        marche.reference,
        marche.pk,
        rang_de_numero(lot.numero),
        lot.pk,
        ORDRE_DES_ROLES[titulaire.role],
        titulaire.entreprise.nom,
    )


def rang_de_numero(numero: str) -> list[tuple[int, str]]:
    """Rend une clé de tri qui met le lot 2 avant le lot 10, et « 2a » entre les deux."""
    return [(int(chiffres or 0), lettres) for chiffres, lettres in re.findall(r"([0-9]*)([^0-9]*)", numero)]
