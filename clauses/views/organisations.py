"""L'annuaire des entreprises, et l'ajout d'une organisation."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clauses.annuaire import avec_gestion
from clauses.filters import EntrepriseFilter
from clauses.forms.organisations import NOMS, OrganisationForm
from clauses.models import Titulaire
from clauses.tables import EntrepriseTable
from clauses.views.formulaires import ecrire, ouvrir
from comptes.brouillons import adresse_de_retour
from comptes.droits import facilitateur_seul
from comptes.ecriture import enregistrer
from comptes.exports import exporter, format_demande
from comptes.listes import mettre_en_pages
from comptes.models import Organisation, Profil


@facilitateur_seul
def entreprise_liste(request: HttpRequest) -> HttpResponse:
    entreprises = Organisation.objects.du_profil(Profil.ENTREPRISE)
    filtre = EntrepriseFilter(request.GET, queryset=entreprises)
    table = EntrepriseTable(_avec_comptes(filtre.qs, request.user.organisation))
    mettre_en_pages(request, table)
    if format_ := format_demande(request):
        return exporter(table, format_, "Entreprises")
    contexte = {"filter": filtre, "table": table, "trouvees": filtre.qs.count(), "total": entreprises.count()}
    return render(request, "clauses/organisations/liste.html", contexte)


@facilitateur_seul
def organisation_creer(request: HttpRequest) -> HttpResponse:
    profil = request.GET.get("profil", "")
    if profil not in NOMS:
        raise Http404
    form = ouvrir(request, OrganisationForm, instance=Organisation(profil=profil))
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, f"«\u00a0{form.instance.nom}\u00a0» est dans la liste.")
        return redirect(_suite(request, form.instance))
    contexte = {"form": form, "organisation": None, "un_nom": NOMS[profil][0], "retour": _suite(request)}
    return render(request, "clauses/organisations/formulaire.html", contexte)


@facilitateur_seul
def organisation_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    organisations = avec_gestion(Organisation.objects.filter(profil__in=NOMS), request.user.organisation)
    organisation = get_object_or_404(organisations, pk=pk)
    if not organisation.est_modifiable:
        raise PermissionDenied  # ses membres, ou la structure qui s'en sert, tiennent sa fiche
    nom = organisation.nom
    form = ouvrir(request, OrganisationForm, instance=organisation)
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, "La fiche est enregistrée.")
        return redirect(_suite(request))
    contexte = {"form": form, "organisation": organisation, "nom": nom, "retour": _suite(request)}
    return render(request, "clauses/organisations/formulaire.html", contexte)


def _avec_comptes(entreprises, structure: Organisation):
    """Compte, pour la structure, les opérations où l'entreprise est inscrite ; dit qui tient sa fiche."""
    ici = Titulaire.objects.filter(entreprise=OuterRef("pk"), lot__marche__operation__structure=structure)
    operations = ici.order_by().values("entreprise").annotate(n=Count("lot__marche__operation", distinct=True))
    return avec_gestion(entreprises, structure).annotate(
        nombre_operations=Coalesce(Subquery(operations.values("n")), 0)
    )


def _suite(request: HttpRequest, creee: Organisation | None = None) -> str:
    """Où aller ensuite : le formulaire quitté, l'adresse `suite` de cette page, sinon l'annuaire."""
    if retour := adresse_de_retour(request, creee and creee.pk):
        return retour
    suite = request.GET.get("suite", "")
    if url_has_allowed_host_and_scheme(suite, allowed_hosts=None) and suite.startswith("/"):
        return f"{suite}{'&' if '?' in suite else '?'}organisation={creee.pk}" if creee else suite
    return reverse("clauses:entreprise_liste")
