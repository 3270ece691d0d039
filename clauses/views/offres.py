"""Les offres : celles qu'un prescripteur peut chercher, celles qu'une entreprise publie et que son facilitateur suit."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from clauses.candidats import lire_candidatures
from clauses.filters_offres import BesoinFilter
from clauses.forms.offres import OffreForm, RechercheOffreForm, engagements_ouverts
from clauses.models import Candidature, Offre
from clauses.recherche_offres import chercher_offres
from clauses.regles.offres import EtatOffre, controler_ouverture
from clauses.services.offres import enregistrer_offre, publier, retirer_offre
from clauses.tables_offres import BesoinTable, OffreTable
from clauses.views.formulaires import ecrire
from comptes import exports
from comptes.droits import reserve_a
from comptes.listes import mettre_en_pages
from comptes.models import Profil

parties = reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR, Profil.ENTREPRISE)
publieurs = reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)


@parties
def offre_liste(request: HttpRequest) -> HttpResponse:
    """À la même adresse : les offres ouvertes pour un prescripteur, leurs besoins pour l'entreprise et son facilitateur."""
    return _ouvertes(request) if request.user.profil == Profil.PRESCRIPTEUR else _besoins(request)


def _ouvertes(request: HttpRequest) -> HttpResponse:
    form = RechercheOffreForm({"rayon": 20} | request.GET.dict())
    ouvertes = Offre.objects.ouvertes(timezone.localdate())
    offres = chercher_offres(ouvertes.avec_ses_parties().avec_comptes(), form.criteres())
    ordre = ("distance", "-publiee_le", "pk") if form.criteres().lieu else ("-publiee_le", "pk")
    table = OffreTable(offres.order_by(*ordre))
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Offres ouvertes")
    mettre_en_pages(request, table)
    trouvees = table.paginator.count
    perdue = "" if trouvees else form.inconnue
    contexte = {"form": form, "table": table, "trouvees": trouvees, "total": ouvertes.count(), "perdue": perdue}
    return render(request, "clauses/offres/ouvertes.html", contexte)


def _besoins(request: HttpRequest) -> HttpResponse:
    toutes = Offre.objects.pour(request.user)
    filtre = BesoinFilter(request.GET, queryset=toutes, profil=request.user.profil)
    table = BesoinTable(filtre.qs.avec_ses_parties().avec_comptes().order_by("-a_repondre", "-cree_le"))
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Besoins")
    mettre_en_pages(request, table)
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": toutes.count(),
        "candidatures": Candidature.objects.pour(request.user).en_cours().count(),
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "clauses/offres/besoins.html", contexte)


@parties
def offre_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    offre = Offre.objects.pour(request.user).avec_ses_parties().avec_comptes().filter(pk=pk).first()
    if offre is None and request.user.profil == Profil.PRESCRIPTEUR and Offre.objects.deja_publiees().filter(pk=pk):
        messages.info(
            request, "Cette offre n’est plus ouverte\u00a0: voici celles qui le sont."
        )  # le lien d'un courriel
        return redirect("clauses:offre_liste")
    if offre is None:
        raise Http404
    siennes = offre.candidatures.pour(request.user).avec_ses_parties().prefetch_related("beneficiaire__metiers")
    contexte = {
        "offre": offre,
        "fermee": controler_ouverture(offre.etat, fin=offre.date_fin, aujourd_hui=aujourd_hui),
        "candidatures": lire_candidatures(siennes.par_urgence(), request.user, aujourd_hui),
        "est_prescripteur": request.user.profil == Profil.PRESCRIPTEUR,
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "clauses/offres/detail.html", contexte)


@publieurs
def offre_creer(request: HttpRequest) -> HttpResponse:
    initial = {"engagement": request.GET.get("engagement", ""), "heures_hebdo": 35}
    form = OffreForm(request.POST or None, initial=initial, utilisateur=request.user)
    form.instance.cree_par = request.user
    return _editer(request, form)


@publieurs
def offre_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _editer(request, OffreForm(request.POST or None, instance=_offre(request, pk), utilisateur=request.user))


def _editer(request: HttpRequest, form: OffreForm) -> HttpResponse:
    publiable = form.instance.etat == EtatOffre.BROUILLON
    veut_publier = publiable and request.POST.get("action") == "publier"

    @transaction.atomic
    def garder() -> None:
        offre = enregistrer_offre(offre=form.instance, aujourd_hui=timezone.localdate())
        if veut_publier:
            publier(offre=offre, le=timezone.now(), aujourd_hui=timezone.localdate())

    nouvelle = form.instance._state.adding
    if ecrire(request, form, garder):
        phrase = (
            "L’offre est publiée\u00a0: tous les prescripteurs la voient."
            if veut_publier
            else "L’offre est enregistrée."
        )
        messages.success(request, phrase)
        return redirect("clauses:offre_detail", form.instance.pk)
    contexte = {
        "form": form,
        "offre": form.instance,
        "nouvelle": nouvelle,
        "publiable": publiable,
        "sans_lot": nouvelle and not engagements_ouverts(request.user).exists(),
    }
    return render(request, "clauses/offres/formulaire.html", contexte, status=422 if form.errors else 200)


@publieurs
@require_POST
def offre_publier(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        publier(offre=_offre(request, pk), le=timezone.now(), aujourd_hui=timezone.localdate())
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    else:
        messages.success(request, "L’offre est publiée\u00a0: tous les prescripteurs la voient.")
    return redirect("clauses:offre_detail", pk)


@publieurs
def offre_retirer(request: HttpRequest, pk: UUID) -> HttpResponse:
    offre = _offre(request, pk)
    if request.method == "POST":
        try:
            retirer_offre(offre=offre, par=request.user, le=timezone.now())
        except ValidationError as refus:
            messages.error(request, " ".join(refus.messages))
        else:
            messages.success(request, "L’offre est retirée. Les candidatures en cours ont reçu leur réponse.")
        return redirect("clauses:offre_detail", pk)
    return render(
        request, "clauses/offres/retirer.html", {"offre": offre, "en_cours": offre.candidatures.en_cours().count()}
    )


def _offre(request: HttpRequest, pk: UUID) -> Offre:
    return get_object_or_404(Offre.objects.pour(request.user).avec_ses_parties().avec_comptes(), pk=pk)
