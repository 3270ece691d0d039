"""Le prescripteur oriente quelqu'un en quatre étapes, et suit ce que deviennent ses orientations."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from beneficiaires.doublons import Identite, comparer
from beneficiaires.filters import MesOrientationsFilter
from beneficiaires.forms.orientations import PersonneOrienteeForm, ProjetForm, SituationOrienteeForm
from beneficiaires.models import EtatOrientation, Orientation, OrientationQuerySet
from beneficiaires.relecture import relire
from beneficiaires.services.orientations import (
    enregistrer_situation,
    envoyer_orientation,
    ouvrir_brouillon,
    supprimer_brouillon,
)
from beneficiaires.tables import MesOrientationsTable
from beneficiaires.views.saisie import (
    donnees_postees,
    etape_refusee,
    garder_la_saisie_refusee,
    oublier_la_saisie_refusee,
    saisie_refusee,
)
from comptes import exports
from comptes.droits import prescripteur_seul
from comptes.formats import de
from comptes.listes import mettre_en_pages

ETAPES = ("La personne", "Sa situation", "Son projet et ses freins", "Vérifier et envoyer")


@prescripteur_seul
def mes_orientations(request: HttpRequest) -> HttpResponse:
    toutes = Orientation.objects.pour(request.user)
    envoyees = toutes.exclude(etat=EtatOrientation.BROUILLON)
    filtre = MesOrientationsFilter(request.GET, queryset=envoyees)
    table = MesOrientationsTable(
        filtre.qs.select_related("structure", "auteur").prefetch_related("criteres").par_urgence()
    )
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Mes orientations")
    mettre_en_pages(request, table)
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": envoyees.count(),
        "brouillons": [(brouillon, etape_a_reprendre(request, brouillon)) for brouillon in _brouillons(toutes)],
    }
    return render(request, "beneficiaires/mes_orientations/liste.html", contexte)


def _brouillons(toutes: OrientationQuerySet) -> OrientationQuerySet:
    brouillons = toutes.filter(etat=EtatOrientation.BROUILLON).select_related("auteur")
    return brouillons.prefetch_related("criteres", "metiers").order_by("-cree_le")


def etape_a_reprendre(request: HttpRequest, brouillon: Orientation) -> int:
    """Celle où une saisie a été refusée ; sinon la première où rien n'est encore dit, ou la relecture."""
    if refusee := etape_refusee(request, brouillon.pk):
        return refusee
    if not brouillon.criteres.all():
        return 2
    return 4 if brouillon.projet or brouillon.freins or brouillon.metiers.all() else 3


@prescripteur_seul
def orientation_nouvelle(request: HttpRequest) -> HttpResponse:
    orientation = Orientation(prescripteur=request.user.organisation, auteur=request.user)
    formulaire = PersonneOrienteeForm(donnees_postees(request), instance=orientation, aujourd_hui=timezone.localdate())
    if request.method == "POST" and formulaire.is_valid():
        return _suite(request, ouvrir_brouillon(orientation=formulaire.save(commit=False)), 1)
    return _montrer(request, None, 1, formulaire)


@prescripteur_seul
@transaction.atomic
def orientation_etape(request: HttpRequest, pk: UUID, etape: int) -> HttpResponse:
    if etape not in range(1, len(ETAPES) + 1):
        raise Http404
    orientations = Orientation.objects.pour(request.user).select_related("structure")
    if request.method == "POST":
        orientations = orientations.select_for_update(of=("self",))
    orientation = get_object_or_404(orientations, pk=pk)
    if orientation.etat != EtatOrientation.BROUILLON:
        messages.info(request, "Cette orientation est partie\u00a0: elle ne se modifie plus.")
        return redirect("beneficiaires:orientation_detail", pk)
    formulaire = _formulaire(request, orientation, etape)
    if request.method == "POST" and formulaire is not None and formulaire.is_valid():
        _enregistrer(orientation, formulaire)
        oublier_la_saisie_refusee(request, pk, etape)
        return _suite(request, orientation, etape)
    if request.method == "POST" and formulaire is not None:
        garder_la_saisie_refusee(request, pk, etape)
    return _montrer(request, orientation, etape, formulaire)


def _formulaire(request: HttpRequest, orientation: Orientation, etape: int) -> BaseForm | None:
    donnees = donnees_postees(request)
    if donnees is None:
        donnees = saisie_refusee(request, orientation.pk, etape)
    if etape == 1:
        return PersonneOrienteeForm(donnees, instance=orientation, aujourd_hui=timezone.localdate())
    if etape == 2:
        return SituationOrienteeForm(
            donnees,
            orientation=orientation,
            aujourd_hui=timezone.localdate(),
            exige_critere="plus_tard" not in request.POST,
        )
    return ProjetForm(donnees, instance=orientation) if etape == 3 else None


def _enregistrer(orientation: Orientation, formulaire: BaseForm) -> None:
    if isinstance(formulaire, SituationOrienteeForm):
        enregistrer_situation(
            orientation=orientation, criteres=formulaire.coches(), pass_iae=formulaire.cleaned_data["pass_iae"]
        )
    else:
        formulaire.save()


def _suite(request: HttpRequest, orientation: Orientation, etape: int) -> HttpResponse:
    if "plus_tard" in request.POST:
        messages.success(
            request, f"Le brouillon pour {orientation.nom_complet} est gardé\u00a0: reprenez-le quand vous voulez."
        )
        return redirect("beneficiaires:mes_orientations")
    return redirect("beneficiaires:orientation_etape", orientation.pk, etape + 1)


def _montrer(
    request: HttpRequest, orientation: Orientation | None, etape: int, formulaire: BaseForm | None
) -> HttpResponse:
    lien = "beneficiaires:orientation_etape"
    contexte = {
        "orientation": orientation,
        "etape": etape,
        "nom_etape": ETAPES[etape - 1],
        "etapes": [
            (nom, reverse(lien, args=[orientation.pk, rang]) if orientation else "")
            for rang, nom in enumerate(ETAPES, start=1)
        ],
        "form": formulaire,
        "relecture": relire(orientation, timezone.localdate()) if orientation and orientation.pk else None,
        "deja_orientee": _deja_orientee(request, orientation) if etape == len(ETAPES) else None,
    }
    return render(request, f"beneficiaires/mes_orientations/etape_{etape}.html", contexte)


def _deja_orientee(request: HttpRequest, orientation: Orientation) -> Orientation | None:
    """Une orientation déjà partie de la même organisation pour une personne très ressemblante : on le dit avant l'envoi."""
    envoyees = Orientation.objects.pour(request.user).exclude(etat=EtatOrientation.BROUILLON)
    memes_naissances = envoyees.filter(date_naissance=orientation.date_naissance).order_by("-envoyee_le")[:20]
    identite = Identite.de(orientation)
    return next((autre for autre in memes_naissances if comparer(identite, Identite.de(autre)).est_a_montrer), None)


@prescripteur_seul
@require_POST
def orientation_envoyer(request: HttpRequest, pk: UUID) -> HttpResponse:
    orientation = get_object_or_404(Orientation.objects.pour(request.user).select_related("structure"), pk=pk)
    try:
        envoyer_orientation(orientation=orientation, maintenant=timezone.now())
    except ValidationError as erreur:
        for phrase in erreur.messages:
            messages.error(request, phrase)
        return redirect("beneficiaires:orientation_etape", pk, len(ETAPES))
    messages.success(
        request,
        f"L’orientation {de(orientation.nom_complet)} est envoyée à {orientation.structure}. Réponse promise sous 15\u00a0jours.",
    )
    return redirect("beneficiaires:mes_orientations")


@prescripteur_seul
def orientation_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    orientation = get_object_or_404(Orientation.objects.pour(request.user), pk=pk)
    if orientation.etat != EtatOrientation.BROUILLON:
        messages.info(request, "Cette orientation est partie\u00a0: elle ne se supprime plus.")
        return redirect("beneficiaires:orientation_detail", pk)
    if request.method == "POST":
        try:
            supprimer_brouillon(orientation=orientation)
        except ValidationError as erreur:
            messages.error(request, " ".join(erreur.messages))
            return redirect("beneficiaires:orientation_detail", pk)
        messages.success(request, f"Le brouillon pour {orientation.nom_complet} est supprimé.")
        return redirect("beneficiaires:mes_orientations")
    return render(request, "beneficiaires/mes_orientations/supprimer.html", {"orientation": orientation})
