"""Ce que partagent les pages de la règle d'un marché : le marché et sa règle, les articles qu'elle cite, l'enregistrement."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest

from clauses.acces import a_modifier
from clauses.forms.citations import CitationsForm
from clauses.models import Marche, RegleClause
from clauses.services.marches import decisions_prises, regle_courante, regle_de_depart
from clauses.views.formulaires import ecrire


def marche_et_regle(request: HttpRequest, pk: UUID) -> tuple[Marche, RegleClause]:
    """Le marché, et sa règle en vigueur ou celle avec laquelle il naîtrait."""
    marche = a_modifier(Marche.objects.select_related("operation"), request.user, pk)
    regle = regle_courante(marche) or regle_de_depart(marche, None)
    regle.marche = marche
    return marche, regle


def autour(marche: Marche, actuelle: RegleClause) -> dict[str, Any]:
    """Ce que chaque page de la règle montre autour de son formulaire."""
    return {
        "marche": marche,
        "operation": marche.operation,
        "actuelle": actuelle,
        "decisions": decisions_prises(actuelle),
        "suivante": actuelle.version + 1,
    }


def citer(request: HttpRequest, actuelle: RegleClause, noms: Mapping[str, str]) -> CitationsForm:
    """Les articles et les rédactions des paramètres d'une page, par leur nom dans les citations."""
    return CitationsForm(request.POST or None, noms=noms, options=actuelle.options)


def ecrire_regle(
    request: HttpRequest, form: BaseForm, citations: CitationsForm, action: Callable[[Mapping[str, Any]], Any]
) -> bool:
    """Fait l'action, qui reçoit la section des citations, si la page envoyée est juste ; un refus se lit sur le formulaire."""
    return citations.is_valid() and ecrire(request, form, lambda: action(citations.section()))
