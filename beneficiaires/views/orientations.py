"""Les orientations reçues : liste, détail (lu des deux côtés), réponse."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django_tables2 import RequestConfig

from beneficiaires.doublons import Identite, chercher_doublons
from beneficiaires.filters import OrientationFilter
from beneficiaires.forms.orientations import AcceptationForm, RefusForm
from beneficiaires.models import EtatOrientation, Orientation
from beneficiaires.relecture import relire
from beneficiaires.services.orientations import accepter_orientation, refuser_orientation
from beneficiaires.tables import OrientationTable
from beneficiaires.views.saisie import donnees_postees, personnes_montrees
from comptes import exports
from comptes.droits import facilitateur_seul, reserve_a
from comptes.listes import mettre_en_pages
from comptes.models import Profil


@facilitateur_seul
def orientation_liste(request: HttpRequest) -> HttpResponse:
    orientations = Orientation.objects.pour(request.user)
    filtre = OrientationFilter(request.GET, queryset=orientations)
    lignes = filtre.qs.select_related("prescripteur", "auteur").prefetch_related("criteres").par_urgence()
    table = OrientationTable(lignes)
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Orientations")
    mettre_en_pages(request, table)
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": orientations.count(),
        "phrase_vide": _phrase_vide(orientations, filtre) if not table.paginator.count else "",
    }
    return render(request, "beneficiaires/orientations/liste.html", contexte)


def _phrase_vide(orientations: QuerySet, filtre: OrientationFilter) -> str:
    """Ce que veut dire une liste vide : un prescripteur dont tout a reçu réponse n'est pas un filtre trop étroit."""
    choix = filtre.form.cleaned_data if filtre.form.is_valid() else {}
    prescripteur = choix.get("prescripteur")
    if prescripteur and choix.get("etat") == EtatOrientation.ENVOYEE and not choix.get("nom"):
        envoyees = orientations.filter(prescripteur=prescripteur)
        if not envoyees.sans_reponse().exists():
            n = envoyees.count()
            fin = "celle envoyée a reçu la sienne" if n == 1 else f"les {n} envoyées ont toutes reçu la leur"
            return f"{prescripteur} n’a aucune orientation sans réponse\u00a0: {fin}."
    return "Retirez un filtre, ou cherchez une partie du nom\u00a0: les accents et les majuscules ne comptent pas."


def _visible(request: HttpRequest, pk: UUID) -> Orientation:
    orientations = Orientation.objects.pour(request.user).select_related(
        "prescripteur", "auteur", "structure", "repondue_par", "beneficiaire"
    )
    return get_object_or_404(orientations.prefetch_related("criteres", "metiers"), pk=pk)


@reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
def orientation_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    orientation = _visible(request, pk)
    if orientation.etat == EtatOrientation.BROUILLON:
        return redirect("beneficiaires:orientation_etape", pk, 4)
    contexte = {
        "orientation": orientation,
        "relecture": relire(orientation, timezone.localdate()),
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "beneficiaires/orientations/detail.html", contexte)


def _refuser_deja_repondue(request: HttpRequest, pk: UUID, erreur: ValidationError) -> HttpResponse:
    """Un collègue a répondu le premier : sa réponse reste, et la page le dit."""
    messages.error(request, " ".join(erreur.messages))
    return redirect("beneficiaires:orientation_detail", pk)


def _adresse(request: HttpRequest, pk: UUID) -> str:
    return request.build_absolute_uri(reverse("beneficiaires:orientation_detail", args=[pk]))


@facilitateur_seul
def orientation_accepter(request: HttpRequest, pk: UUID) -> HttpResponse:
    orientation = _visible(request, pk)
    if request.method == "GET" and orientation.etat != EtatOrientation.ENVOYEE:
        return redirect("beneficiaires:orientation_detail", pk)
    doublons = chercher_doublons(structure=orientation.structure, identite=Identite.de(orientation))
    formulaire = AcceptationForm(donnees_postees(request), doublons=doublons)
    if request.method == "POST" and formulaire.is_valid():
        try:
            fiche = accepter_orientation(
                orientation=orientation,
                utilisateur=request.user,
                beneficiaire=formulaire.fiche_choisie(),
                ecartes=personnes_montrees(request),
                maintenant=timezone.now(),
                adresse=_adresse(request, pk),
            )
        except ValidationError as erreur:
            if getattr(erreur, "code", "") == "deja_repondue":
                return _refuser_deja_repondue(request, pk, erreur)
            formulaire.add_error(None, erreur.messages)
        else:
            messages.success(
                request, f"Votre structure suit maintenant {fiche.nom_complet}. Il reste à voir ses pièces."
            )
            return redirect("reporting:personne_fiche", fiche.pk)
    contexte = {"form": formulaire, "orientation": orientation, "relecture": relire(orientation, timezone.localdate())}
    return render(request, "beneficiaires/orientations/accepter.html", contexte)


@facilitateur_seul
def orientation_refuser(request: HttpRequest, pk: UUID) -> HttpResponse:
    orientation = _visible(request, pk)
    if request.method == "GET" and orientation.etat != EtatOrientation.ENVOYEE:
        return redirect("beneficiaires:orientation_detail", pk)
    formulaire = RefusForm(donnees_postees(request))
    if request.method == "POST" and formulaire.is_valid():
        try:
            refuser_orientation(
                orientation=orientation,
                utilisateur=request.user,
                motif=formulaire.cleaned_data["motif_refus"],
                message=formulaire.cleaned_data["message_reponse"],
                maintenant=timezone.now(),
                adresse=_adresse(request, pk),
            )
        except ValidationError as erreur:
            return _refuser_deja_repondue(request, pk, erreur)
        messages.success(
            request, f"L’orientation est refusée. {orientation.auteur.get_full_name()} en reçoit la raison."
        )
        return redirect("beneficiaires:orientation_liste")
    return render(request, "beneficiaires/orientations/refuser.html", {"form": formulaire, "orientation": orientation})
