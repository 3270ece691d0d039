"""Les échéances à regarder, et ce qui en a été fait."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from comptes.droits import facilitateur_seul
from comptes.exports import exporter, format_demande
from comptes.listes import mettre_en_pages
from reporting.alertes import traiter
from reporting.filters import AlerteFilter
from reporting.forms import AlerteForm
from reporting.models import Alerte
from reporting.tables import AlerteTable

LIGNES_PAR_PAGE = 50


@facilitateur_seul
def alerte_liste(request: HttpRequest) -> HttpResponse:
    visibles = Alerte.objects.pour(request.user)
    filtre = AlerteFilter(request.GET, queryset=visibles)
    alertes = filtre.qs.select_related("beneficiaire__referent", "eligibilite__operation", "agrement", "traitee_par")
    table = AlerteTable(alertes)
    mettre_en_pages(request, table, LIGNES_PAR_PAGE)
    if format_ := format_demande(request):
        return exporter(table, format_, "Échéances")
    return render(
        request,
        "reporting/alertes/liste.html",
        {
            "filter": filtre,
            "table": table,
            "trouvees": table.paginator.count,
            "a_traiter": visibles.ouvertes().count(),
            "jours_apres": settings.ALERTE_JOURS_APRES_ECHEANCE,
            "existe": visibles.exists(),
            "montre_traitees": bool(filtre.form.cleaned_data.get("etat")),
        },
    )


@facilitateur_seul
def alerte_traiter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Les filtres de la liste restent dans l'adresse : on y revient après avoir écrit ce qui a été fait."""
    alertes = Alerte.objects.pour(request.user).select_related(
        "beneficiaire", "eligibilite__operation", "agrement", "traitee_par"
    )
    alerte = get_object_or_404(alertes, pk=pk)
    retour = f"{reverse('reporting:alerte_liste')}?{request.GET.urlencode()}".rstrip("?")
    form = AlerteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            traiter(alerte=alerte, utilisateur=request.user, note=form.cleaned_data["note"])
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            messages.success(request, f"Échéance traitée\u00a0: {alerte.beneficiaire.nom_complet}.")
            return redirect(retour)
    contexte = {"alerte": alerte, "form": form, "retour": retour, "aujourd_hui": timezone.localdate()}
    return render(request, "reporting/alertes/traiter.html", contexte)
