"""La page d'une coordination : des totaux par structure et par opération, à l'écran et en fichier."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from beneficiaires.periodes import dernier_mois_clos
from clauses.models import Operation
from comptes import exports
from comptes.droits import coordination_seule
from comptes.formats import date_longue
from comptes.models import Organisation
from reporting.coordination import calculer, engagements_de, lignes_d_export, operations_de_l_annee
from reporting.filters_coordination import TotauxFilter
from reporting.indicateurs import comptes_du_public


@coordination_seule
def totaux(request: HttpRequest) -> HttpResponse:
    structures = Organisation.objects.filter(
        pk__in=request.user.adhesions.coordinations().values("organisation")
    ).order_by("nom")
    operations = Operation.objects.totalisables_par(request.user)
    dernier = dernier_mois_clos(timezone.localdate())
    filtre = TotauxFilter(request.GET, queryset=operations, structures=structures, dernier=dernier)
    arrete_au, choisie = filtre.arrete_au, filtre.choisie
    seule = choisie or (structures[0] if len(structures) == 1 else None)
    resultat = calculer(operations, arrete_au=arrete_au, choisie=choisie)
    if format_ := exports.format_demande(request):
        return exports.reponse(lignes_d_export(resultat, avec_total=seule is None), format_, "Totaux")
    contexte = {
        "filter": filtre,
        "totaux": resultat,
        "seule": seule,
        "structures": structures,
        "public": _public(operations, resultat, arrete_au) if seule else None,
        "arrete_au": arrete_au,
        "legende": f"attendu au {date_longue(arrete_au)}",
    }
    return render(request, "reporting/coordination/totaux.html", contexte)


def _public(operations, resultat, arrete_au):
    """Qui a travaillé dans la seule structure montrée ; rien quand son nombre de personnes est tu."""
    montrees = resultat.structures
    if not montrees or not montrees[0].personnes:
        return None
    lues = operations_de_l_annee(operations, arrete_au=arrete_au).filter(structure=montrees[0].structure)
    return comptes_du_public(engagements_de(lues), arrete_au=arrete_au)
