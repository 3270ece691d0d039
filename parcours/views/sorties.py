"""La sortie d'un parcours : choisir sa nature, écrire ce qu'elle demande, voir sa classe et pourquoi, l'annuler."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.periodes import Periode
from comptes.droits import facilitateur_seul
from parcours.forms.chemin import RouvrirForm
from parcours.forms.sorties import GROUPES, MISSIONS, SortieForm, missions_du_formulaire
from parcours.lectures_chemin import PUCES_SORTIE
from parcours.models import ClasseSortie, MissionSortie, NatureSortie, Parcours, Sortie
from parcours.regles import Mission
from parcours.services.sorties import annuler_sortie, classer, enregistrer_sortie


@facilitateur_seul
def sortie_noter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note la sortie, ou la corrige. Sans nature choisie, la page les propose."""
    parcours = get_object_or_404(Parcours.objects.pour(request.user).select_related("beneficiaire"), pk=pk)
    sortie = Sortie.objects.filter(parcours=parcours).first() or Sortie(parcours=parcours)
    sortie.parcours = parcours
    demandee = request.GET.get("nature", "" if "changer" in request.GET else sortie.nature)
    if demandee not in NatureSortie.values:
        groupes = [(nom, [NatureSortie(n) for n in natures]) for nom, natures in GROUPES]
        return render(request, "parcours/chemin/nature.html", {**_autour(parcours, sortie), "groupes": groupes})
    return _formulaire(request, sortie, NatureSortie(demandee))


def _formulaire(request: HttpRequest, sortie: Sortie, nature: NatureSortie) -> HttpResponse:
    parcours = sortie.parcours
    form = SortieForm(request.POST or None, instance=sortie, nature=nature, utilisateur=request.user)
    lignes = missions_du_formulaire(request.POST or None, sortie, nature)
    apercu = None
    if form.is_valid() and (lignes is None or lignes.is_valid()):
        missions = lignes.missions if lignes is not None else []
        if nature in MISSIONS:
            form.instance.date_debut = missions[0].date_debut if missions else None
        if "estimer" in request.POST:
            apercu = _classer(form.instance, missions)
        else:
            try:
                enregistrer_sortie(
                    sortie=form.instance, missions=missions, auteur=request.user, aujourd_hui=timezone.localdate()
                )
            except ValidationError as erreur:
                form.add_error(None, erreur)
            else:
                messages.success(request, f"Sortie enregistrée\u00a0: {form.instance.get_classe_display().lower()}.")
                return redirect("reporting:parcours_fiche", parcours.pk)
    contexte = {**_autour(parcours, sortie), "form": form, "lignes": lignes, "nature": nature, "apercu": apercu}
    return render(request, "parcours/chemin/sortie.html", contexte)


def _classer(sortie: Sortie, missions: list[MissionSortie]) -> dict[str, object]:
    """Ce que la règle dirait de la saisie, sans rien garder."""
    dites = [Mission(Periode(m.date_debut, m.date_fin), m.employeur) for m in missions]
    classee = classer(sortie, dites, timezone.localdate())
    return {
        "classee": classee,
        "libelle": ClasseSortie(classee.classe.value).label,
        "teinte": PUCES_SORTIE[classee.classe.value],
    }


def _autour(parcours: Parcours, sortie: Sortie) -> dict[str, object]:
    return {
        "parcours": parcours,
        "beneficiaire": parcours.beneficiaire,
        "sortie": sortie,
        "est_nouvelle": sortie._state.adding,
    }


@facilitateur_seul
def sortie_annuler(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rouvre le parcours, à la phase choisie, et dit ce qui part avec la sortie."""
    sorties = Sortie.objects.pour(request.user).select_related("parcours__beneficiaire")
    sortie = get_object_or_404(sorties, pk=pk)
    form = RouvrirForm(request.POST or None)
    if form.is_valid():
        try:
            annuler_sortie(sortie=sortie, **form.cleaned_data, auteur=request.user, aujourd_hui=timezone.localdate())
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, "Sortie annulée, le parcours est rouvert.")
            return redirect("reporting:parcours_fiche", sortie.parcours_id)
    contexte = {**_autour(sortie.parcours, sortie), "form": form}
    contexte["repondus"] = sortie.suivis.exclude(reponse="").count()
    return render(request, "parcours/chemin/annuler.html", contexte)
