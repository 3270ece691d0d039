"""Le marché et ses avenants."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clauses.acces import a_modifier
from clauses.forms.avenants import AvenantForm, nom_du_champ, valeurs_proposees
from clauses.forms.marches import MarcheForm
from clauses.models import Avenant, Engagement, Marche, Operation
from clauses.rangement import rang_de_engagement
from clauses.services.avenants import enregistrer_avenant
from clauses.services.fins import fin_de, modifier_marche
from clauses.services.marches import creer_marche
from clauses.views.formulaires import ecrire, ouvrir, veut_calculer
from clauses.views.projets_suites import valeurs_du_marche
from comptes.brouillons import partir_creer, valeurs_initiales
from comptes.droits import facilitateur_seul
from comptes.formats import date_longue
from comptes.models import Profil

A_CREER = {"acheteur": Profil.ACHETEUR}


@facilitateur_seul
def marche_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = a_modifier(Operation.objects.select_related("maitre_ouvrage"), request.user, pk)
    if depart := partir_creer(request, A_CREER):
        return depart
    initial = {"acheteur": operation.maitre_ouvrage_id} | valeurs_du_marche(operation, request.user)
    form = ouvrir(request, MarcheForm, initial=initial, instance=Marche(operation=operation), utilisateur=request.user)
    if ecrire(request, form, lambda: creer_marche(marche=form.instance, par=request.user)):
        messages.success(
            request, f"Le marché {form.instance.reference} est ajouté, avec la règle des 24\u00a0mois. Vérifiez-la."
        )
        return redirect("clauses:regle_modifier", form.instance.pk)
    return render(request, "clauses/marches/formulaire.html", {"form": form, "operation": operation, "marche": None})


@facilitateur_seul
def marche_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = _marche(request, pk)
    if depart := partir_creer(request, A_CREER):
        return depart
    reference = marche.reference
    form = ouvrir(request, MarcheForm, instance=marche, utilisateur=request.user)
    if ecrire(
        request, form, lambda: modifier_marche(marche=form.instance, fin_changee="date_fin" in form.changed_data)
    ):
        messages.success(request, "Le marché est enregistré.")
        return redirect("reporting:operation_fiche", marche.operation_id)
    contexte = {"form": form, "operation": marche.operation, "marche": marche, "reference": reference}
    return render(request, "clauses/marches/formulaire.html", contexte)


@facilitateur_seul
def avenant_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = _marche(request, pk)
    du_marche = Engagement.objects.filter(titulaire__lot__marche=marche)
    engagements = sorted(
        du_marche.select_related("titulaire__entreprise", "titulaire__lot__marche__operation"), key=rang_de_engagement
    )
    proposees = valeurs_proposees(
        request.GET, ["montant_ht_euros", "duree_mois", "date_fin", *map(nom_du_champ, engagements)]
    )
    form = AvenantForm(
        request.POST or None, instance=Avenant(marche=marche), engagements=engagements, initial=proposees
    )
    propositions = {}
    if veut_calculer(request):
        form.is_valid()
        propositions = form.propositions()
        if propositions:
            saisie = valeurs_initiales(form, request.POST) | {c: p.heures_apres for c, p in propositions.items()}
            form = AvenantForm(initial=saisie, instance=Avenant(marche=marche), engagements=engagements)
    elif ecrire(
        request,
        form,
        lambda: enregistrer_avenant(avenant=form.instance, heures=form.nouvelles_heures(), par=request.user),
    ):
        messages.success(request, _avenant_enregistre(form.instance, marche))
        return redirect("reporting:operation_fiche", marche.operation_id)
    avenants = _historique(marche)
    contexte = {
        "form": form,
        "marche": marche,
        "propositions": propositions,
        "avenants": avenants,
        "fin": fin_de(marche, avenants),
        "lots_a_part": marche.lots.filter(date_fin__isnull=False),
    }
    return render(request, "clauses/marches/avenant.html", contexte)


def _avenant_enregistre(avenant: Avenant, avant: Marche) -> str:
    """Ce que l'avenant a fait de la fin du marché, et de celle de l'opération qu'il dépasse."""
    phrase = f"L’avenant {avenant.numero} est enregistré."
    marche = Marche.objects.select_related("operation").get(pk=avant.pk)
    if marche.date_fin != avant.date_fin:
        phrase += f" La fin du marché passe du {date_longue(avant.date_fin)} au {date_longue(marche.date_fin)}."
    elif marche.date_fin_ecrite and (avenant.duree_mois or avenant.date_fin):
        phrase += f" La fin écrite sur la fiche du marché, le {date_longue(marche.date_fin)}, l’emporte."
    if marche.operation.date_fin != avant.operation.date_fin:
        phrase += " L’opération est prolongée jusque-là."
    return phrase


def _marche(request: HttpRequest, pk: UUID) -> Marche:
    return a_modifier(Marche.objects.select_related("operation"), request.user, pk)


def _historique(marche: Marche) -> list[Avenant]:
    return list(marche.avenants.select_related("engagement__titulaire__lot", "engagement__titulaire__entreprise"))
