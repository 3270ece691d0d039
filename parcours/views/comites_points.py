"""Les points d'une séance : les inscrire, en ajouter un, les ordonner, les décider, les retirer."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from comptes.droits import facilitateur_seul
from comptes.formats import quantite
from parcours.forms.comites import DecisionForm, PointLibreForm
from parcours.lectures_comite import un_point_lu
from parcours.models import PointComite
from parcours.services.comites import ajouter_point, deplacer_point, inscrire, retirer_point
from parcours.services.decisions_comite import decider
from parcours.views.comites import revenir_a_la_seance_close, seance_de

CRANS = {"haut": -1, "bas": 1}


@facilitateur_seul
@require_POST
def comite_inscrire(request: HttpRequest, pk: UUID) -> HttpResponse:
    comite = seance_de(request, pk)
    try:
        ajoutes = inscrire(
            comite=comite,
            cles=set(request.POST.getlist("point")),
            utilisateur=request.user,
            aujourd_hui=timezone.localdate(),
        )
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        if ajoutes:
            messages.success(request, f"{quantite(ajoutes, 'point ajouté,points ajoutés')} à l’ordre du jour.")
        else:
            messages.info(request, "Rien de nouveau à inscrire\u00a0: cochez au moins un point.")
    return redirect("parcours:comite_detail", comite.pk)


@facilitateur_seul
def point_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    comite = seance_de(request, pk)
    if comite.est_close:
        return revenir_a_la_seance_close(request, comite)
    form = PointLibreForm(request.POST or None, utilisateur=request.user)
    if form.is_valid():
        try:
            point = ajouter_point(comite=comite, beneficiaire=form.personne, question=form.cleaned_data["question"])
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, "Point ajouté à l’ordre du jour.")
            return redirect(adresse_du_point(point))
    return render(request, "parcours/comites/point.html", {"form": form, "comite": comite})


@facilitateur_seul
def point_decider(request: HttpRequest, pk: UUID) -> HttpResponse:
    """La décision se note ici, point après point ; celle qu'un autre vient d'écrire ne s'écrase pas sans avoir été lue."""
    point = _point(request, pk)
    if point.comite.est_close:
        return revenir_a_la_seance_close(request, point.comite)
    form, conflit = DecisionForm(request.POST or None, point=point), ""
    if form.is_valid():
        try:
            decide = decider(
                point=point,
                **form.dite,
                auteur=request.user,
                maintenant=timezone.now(),
                aujourd_hui=timezone.localdate(),
            )
        except ValidationError as erreur:
            if getattr(erreur, "code", "") == "conflit":
                conflit = " ".join(erreur.messages)
                point = _point(request, pk)
            else:
                form.add_error(None, erreur)
        else:
            messages.success(request, "Décision notée." if decide.est_decide else "Décision effacée.")
            return redirect(_apres(request, decide))
    contexte = {
        "form": form,
        "conflit": conflit,
        "version": point.version if conflit or not form.is_bound else form["lu"].value() or "",
        "comite": point.comite,
        "lu": un_point_lu(point, request.user),
        "reste": _suivants(point).exists(),
    }
    return render(request, "parcours/comites/decider.html", contexte, status=409 if conflit else 200)


@facilitateur_seul
@require_POST
def point_deplacer(request: HttpRequest, pk: UUID) -> HttpResponse:
    point = _point(request, pk)
    try:
        deplacer_point(point=point, cran=CRANS.get(request.POST.get("vers", ""), 0))
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    return redirect(adresse_du_point(point))


@facilitateur_seul
@require_POST
def point_retirer(request: HttpRequest, pk: UUID) -> HttpResponse:
    point = _point(request, pk)
    try:
        retirer_point(point=point)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
        return redirect(adresse_du_point(point))
    messages.success(request, "Point retiré de l’ordre du jour.")
    return redirect("parcours:comite_detail", point.comite_id)


def adresse_du_point(point: PointComite) -> str:
    return f"{reverse('parcours:comite_detail', args=[point.comite_id])}#point-{point.pk}"


def _point(request: HttpRequest, pk: UUID) -> PointComite:
    points = PointComite.objects.pour(request.user).select_related(
        "comite__structure", "beneficiaire", "orientation__beneficiaire", "decide_par"
    )
    return get_object_or_404(points, pk=pk)


def _suivants(point: PointComite):
    """Les autres points de la séance qui attendent leur décision."""
    return PointComite.objects.filter(comite=point.comite_id, decision="").exclude(pk=point.pk)


def _apres(request: HttpRequest, point: PointComite) -> str:
    """Le point suivant à décider si c'est demandé, en reprenant au début s'il le faut ; sinon la séance."""
    suivants = _suivants(point)
    if "suivant" in request.POST and (suivant := suivants.filter(rang__gt=point.rang).first() or suivants.first()):
        return reverse("parcours:point_decider", args=[suivant.pk])
    return adresse_du_point(point)
