"""Le diagnostic d'une personne : l'ouvrir, le remplir par étapes, le relire, le rouvrir, le comparer au précédent."""

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

from beneficiaires.models import Beneficiaire
from beneficiaires.services.consultations import noter_consultation
from beneficiaires.views.saisie import (
    donnees_postees,
    etape_refusee,
    garder_la_saisie_refusee,
    oublier_la_saisie_refusee,
    saisie_refusee,
)
from comptes.droits import facilitateur_seul, reserve_a
from comptes.formats import date_longue
from comptes.models import Profil
from parcours.forms.diagnostics import FORMULAIRES
from parcours.forms.freins import FreinsForm
from parcours.lectures_diagnostic import comparer_diagnostics, lire_diagnostic
from parcours.models import Diagnostic, EtapeDiagnostic, Parcours
from parcours.preremplissage import freins_connus, precedent, valeurs_connues
from parcours.services.diagnostics import (
    finir_diagnostic,
    garder_etape,
    garder_freins,
    ouvrir_diagnostic,
    rouvrir_diagnostic,
)

lecteurs_du_dossier = reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
ETAPES = list(EtapeDiagnostic)


@lecteurs_du_dossier
def diagnostic_liste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Les diagnostics de la personne, le plus récent d'abord. Le prescripteur lit ceux qui sont finis."""
    personne = get_object_or_404(Beneficiaire.objects.pour(request.user).select_related("prescripteur"), pk=pk)
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    diagnostics = Diagnostic.objects.pour(request.user).filter(parcours__beneficiaire=personne)
    diagnostics = list((diagnostics if est_facilitateur else diagnostics.finis()).select_related("parcours", "auteur"))
    contexte = {
        "beneficiaire": personne,
        "est_facilitateur": est_facilitateur,
        "parcours": Parcours.objects.pour(request.user).ouverts().filter(beneficiaire=personne).first(),
        "diagnostics": diagnostics,
        "en_cours": next((d for d in diagnostics if not d.est_fini), None),
        "finis": [d for d in diagnostics if d.est_fini],
        "nombre_d_etapes": len(ETAPES),
    }
    return render(request, "parcours/diagnostics/liste.html", contexte)


@facilitateur_seul
@require_POST
def diagnostic_ouvrir(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reprend celui qui est en cours, sinon en commence un."""
    personne = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    parcours = Parcours.objects.pour(request.user).ouverts().filter(beneficiaire=personne).first()
    if parcours is None:
        messages.error(request, "Un diagnostic se fait dans un parcours\u00a0: ouvrez-en un d’abord.")
        return redirect("parcours:diagnostic_liste", pk)
    diagnostic = ouvrir_diagnostic(parcours=parcours, auteur=request.user, jour=timezone.localdate())
    return redirect("parcours:diagnostic_etape", diagnostic.pk, a_reprendre(request, diagnostic))


def a_reprendre(request: HttpRequest, diagnostic: Diagnostic) -> str:
    """L'étape où une saisie a été refusée ; sinon la première qui n'est pas faite, ou la dernière."""
    if refusee := etape_refusee(request, diagnostic.pk):
        return ETAPES[refusee - 1].value
    return next((e.value for e in ETAPES if e.value not in diagnostic.etapes_faites), ETAPES[-1].value)


@facilitateur_seul
@transaction.atomic
def diagnostic_etape(request: HttpRequest, pk: UUID, etape: str) -> HttpResponse:
    if etape not in EtapeDiagnostic.values:
        raise Http404
    etape = EtapeDiagnostic(etape)
    diagnostics = Diagnostic.objects.pour(request.user).select_related("parcours__beneficiaire__prescripteur")
    if request.method == "POST":
        diagnostics = diagnostics.select_for_update(of=("self",))
    diagnostic = get_object_or_404(diagnostics, pk=pk)
    if diagnostic.est_fini or not diagnostic.parcours.est_ouvert:
        messages.info(request, "Ce diagnostic est fini\u00a0: rouvrez-le pour le changer.")
        return redirect("parcours:diagnostic_detail", pk)
    form = _formulaire(request, diagnostic, etape)
    if request.method == "POST":
        if form.is_valid() and _garder(diagnostic, etape, form):
            oublier_la_saisie_refusee(request, pk, _rang(etape))
            return _suite(request, diagnostic, etape)
        garder_la_saisie_refusee(request, pk, _rang(etape))
    return _montrer(request, diagnostic, etape, form)


def _rang(etape: EtapeDiagnostic) -> int:
    return ETAPES.index(etape) + 1


def _formulaire(request: HttpRequest, diagnostic: Diagnostic, etape: EtapeDiagnostic) -> BaseForm:
    donnees = donnees_postees(request)
    if donnees is None:
        donnees = saisie_refusee(request, diagnostic.pk, _rang(etape))
    if etape == EtapeDiagnostic.FREINS:
        return FreinsForm(donnees, freins=freins_connus(diagnostic))
    reprises = {}
    if etape.value not in diagnostic.etapes_faites:
        reprises = valeurs_connues(diagnostic, etape, precedent(diagnostic))
    return FORMULAIRES[etape](donnees, instance=diagnostic, initial=reprises, aujourd_hui=timezone.localdate())


def _garder(diagnostic: Diagnostic, etape: EtapeDiagnostic, form: BaseForm) -> bool:
    """Garde l'étape ; un refus se lit dans le formulaire, et rien d'autre n'a changé."""
    if etape != EtapeDiagnostic.FREINS:
        garder_etape(form.save(commit=False), etape)
        form.save_m2m()
        return True
    try:
        garder_freins(diagnostic=diagnostic, dits=form.dits(), aujourd_hui=timezone.localdate())
    except ValidationError as erreur:
        form.refuser(erreur.message_dict)
        return False
    return True


def _suite(request: HttpRequest, diagnostic: Diagnostic, etape: EtapeDiagnostic) -> HttpResponse:
    if "plus_tard" in request.POST:
        messages.success(request, "Étape enregistrée\u00a0: reprenez le diagnostic quand vous voulez.")
        return redirect("parcours:diagnostic_liste", diagnostic.parcours.beneficiaire_id)
    if etape != ETAPES[-1]:
        return redirect("parcours:diagnostic_etape", diagnostic.pk, ETAPES[_rang(etape)].value)
    finir_diagnostic(diagnostic=diagnostic, maintenant=timezone.now())
    messages.success(request, "Diagnostic fini. Ses freins sont ceux du parcours.")
    return redirect("parcours:diagnostic_detail", diagnostic.pk)


def _montrer(request: HttpRequest, diagnostic: Diagnostic, etape: EtapeDiagnostic, form: BaseForm) -> HttpResponse:
    rang = _rang(etape)
    adresses = [reverse("parcours:diagnostic_etape", args=[diagnostic.pk, e.value]) for e in ETAPES]
    contexte = {
        "diagnostic": diagnostic,
        "beneficiaire": diagnostic.parcours.beneficiaire,
        "etape": etape,
        "rang": rang,
        "etapes": [(e.label, adresse) for e, adresse in zip(ETAPES, adresses, strict=True)],
        "faites": [_rang(e) for e in ETAPES if e.value in diagnostic.etapes_faites],
        "precedente": adresses[rang - 2] if rang > 1 else "",
        "suivante": ETAPES[rang].label if rang < len(ETAPES) else "",
        "form": form,
        "est_repris": bool(getattr(form, "initial", None)) and etape.value not in diagnostic.etapes_faites,
    }
    return render(request, "parcours/diagnostics/etape.html", contexte)


@lecteurs_du_dossier
def diagnostic_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le diagnostic en clair, à relire ou à imprimer."""
    diagnostic = _a_lire(request, pk)
    noter_consultation(beneficiaire=diagnostic.parcours.beneficiaire, utilisateur=request.user)
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    contexte = {
        "diagnostic": diagnostic,
        "beneficiaire": diagnostic.parcours.beneficiaire,
        "sections": lire_diagnostic(diagnostic),
        "avant": precedent(diagnostic),
        "est_facilitateur": est_facilitateur,
        "peut_rouvrir": est_facilitateur
        and diagnostic.est_fini
        and diagnostic.parcours.est_ouvert
        and diagnostic.parcours.diagnostics.first() == diagnostic,
        "reprise": a_reprendre(request, diagnostic),
    }
    return render(request, "parcours/diagnostics/detail.html", contexte)


@lecteurs_du_dossier
def diagnostic_comparer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ce diagnostic et celui d'avant, ou un autre choisi par `?avec=`, question par question."""
    diagnostic = _a_lire(request, pk)
    noter_consultation(beneficiaire=diagnostic.parcours.beneficiaire, utilisateur=request.user)
    autres = Diagnostic.objects.pour(request.user).finis().exclude(pk=pk)
    autres = list(autres.filter(parcours__beneficiaire=diagnostic.parcours.beneficiaire_id))
    defaut = precedent(diagnostic)
    voulu = request.GET.get("avec", str(defaut.pk) if defaut else "")
    avant = next((d for d in autres if str(d.pk) == voulu), None)
    sections = comparer_diagnostics(avant, diagnostic) if avant else []
    contexte = {
        "diagnostic": diagnostic,
        "beneficiaire": diagnostic.parcours.beneficiaire,
        "autres": autres,
        "avant": avant,
        "sections": sections,
        "changements": sum(section.changements for section in sections),
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "parcours/diagnostics/comparer.html", contexte)


@facilitateur_seul
@require_POST
def diagnostic_rouvrir(request: HttpRequest, pk: UUID) -> HttpResponse:
    diagnostic = _a_lire(request, pk)
    try:
        rouvrir_diagnostic(diagnostic=diagnostic)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
        return redirect("parcours:diagnostic_detail", pk)
    messages.success(request, f"Diagnostic du {date_longue(diagnostic.date_diagnostic)} rouvert.")
    return redirect("parcours:diagnostic_etape", pk, ETAPES[0].value)


def _a_lire(request: HttpRequest, pk: UUID) -> Diagnostic:
    """Le prescripteur ne lit qu'un diagnostic fini : avant, il s'écrit encore."""
    diagnostics = Diagnostic.objects.pour(request.user)
    if request.user.profil == Profil.PRESCRIPTEUR:
        diagnostics = diagnostics.finis()
    lies = diagnostics.select_related("parcours__beneficiaire__prescripteur", "auteur")
    return get_object_or_404(lies.prefetch_related("metiers_exerces", "metiers_vises"), pk=pk)
