"""L'entreprise répond des heures qu'une autre a déclarées : elle les approuve ou les conteste."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from clauses.forms.confirmations import ContestationForm
from clauses.forms.heures import lire_version
from clauses.models import Litige, ReleveHeures
from clauses.models.confirmations import releves_a_confirmer, releves_de_la_partie
from clauses.services.confirmations import approuver, contester
from clauses.views.formulaires import ecrire
from comptes.droits import reserve_a
from comptes.formats import heures as ecrire_heures
from comptes.formats import quantite
from comptes.models import Organisation, Profil
from comptes.regles import Refus

entreprise_seule = reserve_a(Profil.ENTREPRISE)
PAR_PAGE = 50
COMPLET = (
    "affectation__contrat__beneficiaire",
    "affectation__contrat__employeur",
    "affectation__engagement__titulaire__lot__marche__operation",
)


def personne_vue_par(releve: ReleveHeures, organisation: Organisation | None) -> str:
    """Le nom, pour qui emploie ou accueille la personne ; pour un donneur d'ordre, son contrat suffit."""
    contrat = releve.affectation.contrat
    if organisation and organisation.pk in (contrat.employeur_id, contrat.entreprise_utilisatrice_id):
        return contrat.beneficiaire.nom_complet
    return f"Contrat {str(contrat.pk)[:6].upper()}"


@entreprise_seule
def heures_a_confirmer(request: HttpRequest) -> HttpResponse:
    """Les heures à confirmer, par mois."""
    a_confirmer = releves_a_confirmer(request.user.organisation)
    triees = a_confirmer.select_related(*COMPLET, "declarant").order_by(
        "-mois", "affectation__contrat__employeur__nom", "pk"
    )
    page = Paginator(triees, PAR_PAGE).get_page(request.GET.get("page"))
    for releve in page:
        releve.personne = personne_vue_par(releve, request.user.organisation)
    litiges = Litige.objects.pour(request.user).ouverts()
    contexte = {
        "page": page,
        "total": a_confirmer.aggregate(total=Sum("heures"))["total"] or 0,
        "litiges": litiges.count(),
    }
    return render(request, "clauses/confirmations/liste.html", contexte)


@entreprise_seule
@require_POST
def heures_approuver(request: HttpRequest) -> HttpResponse:
    """Approuve les lignes cochées."""
    versions = {}
    for envoi in request.POST.getlist("releve"):
        cle, _, version = envoi.partition(":")
        try:
            versions[UUID(cle)] = lire_version(version)
        except ValueError as illisible:
            raise Http404 from illisible
    if not versions:
        messages.error(request, "Cochez d’abord les heures à approuver.")
        return redirect("clauses:heures_a_confirmer")
    reponses = approuver(versions=versions, par=request.user)
    if not (reponses.approuves or reponses.refus):
        raise Http404
    if reponses.approuves:
        lignes = quantite(len(reponses.approuves), "ligne approuvée")
        messages.success(request, f"{lignes}, {ecrire_heures(reponses.heures)}.")
    for phrase in sorted({refus.phrase for _, refus in reponses.refus}):
        messages.error(request, phrase)
    return redirect("clauses:heures_a_confirmer")


@entreprise_seule
def releve_contester(request: HttpRequest, pk: UUID) -> HttpResponse:
    a_elle = releves_de_la_partie(request.user.organisation)
    releve = get_object_or_404(a_elle.select_related(*COMPLET, "declarant"), pk=pk)
    form = ContestationForm(request.POST or None)
    ouverts: list[Litige] = []

    def faire() -> None:
        version = lire_version(request.POST.get("version", ""))
        resultat = contester(releve=pk, version=version, par=request.user, **form.cleaned_data)
        if isinstance(resultat, Refus):
            raise ValidationError(resultat.phrase, code=resultat.code)
        ouverts.append(resultat)

    if ecrire(request, form, faire):
        messages.success(
            request, "Vous contestez ces heures\u00a0: le facilitateur est prévenu, elles sont comptées à part."
        )
        return redirect("clauses:litige_detail", ouverts[0].pk)
    contexte = {"form": form, "releve": releve, "personne": personne_vue_par(releve, request.user.organisation)}
    return render(request, "clauses/confirmations/contester.html", contexte, status=422 if form.errors else 200)
