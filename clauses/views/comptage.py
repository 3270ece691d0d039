"""La règle du marché : ce que comptent les heures, et le jour qui fait foi."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clauses.forms.comptage import ComptageForm, StatutsForm
from clauses.regles.section_comptage import LIBELLES_MODE, ParametresComptage
from clauses.regles.statuts import LIBELLES_FAIT, ParametresStatuts
from clauses.services.marches import changer_regle
from clauses.views.page_regle import autour, citer, ecrire_regle, marche_et_regle
from comptes.droits import facilitateur_seul

CITES_COMPTAGE = {f"mode_{mode.value}": libelle for mode, libelle in LIBELLES_MODE.items()} | {
    "hors_site": "Hors du site",
    "report": "Surplus d’un lot",
}
CITES_STATUTS = {f"jour_{fait.value}": libelle for fait, libelle in LIBELLES_FAIT.items()}


@facilitateur_seul
def regle_comptage(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    parametres = ParametresComptage.depuis_json(actuelle.options.get("comptage", {}))
    form = ComptageForm(request.POST or None, parametres=parametres)
    citations = citer(request, actuelle, CITES_COMPTAGE)
    if ecrire_regle(
        request,
        form,
        citations,
        lambda cites: changer_regle(
            marche=marche, sections={"comptage": form.parametres().vers_json(), **cites}, par=request.user
        ),
    ):
        messages.success(
            request, "Ce que comptent les heures est enregistré. Les heures déjà validées ne changent pas."
        )
        return redirect("clauses:regle_comptage", marche.pk)
    contexte = {"form": form, "citations": citations, **autour(marche, actuelle)}
    return render(request, "clauses/comptage/regle.html", contexte)


@facilitateur_seul
def regle_statuts(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    parametres = ParametresStatuts.depuis_json(actuelle.options.get("statuts", {}))
    form = StatutsForm(request.POST or None, parametres=parametres)
    citations = citer(request, actuelle, CITES_STATUTS)
    if ecrire_regle(
        request,
        form,
        citations,
        lambda cites: changer_regle(
            marche=marche, sections={"statuts": form.parametres().vers_json(), **cites}, par=request.user
        ),
    ):
        messages.success(request, "Le jour qui fait foi est enregistré. Les bilans déjà publiés ne changent pas.")
        return redirect("clauses:regle_statuts", marche.pk)
    contexte = {"form": form, "citations": citations, **autour(marche, actuelle)}
    return render(request, "clauses/comptage/statuts.html", contexte)
