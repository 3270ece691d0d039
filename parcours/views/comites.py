"""Les séances du comité technique : leur liste, en préparer une, la lire, la clore."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from comptes.droits import facilitateur_seul, reserve_a
from comptes.formats import date_longue
from comptes.listes import mettre_en_pages
from comptes.models import Profil
from parcours.forms.comites import ClotureForm, ComiteForm
from parcours.lectures_comite import etat_de, points_de, points_lus
from parcours.models import ComiteTechnique, SujetPoint
from parcours.ordre_du_jour import Proposition, proposer
from parcours.services.comites import clore_seance, preparer_seance, supprimer_seance
from parcours.tables_comites import ComiteTable

lecteurs = reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)


@lecteurs
def comite_liste(request: HttpRequest) -> HttpResponse:
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    seances = ComiteTechnique.objects.pour(request.user).select_related("structure").avec_comptes(request.user)
    table = ComiteTable(seances, exclude=("structure",) if est_facilitateur else ())
    mettre_en_pages(request, table)
    contexte = {"table": table, "total": table.paginator.count, "est_facilitateur": est_facilitateur}
    return render(request, "parcours/comites/liste.html", contexte)


@facilitateur_seul
def comite_creer(request: HttpRequest) -> HttpResponse:
    comite = ComiteTechnique(structure=request.user.organisation, cree_par=request.user)
    return _formulaire(request, comite, "Préparer une séance")


@facilitateur_seul
def comite_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    comite = seance_de(request, pk)
    if comite.est_close:
        return revenir_a_la_seance_close(request, comite)
    return _formulaire(request, comite, "Modifier la séance")


def _formulaire(request: HttpRequest, comite: ComiteTechnique, titre: str) -> HttpResponse:
    est_nouvelle = comite._state.adding
    form = ComiteForm(request.POST or None, instance=comite)
    if form.is_valid():
        try:
            preparer_seance(
                comite=form.instance,
                partenaires=form.cleaned_data["partenaires"],
                aujourd_hui=timezone.localdate(),
            )
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            quand = date_longue(comite.date_seance)
            messages.success(
                request,
                f"Séance du {quand} préparée\u00a0: composez son ordre du jour."
                if est_nouvelle
                else "Séance enregistrée.",
            )
            return redirect("parcours:comite_detail", comite.pk)
    contexte = {"form": form, "comite": comite, "titre": titre, "est_nouvelle": est_nouvelle}
    return render(request, "parcours/comites/formulaire.html", contexte)


@lecteurs
def comite_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """L'ordre du jour et ses décisions. Un partenaire n'y lit que les points de ses personnes."""
    comite, aujourd_hui = seance_de(request, pk), timezone.localdate()
    peut_ecrire = request.user.profil == Profil.FACILITATEUR and not comite.est_close
    propositions = proposer(comite, request.user, aujourd_hui) if peut_ecrire else []
    lus = points_lus(comite, request.user)
    contexte = {
        "comite": comite,
        "etat": etat_de(comite, aujourd_hui),
        "partenaires": list(comite.partenaires.all()),
        "presents": list(comite.presents.all()) if comite.est_close else [],
        "lus": lus,
        "decides": sum(lu.point.est_decide for lu in lus),
        "groupes": _par_sujet(propositions),
        "propositions": len(propositions),
        "horizon": settings.COMITE_HORIZON_JOURS,
        "seuil": settings.FREIN_BLOQUE_JOURS,
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
        "peut_ecrire": peut_ecrire,
        "est_tenue": comite.date_seance <= aujourd_hui,
    }
    return render(request, "parcours/comites/detail.html", contexte)


def _par_sujet(propositions: list[Proposition]) -> list[tuple[SujetPoint, list[Proposition]]]:
    groupes = [(sujet, [p for p in propositions if p.sujet == sujet]) for sujet in SujetPoint]
    return [(sujet, siennes) for sujet, siennes in groupes if siennes]


@facilitateur_seul
def comite_clore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Demande qui était là, dit ce qui n'est pas décidé, puis clôt."""
    comite = seance_de(request, pk)
    if comite.est_close:
        return revenir_a_la_seance_close(request, comite)
    form = ClotureForm(request.POST if request.method == "POST" else None, comite=comite)
    if form.is_valid():
        try:
            clore_seance(
                comite=comite,
                presents=form.cleaned_data["presents"],
                maintenant=timezone.now(),
                aujourd_hui=timezone.localdate(),
            )
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, "Séance close. Son compte rendu est prêt.")
            return redirect("parcours:comite_detail", comite.pk)
    points = points_de(comite, request.user)
    indecis = [point for point in points if not point.est_decide]
    contexte = {"form": form, "comite": comite, "points": points, "indecis": indecis}
    return render(request, "parcours/comites/clore.html", contexte)


@facilitateur_seul
def comite_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    comite, refus = seance_de(request, pk), ""
    if comite.est_close:
        return revenir_a_la_seance_close(request, comite)
    if request.method == "POST":
        try:
            supprimer_seance(comite=comite)
        except ValidationError as erreur:
            refus = " ".join(erreur.messages)
        else:
            messages.success(request, f"Séance du {date_longue(comite.date_seance)} supprimée.")
            return redirect("parcours:comite_liste")
    contexte = {"comite": comite, "refus": refus}
    return render(request, "parcours/comites/supprimer.html", contexte, status=422 if refus else 200)


def seance_de(request: HttpRequest, pk: UUID) -> ComiteTechnique:
    return get_object_or_404(ComiteTechnique.objects.pour(request.user).select_related("structure"), pk=pk)


def revenir_a_la_seance_close(request: HttpRequest, comite: ComiteTechnique) -> HttpResponse:
    quand = date_longue(timezone.localdate(comite.close_le))
    messages.info(request, f"Cette séance est close depuis le {quand}\u00a0: elle se lit, elle ne change plus.")
    return redirect("parcours:comite_detail", comite.pk)
