"""Les modèles de règle d'une structure : les lister, les nommer, les appliquer à un marché."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from clauses.forms.modeles import ModeleForm
from clauses.models import Marche, ModeleRegle
from clauses.regles.lecture import lire_en_francais
from clauses.services.modeles import (
    appliquer_modele,
    cle_de,
    controler_application,
    enregistrer_modele,
    modeles_livres,
    parametres_du_modele,
    regle_du_modele,
    trouver_modele,
)
from clauses.services.versions import changements
from clauses.views.formulaires import ecrire
from clauses.views.page_regle import autour, marche_et_regle
from comptes.droits import facilitateur_seul
from comptes.ecriture import enregistrer


@facilitateur_seul
def modele_liste(request: HttpRequest) -> HttpResponse:
    modeles = ModeleRegle.objects.pour(request.user).select_related("cree_par")
    return render(request, "clauses/modeles/liste.html", {"modeles": modeles, "livres": modeles_livres()})


@facilitateur_seul
def modele_enregistrer(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    form = ModeleForm(request.POST or None, instance=ModeleRegle(structure=request.user.organisation))
    if ecrire(
        request,
        form,
        lambda: enregistrer_modele(
            marche=marche, structure=request.user.organisation, par=request.user, **form.cleaned_data
        ),
    ):
        messages.success(request, f"Le modèle «\u00a0{form.cleaned_data['nom']}\u00a0» est enregistré.")
        return redirect("clauses:modele_liste")
    contexte = {"form": form, "lignes": lire_en_francais(actuelle.parametres), **autour(marche, actuelle)}
    return render(request, "clauses/modeles/formulaire.html", contexte)


@facilitateur_seul
def modele_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    modele = _modele(request, pk)
    nom = modele.nom
    form = ModeleForm(request.POST or None, instance=modele)
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, "Le modèle est enregistré.")
        return redirect("clauses:modele_liste")
    lignes = lire_en_francais(parametres_du_modele(modele, Marche()))
    contexte = {"form": form, "modele": modele, "nom": nom, "lignes": lignes}
    return render(request, "clauses/modeles/formulaire.html", contexte)


@facilitateur_seul
def modele_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    modele = _modele(request, pk)
    if request.method == "POST":
        modele.delete()
        messages.success(
            request, f"Le modèle «\u00a0{modele.nom}\u00a0» n’existe plus. Les marchés gardent leur règle."
        )
        return redirect("clauses:modele_liste")
    return render(request, "clauses/modeles/supprimer.html", {"modele": modele})


@facilitateur_seul
def modele_appliquer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choisir un modèle, lire ce qu'il change, puis l'appliquer."""
    marche, actuelle = marche_et_regle(request, pk)
    choisi = (request.POST or request.GET).get("modele", "")
    modele = trouver_modele(request.user, choisi)
    contexte = {"erreurs": []}
    if modele is not None:
        contexte["erreurs"] = controler_application(modele=modele, marche=marche)
        if request.method == "POST" and not contexte["erreurs"]:
            try:
                regle = appliquer_modele(
                    modele=modele, marche=marche, par=request.user, aujourd_hui=timezone.localdate()
                )
            except ValidationError as refus:
                contexte["erreurs"] = refus.messages
            else:
                messages.success(
                    request, f"«\u00a0{modele.nom}\u00a0» est recopié\u00a0: la règle est en version {regle.version}."
                )
                return redirect("clauses:regle_modifier", marche.pk)
        contexte["changements"] = changements(actuelle, regle_du_modele(modele, marche))
    elif choisi:
        contexte["erreurs"] = ["Ce modèle n’est pas dans la liste\u00a0: choisissez-en un autre."]
    contexte |= {"modele": modele, "cle": choisi, "choix": _choix(request), **autour(marche, actuelle)}
    return render(request, "clauses/modeles/appliquer.html", contexte)


def _choix(request: HttpRequest) -> list[tuple[str, ModeleRegle]]:
    """Les modèles de la structure d'abord, puis ceux qui sont livrés."""
    return [(cle_de(modele), modele) for modele in (*ModeleRegle.objects.pour(request.user), *modeles_livres())]


def _modele(request: HttpRequest, pk: UUID) -> ModeleRegle:
    return get_object_or_404(ModeleRegle.objects.pour(request.user), pk=pk)
