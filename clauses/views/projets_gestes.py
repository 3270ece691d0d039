"""Les gestes d'un marché à venir : demander l'avis, écrire, rendre l'avis, publier, abandonner."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clauses.forms.projets import AvisForm, MessageProjetForm, PublicationForm
from clauses.models import ProjetMarche
from clauses.services.courriels_projets import prevenir
from clauses.services.projets import abandonner_projet, demander_avis, ecrire_message, publier_projet, rendre_avis
from clauses.views.calibrage import acheteur_ou_facilitateur
from clauses.views.formulaires import ecrire
from clauses.views.projets import acheteur_seul, clauses_du_projet, montrer_projet, projet_visible
from comptes.droits import facilitateur_seul


@acheteur_seul
@require_POST
def projet_demander(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _faire(request, pk, "demande", Form(request.POST), demander_avis, "L’avis est demandé.", courriel="demande")


@acheteur_ou_facilitateur
@require_POST
def projet_ecrire(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = MessageProjetForm(request.POST)
    return _faire(request, pk, "message", form, ecrire_message, "Votre message est envoyé.", courriel="message")


@facilitateur_seul
@require_POST
def projet_avis(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = AvisForm(request.POST, clauses=clauses_du_projet(projet_visible(request, pk)))
    return _faire(request, pk, "avis_form", form, rendre_avis, "Votre avis est rendu.", courriel="avis")


@acheteur_seul
@require_POST
def projet_publier(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = PublicationForm(request.POST)
    return _faire(request, pk, "publication", form, publier_projet, "La publication est notée.")


@acheteur_seul
@require_POST
def projet_abandonner(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _faire(request, pk, "abandon", Form(request.POST), abandonner_projet, "Le marché est abandonné.")


def _faire(
    request: HttpRequest,
    pk: UUID,
    nom: str,
    form: Form,
    service: Callable[..., Any],
    phrase: str,
    *,
    courriel: str = "",
) -> HttpResponse:
    """Fait le geste, prévient l'autre partie s'il y a lieu, revient à la page ; refusé, la page dit pourquoi."""
    projet: ProjetMarche = projet_visible(request, pk)
    if not ecrire(request, form, lambda: service(projet=projet, par=request.user, **form.cleaned_data)):
        return montrer_projet(request, projet, **{nom: form})
    if courriel and not prevenir(projet=projet, quoi=courriel, par=request.user):
        phrase += " Le courriel n’est pas parti\u00a0: prévenez l’autre partie vous-même."
    messages.success(request, phrase)
    return redirect("clauses:projet_detail", pk)
