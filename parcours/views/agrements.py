"""Les agréments d'une personne : les lire avec leur explication, les enregistrer, les corriger, les retirer."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.droits import facilitateur_seul, reserve_a
from comptes.formats import date_longue
from comptes.models import Profil
from parcours.forms.agrements import AgrementForm
from parcours.lectures import agrements_du_jour
from parcours.models import Agrement
from parcours.services.agrements import enregistrer_agrement


@reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
def agrement_liste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Chaque agrément et son « Pourquoi ? ». Le prescripteur lit ceux des personnes qu'il a orientées, sans rien y changer."""
    personne = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    contexte = {
        "beneficiaire": personne,
        "agrements": agrements_du_jour(personne, timezone.localdate()),
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "parcours/agrements/liste.html", contexte)


@facilitateur_seul
def agrement_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    beneficiaire = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    return _formulaire(request, Agrement(beneficiaire=beneficiaire), "Ajouter un agrément")


@facilitateur_seul
def agrement_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _formulaire(request, _agrement(request, pk), "Modifier l’agrément")


@facilitateur_seul
def agrement_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    agrement = _agrement(request, pk)
    if request.method == "POST":
        agrement.delete()
        messages.success(request, f"{agrement.get_type_agrement_display()} supprimé.")
        return redirect("reporting:personne_fiche", agrement.beneficiaire_id)
    contexte = {"agrement": agrement, "beneficiaire": agrement.beneficiaire}
    return render(request, "parcours/agrements/supprimer.html", contexte)


def _agrement(request: HttpRequest, pk: UUID) -> Agrement:
    return get_object_or_404(Agrement.objects.pour(request.user).select_related("beneficiaire", "plie"), pk=pk)


def _formulaire(request: HttpRequest, agrement: Agrement, titre: str) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    est_nouveau = agrement._state.adding
    form = AgrementForm(request.POST or None, instance=agrement, utilisateur=request.user)
    if form.is_valid() and "estimer" not in request.POST:
        try:
            enregistrer_agrement(agrement=form.instance, aujourd_hui=aujourd_hui)
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, _confirmation(form.instance))
            return redirect("reporting:personne_fiche", agrement.beneficiaire_id)
    contexte = {
        "form": form,
        "agrement": agrement,
        "beneficiaire": agrement.beneficiaire,
        "est_nouveau": est_nouveau,
        "titre": titre,
        "estimation": form.estimation(aujourd_hui) if est_nouveau else None,
    }
    return render(request, "parcours/agrements/formulaire.html", contexte)


def _confirmation(agrement: Agrement) -> str:
    nom, fin = agrement.get_type_agrement_display(), date_longue(agrement.date_fin)
    if agrement.est_estime:
        return f"{nom} enregistré. Fin estimée\u00a0: {fin} inclus."
    return f"{nom} enregistré, jusqu’au {fin} inclus."
