"""Décider l'éligibilité d'une personne pour une opération, et relire les décisions prises."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.services.consultations import noter_consultation
from clauses.forms.eligibilites import EligibiliteForm
from clauses.models import Eligibilite, Operation
from clauses.pourquoi import pourquoi, pourquoi_de
from clauses.regles import Decision, Reponse
from clauses.regles.lecture import lignes_a_montrer
from clauses.regles.renouvellement import controler_renouvellement
from clauses.services.eligibilites import decider_eligibilite, evaluer, phrases_des_suites, prevoir_suites
from comptes.droits import facilitateur_seul

VERBES = {
    Reponse.ELIGIBLE: "Décider\u00a0: éligible sur",
    Reponse.NON_ELIGIBLE: "Décider\u00a0: non éligible sur",
    Reponse.A_COMPLETER: "Garder «\u00a0à compléter\u00a0» pour",
}
FAITS = {
    Reponse.ELIGIBLE: "Décision enregistrée\u00a0: éligible sur",
    Reponse.NON_ELIGIBLE: "Décision enregistrée\u00a0: non éligible sur",
    Reponse.A_COMPLETER: "Le dossier est gardé, à compléter, pour",
}


@facilitateur_seul
def eligibilite_decider(request: HttpRequest, pk) -> HttpResponse:
    """Montre la réponse dès que l'opération est choisie ; le bouton la décide."""
    beneficiaire = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    donnees = request.POST if request.method == "POST" else request.GET
    form = EligibiliteForm(
        donnees,
        beneficiaire=beneficiaire,
        utilisateur=request.user,
        aujourd_hui=timezone.localdate(),
        decide=request.method == "POST",
    )
    if form.is_valid() and form.choisi and request.method == "POST":
        try:
            eligibilite = decider_eligibilite(
                beneficiaire=beneficiaire,
                operation=form.operation_choisie,
                marche=form.marche_choisi,
                utilisateur=request.user,
                date_decision=form.cleaned_data["date_decision"],
                motif=form.cleaned_data["motif"],
                embauche_prevue=form.cleaned_data.get("embauche_prevue"),
                fin_pass=form.cleaned_data.get("fin_pass"),
                reponse_vue=form.cleaned_data["reponse_vue"],
            )
        except ValidationError as erreur:
            form.add_error(None, erreur)
        else:
            messages.success(request, f"{FAITS[Reponse(eligibilite.reponse)]} {eligibilite.operation}.")
            return _suite(beneficiaire, eligibilite, donnees)
    if request.method == "GET" and "operation" not in donnees:
        form.errors.clear()  # première visite : rien n'a encore été demandé
    noter_consultation(beneficiaire, request.user)
    contexte = {
        "form": form,
        "beneficiaire": beneficiaire,
        "decisions": beneficiaire.eligibilites.courantes().select_related("operation").order_by("operation__nom"),
        "suite": donnees.get("suite", ""),
        **_apercu(form),
    }
    return render(request, "clauses/eligibilites/decider.html", contexte)


def _apercu(form: EligibiliteForm) -> dict[str, object]:
    """La réponse à montrer, ce qu'elle fait des contrats en place, et le bouton qui la décide."""
    if not form.choisi or not form.cleaned_data.get("date_decision"):
        return {"bloc": None}
    operation, beneficiaire = form.operation_choisie, form.beneficiaire
    try:
        evaluation = evaluer(
            beneficiaire=beneficiaire,
            marche=form.marche_choisi,
            date_decision=form.cleaned_data["date_decision"],
            embauche_prevue=form.cleaned_data.get("embauche_prevue"),
            fin_pass=form.cleaned_data.get("fin_pass"),
        )
    except ValidationError as erreur:
        form.add_error(None, erreur)
        return {"bloc": None}
    decision = evaluation.decision
    ancienne = beneficiaire.eligibilites.courantes().filter(operation=operation).select_related("decide_par").first()
    suites = prevoir_suites(beneficiaire=beneficiaire, operation=operation, decision=decision)
    a_completer = decision.reponse == Reponse.A_COMPLETER
    return {
        "bloc": pourquoi(decision, operation=operation.nom, personne=beneficiaire.nom_complet, est_apercu=True),
        "decision": decision,
        "ancienne": ancienne,
        "suites": phrases_des_suites(suites, decision, ancienne),
        "a_completer": a_completer,
        "peut_decider": not (a_completer and ancienne and ancienne.reponse != decision.reponse.value),
        "bouton": f"{VERBES[decision.reponse]} {operation}",
    }


def _suite(beneficiaire: Beneficiaire, eligibilite: Eligibilite, donnees: QueryDict) -> HttpResponse:
    """Qui venait placer la personne y retourne ; les autres vont à sa fiche."""
    if donnees.get("suite") == "placer" and eligibilite.est_eligible:
        adresse = reverse("clauses:placement_creer", args=[beneficiaire.pk])
        return redirect(f"{adresse}?operation={eligibilite.operation_id}")
    return redirect("reporting:personne_fiche", beneficiaire.pk)


@facilitateur_seul
def eligibilite_detail(request: HttpRequest, pk) -> HttpResponse:
    """Une décision telle qu'elle a été prise, et les autres décisions pour la même personne et la même opération."""
    eligibilite = get_object_or_404(
        Eligibilite.objects.pour(request.user).select_related(
            "operation", "beneficiaire", "decide_par", "regle__marche"
        ),
        pk=pk,
    )
    noter_consultation(eligibilite.beneficiaire, request.user)
    historique = Eligibilite.objects.pour(request.user).filter(
        beneficiaire=eligibilite.beneficiaire, operation=eligibilite.operation
    )
    decision = Decision.depuis_json(eligibilite.decision)
    contexte = {
        "eligibilite": eligibilite,
        "beneficiaire": eligibilite.beneficiaire,
        "operation_ouverte": Operation.objects.lisibles_par(request.user).filter(pk=eligibilite.operation_id).exists(),
        "bloc": pourquoi_de(eligibilite),
        "lignes": lignes_a_montrer(decision.parametres),
        "peut_renouveler": eligibilite.est_courante and controler_renouvellement(decision) is None,
        "historique": historique.select_related("decide_par", "regle"),
        "affectations": eligibilite.affectations.select_related(
            "contrat__employeur", "engagement__titulaire__entreprise", "engagement__titulaire__lot"
        ).order_by("contrat__date_debut"),
    }
    return render(request, "clauses/eligibilites/detail.html", contexte)
