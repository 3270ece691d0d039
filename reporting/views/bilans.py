"""Demander un bilan, suivre sa fabrication, le télécharger, et vérifier un exemplaire imprimé."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from beneficiaires.periodes import dernier_mois_clos
from clauses.acces import a_modifier
from clauses.models import Marche
from comptes.droits import reserve_a
from comptes.listes import mettre_en_pages
from comptes.models import Profil
from comptes.regles import Refus
from reporting.avis_bilans import penalite_proposee, peut_repondre
from reporting.bilans import demander_bilan, nom_de_fichier
from reporting.filters import BilanFilter
from reporting.forms import BilanForm
from reporting.forms_avis import DecisionPenaliteForm, VisaForm
from reporting.models import Bilan, EtatBilan
from reporting.tables import BilanTable

lecteurs_de_bilan = reserve_a(Profil.FACILITATEUR, Profil.ACHETEUR)


@lecteurs_de_bilan
@require_GET
def bilan_liste(request: HttpRequest) -> HttpResponse:
    bilans = (
        Bilan.objects.lisibles_par(request.user)
        .select_related("marche__operation", "marche__acheteur", "visa")
        .defer("donnees")
    )
    filtre = BilanFilter(request.GET, queryset=bilans)
    table = BilanTable(filtre.qs)
    mettre_en_pages(request, table)
    total = bilans.count()
    return render(
        request,
        "reporting/bilans/liste.html",
        {"filter": filtre, "table": table, "total": total, "trouves": table.paginator.count if total else 0},
    )


@lecteurs_de_bilan
def bilan_nouveau(request: HttpRequest) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    initial = {"arrete_au": dernier_mois_clos(aujourd_hui), "marche": request.GET.get("marche")}
    formulaire = BilanForm(request.POST or None, initial=initial, utilisateur=request.user)
    if request.method == "POST" and formulaire.is_valid():
        bilan = demander_bilan(**formulaire.cleaned_data, utilisateur=request.user, aujourd_hui=aujourd_hui)
        if not isinstance(bilan, Refus):
            return redirect("reporting:bilan_detail", bilan.pk)
        formulaire.add_error("arrete_au" if bilan.code == "date_future" else "marche", bilan.phrase)
    return render(request, "reporting/bilans/nouveau.html", {"form": formulaire})


@lecteurs_de_bilan
@require_POST
def bilan_demander(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le bouton « Produire le bilan » d'une fiche : arrêté au dernier mois clos."""
    marche = a_modifier(Marche.objects.all(), request.user, pk)
    aujourd_hui = timezone.localdate()
    bilan = demander_bilan(
        marche=marche, utilisateur=request.user, arrete_au=dernier_mois_clos(aujourd_hui), aujourd_hui=aujourd_hui
    )
    if isinstance(bilan, Refus):
        messages.error(request, bilan.phrase)
        return redirect("reporting:marche_fiche", marche.pk)
    return redirect("reporting:bilan_detail", bilan.pk)


@lecteurs_de_bilan
@require_GET
def bilan_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    bilans = Bilan.objects.lisibles_par(request.user).select_related("marche__operation", "marche__acheteur")
    return montrer_bilan(request, get_object_or_404(bilans, pk=pk))


def montrer_bilan(
    request: HttpRequest, bilan: Bilan, *, refuse: Form | None = None, **formulaires: Form
) -> HttpResponse:
    """La page d'un bilan ; `refuse` : le formulaire de l'acheteur qui n'a pas pu s'enregistrer, montré tel qu'il l'a rempli."""
    gabarit = "reporting/bilans/etat.html" if request.htmx else "reporting/bilans/detail.html"
    a_repondre = bilan.etat == EtatBilan.PRET and peut_repondre(bilan, request.user)
    visa, decision = getattr(bilan, "visa", None), getattr(bilan, "decision_penalite", None)
    proposee = penalite_proposee(bilan)
    contexte = {
        "bilan": bilan,
        "prepare": bilan.etat in (EtatBilan.EN_ATTENTE, EtatBilan.EN_COURS),
        "visa": visa,
        "decision": decision,
        "proposee": proposee,
        "form_visa": formulaires.get("visa") or (VisaForm() if a_repondre and not visa else None),
        "form_penalite": formulaires.get("penalite")
        or (DecisionPenaliteForm() if a_repondre and proposee is not None and not decision else None),
        "refuse": refuse,
    }
    return render(request, gabarit, contexte, status=422 if refuse else 200)


@lecteurs_de_bilan
@require_GET
def bilan_fichier(request: HttpRequest, pk: UUID) -> FileResponse:
    bilan = get_object_or_404(Bilan.objects.lisibles_par(request.user).filter(etat=EtatBilan.PRET), pk=pk)
    if not bilan.fichier.storage.exists(bilan.fichier.name):
        raise Http404
    nom = nom_de_fichier(bilan)  # le nom rangé porte un suffixe dès le second bilan de la même date
    reponse = FileResponse(bilan.fichier.open("rb"), as_attachment=True, filename=nom, content_type="application/pdf")
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@login_not_required
@require_GET
def verifier_code(request: HttpRequest) -> HttpResponse:
    """La page où se recopie le code imprimé."""
    code = request.GET.get("code", "").replace("\x00", "").strip().upper()
    if code:
        return redirect("reporting:verifier", code=code[:20].replace("/", "") or "-")
    return render(request, "reporting/bilans/verifier.html", {"bilan": None, "code": ""})


@login_not_required
@require_GET
def verifier(request: HttpRequest, code: str) -> HttpResponse:
    """Les chiffres gardés d'un bilan imprimé, pour qui tient le papier : aucun nom, rien de recalculé."""
    bilan = Bilan.objects.filter(code_verification=code.replace("\x00", "").upper(), etat=EtatBilan.PRET).first()
    return render(
        request,
        "reporting/bilans/verifier.html",
        {"bilan": bilan, "code": code},
        status=200 if bilan else 404,
    )
