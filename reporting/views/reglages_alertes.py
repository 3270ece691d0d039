"""Les seuils et les délais de la structure."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from comptes.droits import facilitateur_seul
from reporting.forms_alertes import ReglageForm
from reporting.models import ReglageEcheances


@facilitateur_seul
def reglages(request: HttpRequest) -> HttpResponse:
    reglage = ReglageEcheances.de(request.user.organisation)
    form = ReglageForm(request.POST or None, instance=reglage)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Réglages enregistrés\u00a0: la liste les suit dès la nuit prochaine.")
        return redirect("reporting:alerte_liste")
    return render(request, "reporting/alertes/reglages.html", {"form": form})
