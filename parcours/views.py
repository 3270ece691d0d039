"""Les agréments d'une personne : les enregistrer, les corriger, les retirer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.droits import facilitateur_seul
from comptes.formats import date_longue
from parcours.forms import AgrementForm
from parcours.models import Agrement
from parcours.services import enregistrer_agrement


@facilitateur_seul
def agrement_creer(request: HttpRequest, pk) -> HttpResponse:
    beneficiaire = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    return _formulaire(request, Agrement(beneficiaire=beneficiaire), "Ajouter un agrément")


@facilitateur_seul
def agrement_modifier(request: HttpRequest, pk) -> HttpResponse:
    return _formulaire(request, _agrement(request, pk), "Modifier l’agrément")


@facilitateur_seul
def agrement_supprimer(request: HttpRequest, pk) -> HttpResponse:
    agrement = _agrement(request, pk)
    if request.method == "POST":
        agrement.delete()
        messages.success(request, f"{agrement.get_type_agrement_display()} supprimé.")
        return redirect("reporting:personne_fiche", agrement.beneficiaire_id)
    contexte = {"agrement": agrement, "beneficiaire": agrement.beneficiaire}
    return render(request, "parcours/agrements/supprimer.html", contexte)


def _agrement(request: HttpRequest, pk) -> Agrement:
    return get_object_or_404(Agrement.objects.pour(request.user).select_related("beneficiaire"), pk=pk)


def _formulaire(request: HttpRequest, agrement: Agrement, titre: str) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    form = AgrementForm(request.POST or None, instance=agrement)
    if form.is_valid() and "estimer" not in request.POST:
        try:
            enregistrer_agrement(agrement=form.instance, aujourd_hui=aujourd_hui)
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, _confirmation(form.instance))
            return redirect("reporting:personne_fiche", agrement.beneficiaire_id)
    contexte = {
        "form": form,
        "agrement": agrement,
        "beneficiaire": agrement.beneficiaire,
        "est_nouveau": agrement._state.adding,
        "titre": titre,
        "estimation": form.estimation(aujourd_hui),
    }
    return render(request, "parcours/agrements/formulaire.html", contexte)


def _confirmation(agrement: Agrement) -> str:
    nom, fin = agrement.get_type_agrement_display(), date_longue(agrement.date_fin)
    if agrement.est_estime:
        return f"{nom} enregistré. Fin estimée\u00a0: {fin} inclus."
    return f"{nom} enregistré, jusqu’au {fin} inclus."
