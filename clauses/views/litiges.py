"""Les litiges : leur liste, leur fil, et la décision du facilitateur."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clauses.forms.confirmations import MessageForm, ReglementForm
from clauses.models import Litige
from clauses.services.litiges import regler, repondre
from clauses.views.confirmations import COMPLET, personne_vue_par
from clauses.views.formulaires import ecrire
from comptes.droits import facilitateur_seul, reserve_a
from comptes.models import Profil

parties = reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
PAR_PAGE = 25
CHEMINS = tuple(f"releve__{chemin}" for chemin in COMPLET)


@parties
def litige_liste(request: HttpRequest) -> HttpResponse:
    """Les litiges ouverts, le plus pressé d'abord ; « ?etat=regles » montre les autres."""
    tous = Litige.objects.pour(request.user)
    regles_seuls = request.GET.get("etat") == "regles"
    choisis = tous.filter(clos_le__isnull=False).order_by("-clos_le") if regles_seuls else tous.ouverts()
    page = Paginator(choisis.select_related("entreprise", *CHEMINS), PAR_PAGE).get_page(request.GET.get("page"))
    for litige in page:
        litige.personne = _personne(request, litige)
    contexte = {
        "page": page,
        "regles_seuls": regles_seuls,
        "ouverts": tous.ouverts().count(),
        "aujourd_hui": timezone.localdate(),
    }
    return render(request, "clauses/litiges/liste.html", contexte)


@parties
def litige_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _montrer(request, _litige(request, pk))


@parties
@require_POST
def litige_repondre(request: HttpRequest, pk: UUID) -> HttpResponse:
    litige = _litige(request, pk)
    form = MessageForm(request.POST)
    if ecrire(request, form, lambda: repondre(litige=litige, par=request.user, **form.cleaned_data)):
        messages.success(request, "Votre message est envoyé.")
        return redirect("clauses:litige_detail", pk)
    return _montrer(request, litige, message=form)


@facilitateur_seul
@require_POST
def litige_regler(request: HttpRequest, pk: UUID) -> HttpResponse:
    litige = _litige(request, pk)
    form = ReglementForm(request.POST)
    if ecrire(request, form, lambda: regler(litige=litige, par=request.user, **form.cleaned_data)):
        messages.success(request, "Le litige est réglé. Les heures retenues reprennent le chemin de la validation.")
        return redirect("clauses:litige_detail", pk)
    return _montrer(request, litige, reglement=form)


def _litige(request: HttpRequest, pk: UUID) -> Litige:
    visibles = Litige.objects.pour(request.user).select_related("entreprise", "ouvert_par", "clos_par", *CHEMINS)
    return get_object_or_404(visibles, pk=pk)


def _personne(request: HttpRequest, litige: Litige) -> str:
    if request.user.profil == Profil.FACILITATEUR:
        return litige.releve.affectation.contrat.beneficiaire.nom_complet
    return personne_vue_par(litige.releve, request.user.organisation)


def _montrer(
    request: HttpRequest, litige: Litige, *, message: MessageForm | None = None, reglement: ReglementForm | None = None
) -> HttpResponse:
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    contexte = {
        "litige": litige,
        "releve": litige.releve,
        "personne": _personne(request, litige),
        "fil": litige.messages.select_related("organisation"),
        "message": message or MessageForm(),
        "reglement": (reglement or ReglementForm()) if est_facilitateur and litige.est_ouvert else None,
        "refuse": message or reglement,
        "est_facilitateur": est_facilitateur,
        "aujourd_hui": timezone.localdate(),
    }
    return render(request, "clauses/litiges/detail.html", contexte, status=422 if message or reglement else 200)
