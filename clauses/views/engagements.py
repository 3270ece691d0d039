"""Les heures dues d'un titulaire : leur calcul, leur histoire, leurs tranches ou bons de commande ; le partage d'un lot."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from clauses.acces import a_modifier, partie_a_modifier
from clauses.forms.engagements import CommandeForm, PartageForm, TrancheForm, nom_de_la_part
from clauses.heures_dues import commandes_en_ordre, ecrire_calcul, historique, recalculer, regle_commandes
from clauses.models import Commande, Engagement, Lot, ModeEngagement, Tranche
from clauses.regles.modes_dues import ecrire_regle_commandes
from clauses.services.engagements import enregistrer_part, membres_du_groupement, partage_du_lot, partager_le_lot
from clauses.views.formulaires import ecrire, veut_calculer
from clauses.views.suppressions import page_de_suppression
from comptes.droits import facilitateur_seul
from comptes.formats import heures


@facilitateur_seul
def engagement_heures(request: HttpRequest, pk: UUID) -> HttpResponse:
    engagement = _engagement(request, pk)
    commandes = commandes_en_ordre(engagement) if engagement.mode == ModeEngagement.COMMANDES else []
    contexte = {
        **_autour(engagement),
        "justes": recalculer(engagement),
        "calcul": ecrire_calcul(engagement),
        "etapes": historique(engagement),
        "tranches": engagement.tranches.all() if engagement.mode == ModeEngagement.TRANCHES else [],
        "commandes": commandes,
        "cumul": sum((commande.montant_ht_euros for commande in commandes), Decimal(0)),
        "regle_commandes": ecrire_regle_commandes(regle_commandes(engagement)) if engagement.ratio_euros else "",
    }
    return render(request, "clauses/engagements/heures.html", contexte)


@facilitateur_seul
def tranche_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    engagement = _engagement(request, pk)
    if engagement.mode != ModeEngagement.TRANCHES:
        return redirect("clauses:engagement_heures", engagement.pk)
    return _part(request, TrancheForm, Tranche(engagement=engagement), "clauses/engagements/tranche.html")


@facilitateur_seul
def tranche_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    tranche = _part_de(request, Tranche, pk)
    return _part(request, TrancheForm, tranche, "clauses/engagements/tranche.html")


@facilitateur_seul
def tranche_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _supprimer(request, _part_de(request, Tranche, pk))


@facilitateur_seul
def commande_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    engagement = _engagement(request, pk)
    if engagement.mode != ModeEngagement.COMMANDES:
        return redirect("clauses:engagement_heures", engagement.pk)
    return _part(request, CommandeForm, Commande(engagement=engagement), "clauses/engagements/commande.html")


@facilitateur_seul
def commande_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    commande = _part_de(request, Commande, pk)
    return _part(request, CommandeForm, commande, "clauses/engagements/commande.html")


@facilitateur_seul
def commande_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _supprimer(request, _part_de(request, Commande, pk))


@facilitateur_seul
def lot_partager(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Partager les heures d'un lot entre les membres du groupement : leur somme est toujours celle du lot."""
    lot = a_modifier(Lot.objects.select_related("marche__operation"), request.user, pk)
    membres = membres_du_groupement(lot)
    engagements = [engagement for membre in membres if (engagement := getattr(membre, "engagement", None))]
    form = PartageForm(request.POST or None, membres=membres, initial=_partage_actuel(engagements))
    propose = None
    if veut_calculer(request):
        if form.is_valid():
            heures_lot, parts = form.cleaned_data["heures_lot"], form.parts()
            partage = partage_du_lot(heures_lot, parts)
            propose = [(membre, parts[membre.pk], partage[membre.pk]) for membre in membres]
    elif ecrire(
        request,
        form,
        lambda: partager_le_lot(
            lot=lot, heures_lot=form.cleaned_data["heures_lot"], parts=form.parts(), par=request.user
        ),
    ):
        total = heures(form.cleaned_data["heures_lot"])
        messages.success(request, f"Les {total} du lot {lot.numero} sont partagées entre {len(membres)} titulaires.")
        return redirect("reporting:operation_fiche", lot.marche.operation_id)
    return render(
        request, "clauses/lots/partager.html", {"form": form, "lot": lot, "membres": membres, "propose": propose}
    )


def _partage_actuel(engagements: list[Engagement]) -> dict[str, Decimal]:
    """Le partage enregistré ; à défaut, les heures déjà dues par chacun donnent le total et les parts à écrire."""
    partages = [e for e in engagements if e.mode == ModeEngagement.PART_LOT]
    if partages:
        parts = {nom_de_la_part(e.titulaire): e.part_lot_pourcent for e in partages}
        return parts | {"heures_lot": partages[0].heures_lot}
    total = sum((e.heures_initiales for e in engagements), Decimal(0))
    return {"heures_lot": total} if total else {}


def _part(request: HttpRequest, classe: type, part: Tranche | Commande, gabarit: str) -> HttpResponse:
    """Ajouter ou modifier une tranche ou un bon de commande, et dire ce que deviennent les heures dues."""
    neuve, nom = part._state.adding, str(getattr(part, "reference", "") or part.__dict__.get("numero") or "")
    avant = part.engagement.heures_dues
    form = classe(request.POST or None, instance=part, aujourd_hui=timezone.localdate())
    resultat: list[Engagement] = []
    if ecrire(request, form, lambda: resultat.append(enregistrer_part(part=form.instance, par=request.user))):
        apres = resultat[0].heures_dues
        suite = f"{heures(avant)} → {heures(apres)} dues" if apres != avant else f"toujours {heures(apres)} dues"
        messages.success(request, f"C’est enregistré\u00a0: {suite}.")
        return redirect("clauses:engagement_heures", part.engagement_id)
    contexte = {**_autour(part.engagement), "form": form, "part": None if neuve else part, "nom_part": nom}
    return render(request, gabarit, contexte)


def _supprimer(request: HttpRequest, part: Tranche | Commande) -> HttpResponse:
    engagement = part.engagement
    suite = reverse("clauses:engagement_heures", args=[engagement.pk])
    return page_de_suppression(request, part, engagement.titulaire.lot.marche.operation, suite=suite, retour=suite)


def _autour(engagement: Engagement) -> dict[str, object]:
    titulaire = engagement.titulaire
    return {
        "engagement": engagement,
        "titulaire": titulaire,
        "lot": titulaire.lot,
        "marche": titulaire.lot.marche,
        "operation": titulaire.lot.marche.operation,
    }


def _engagement(request: HttpRequest, pk: UUID) -> Engagement:
    engagements = Engagement.objects.select_related("titulaire__entreprise", "titulaire__lot__marche__operation")
    return a_modifier(engagements, request.user, pk)


def _part_de(request: HttpRequest, modele: type, pk: UUID):
    chemin = "engagement__titulaire"
    parts = modele.objects.select_related(f"{chemin}__entreprise", f"{chemin}__lot__marche__operation")
    return partie_a_modifier(parts, "engagement", Engagement.objects.all(), request.user, pk)
