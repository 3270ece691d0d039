"""Quitter un formulaire pour ajouter une organisation, puis y revenir avec ce que l'on avait tapé.

Le formulaire en cours attend dans la session ; l'organisation créée y prend sa place dans la liste de choix. Tout marche sans
JavaScript : le bouton « Ajouter une entreprise » est un bouton d'envoi nommé `ajouter`, sa valeur est le champ à remplir.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

CLE = "brouillon"
BOUTON = "ajouter"
TEMOIN = "brouillon"


def partir_creer(request: HttpRequest, profils: Mapping[str, str]) -> HttpResponse | None:
    """Si le bouton « Ajouter » a été pressé, garde la saisie et mène à la page d'ajout ; sinon ne rend rien.

    `profils` : pour chaque champ du formulaire, le profil de l'organisation à créer.
    """
    champ = request.POST.get(BOUTON, "")
    if champ not in profils:
        return None
    request.session[CLE] = {"chemin": request.path, "champ": champ, "donnees": request.POST.urlencode()}
    return redirect(f"{reverse('clauses:organisation_creer')}?{urlencode({'profil': profils[champ], TEMOIN: 1})}")


def adresse_de_retour(request: HttpRequest, cree: object | None = None) -> str:
    """Rend l'adresse du formulaire qui attend, avec l'objet créé à sa place ; rien si l'on ne vient pas d'un formulaire."""
    brouillon = request.session.get(CLE) if TEMOIN in request.GET else None
    if not brouillon:
        return ""
    if cree is not None:
        donnees = QueryDict(brouillon["donnees"], mutable=True)
        donnees[brouillon["champ"]] = str(cree)
        request.session[CLE] = {**brouillon, "donnees": donnees.urlencode()}
    return f"{brouillon['chemin']}?{TEMOIN}=1"


def saisie_en_attente(request: HttpRequest) -> QueryDict | None:
    """Rend ce qui avait été tapé à cette adresse avant de partir, jusqu'à ce que le formulaire soit enregistré."""
    brouillon = request.session.get(CLE)
    if request.method != "GET" or TEMOIN not in request.GET or not brouillon or brouillon["chemin"] != request.path:
        return None
    return QueryDict(brouillon["donnees"])


def oublier(request: HttpRequest) -> None:
    """Le formulaire est enregistré : sa saisie n'attend plus."""
    if request.session.get(CLE, {}).get("chemin") == request.path:
        del request.session[CLE]


def valeurs_initiales(formulaire: BaseForm | type[BaseForm], saisie: QueryDict) -> dict[str, Any]:
    """Rend ce qui a été tapé, tel quel, en valeurs de départ : le formulaire le montre sans encore le juger."""
    champs = formulaire.fields if isinstance(formulaire, BaseForm) else formulaire.base_fields
    return {nom: champ.widget.value_from_datadict(saisie, {}, nom) for nom, champ in champs.items()}
