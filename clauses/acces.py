"""Ouvrir un objet pour y écrire : 404 s'il ne se voit pas, 403 s'il ne se lit que par un partage."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from comptes.models import Utilisateur


def a_modifier(objets: QuerySet, utilisateur: Utilisateur, pk: UUID) -> Any:
    """L'objet où l'utilisateur agit. `objets` sait le dire (`.pour`), et dire ce qu'il lit seulement (`.lisibles_par`)."""
    return _ouvrir(objets.pour(utilisateur), objets.lisibles_par(utilisateur), pk)


def partie_a_modifier(parties: QuerySet, chemin: str, objets: QuerySet, utilisateur: Utilisateur, pk: UUID) -> Any:
    """Ce qui n'a de droits que par l'objet dont il est une partie : un avenant par son marché, une tranche par son engagement."""
    siennes = parties.filter(**{f"{chemin}__in": objets.pour(utilisateur)})
    return _ouvrir(siennes, parties.filter(**{f"{chemin}__in": objets.lisibles_par(utilisateur)}), pk)


def tenue_par_sa_structure(objets: QuerySet, utilisateur: Utilisateur, pk: UUID) -> Any:
    """L'opération que porte sa structure : partagée, même en écriture, elle ne se repartage ni ne se supprime."""
    return _ouvrir(objets.tenues_par(utilisateur), objets.lisibles_par(utilisateur), pk)


def _ouvrir(siens: QuerySet, lisibles: QuerySet, pk: UUID) -> Model:
    objet = siens.filter(pk=pk).first()
    if objet is not None:
        return objet
    if lisibles.filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404
