"""Mon compte, et le point de santé que regardent les sondes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.forms import CoordonneesForm
from comptes.identifiants import identifiant_ou_404
from comptes.middleware import CLE_SESSION


@login_not_required
@require_GET
def sante(request: HttpRequest) -> JsonResponse:
    """Répond 200 quand la base et le cache répondent ; ne dit rien d'autre."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")
    cache.set("sante", 1, 10)
    return JsonResponse({"etat": "ok" if cache.get("sante") == 1 else "cache"})


def mon_compte(request: HttpRequest) -> HttpResponse:
    formulaire = CoordonneesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("comptes:mon_compte")
    adhesions = request.user.adhesions.en_cours().select_related("organisation").order_by("organisation__nom")
    return render(request, "comptes/mon_compte.html", {"form": formulaire, "adhesions": adhesions})


@require_POST
def changer_organisation(request: HttpRequest) -> HttpResponse:
    adhesion = get_object_or_404(request.user.adhesions.en_cours(), pk=identifiant_ou_404(request.POST.get("adhesion")))
    request.session[CLE_SESSION] = str(adhesion.pk)
    return redirect("/")
