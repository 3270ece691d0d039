"""Le partage d'une opération : le proposer, l'accepter, y mettre fin. Tout facilitateur de la structure peut le faire."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from clauses.acces import tenue_par_sa_structure
from clauses.forms.partages import FinPartageForm, PartageForm
from clauses.models import Operation, PartageOperation
from clauses.services.partages import accepter, finir, proposer
from clauses.views.formulaires import ecrire
from comptes.droits import facilitateur_seul

LIES = (
    "operation__maitre_ouvrage",
    "porteuse",
    "structure",
    "propose_par",
    "accepte_par",
    "fini_par",
    "fini_structure",
)


@facilitateur_seul
def partage_liste(request: HttpRequest) -> HttpResponse:
    partages = list(PartageOperation.objects.pour(request.user).select_related(*LIES))
    invites = [partage for partage in partages if partage.structure_id == request.user.organisation.pk]
    contexte = {"recus": invites, "donnes": [partage for partage in partages if partage not in invites]}
    return render(request, "clauses/partages/liste.html", contexte)


@facilitateur_seul
def partage_proposer(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = tenue_par_sa_structure(Operation.objects.all(), request.user, pk)
    form = PartageForm(request.POST or None, operation=operation)
    if ecrire(request, form, lambda: proposer(operation=operation, par=request.user, **form.cleaned_data)):
        messages.success(
            request, f"La proposition attend la réponse de {form.cleaned_data['structure']}, sur son accueil."
        )
        return redirect("reporting:operation_fiche", operation.pk)
    return render(request, "clauses/partages/proposer.html", {"form": form, "operation": operation})


@facilitateur_seul
def partage_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _montrer(request, _partage(request, pk))


@facilitateur_seul
@require_POST
def partage_accepter(request: HttpRequest, pk: UUID) -> HttpResponse:
    partage = _partage(request, pk)
    if partage.structure_id != request.user.organisation.pk:
        raise PermissionDenied
    try:
        accepter(partage=partage, par=request.user)
    except ValidationError as refus:
        return _montrer(request, _partage(request, pk), refus=refus.messages[0])
    messages.success(request, "Le partage commence\u00a0: l’opération est dans votre liste.")
    return redirect("reporting:operation_fiche", partage.operation_id)


@facilitateur_seul
@require_POST
def partage_finir(request: HttpRequest, pk: UUID) -> HttpResponse:
    partage = _partage(request, pk)
    form = FinPartageForm(request.POST)
    if ecrire(request, form, lambda: finir(partage=partage, par=request.user, **form.cleaned_data)):
        messages.success(request, "C’est noté\u00a0: l’autre structure lira pourquoi.")
        return redirect("clauses:partage_detail", pk)
    return _montrer(request, _partage(request, pk), form=form)


def _partage(request: HttpRequest, pk: UUID) -> PartageOperation:
    return get_object_or_404(PartageOperation.objects.pour(request.user).select_related(*LIES), pk=pk)


def _montrer(
    request: HttpRequest, partage: PartageOperation, *, form: FinPartageForm | None = None, refus: str = ""
) -> HttpResponse:
    contexte = {
        "partage": partage,
        "est_invitee": partage.structure_id == request.user.organisation.pk,
        "form": form or FinPartageForm(),
        "refus": refus,
    }
    return render(request, "clauses/partages/detail.html", contexte, status=422 if form or refus else 200)
