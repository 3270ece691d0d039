"""Les candidatures : leur liste, proposer une personne, répondre, retirer, s'écrire."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from clauses.candidats import lire_candidature
from clauses.filters_offres import CandidatureFilter
from clauses.forms.candidatures import (
    CandidatureForm,
    MessageCandidatureForm,
    RefusForm,
    RencontreForm,
    ReponseForm,
    personnes_a_proposer,
)
from clauses.models import Candidature, Offre
from clauses.regles.candidatures import (
    VIVANTES,
    Cote,
    EtatCandidature,
    controler_passage,
)
from clauses.regles.offres import controler_ouverture
from clauses.services.candidatures import ecrire_message, proposer, repondre
from clauses.tables_offres import CandidatureTable
from clauses.views.formulaires import ecrire
from clauses.views.offres import parties, publieurs
from comptes import exports
from comptes.droits import prescripteur_seul
from comptes.formats import de
from comptes.listes import mettre_en_pages

REPONSES: Mapping[str, type[ReponseForm]] = MappingProxyType(
    {
        EtatCandidature.RENCONTRE: RencontreForm,
        EtatCandidature.RETENUE: ReponseForm,
        EtatCandidature.REFUSEE: RefusForm,
    }
)
DITES: Mapping[str, str] = MappingProxyType(
    {
        EtatCandidature.RENCONTRE: "La rencontre est annoncée au prescripteur. Le nom entier de la personne se lit désormais ici.",
        EtatCandidature.RETENUE: "La personne est retenue. Le facilitateur vérifie son éligibilité, puis enregistre le contrat.",
        EtatCandidature.REFUSEE: "Le refus est envoyé au prescripteur, avec sa raison.",
    }
)


@parties
def candidature_liste(request: HttpRequest) -> HttpResponse:
    """Celles qui attendent d'abord, la plus ancienne en tête."""
    toutes = Candidature.objects.pour(request.user)
    filtre = CandidatureFilter(request.GET, queryset=toutes)
    candidatures = filtre.qs.avec_ses_parties().par_urgence()
    table = CandidatureTable(candidatures, utilisateur=request.user, aujourd_hui=timezone.localdate())
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Candidatures")
    mettre_en_pages(request, table)
    contexte = {"filter": filtre, "table": table, "trouvees": table.paginator.count, "total": toutes.count()}
    return render(request, "clauses/candidatures/liste.html", contexte)


@prescripteur_seul
def candidature_creer(request: HttpRequest) -> HttpResponse:
    """« ?offre= » : celle à laquelle on propose une personne."""
    offre = _offre_demandee(request)
    if fermee := controler_ouverture(offre.etat, fin=offre.date_fin, aujourd_hui=timezone.localdate()):
        messages.error(request, fermee.phrase)
        return redirect("clauses:offre_detail", offre.pk)
    personnes = personnes_a_proposer(offre, request.user)
    form = CandidatureForm(request.POST or None, personnes=personnes, initial={"disponible_le": timezone.localdate()})
    dates = {"le": timezone.now(), "aujourd_hui": timezone.localdate()}
    if ecrire(request, form, lambda: proposer(offre=offre, par=request.user, **dates, **form.valeurs())):
        nom = form.cleaned_data["beneficiaire"].nom_complet
        messages.success(request, f"La candidature {de(nom)} est envoyée à {offre.entreprise.nom}.")
        return redirect("clauses:candidature_liste")
    contexte = {"form": form, "offre": offre, "a_des_personnes": personnes.exists()}
    return render(request, "clauses/candidatures/proposer.html", contexte, status=422 if form.errors else 200)


def _offre_demandee(request: HttpRequest) -> Offre:
    """L'offre que nomme l'adresse ; un identifiant abîmé n'en nomme aucune."""
    try:
        pk = UUID(request.GET.get("offre", ""))
    except ValueError as erreur:
        raise Http404 from erreur
    return get_object_or_404(Offre.objects.pour(request.user).avec_ses_parties().avec_comptes(), pk=pk)


@parties
def candidature_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _montrer(request, _candidature(request, pk))


@publieurs
@require_POST
def candidature_repondre(request: HttpRequest, pk: UUID) -> HttpResponse:
    """L'entreprise, ou son facilitateur à sa place, rencontre, retient ou refuse."""
    candidature, vers = _candidature(request, pk), request.POST.get("vers", "")
    if vers not in REPONSES:
        messages.error(request, "Choisissez une réponse : rencontrer, retenir ou refuser.")
        return redirect("clauses:candidature_detail", pk)
    form = REPONSES[vers](request.POST, auto_id=f"{vers}_%s")
    if ecrire(request, form, lambda: _repondre(request, candidature, vers, **form.cleaned_data)):
        messages.success(request, DITES[vers])
        return redirect("clauses:candidature_detail", pk)
    return _montrer(request, _candidature(request, pk), {vers: form}, form)


@prescripteur_seul
@require_POST
def candidature_retirer(request: HttpRequest, pk: UUID) -> HttpResponse:
    candidature = _candidature(request, pk)
    try:
        _repondre(request, candidature, EtatCandidature.RETIREE)
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    else:
        messages.success(request, "La candidature est retirée ; l’entreprise est prévenue.")
    return redirect("clauses:candidature_detail", pk)


@parties
@require_POST
def candidature_message(request: HttpRequest, pk: UUID) -> HttpResponse:
    candidature = _candidature(request, pk)
    form = MessageCandidatureForm(request.POST)
    commun = {"candidature": candidature, "par": request.user, "le": timezone.now()}
    if ecrire(request, form, lambda: ecrire_message(**commun, **form.cleaned_data)):
        messages.success(request, "Votre message est envoyé.")
        return redirect("clauses:candidature_detail", pk)
    return _montrer(request, candidature, {"message": form}, form)


def _repondre(request: HttpRequest, candidature: Candidature, vers: str, **reponse) -> None:
    repondre(
        candidature=candidature,
        vers=vers,
        par=request.user,
        le=timezone.now(),
        aujourd_hui=timezone.localdate(),
        **reponse,
    )


def _candidature(request: HttpRequest, pk: UUID) -> Candidature:
    return get_object_or_404(Candidature.objects.pour(request.user).avec_ses_parties(), pk=pk)


def _montrer(
    request: HttpRequest, candidature: Candidature, envoyes: Mapping[str, object] | None = None, refuse=None
) -> HttpResponse:
    envoyes = envoyes or {}
    lue = lire_candidature(candidature, request.user, timezone.localdate())

    def peut(vers: str) -> bool:
        return controler_passage(candidature.etat, vers, lue.cote, est_placee=candidature.est_placee) is None

    contexte = {
        "lue": lue,
        "candidature": candidature,
        "offre": Offre.objects.avec_ses_parties().avec_comptes().get(pk=candidature.offre_id),
        "personne": candidature.beneficiaire,
        "metiers": candidature.beneficiaire.metiers.all(),
        "fil": candidature.messages.select_related("organisation"),
        "reponses": {
            vers: envoyes.get(vers) or REPONSES[vers](auto_id=f"{vers}_%s") for vers in REPONSES if peut(vers)
        },
        "message": (envoyes.get("message") or MessageCandidatureForm()) if candidature.etat in VIVANTES else None,
        "peut_retirer": peut(EtatCandidature.RETIREE),
        "a_placer": lue.cote == Cote.FACILITATEUR
        and candidature.etat == EtatCandidature.RETENUE
        and not candidature.est_placee,
        "est_entreprise": lue.cote == Cote.ENTREPRISE,
        "est_prescripteur": lue.cote == Cote.PRESCRIPTEUR,
        "est_facilitateur": lue.cote == Cote.FACILITATEUR,
        "refuse": refuse,
    }
    return render(request, "clauses/candidatures/detail.html", contexte, status=422 if refuse else 200)
