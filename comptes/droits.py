"""Les portes : chaque vue dit d'abord quels profils elle admet. Les lignes visibles, elles, sont dans `.pour(utilisateur)`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from comptes.models import COORDINATION, Profil, Role

Vue = Callable[..., HttpResponse]


def reserve_a(*profils: str) -> Callable[[Vue], Vue]:
    """Refuse (403) les autres profils. La vue décorée garde ses profils dans `profils_admis`, que lit le test des droits."""

    def decorer(vue: Vue) -> Vue:
        @wraps(vue)
        def vue_gardee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.profil not in profils:
                raise PermissionDenied
            return vue(request, *args, **kwargs)

        vue_gardee.profils_admis = frozenset(profils)
        return vue_gardee

    return decorer


facilitateur_seul = reserve_a(Profil.FACILITATEUR)
prescripteur_seul = reserve_a(Profil.PRESCRIPTEUR)
coordination_seule = reserve_a(COORDINATION)


def administrateur_seul(vue: Vue) -> Vue:
    """Réserve une page à qui administre sa structure, quel que soit le profil de celle-ci."""

    @wraps(vue)
    def vue_gardee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.adhesion.role != Role.ADMINISTRATEUR:
            raise PermissionDenied
        return vue(request, *args, **kwargs)

    return reserve_a(*Profil)(vue_gardee)
