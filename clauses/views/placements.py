"""Placer une personne : créer un contrat, le modifier, le rompre, le supprimer."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from clauses.forms.placements import ContratForm, RuptureForm
from clauses.models import Candidature, Contrat
from clauses.regles.candidatures import EtatCandidature
from clauses.services.placements import modifier_contrat, placer, rompre_contrat, supprimer_contrat
from comptes.brouillons import partir_creer, saisie_en_attente, valeurs_initiales
from comptes.droits import facilitateur_seul
from comptes.formats import date_longue, quantite
from comptes.models import Profil

# Le bouton « Ajouter une entreprise » : quel champ il remplit, avec une organisation de quel profil.
AJOUTS = {"employeur": Profil.ENTREPRISE, "entreprise_utilisatrice": Profil.ENTREPRISE}


def _contrat(request: HttpRequest, pk) -> Contrat:
    visibles = Contrat.objects.pour(request.user).select_related("beneficiaire", "employeur", "entreprise_utilisatrice")
    return get_object_or_404(visibles, pk=pk)


@facilitateur_seul
def placement_creer(request: HttpRequest, pk) -> HttpResponse:
    beneficiaire = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    if request.method == "POST" and (ajout := partir_creer(request, AJOUTS)):
        return ajout
    form = _formulaire(request, beneficiaire)
    if form.peut_enregistrer and _enregistrer(request, form, placer):
        n = len(form.cleaned_data["engagements"])
        messages.success(request, f"Contrat enregistré, pour {quantite(n, 'engagement')}.")
        return redirect("reporting:personne_fiche", beneficiaire.pk)
    return _page(request, form, "Placer", "Enregistrer le contrat")


@facilitateur_seul
def contrat_modifier(request: HttpRequest, pk) -> HttpResponse:
    contrat = _contrat(request, pk)
    if request.method == "POST" and (ajout := partir_creer(request, AJOUTS)):
        return ajout
    form = _formulaire(request, contrat.beneficiaire, contrat)
    if form.peut_enregistrer and _enregistrer(request, form, modifier_contrat):
        messages.success(request, "Contrat modifié.")
        return redirect("reporting:personne_fiche", contrat.beneficiaire_id)
    return _page(request, form, "Modifier le contrat de", "Enregistrer les changements")


def _formulaire(request: HttpRequest, beneficiaire: Beneficiaire, contrat: Contrat | None = None) -> ContratForm:
    """Le formulaire envoyé, ou vierge, ou repris là où on l'avait laissé pour ajouter une entreprise."""
    initial = {"operation": request.GET.get("operation", "")} | _ce_que_dit_l_offre(request, beneficiaire)
    if (saisie := saisie_en_attente(request)) is not None:
        initial |= valeurs_initiales(ContratForm, saisie)
    return ContratForm(
        request.POST if request.method == "POST" else None,
        instance=contrat,
        initial=initial,
        utilisateur=request.user,
        beneficiaire=beneficiaire,
        aujourd_hui=timezone.localdate(),
    )


def _ce_que_dit_l_offre(request: HttpRequest, beneficiaire: Beneficiaire) -> dict[str, object]:
    """« ?candidature= » : la personne vient d'être retenue à une offre, dont le contrat reprend le métier, les dates et le lot."""
    retenues = Candidature.objects.pour(request.user).filter(beneficiaire=beneficiaire, etat=EtatCandidature.RETENUE)
    demandee = request.GET.get("candidature", "")
    retenue = next((c for c in retenues.avec_ses_parties() if str(c.pk) == demandee), None) if demandee else None
    if retenue is None:
        return {}
    offre = retenue.offre
    champs = ("type_contrat", "date_debut", "date_fin", "heures_hebdo")
    return {champ: getattr(offre, champ) for champ in champs} | {
        "metier": offre.metier_id,
        "employeur": offre.entreprise.pk,
        "operation": offre.operation.pk,
        "engagements": [offre.engagement_id],
    }


def _enregistrer(request: HttpRequest, form: ContratForm, service: Callable[..., Contrat]) -> bool:
    """Passe le contrat au service ; un refus tardif se lit au-dessus du formulaire, qui garde tout ce qui est tapé."""
    try:
        service(
            contrat=form.instance,
            engagements=list(form.cleaned_data["engagements"]),
            aujourd_hui=form.aujourd_hui,
            par=request.user,
            mode=form.cleaned_data["mode_execution"],
            est_hors_site=form.cleaned_data["est_hors_site"],
        )
    except ValidationError as erreur:
        form.add_error(None, ValidationError(erreur.messages))
        return False
    return True


def _page(request: HttpRequest, form: ContratForm, verbe: str, bouton: str) -> HttpResponse:
    contexte = {
        "form": form,
        "contrat": form.instance,
        "beneficiaire": form.beneficiaire,
        "est_nouveau": form.instance._state.adding,
        "titre": f"{verbe} {form.beneficiaire.nom_complet}",
        "bouton": bouton,
        "a_confirmer": form.est_juste and not form.est_confirme and "verifier" not in form.data,
    }
    return render(request, "clauses/placements/contrat.html", contexte)


@facilitateur_seul
def contrat_rompre(request: HttpRequest, pk) -> HttpResponse:
    """Note la fin anticipée, la corrige, ou la retire."""
    contrat = _contrat(request, pk)
    rompu = contrat.date_rupture is not None
    form = RuptureForm(request.POST or None, initial={"date_rupture": contrat.date_rupture})
    retirer = "retirer" in request.POST
    if request.method == "POST" and (retirer or form.is_valid()):
        rupture = None if retirer else form.cleaned_data["date_rupture"]
        try:
            rompre_contrat(contrat=contrat, date_rupture=rupture, aujourd_hui=timezone.localdate())
        except ValidationError as erreur:
            form.full_clean()
            form.add_error("date_rupture", ValidationError(erreur.messages))
        else:
            texte = f"Contrat arrêté le {date_longue(rupture)}." if rupture else "Fin anticipée retirée."
            messages.success(request, texte)
            return redirect("reporting:personne_fiche", contrat.beneficiaire_id)
    contexte = {"form": form, "contrat": contrat, "beneficiaire": contrat.beneficiaire, "contrat_rompu": rompu}
    return render(request, "clauses/placements/rompre.html", contexte)


@facilitateur_seul
def contrat_supprimer(request: HttpRequest, pk) -> HttpResponse:
    contrat = _contrat(request, pk)
    erreurs: list[str] = []
    if request.method == "POST":
        try:
            supprimer_contrat(contrat=contrat)
        except ValidationError as erreur:
            erreurs = erreur.messages
        else:
            messages.success(request, "Contrat supprimé.")
            return redirect("reporting:personne_fiche", contrat.beneficiaire_id)
    contexte = {"contrat": contrat, "beneficiaire": contrat.beneficiaire, "erreurs": erreurs}
    return render(request, "clauses/placements/supprimer.html", contexte)
