"""Les contrôles : ce qu'ils ont trouvé, leur catalogue, et les niveaux d'un marché."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh
from django_tables2 import RequestConfig

from clauses.acces import a_modifier
from clauses.filters_controles import ConstatFilter
from clauses.forms.controles import NiveauxForm
from clauses.models import Constat, EtatReexamen, Marche, Reexamen
from clauses.regles.controles import CATALOGUE, EFFETS_NIVEAU, LIBELLES_NIVEAU, SUJETS
from clauses.services import controles
from clauses.tables_controles import ConstatTable
from clauses.views.page_regle import autour, citer, marche_et_regle
from comptes import exports
from comptes.droits import facilitateur_seul
from comptes.formats import quantite
from comptes.listes import mettre_en_pages

LIGNE = (
    "releve__affectation__contrat__beneficiaire",
    "releve__affectation__engagement__titulaire__entreprise",
    "releve__affectation__engagement__titulaire__lot__marche__operation",
)
CITES_CONTROLES = {f"controle_{c.code}": c.nom for c in CATALOGUE.values() if not c.niveau_fixe}
NIVEAUX = [(LIBELLES_NIVEAU[niveau], effet) for niveau, effet in EFFETS_NIVEAU.items()]


@facilitateur_seul
def controle_liste(request: HttpRequest) -> HttpResponse:
    """Ce que les contrôles ont trouvé, sur 90 jours ou sur la période choisie."""
    visibles = Constat.objects.pour(request.user)
    filtre = ConstatFilter(request.GET, queryset=visibles, utilisateur=request.user, aujourd_hui=timezone.localdate())
    table = ConstatTable(filtre.qs.select_related(*LIGNE))
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Contrôles")
    trouvees = filtre.qs.count()
    mettre_en_pages(request, table)
    contexte = {"filter": filtre, "table": table, "trouvees": trouvees, "il_y_en_a": trouvees or visibles.exists()}
    return render(request, "clauses/controles/liste.html", contexte)


@facilitateur_seul
def controle_catalogue(request: HttpRequest) -> HttpResponse:
    return render(request, "clauses/controles/catalogue.html", {"sujets": SUJETS.items(), "niveaux": NIVEAUX})


@facilitateur_seul
def regle_controles(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    reexamen = marche.reexamens.first()
    if request.htmx and request.method == "GET":
        return _suivre(request, marche, reexamen)
    form = NiveauxForm(request.POST or None, parametres=controles.parametres_controles(actuelle))
    citations = citer(request, actuelle, CITES_CONTROLES)
    if form.is_valid() and citations.is_valid():
        messages.success(request, _changer(request, marche, form, citations.section()))
        return redirect("clauses:regle_controles", marche.pk)
    contexte = {"form": form, "citations": citations, "reexamen": reexamen, "niveaux": NIVEAUX}
    contexte |= autour(marche, actuelle)
    return render(
        request, "clauses/regle/controles.html", contexte, status=422 if form.errors or citations.errors else 200
    )


def _changer(
    request: HttpRequest, marche: Marche, form: NiveauxForm, citations: Mapping[str, Mapping[str, Any]]
) -> str:
    """Enregistre les niveaux et les articles, et dit ce qui en est fait."""
    reexamen = controles.changer_niveaux(
        marche=marche, niveaux=form.niveaux, sections=citations, par=request.user, aujourd_hui=timezone.localdate()
    )
    if reexamen is None:
        return "La page est enregistrée\u00a0; aucun niveau n’avait changé."
    if reexamen.est_en_cours:
        return f"Les niveaux sont enregistrés\u00a0; {quantite(reexamen.total, 'ligne ouverte')} à réexaminer."
    return f"Les niveaux sont enregistrés, {quantite(reexamen.faits, 'ligne ouverte réexaminée')}."


def _suivre(request: HttpRequest, marche: Marche, reexamen: Reexamen | None) -> HttpResponse:
    """La progression d'un réexamen. Fini, la page qui le suivait se recharge."""
    if reexamen is None or reexamen.etat == EtatReexamen.FINI:
        return HttpResponseClientRefresh()
    return render(request, "clauses/controles/reexamen.html", {"marche": marche, "reexamen": reexamen})


@facilitateur_seul
@require_POST
def reexamen_reprendre(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Relance un réexamen qu'une panne a arrêté."""
    marche = a_modifier(Marche.objects.all(), request.user, pk)
    if reexamen := marche.reexamens.first():
        controles.reprendre(reexamen=reexamen)
    return redirect("clauses:regle_controles", marche.pk)
