"""Ce que partagent les pages à formulaire : reprendre une saisie, écrire et dire un refus."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest

from comptes.brouillons import oublier, saisie_en_attente, valeurs_initiales


def ouvrir(
    request: HttpRequest, classe: type[BaseForm], initial: Mapping[str, Any] | None = None, **options: Any
) -> Any:
    """Rend le formulaire envoyé, ou vierge, ou repris là où on l'avait laissé pour ajouter une organisation."""
    if request.method == "POST":
        return classe(request.POST, initial=initial, **options)
    saisie = saisie_en_attente(request)
    if saisie is not None:
        initial = {**(initial or {}), **valeurs_initiales(classe, saisie)}
    return classe(initial=initial, **options)


def veut_calculer(request: HttpRequest) -> bool:
    """Dit si le bouton « Calculer » a été pressé : la page se remontre avec le calcul, rien ne s'enregistre."""
    return request.method == "POST" and request.POST.get("action") == "calculer"


def ecrire(request: HttpRequest, formulaire: BaseForm, action: Callable[[], Any]) -> bool:
    """Fait l'action si le formulaire envoyé est juste. Un refus du service devient une erreur du formulaire."""
    if request.method != "POST" or not formulaire.is_valid():
        return False
    try:
        action()
    except ValidationError as refus:
        formulaire.add_error(None, refus.messages)
        return False
    oublier(request)
    return True
