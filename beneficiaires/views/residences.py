"""Un déménagement."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.forms.residences import DemenagementForm
from beneficiaires.models import Beneficiaire
from beneficiaires.services.residences import demenager
from beneficiaires.views.saisie import donnees_postees
from comptes.droits import facilitateur_seul


@facilitateur_seul
def demenagement_noter(request: HttpRequest, pk: UUID) -> HttpResponse:
    personne = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    nom, actuelle = personne.nom_complet, Beneficiaire.objects.get(pk=pk)
    form = DemenagementForm(donnees_postees(request), instance=personne, aujourd_hui=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            demenager(beneficiaire=form.instance, le=form.cleaned_data["demenage_le"])
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            messages.success(
                request, "La nouvelle adresse est enregistrée. L’ancienne vaut toujours pour les heures d’avant."
            )
            return redirect("reporting:personne_fiche", pk)
    contexte = {"form": form, "nom": nom, "actuelle": actuelle, "quittees": actuelle.residences.all()}
    return render(request, "beneficiaires/personnes/demenagement.html", contexte)
