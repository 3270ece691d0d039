"""Les personnes ressemblantes qu'un formulaire a montrées."""

from uuid import UUID

from django.http import HttpRequest


def personnes_montrees(request: HttpRequest) -> frozenset[UUID]:
    """Celles que la page affichait quand l'utilisateur a répondu ; une valeur abîmée ne désigne personne."""
    montrees = set()
    for valeur in request.POST.getlist("ressemblante"):
        try:
            montrees.add(UUID(valeur))
        except ValueError:
            continue
    return frozenset(montrees)
