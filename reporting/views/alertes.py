"""Les échéances à regarder, et ce que l'on en fait : traiter, reporter, confier, une à une ou ensemble."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from comptes.droits import facilitateur_seul
from comptes.exports import exporter, format_demande
from comptes.formats import date_longue, quantite
from comptes.listes import LIGNES_PAR_PAGE, mettre_en_pages
from reporting.alertes import confier, reporter, traiter
from reporting.alertes.mots import DATES, avec_mots, objet_en_mots, page_du_sujet, sujet
from reporting.alertes.suites import reporter_ensemble, traiter_ensemble
from reporting.filters_alertes import AlerteFilter
from reporting.forms_alertes import AlerteForm, ReportForm, ResponsableForm
from reporting.models import Alerte, ReglageEcheances
from reporting.tables_alertes import AlerteTable

HORS_DES_FILTRES = ("alerte", "action", "page")


@facilitateur_seul
def alerte_liste(request: HttpRequest) -> HttpResponse:
    visibles = Alerte.objects.pour(request.user)
    libelles = ReglageEcheances.de(request.user.organisation).libelles
    filtre = AlerteFilter(request.GET, queryset=visibles, utilisateur=request.user, libelles=libelles)
    etat = filtre.form.cleaned_data.get("etat") if filtre.form.is_valid() else ""
    table = AlerteTable(avec_mots(filtre.qs), libelles=libelles, se_choisit=etat != "traitees")
    nombres = visibles.compter()
    # Sans filtre, la liste est ce qui reste à traiter : c'est déjà compté.
    sans_filtre = filtre.form.is_valid() and not any(filtre.form.cleaned_data.values())
    mettre_en_pages(request, table, nombres["a_traiter"] if sans_filtre else None)
    if format_ := format_demande(request):
        return exporter(table, format_, "Échéances")
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        **nombres,
        "jours_apres": settings.ALERTE_JOURS_APRES_ECHEANCE,
        "existe": visibles.exists(),
        "etat": etat,
        "filtres": [(cle, v) for cle, vs in request.GET.lists() if cle not in HORS_DES_FILTRES for v in vs],
    }
    return render(request, "reporting/alertes/liste.html", contexte)


@facilitateur_seul
def alerte_traiter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Les filtres de la liste restent dans l'adresse : on y revient après avoir écrit ce qui a été fait."""
    alerte = _alerte(request, pk)
    form = AlerteForm(request.POST or None)
    return _suite(
        request,
        alerte,
        form,
        "reporting/alertes/traiter.html",
        lambda donnees: traiter(alerte=alerte, utilisateur=request.user, note=donnees["note"]),
        f"Échéance traitée\u00a0: {sujet(alerte)}.",
    )


@facilitateur_seul
def alerte_reporter(request: HttpRequest, pk: UUID) -> HttpResponse:
    alerte = _alerte(request, pk)
    return _suite(
        request,
        alerte,
        ReportForm(request.POST or None),
        "reporting/alertes/reporter.html",
        lambda donnees: reporter(alerte=alerte, utilisateur=request.user, **donnees),
        f"Échéance reportée\u00a0: {sujet(alerte)}.",
    )


@facilitateur_seul
def alerte_confier(request: HttpRequest, pk: UUID) -> HttpResponse:
    alerte = _alerte(request, pk)
    form = ResponsableForm(
        request.POST or None, structure=request.user.organisation, initial={"responsable": alerte.responsable_id}
    )
    return _suite(
        request,
        alerte,
        form,
        "reporting/alertes/confier.html",
        lambda donnees: confier(alerte=alerte, responsable=donnees["responsable"]),
        f"Responsable enregistré\u00a0: {sujet(alerte)}.",
    )


@facilitateur_seul
def alerte_lot(request: HttpRequest) -> HttpResponse:
    """La sélection est dans l'adresse : la page la montre, demande une seule note ou un seul report, et l'écrit pour toutes."""
    choisies = _choisies(request)
    retour = _retour(request)
    reporte = request.GET.get("action") == "reporter"
    form = (ReportForm if reporte else AlerteForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ecrire = reporter_ensemble if reporte else traiter_ensemble
        suite = {"aujourd_hui": timezone.localdate()} if reporte else {}
        pks = [alerte.pk for alerte in choisies]
        try:
            nombre = ecrire(alertes=pks, utilisateur=request.user, **form.cleaned_data, **suite)
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            verbe = "reportée" if reporte else "traitée"
            messages.success(request, f"{quantite(nombre, f'échéance {verbe}')}.")
            return redirect(retour)
    contexte = {
        "alertes": [(alerte, sujet(alerte), objet_en_mots(alerte)) for alerte in choisies],
        "form": form,
        "retour": retour,
        "reporte": reporte,
    }
    return render(request, "reporting/alertes/lot.html", contexte)


def _choisies(request: HttpRequest) -> list[Alerte]:
    """Celles de l'adresse, à suivre et de sa structure ; 404 quand il n'en reste aucune. Une page de liste n'en montre pas plus."""
    pks = {pk for texte in request.GET.getlist("alerte")[:LIGNES_PAR_PAGE] if (pk := _uuid(texte))}
    choisies = list(avec_mots(Alerte.objects.pour(request.user).actives().filter(pk__in=pks)))
    if not choisies:
        raise Http404
    return choisies


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None


def _alerte(request: HttpRequest, pk: UUID) -> Alerte:
    return get_object_or_404(avec_mots(Alerte.objects.pour(request.user)), pk=pk)


def _retour(request: HttpRequest) -> str:
    filtres = request.GET.copy()
    for cle in ("alerte", "action"):
        filtres.pop(cle, None)
    return f"{reverse('reporting:alerte_liste')}?{filtres.urlencode()}".rstrip("?")


def _suite(
    request: HttpRequest, alerte: Alerte, form: Form, gabarit: str, ecrire: Callable[[dict], Alerte], fait: str
) -> HttpResponse:
    """Montre la page, ou écrit la suite et revient à la liste ; un refus se lit au-dessus de ce qui a été tapé."""
    retour = _retour(request)
    if request.method == "POST" and form.is_valid():
        try:
            ecrire(form.cleaned_data)
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            messages.success(request, fait)
            return redirect(retour)
    existe = Alerte.objects.actives().filter(pk=alerte.pk).exists()
    contexte = {
        "alerte": alerte,
        "sujet": sujet(alerte),
        "page_du_sujet": page_du_sujet(alerte),
        "objet": objet_en_mots(alerte),
        "quoi": DATES.get(alerte.type_alerte, "dernier jour"),
        "est_close": not existe and not form.errors,
        "form": form,
        "retour": retour,
        "suite": request.GET.urlencode(),
        "aujourd_hui": timezone.localdate(),
        "reportee": alerte.reportee_au and alerte.reportee_au > timezone.localdate(),
        "depuis": date_longue(timezone.localdate(alerte.creee_le)),
    }
    return render(request, gabarit, contexte)
