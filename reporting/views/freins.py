"""Les freins du territoire : ce que montre la page, et le fichier masqué que l'on remet à un partenaire."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from comptes import exports
from comptes.droits import facilitateur_seul
from parcours.models import Frein
from reporting.filters_freins import FreinFilter
from reporting.freins_territoire import freins_du_territoire, graphique, lignes_d_export, masquer_le_tableau
from reporting.graphiques import legende_empilee


@facilitateur_seul
def freins_territoire(request: HttpRequest) -> HttpResponse:
    filtre = FreinFilter(request.GET, queryset=Frein.objects.pour(request.user))
    tableau = freins_du_territoire(filtre.qs)
    if format_ := exports.format_demande(request):
        return exports.reponse(lignes_d_export(masquer_le_tableau(tableau)), format_, "Freins du territoire")
    contexte = {
        "filter": filtre,
        "tableau": tableau,
        "graphique": graphique(tableau.lignes),
        "legende": legende_empilee(("plein\u00a0: levé", "hachures\u00a0: en cours de levée", "contour\u00a0: repéré")),
    }
    return render(request, "reporting/territoire/freins.html", contexte)
