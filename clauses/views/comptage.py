"""La règle du marché : ce que comptent les heures, et le jour qui fait foi."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from clauses.forms.comptage import ComptageForm, StatutsForm
from clauses.models import Marche, RegleClause
from clauses.regles.comptage import ParametresComptage
from clauses.regles.statuts import ParametresStatuts
from clauses.services.marches import changer_regle, regle_courante
from clauses.views.formulaires import ecrire
from comptes.droits import facilitateur_seul


@facilitateur_seul
def regle_comptage(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = get_object_or_404(Marche.objects.pour(request.user).select_related("operation"), pk=pk)
    parametres = ParametresComptage.depuis_json(_section(marche, "comptage"))
    form = ComptageForm(request.POST or None, parametres=parametres)
    if ecrire(request, form, lambda: _enregistrer(request, marche, "comptage", form)):
        messages.success(
            request, "Ce que comptent les heures est enregistré. Les heures déjà validées ne changent pas."
        )
        return redirect("clauses:regle_comptage", marche.pk)
    return render(request, "clauses/comptage/regle.html", {"form": form, "marche": marche})


@facilitateur_seul
def regle_statuts(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = get_object_or_404(Marche.objects.pour(request.user).select_related("operation"), pk=pk)
    parametres = ParametresStatuts.depuis_json(_section(marche, "statuts"))
    form = StatutsForm(request.POST or None, parametres=parametres)
    if ecrire(request, form, lambda: _enregistrer(request, marche, "statuts", form)):
        messages.success(request, "Le jour qui fait foi est enregistré. Les bilans déjà publiés ne changent pas.")
        return redirect("clauses:regle_statuts", marche.pk)
    return render(request, "clauses/comptage/statuts.html", {"form": form, "marche": marche})


def _section(marche: Marche, nom: str) -> dict:
    regle = regle_courante(marche) or RegleClause(marche=marche)
    return regle.options.get(nom, {})


def _enregistrer(request: HttpRequest, marche: Marche, nom: str, form: ComptageForm | StatutsForm) -> None:
    changer_regle(marche=marche, sections={nom: form.parametres().vers_json()}, par=request.user)
