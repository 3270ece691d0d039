"""Un identifiant reçu dans un formulaire ou une adresse : un UUID, sinon rien n'existe à cette adresse."""

from uuid import UUID

from django.http import Http404


def identifiant_ou_404(valeur: str | None) -> UUID:
    """L'UUID écrit dans `valeur` ; une valeur abîmée donne la même page « introuvable » qu'un objet d'autrui."""
    try:
        return UUID(valeur or "")
    except ValueError as erreur:
        raise Http404 from erreur
