"""Les freins du territoire : ce que montre la page, et le fichier masqué que l'on remet à un partenaire."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from beneficiaires.referentiels import FREINS
from comptes import exports
from comptes.droits import facilitateur_seul
from comptes.listes import mettre_en_pages
from parcours.models import EtatFrein, Frein
from reporting.filters_freins import FreinFilter
from reporting.freins_territoire import (
    ABORDES,
    freins_comptes,
    freins_du_territoire,
    graphique,
    lignes_d_export,
    masquer_le_tableau,
)
from reporting.graphiques import legende_empilee
from reporting.tables_freins import FreinsPersonnesTable


@facilitateur_seul
def freins_territoire(request: HttpRequest) -> HttpResponse:
    filtre = FreinFilter(request.GET, queryset=Frein.objects.pour(request.user))
    tableau = freins_du_territoire(filtre.qs)
    if format_ := exports.format_demande(request):
        return exports.reponse(lignes_d_export(masquer_le_tableau(tableau)), format_, "Freins du territoire")
    contexte = {
        "filter": filtre,
        "tableau": tableau,
        "graphiques": [graphique(tableau.lignes), graphique(tableau.lignes, etroit=True)],
        "legende": legende_empilee(("plein\u00a0: levé", "hachures\u00a0: en cours de levée", "contour\u00a0: repéré")),
    }
    return render(request, "reporting/territoire/freins.html", contexte)


@facilitateur_seul
def freins_personnes(request: HttpRequest, rubrique: str) -> HttpResponse:
    """Les personnes que compte un chiffre de la page, avec les mêmes filtres."""
    if rubrique not in FREINS:
        raise Http404
    filtre = FreinFilter(request.GET, queryset=Frein.objects.pour(request.user))
    lignes = freins_comptes(filtre.qs).filter(rubrique=rubrique).select_related("parcours__beneficiaire")
    demande = request.GET.get("etat")
    etat = EtatFrein(demande) if demande in ABORDES else None
    table = FreinsPersonnesTable(lignes.filter(etat=etat) if etat else lignes)
    mettre_en_pages(request, table)
    choisis = {nom: request.GET[nom] for nom in filtre.filters if request.GET.get(nom)}
    contexte = {
        "libelle": FREINS[rubrique].libelle,
        "etat": etat,
        "table": table,
        "trouvees": table.paginator.count,
        "filtre": bool(choisis),
        "retour": reverse("reporting:freins_territoire", query=choisis),
    }
    return render(request, "reporting/territoire/personnes.html", contexte)
