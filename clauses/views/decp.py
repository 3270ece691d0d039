"""Importer un fichier DECP : l'envoyer, relire ce qui s'en tire, choisir, voir ce qui en est fait."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from clauses.decp import FichierIllisible, MarcheLu
from clauses.forms.decp import ApercuForm, FichierForm
from clauses.models import ETATS_A_CHOISIR, ETATS_TRAITES, EtatImport, EtatLigne, ImportDecp, LigneDecp, Operation
from clauses.services import imports_decp
from clauses.services.decp_plan import planifier
from comptes.droits import facilitateur_seul

MARCHES_PAR_PAGE = 20
LIGNES_PAR_PAGE = 50
IMPORTS_MONTRES = 5

LUES = ~Q(etat=EtatLigne.ECARTEE)
VOLETS = {
    "clause": ("À clause sociale", LUES & Q(est_a_clause=True)),
    "autres": ("Sans clause sociale", LUES & Q(est_a_clause=False)),
    "ecartes": ("Écartés", Q(etat=EtatLigne.ECARTEE)),
}


@dataclass(frozen=True, slots=True)
class Volet:
    cle: str
    libelle: str
    nombre: int
    est_courant: bool


@facilitateur_seul
def decp_import(request: HttpRequest) -> HttpResponse:
    envoye = request.method == "POST"
    form = FichierForm(request.POST, request.FILES) if envoye else FichierForm()
    if envoye and form.is_valid():
        fichier = form.cleaned_data["fichier"]
        try:
            importation = imports_decp.ouvrir_import(
                structure=request.user.organisation,
                auteur=request.user,
                nom_fichier=fichier.name,
                contenu=fichier.read(),
                aujourd_hui=timezone.localdate(),
            )
        except FichierIllisible as refus:
            form.add_error("fichier", str(refus))
        else:
            return redirect("clauses:decp_apercu", importation.pk)
    return render(request, "clauses/decp/envoi.html", {"form": form, "recents": _recents(request)})


@facilitateur_seul
def decp_apercu(request: HttpRequest, pk: UUID) -> HttpResponse:
    importation = _importation(request, pk)
    if suivi := _suivre(request, importation):
        return suivi
    volets = _volets(importation, request.GET.get("voir", ""))
    courant = next(volet for volet in volets if volet.est_courant)
    page = _page(request, importation.lignes.filter(VOLETS[courant.cle][1]), MARCHES_PAR_PAGE)
    form = _formulaire(request, page)
    if request.method == "POST" and "tout" in request.POST:
        return _confirmer(importation, None)
    if request.method == "POST" and form.is_valid():
        return _confirmer(importation, form.choix())
    contexte = {
        "importation": importation,
        "form": form,
        "page": page,
        "volets": volets,
        "volet": courant,
        "restantes": importation.lignes.filter(etat=EtatLigne.LUE, est_a_clause=True).count(),
        "traitees": importation.lignes.filter(etat__in=ETATS_TRAITES).count(),
    }
    return render(request, "clauses/decp/apercu.html", contexte)


@facilitateur_seul
@require_GET
def decp_resultat(request: HttpRequest, pk: UUID) -> HttpResponse:
    importation = _importation(request, pk)
    if suivi := _suivre(request, importation):
        return suivi
    traitees = importation.lignes.filter(etat__in=ETATS_TRAITES)
    comptes = dict(traitees.order_by().values_list("etat").annotate(Count("pk")))
    contexte = {
        "importation": importation,
        "page": _page(request, traitees.select_related("marche__operation", "marche__acheteur"), LIGNES_PAR_PAGE),
        "comptes": {etat.name.lower(): comptes.get(etat, 0) for etat in ETATS_TRAITES},
        "restantes": importation.lignes.filter(etat__in=ETATS_A_CHOISIR).count(),
    }
    return render(request, "clauses/decp/resultat.html", contexte)


@facilitateur_seul
@require_POST
def decp_reprendre(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Relance une lecture ou un import qu'une panne a arrêté."""
    importation = _importation(request, pk)
    imports_decp.reprendre(importation=importation)
    return redirect("clauses:decp_resultat", importation.pk)


def _recents(request: HttpRequest) -> list[tuple[ImportDecp, int, int]]:
    """Les derniers fichiers envoyés, avec leurs enregistrements et ce qui en est importé."""
    imports = list(ImportDecp.objects.pour(request.user).defer("contenu")[:IMPORTS_MONTRES])
    importes = Count("pk", filter=Q(etat__in=(EtatLigne.CREEE, EtatLigne.COMPLETEE)))
    lignes = LigneDecp.objects.filter(import_decp__in=imports).order_by().values("import_decp")
    comptes = {x["import_decp"]: (x["lus"], x["importes"]) for x in lignes.annotate(lus=Count("pk"), importes=importes)}
    return [(un, *comptes.get(un.pk, (0, 0))) for un in imports]


def _importation(request: HttpRequest, pk: UUID) -> ImportDecp:
    importations = ImportDecp.objects.pour(request.user).select_related("structure", "auteur").defer("contenu")
    return get_object_or_404(importations, pk=pk)


def _suivre(request: HttpRequest, importation: ImportDecp) -> HttpResponse | None:
    """La progression d'une tâche, ou pourquoi elle s'est arrêtée. Finie, la page qui la suivait se recharge."""
    if importation.etat == EtatImport.LU:
        return HttpResponseClientRefresh() if request.htmx else None
    gabarit = "clauses/decp/progression.html" if request.htmx else "clauses/decp/suivi.html"
    return render(request, gabarit, {"importation": importation})


def _volets(importation: ImportDecp, demande: str) -> list[Volet]:
    """Les trois volets et leurs nombres ; sans demande, le premier qui a quelque chose à montrer."""
    comptes = importation.lignes.aggregate(**{cle: Count("pk", filter=filtre) for cle, (_, filtre) in VOLETS.items()})
    courant = demande if demande in VOLETS else next((cle for cle, n in comptes.items() if n), "clause")
    return [Volet(cle, libelle, comptes[cle], cle == courant) for cle, (libelle, _) in VOLETS.items()]


def _page(request: HttpRequest, lignes: QuerySet[LigneDecp], taille: int) -> Page:
    return Paginator(lignes, taille).get_page(request.GET.get("page"))


def _formulaire(request: HttpRequest, page: Page) -> ApercuForm:
    lues = [(ligne, MarcheLu.depuis_json(ligne.donnees)) for ligne in page if ligne.donnees is not None]
    plans, _ = planifier([marche for _, marche in lues], structure=request.user.organisation)
    lignes = [(ligne, plan) for (ligne, _), plan in zip(lues, plans, strict=True)]
    operations = Operation.objects.pour(request.user).only("nom").order_by("nom") if lignes else ()
    return ApercuForm(request.POST if request.method == "POST" else None, lignes=lignes, operations=operations)


def _confirmer(importation: ImportDecp, choix: Mapping[int, imports_decp.Destination] | None) -> HttpResponse:
    imports_decp.confirmer(importation=importation, choix=choix, aujourd_hui=timezone.localdate())
    return redirect("clauses:decp_resultat", importation.pk)
