"""Les suivis après la sortie : ce qui est à faire, y répondre, régler leurs échéances."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_tables2 import RequestConfig

from comptes import exports
from comptes.droits import facilitateur_seul
from comptes.listes import mettre_en_pages
from parcours.filters_chemin import SuiviFilter
from parcours.forms.suivis import ReglageSuiviForm, SuiviForm
from parcours.lectures_chemin import SuiviDuJour, etat_du_suivi
from parcours.models import ReglageSuivi, Suivi
from parcours.services.suivis import changer_reglage, repondre_suivi
from parcours.tables_chemin import SuiviTable

LIGNE = ("sortie__parcours__beneficiaire", "sortie__parcours__referent")


@facilitateur_seul
def suivi_liste(request: HttpRequest) -> HttpResponse:
    visibles = Suivi.objects.pour(request.user)
    filtre = SuiviFilter(request.GET, queryset=visibles, aujourd_hui=timezone.localdate())
    table = SuiviTable(filtre.qs.select_related(*LIGNE))
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Suivis")
    mettre_en_pages(request, table)
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": visibles.count(),
    }
    return render(request, "parcours/suivis/liste.html", contexte)


@facilitateur_seul
def suivi_repondre(request: HttpRequest, pk: UUID) -> HttpResponse:
    suivis = Suivi.objects.pour(request.user).select_related(*LIGNE, "auteur")
    suivi = get_object_or_404(suivis, pk=pk)
    aujourd_hui = timezone.localdate()
    initial = {} if suivi.fait_le else {"fait_le": aujourd_hui}
    form = SuiviForm(request.POST or None, instance=suivi, initial=initial)
    if form.is_valid():
        try:
            repondre_suivi(suivi=form.instance, auteur=request.user, aujourd_hui=aujourd_hui)
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(
                request,
                f"Suivi à {suivi.jalon_mois}\u00a0mois enregistré\u00a0: {suivi.get_reponse_display().lower()}.",
            )
            return redirect("reporting:parcours_fiche", suivi.sortie.parcours_id)
    parcours = suivi.sortie.parcours
    tous = [SuiviDuJour(s, etat_du_suivi(s, aujourd_hui)) for s in suivi.sortie.suivis.select_related("auteur")]
    contexte = {
        "form": form,
        "suivi": suivi,
        "sortie": suivi.sortie,
        "parcours": parcours,
        "beneficiaire": parcours.beneficiaire,
        "autres": [s for s in tous if s.suivi.pk != suivi.pk],
    }
    return render(request, "parcours/suivis/repondre.html", contexte)


@facilitateur_seul
def suivi_reglages(request: HttpRequest) -> HttpResponse:
    structure = request.user.organisation
    reglage = ReglageSuivi.objects.filter(structure=structure).first() or ReglageSuivi(structure=structure)
    form = ReglageSuiviForm(request.POST or None, instance=reglage)
    if form.is_valid():
        changer_reglage(reglage=form.instance, aujourd_hui=timezone.localdate())
        messages.success(request, "Réglages enregistrés\u00a0: les suivis sans réponse prennent leurs nouvelles dates.")
        return redirect("parcours:suivi_liste")
    return render(request, "parcours/suivis/reglages.html", {"form": form})
