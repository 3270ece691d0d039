"""Les opérations : la liste, créer, modifier, supprimer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from beneficiaires.periodes import dernier_mois_clos
from clauses.acces import a_modifier
from clauses.filters import OperationFilter
from clauses.forms.operations import OperationForm
from clauses.listes import lignes_operations
from clauses.models import Operation, ProjetMarche
from clauses.regles.rythme import SEUILS_PAR_DEFAUT
from clauses.services.projets import creer_operation_du_projet
from clauses.tables import OperationTable
from clauses.views.formulaires import ecrire, ouvrir
from clauses.views.projets_suites import projet_a_suivre, valeurs_de_l_operation
from comptes.brouillons import partir_creer
from comptes.droits import facilitateur_seul
from comptes.ecriture import enregistrer
from comptes.exports import exporter, format_demande
from comptes.formats import date_longue
from comptes.listes import mettre_en_pages
from comptes.models import Profil

A_CREER = {"maitre_ouvrage": Profil.ACHETEUR}


@facilitateur_seul
def operation_liste(request: HttpRequest) -> HttpResponse:
    visibles = Operation.objects.lisibles_par(request.user)
    filtre = OperationFilter(request.GET, queryset=visibles)
    operations, arrete_au = filtre.qs, dernier_mois_clos(timezone.localdate())
    rythme = filtre.form.cleaned_data.get("rythme", "")
    lignes = lignes_operations(operations, request.user, jour=arrete_au, rythme=rythme)
    table = OperationTable(lignes)
    mettre_en_pages(request, table)
    if format_ := format_demande(request):
        return exporter(table, format_, "Opérations")
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": len(lignes),
        "total": visibles.count(),
        "arrete_au": arrete_au,
        "legende": f"attendu au {date_longue(arrete_au)}",
        "seuils": SEUILS_PAR_DEFAUT,
    }
    return render(request, "clauses/operations/liste.html", contexte)


@facilitateur_seul
def operation_creer(request: HttpRequest) -> HttpResponse:
    projet = projet_a_suivre(request)
    if depart := partir_creer(request, A_CREER):
        return depart
    operation = Operation(structure=request.user.organisation)
    form = ouvrir(request, OperationForm, valeurs_de_l_operation(projet), instance=operation)
    if ecrire(request, form, lambda: _creer(request, operation, projet)):
        messages.success(
            request, f"L’opération «\u00a0{form.instance.nom}\u00a0» est créée. Ajoutez maintenant son marché."
        )
        return redirect("reporting:operation_fiche", form.instance.pk)
    return render(request, "clauses/operations/formulaire.html", {"form": form, "operation": None})


def _creer(request: HttpRequest, operation: Operation, projet: ProjetMarche | None) -> None:
    if projet is None:
        enregistrer(operation)
    else:
        creer_operation_du_projet(projet=projet, operation=operation, par=request.user)


@facilitateur_seul
def operation_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = a_modifier(Operation.objects.all(), request.user, pk)
    if depart := partir_creer(request, A_CREER):
        return depart
    nom = operation.nom
    form = ouvrir(request, OperationForm, instance=operation)
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, "L’opération est enregistrée.")
        return redirect("reporting:operation_fiche", operation.pk)
    return render(request, "clauses/operations/formulaire.html", {"form": form, "operation": operation, "nom": nom})
