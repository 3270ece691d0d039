"""Les conventions de globalisation : les écrire, et imputer des heures."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from clauses.forms.globalisation import ConventionForm, EntrepriseForm, ImputationForm, libelle_engagement
from clauses.models import ConventionGlobalisation, EtatReleve, Imputation, ReleveHeures
from clauses.services.globalisation import enregistrer_convention, imputer, retirer_imputation, supprimer_convention
from clauses.views.formulaires import ecrire
from comptes.droits import facilitateur_seul
from comptes.formats import heures as ecrire_heures
from comptes.models import Organisation
from comptes.regles import Refus

PAR_PAGE = 30
_CHEMIN = "affectation__engagement__titulaire__lot__marche__operation"


@facilitateur_seul
def convention_liste(request: HttpRequest) -> HttpResponse:
    conventions = (
        ConventionGlobalisation.objects.pour(request.user)
        .select_related("entreprise", "beneficiaire")
        .annotate(lots=Count("engagements", distinct=True))
        .order_by("-date_debut", "reference")
    )
    imputees = dict(
        Imputation.objects.pour(request.user).order_by().values_list("convention").annotate(somme=Sum("heures"))
    )
    page = Paginator(conventions, PAR_PAGE).get_page(request.GET.get("page"))
    for convention in page:
        convention.heures = imputees.get(convention.pk, 0)
    return render(request, "clauses/globalisation/liste.html", {"page": page})


@facilitateur_seul
def convention_creer(request: HttpRequest) -> HttpResponse:
    """L'entreprise d'abord (dans l'adresse), puis le reste : ses lots et ses personnes en dépendent."""
    choix = EntrepriseForm(request.GET or None, utilisateur=request.user)
    if not choix.is_valid():
        return render(request, "clauses/globalisation/entreprise.html", {"form": choix})
    entreprise: Organisation = choix.cleaned_data["entreprise"]
    convention = ConventionGlobalisation(structure=request.user.organisation, entreprise=entreprise)
    return _formulaire(request, convention)


@facilitateur_seul
def convention_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _formulaire(request, _convention(request, pk))


def _formulaire(request: HttpRequest, convention: ConventionGlobalisation) -> HttpResponse:
    est_nouvelle = convention._state.adding
    form = ConventionForm(request.POST or None, instance=convention, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            enregistrer_convention(
                convention=form.instance,
                engagements=list(form.cleaned_data["engagements"].select_related("titulaire")),
            )
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            messages.success(request, f"La convention {convention.reference} est enregistrée.")
            return redirect("clauses:convention_detail", convention.pk)
    contexte = {"form": form, "convention": convention, "est_nouvelle": est_nouvelle}
    return render(request, "clauses/globalisation/formulaire.html", contexte)


@facilitateur_seul
def convention_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    convention = _convention(request, pk)
    imputations = convention.imputations.select_related(
        "releve__affectation__contrat__beneficiaire",
        f"releve__{_CHEMIN}",
        "engagement__titulaire__lot__marche__operation",
    ).order_by("releve__mois", "pk")
    page = Paginator(_imputables(convention), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "convention": convention,
        "lots": [
            libelle_engagement(e) for e in convention.engagements.select_related("titulaire__lot__marche__operation")
        ],
        "imputations": imputations,
        "total": sum((i.heures for i in imputations), 0),
        "page": page,
    }
    return render(request, "clauses/globalisation/detail.html", contexte)


def _imputables(convention: ConventionGlobalisation):
    """Les relevés validés que la convention couvre, qui ont encore des heures à donner et un lot où les compter."""
    reunis = convention.engagements.values("pk")
    servis = Count("imputations", filter=Q(imputations__engagement__in=reunis), distinct=True)
    jours = Q(date_debut__gte=convention.date_debut)
    if convention.date_fin:
        jours &= Q(date_fin__lte=convention.date_fin)
    if convention.beneficiaire_id:
        jours &= Q(affectation__contrat__beneficiaire=convention.beneficiaire_id)
    return (
        ReleveHeures.objects.filter(
            jours,
            affectation__engagement__in=reunis,
            etat=EtatReleve.VALIDE,
            heures__gt=F("heures_imputees"),
        )
        .annotate(lots_servis=servis)
        .filter(lots_servis__lt=convention.engagements.count() - 1)
        .select_related("affectation__contrat__beneficiaire", _CHEMIN)
        .order_by("-mois", "affectation__contrat__beneficiaire__cle_tri", "pk")
    )


@facilitateur_seul
def imputation_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le relevé dont on impute des heures, et la convention (dans l'adresse) qui le permet."""
    releves = ReleveHeures.objects.pour(request.user).select_related("affectation__contrat__beneficiaire", _CHEMIN)
    releve = get_object_or_404(releves, pk=pk)
    convention = _convention(request, request.GET.get("convention", ""))
    form = ImputationForm(request.POST or None, convention=convention, releve=releve)

    def faire() -> None:
        resultat = imputer(convention=convention, releve=releve, par=request.user, **form.cleaned_data)
        if isinstance(resultat, Refus):
            raise ValidationError(resultat.phrase, code=resultat.code)

    if ecrire(request, form, faire):
        combien = ecrire_heures(form.cleaned_data["heures"])
        messages.success(
            request, f"{combien} comptent maintenant sur {libelle_engagement(form.cleaned_data['engagement'])}."
        )
        return redirect("clauses:convention_detail", convention.pk)
    contexte = {"form": form, "convention": convention, "releve": releve}
    return render(request, "clauses/globalisation/imputer.html", contexte)


@facilitateur_seul
@require_POST
def imputation_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    imputation = get_object_or_404(
        Imputation.objects.pour(request.user).select_related(
            "convention", "releve__affectation__contrat", "engagement__titulaire__lot__marche"
        ),
        pk=pk,
    )
    convention, combien = imputation.convention_id, ecrire_heures(imputation.heures)
    if refus := retirer_imputation(imputation=imputation, par=request.user):
        messages.error(request, refus.phrase)
    else:
        messages.success(request, f"{combien} comptent de nouveau là où elles ont été faites.")
    return redirect("clauses:convention_detail", convention)


@facilitateur_seul
@require_POST
def convention_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    convention = _convention(request, pk)
    try:
        supprimer_convention(convention=convention)
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
        return redirect(reverse("clauses:convention_detail", args=[pk]))
    messages.success(request, f"La convention {convention.reference} est supprimée.")
    return redirect("clauses:convention_liste")


def _convention(request: HttpRequest, pk: UUID | str) -> ConventionGlobalisation:
    visibles = ConventionGlobalisation.objects.pour(request.user).select_related("entreprise", "beneficiaire")
    try:
        return get_object_or_404(visibles, pk=pk)
    except ValidationError as abime:
        raise Http404 from abime
