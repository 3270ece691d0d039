"""Ce que partagent les écrans des agréments : retrouver l'objet, montrer un formulaire, dire ce qu'il changerait."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from comptes.formats import date_longue
from parcours.lectures import nom_agrement
from parcours.models import Agrement


@dataclass(frozen=True)
class Ecran:
    """Les mots d'un formulaire : titre, bouton, phrase de l'en-tête, et l'adresse qui supprime, s'il y en a une."""

    titre: str
    bouton: str
    chapeau: str
    supprimer: str = ""


class Apercu(Exception):
    """Arrête l'essai d'un enregistrement : rien n'est gardé, la fin trouvée est montrée."""


def agrement_de(request: HttpRequest, pk, type_agrement: str) -> Agrement:
    """L'agrément de ce type que l'utilisateur peut voir, sinon 404."""
    agrements = Agrement.objects.pour(request.user).filter(type_agrement=type_agrement)
    return get_object_or_404(agrements.select_related("beneficiaire", "plie"), pk=pk)


def adresse_agrements(agrement: Agrement) -> str:
    """La page des agréments de la personne, à la hauteur de celui-ci."""
    return f"{reverse('parcours:agrement_liste', args=[agrement.beneficiaire_id])}#agrement-{agrement.pk}"


def formulaire(
    request: HttpRequest, form: ModelForm, agrement: Agrement, ecran: Ecran, garder: Callable[[], object]
) -> HttpResponse:
    """Montre le formulaire, ou garde l'objet et revient aux agréments de la personne en disant la fin obtenue.

    Avec « estimer », l'enregistrement est essayé puis défait : la page dit la fin qu'il donnerait.
    """
    apercu = None
    if form.is_valid():
        try:
            with transaction.atomic():
                garder()
                fin = Agrement.objects.get(pk=agrement.pk).date_fin
                if "estimer" in request.POST:
                    raise Apercu
        except Apercu:
            apercu = fin
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            dire_la_fin(request, agrement, fin)
            return redirect(adresse_agrements(agrement))
    contexte = {
        "form": form,
        "ecran": ecran,
        "agrement": agrement,
        "nom": nom_agrement(agrement),
        "beneficiaire": agrement.beneficiaire,
        "apercu": apercu,
    }
    return render(request, "parcours/agrements/suite.html", contexte)


def confirmation(
    request: HttpRequest, agrement: Agrement, titre: str, phrase: str, supprimer: Callable[[], object]
) -> HttpResponse:
    """Demande confirmation, puis supprime et dit la fin obtenue ; un refus se lit sur la page."""
    refus = ""
    if request.method == "POST":
        try:
            supprimer()
        except ValidationError as erreur:
            refus = " ".join(erreur.messages)
        else:
            dire_la_fin(request, agrement, Agrement.objects.get(pk=agrement.pk).date_fin)
            return redirect(adresse_agrements(agrement))
    contexte = {
        "agrement": agrement,
        "nom": nom_agrement(agrement),
        "beneficiaire": agrement.beneficiaire,
        "titre": titre,
        "phrase": phrase,
        "refus": refus,
    }
    return render(request, "parcours/agrements/retirer.html", contexte, status=422 if refus else 200)


def dire_la_fin(request: HttpRequest, agrement: Agrement, fin: date) -> None:
    """Confirme avec la fin obtenue ; une date écrite sur le document ne bouge pas, et la phrase le dit."""
    if agrement.est_estime:
        messages.success(request, f"Enregistré. Fin estimée\u00a0: {date_longue(fin)} inclus.")
    else:
        messages.info(
            request,
            f"Enregistré. La fin écrite sur le document reste le {date_longue(fin)}\u00a0: si le document a changé, recopiez sa "
            "nouvelle date dans l’agrément.",
        )
