"""Les parcours : leur liste, en ouvrir un, le corriger, faire avancer une phase."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_tables2 import RequestConfig

from beneficiaires.models import Beneficiaire
from comptes import exports
from comptes.droits import facilitateur_seul
from comptes.formats import date_longue
from comptes.listes import mettre_en_pages
from parcours.filters_chemin import ParcoursFilter
from parcours.forms.chemin import ParcoursForm, PhaseForm
from parcours.lectures_chemin import PhaseDuJour, phases_du_jour
from parcours.models import Dispositif, Parcours, Phase, TypeAgrement
from parcours.regles.chemin import EtatPhase, GestePhase
from parcours.services.chemin import avancer_phase, corriger_parcours, ouvrir_parcours, supprimer_parcours
from parcours.tables_chemin import ParcoursTable

FAITS = {
    GestePhase.COMMENCER: "commencée",
    GestePhase.FINIR: "finie",
    GestePhase.SAUTER: "sautée",
    GestePhase.ROUVRIR: "rouverte",
}


@facilitateur_seul
def parcours_liste(request: HttpRequest) -> HttpResponse:
    visibles = Parcours.objects.pour(request.user)
    filtre = ParcoursFilter(request.GET, queryset=visibles.avec_phase())
    table = ParcoursTable(filtre.qs.select_related("beneficiaire", "referent", "sortie"))
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Parcours")
    mettre_en_pages(request, table)
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": visibles.count(),
    }
    return render(request, "parcours/chemin/liste.html", contexte)


@facilitateur_seul
def parcours_ouvrir(request: HttpRequest, pk: UUID) -> HttpResponse:
    personnes = Beneficiaire.objects.pour(request.user).select_related("referent", "prescripteur")
    personne = get_object_or_404(personnes, pk=pk)
    parcours = Parcours(
        beneficiaire=personne,
        date_debut=timezone.localdate(),
        referent=personne.referent or request.user,
        prescripteur=personne.prescripteur,
        dispositif=_dispositif_propose(personne),
    )
    return _formulaire(request, parcours, "Ouvrir un parcours")


@facilitateur_seul
def parcours_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    parcours = get_object_or_404(Parcours.objects.pour(request.user).select_related("beneficiaire", "referent"), pk=pk)
    return _formulaire(request, parcours, "Modifier le parcours")


@facilitateur_seul
def parcours_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    parcours = get_object_or_404(Parcours.objects.pour(request.user).select_related("beneficiaire"), pk=pk)
    refus = ""
    if request.method == "POST":
        try:
            supprimer_parcours(parcours=parcours)
        except ValidationError as erreur:
            refus = " ".join(erreur.messages)
        else:
            messages.success(request, f"Parcours ouvert le {date_longue(parcours.date_debut)} supprimé.")
            return redirect("reporting:personne_fiche", parcours.beneficiaire_id)
    contexte = {"parcours": parcours, "beneficiaire": parcours.beneficiaire, "refus": refus}
    return render(request, "parcours/chemin/supprimer.html", contexte, status=422 if refus else 200)


def _dispositif_propose(personne: Beneficiaire) -> Dispositif:
    """Celui que disent ses agréments en cours, puis ses situations."""
    aujourd_hui = timezone.localdate()
    agrements = set(
        personne.agrements.filter(date_debut__lte=aujourd_hui, date_fin__gte=aujourd_hui).values_list(
            "type_agrement", flat=True
        )
    )
    criteres = set(personne.situations.en_cours(aujourd_hui).values_list("critere", flat=True))
    indices = (
        (Dispositif.PLIE, TypeAgrement.PLIE in agrements),
        (Dispositif.IAE, TypeAgrement.PASS_IAE in agrements),
        (Dispositif.CEJ, "CEJ" in criteres),
        (Dispositif.RSA, "RSA" in criteres),
    )
    return next((dispositif for dispositif, est_dit in indices if est_dit), Dispositif.DROIT_COMMUN)


def _formulaire(request: HttpRequest, parcours: Parcours, titre: str) -> HttpResponse:
    est_nouveau, aujourd_hui = parcours._state.adding, timezone.localdate()
    form = ParcoursForm(request.POST or None, instance=parcours, structure=request.user.organisation)
    if form.is_valid():
        try:
            if est_nouveau:
                ouvrir_parcours(parcours=form.instance, auteur=request.user, aujourd_hui=aujourd_hui)
            else:
                corriger_parcours(parcours=form.instance, aujourd_hui=aujourd_hui)
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(
                request,
                f"Parcours ouvert le {date_longue(parcours.date_debut)}, en phase de diagnostic."
                if est_nouveau
                else "Parcours enregistré.",
            )
            return redirect("reporting:parcours_fiche", parcours.pk)
    contexte = {
        "form": form,
        "parcours": parcours,
        "beneficiaire": parcours.beneficiaire,
        "titre": titre,
        "est_nouveau": est_nouveau,
    }
    return render(request, "parcours/chemin/formulaire.html", contexte)


@facilitateur_seul
def phase_avancer(request: HttpRequest, pk: UUID, phase: str) -> HttpResponse:
    parcours = get_object_or_404(Parcours.objects.pour(request.user).select_related("beneficiaire"), pk=pk)
    du_jour, a_finir = _phase(parcours, phase)
    form = PhaseForm(
        request.POST or None, gestes=du_jour.gestes, a_finir=a_finir, initial={"jour": timezone.localdate()}
    )
    if form.is_valid():
        geste, finir = GestePhase(form.cleaned_data["geste"]), form.phases_a_finir()
        try:
            avancer_phase(
                parcours=parcours,
                phase=phase,
                geste=geste,
                jour=form.cleaned_data["jour"],
                motif=form.cleaned_data["motif"],
                auteur=request.user,
                aujourd_hui=timezone.localdate(),
                finir=finir,
            )
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            dites = [f"{du_jour.phase.label}\u00a0: phase {FAITS[geste]}."]
            dites += [f"{autre.label}\u00a0: phase {FAITS[GestePhase.FINIR]}." for autre in finir]
            messages.success(request, " ".join(dites))
            return redirect("reporting:parcours_fiche", parcours.pk)
    contexte = {"form": form, "parcours": parcours, "beneficiaire": parcours.beneficiaire, "du_jour": du_jour}
    return render(request, "parcours/chemin/phase.html", contexte)


def _phase(parcours: Parcours, phase: str) -> tuple[PhaseDuJour, list[Phase]]:
    """La phase, et celles d'avant elle qui restent ouvertes : l'ouvrir propose de les finir."""
    if phase not in Phase.values:
        raise Http404
    phases = phases_du_jour(parcours)
    rang = Phase.values.index(phase)
    avant = [] if phases[rang].etat == EtatPhase.EN_COURS else phases[:rang]
    return phases[rang], [autre.phase for autre in avant if autre.etat == EtatPhase.EN_COURS]
