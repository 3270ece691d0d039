"""Les étapes d'un parcours : les ajouter, les corriger, dire ce qu'elles sont devenues."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from comptes.droits import facilitateur_seul
from parcours.forms.etapes import EtapeForm, IssueForm
from parcours.models import Etape, Parcours
from parcours.services.etapes import conclure_etape, enregistrer_etape, retirer_etape, rouvrir_etape


@facilitateur_seul
def etape_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    parcours = get_object_or_404(Parcours.objects.pour(request.user).select_related("beneficiaire"), pk=pk)
    etape = Etape(parcours=parcours, type_etape=request.GET.get("type", ""))
    return _formulaire(request, etape, "Ajouter une étape", {"contrat": request.GET.get("contrat", "")})


@facilitateur_seul
def etape_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _formulaire(request, _etape(request, pk), "Modifier l’étape")


@facilitateur_seul
def etape_conclure(request: HttpRequest, pk: UUID) -> HttpResponse:
    etape = _etape(request, pk)
    form = IssueForm(request.POST or None, initial={"dernier_jour": etape.date_fin})
    if form.is_valid():
        try:
            conclure_etape(etape=etape, **form.cleaned_data, aujourd_hui=timezone.localdate())
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, f"{etape.get_type_etape_display()}\u00a0: c’est noté.")
            return redirect(_adresse(etape))
    contexte = {"form": form, "etape": etape, "parcours": etape.parcours, "beneficiaire": etape.parcours.beneficiaire}
    return render(request, "parcours/chemin/conclure.html", contexte)


@facilitateur_seul
@require_POST
def etape_rouvrir(request: HttpRequest, pk: UUID) -> HttpResponse:
    etape = _etape(request, pk)
    try:
        rouvrir_etape(etape=etape)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, f"{etape.get_type_etape_display()}\u00a0: étape rouverte.")
    return redirect(_adresse(etape))


@facilitateur_seul
def etape_retirer(request: HttpRequest, pk: UUID) -> HttpResponse:
    etape = _etape(request, pk)
    if request.method == "POST":
        retirer_etape(etape=etape)
        messages.success(request, "Étape retirée du parcours.")
        return redirect(_adresse(etape))
    contexte = {"etape": etape, "parcours": etape.parcours, "beneficiaire": etape.parcours.beneficiaire}
    return render(request, "parcours/chemin/retirer.html", contexte)


def _etape(request: HttpRequest, pk: UUID) -> Etape:
    etapes = Etape.objects.pour(request.user).select_related("parcours__beneficiaire", "contrat__employeur")
    return get_object_or_404(etapes, pk=pk)


def _adresse(etape: Etape) -> str:
    return f"{reverse('reporting:parcours_fiche', args=[etape.parcours_id])}#t-etapes"


def _formulaire(request: HttpRequest, etape: Etape, titre: str, propose: dict[str, str] | None = None) -> HttpResponse:
    """`propose` : ce que le lien suivi choisit déjà ; un contrat qui n'est pas à la personne n'est pas dans la liste."""
    est_nouvelle = etape._state.adding
    form = EtapeForm(request.POST or None, instance=etape, initial=propose, utilisateur=request.user)
    if form.is_valid():
        try:
            enregistrer_etape(etape=form.instance)
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, "Étape ajoutée." if est_nouvelle else "Étape enregistrée.")
            return redirect(_adresse(etape))
    contexte = {
        "form": form,
        "etape": etape,
        "parcours": etape.parcours,
        "beneficiaire": etape.parcours.beneficiaire,
        "titre": titre,
        "est_nouvelle": est_nouvelle,
    }
    return render(request, "parcours/chemin/etape.html", contexte)
