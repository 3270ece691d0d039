"""L'offre d'insertion importée : d'où elle vient, de quand, et ce que chaque import a écarté."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from comptes.droits import facilitateur_seul
from parcours.models import ImportServices, ServiceInsertion

IMPORTS_MONTRES = 50


@facilitateur_seul
@require_GET
def import_services_liste(request: HttpRequest) -> HttpResponse:
    offre = ServiceInsertion.objects.en_service().aggregate(
        services=Count("pk"), situes=Count("pk", filter=Q(latitude__isnull=False))
    )
    imports = ImportServices.objects.defer("ecarts", "remarques")[:IMPORTS_MONTRES]
    return render(request, "parcours/services/imports.html", {"imports": imports, "offre": offre})


@facilitateur_seul
@require_GET
def import_services_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    importation = get_object_or_404(ImportServices, pk=pk)
    return render(request, "parcours/services/import.html", {"importation": importation})
