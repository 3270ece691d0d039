"""Les salariés en insertion d'une entreprise : jusqu'à quand leurs heures comptent, et les pièces déposées. Jamais le critère."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clauses.filters_preuves import SalarieFilter
from clauses.models import Affectation
from clauses.models.preuves import ETATS_REFUSES
from clauses.tables_preuves import SalarieTable
from comptes.droits import reserve_a
from comptes.exports import exporter, format_demande
from comptes.listes import mettre_en_pages
from comptes.models import Profil


@reserve_a(Profil.ENTREPRISE)
def salarie_liste(request: HttpRequest) -> HttpResponse:
    """Une ligne par contrat et par lot."""
    tous = Affectation.objects.pour(request.user)
    filtre = SalarieFilter(request.GET, queryset=tous, utilisateur=request.user)
    siennes = Q(contrat__preuves__deposante=request.user.organisation)
    lignes = filtre.qs.select_related(
        "contrat__beneficiaire",
        "contrat__employeur",
        "contrat__entreprise_utilisatrice",
        "eligibilite",
        "engagement__titulaire__lot__marche__operation",
    ).annotate(
        pieces=Count("contrat__preuves", filter=siennes, distinct=True),
        a_refaire=Count(
            "contrat__preuves",
            filter=siennes & Q(contrat__preuves__etat__in=ETATS_REFUSES),
            distinct=True,
        ),
    )
    table = SalarieTable(lignes)
    mettre_en_pages(request, table)
    if format_ := format_demande(request):
        return exporter(table, format_, "Salariés en insertion")
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": tous.count(),
        "organisation": request.user.organisation,
    }
    return render(request, "clauses/preuves/salaries.html", contexte)
