"""Ce qu'un formulaire envoyé contient."""

from uuid import UUID

from django.http import HttpRequest, QueryDict


def donnees_postees(request: HttpRequest) -> QueryDict | None:
    """La saisie envoyée, même vide ; rien à l'ouverture de la page."""
    return request.POST if request.method == "POST" else None


def personnes_montrees(request: HttpRequest) -> frozenset[UUID]:
    """Celles que la page affichait quand l'utilisateur a répondu ; une valeur abîmée ne désigne personne."""
    montrees = set()
    for valeur in request.POST.getlist("ressemblante"):
        try:
            montrees.add(UUID(valeur))
        except ValueError:
            continue
    return frozenset(montrees)
