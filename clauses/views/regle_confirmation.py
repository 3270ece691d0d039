"""La règle du marché : l'accord du titulaire sur les heures qu'une autre entreprise déclare."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clauses.forms.confirmations import ConfirmationForm
from clauses.regles.confirmation import ParametresConfirmation
from clauses.services.marches import changer_regle
from clauses.views.page_regle import autour, citer, ecrire_regle, marche_et_regle
from comptes.droits import facilitateur_seul

CITES = {"confirmation": "L’accord du titulaire"}


@facilitateur_seul
def regle_confirmation(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    parametres = ParametresConfirmation.depuis_json(actuelle.options.get("confirmation", {}))
    form = ConfirmationForm(request.POST or None, parametres=parametres)
    citations = citer(request, actuelle, CITES)
    if ecrire_regle(
        request,
        form,
        citations,
        lambda cites: changer_regle(
            marche=marche, sections={"confirmation": form.parametres().vers_json(), **cites}, par=request.user
        ),
    ):
        messages.success(request, "L’accord du titulaire est réglé.")
        return redirect("clauses:regle_confirmation", marche.pk)
    contexte = {"form": form, "citations": citations, **autour(marche, actuelle)}
    return render(request, "clauses/regle/confirmation.html", contexte)
