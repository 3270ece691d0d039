"""Les objectifs particuliers d'un marché : habitants des quartiers, public, métier."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from beneficiaires.criteres import CRITERES
from beneficiaires.models import MetierRome
from clauses.acces import a_modifier
from clauses.forms.objectifs import SousObjectifForm
from clauses.models import Marche, NatureObjectif, SousObjectif
from clauses.objectifs import objectifs_en_heures, propositions_npnru
from clauses.regles.objectifs import LIBELLES_NPNRU
from clauses.views.formulaires import ecrire
from clauses.views.suppressions import page_de_suppression
from comptes.droits import facilitateur_seul
from comptes.ecriture import enregistrer


@facilitateur_seul
def sous_objectif_liste(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = a_modifier(Marche.objects.select_related("operation"), request.user, pk)
    objectifs = objectifs_en_heures(marche)
    noms = _noms({code for ligne in objectifs for code in ligne.objectif.codes})
    contexte = {
        "marche": marche,
        "operation": marche.operation,
        "objectifs": [
            {
                "objectif": ligne.objectif,
                "dues": ligne.dues,
                "visees": ligne.visees,
                "noms": [noms.get(code, code) for code in ligne.objectif.codes],
            }
            for ligne in objectifs
        ],
        "propositions": propositions_npnru(marche),
    }
    return render(request, "clauses/objectifs/liste.html", contexte)


def _noms(codes: set[str]) -> dict[str, str]:
    """Le nom de chaque critère et de chaque métier, par code."""
    metiers = {metier.code: str(metier) for metier in MetierRome.objects.filter(pk__in=codes)}
    return metiers | {code: CRITERES[code].libelle for code in codes & CRITERES.keys()}


@facilitateur_seul
def sous_objectif_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = a_modifier(Marche.objects.select_related("operation"), request.user, pk)
    return _formulaire(request, SousObjectif(marche=marche), _propose(request, marche))


@facilitateur_seul
def sous_objectif_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _formulaire(request, _objectif(request, pk), {})


@facilitateur_seul
def sous_objectif_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    objectif = _objectif(request, pk)
    suite = reverse("clauses:sous_objectif_liste", args=[objectif.marche_id])
    return page_de_suppression(request, objectif, objectif.marche.operation, suite=suite, retour=suite)


def _formulaire(request: HttpRequest, objectif: SousObjectif, initial: dict[str, object]) -> HttpResponse:
    neuf, intitule = objectif._state.adding, objectif.intitule
    form = SousObjectifForm(request.POST or None, instance=objectif, initial=initial)
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, f"L’objectif «\u00a0{objectif.intitule}\u00a0» est enregistré.")
        return redirect("clauses:sous_objectif_liste", objectif.marche_id)
    contexte = {
        "form": form,
        "marche": objectif.marche,
        "operation": objectif.marche.operation,
        "objectif": None if neuf else objectif,
        "intitule": intitule,
    }
    return render(request, "clauses/objectifs/formulaire.html", contexte)


def _propose(request: HttpRequest, marche: Marche) -> dict[str, object]:
    """La proposition du NPNRU que l'adresse nomme, déjà écrite dans le formulaire."""
    for proposition in propositions_npnru(marche):
        if proposition.part == request.GET.get("proposition"):
            intitule = f"Habitants des QPV, {LIBELLES_NPNRU[proposition.part]}"
            return {"nature": NatureObjectif.QPV.value, "intitule": intitule, "heures": proposition.heures}
    return {}


def _objectif(request: HttpRequest, pk: UUID) -> SousObjectif:
    return a_modifier(SousObjectif.objects.select_related("marche__operation"), request.user, pk)
