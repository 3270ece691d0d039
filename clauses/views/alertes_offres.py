"""Les recherches d'offres qu'un membre d'un prescripteur garde, et le lien qui les arrête."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clauses.forms.alertes_offres import AlerteOffreForm, valeurs_de_l_adresse
from clauses.models import AlerteOffre
from clauses.services.alertes_offres import abonne_du_jeton
from clauses.views.formulaires import ecrire
from comptes.droits import prescripteur_seul

ALERTES_AU_PLUS = 10


@prescripteur_seul
def alerte_offre_liste(request: HttpRequest) -> HttpResponse:
    """Les alertes de celui qui regarde, et de quoi en ajouter une ; l'adresse d'une recherche la remplit d'avance."""
    alertes = AlerteOffre.objects.pour(request.user).prefetch_related("metiers")
    plein = alertes.count() >= ALERTES_AU_PLUS
    form = AlerteOffreForm(request.POST or None, initial=valeurs_de_l_adresse(request.GET))
    if not plein and ecrire(request, form, transaction.atomic(lambda: form.garder(request.user))):
        messages.success(request, "C’est noté\u00a0: les nouvelles offres arriveront par courriel.")
        return redirect("clauses:alerte_offre_liste")
    contexte = {"alertes": alertes, "form": form, "plein": plein, "maximum": ALERTES_AU_PLUS}
    return render(request, "clauses/alertes_offres/liste.html", contexte, status=422 if form.errors else 200)


@prescripteur_seul
@require_POST
def alerte_offre_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(AlerteOffre.objects.pour(request.user), pk=pk).delete()
    messages.success(request, "L’alerte est supprimée.")
    return redirect("clauses:alerte_offre_liste")


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def alerte_offre_arreter(request: HttpRequest, jeton: str) -> HttpResponse:
    """Le jeton vaut la connexion, pour cela seulement. Un logiciel de courriel l'envoie seul (RFC 8058) : ni session, ni témoin."""
    abonne = abonne_du_jeton(jeton)
    if abonne is None:
        raise Http404
    if request.method == "POST":
        AlerteOffre.objects.filter(utilisateur=abonne).delete()
    return render(request, "clauses/alertes_offres/arreter.html", {"fait": request.method == "POST"})
