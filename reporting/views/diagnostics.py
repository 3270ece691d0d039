"""Le diagnostic d'une personne en PDF, à lui remettre ou à classer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from beneficiaires.services.consultations import noter_consultation
from comptes.droits import reserve_a
from comptes.models import Profil
from parcours.lectures_diagnostic import lire_diagnostic
from parcours.models import Diagnostic
from reporting.pdf import fabriquer

GABARIT = "reporting/diagnostics/pdf.html"


@reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
@require_GET
def diagnostic_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le nom du fichier ne dit pas qui. Le prescripteur n'imprime qu'un diagnostic fini."""
    diagnostics = Diagnostic.objects.pour(request.user)
    if request.user.profil == Profil.PRESCRIPTEUR:
        diagnostics = diagnostics.finis()
    lies = diagnostics.select_related("parcours__beneficiaire__structure", "auteur")
    diagnostic = get_object_or_404(lies.prefetch_related("metiers_exerces", "metiers_vises"), pk=pk)
    noter_consultation(beneficiaire=diagnostic.parcours.beneficiaire, utilisateur=request.user)
    contenu, _ = fabriquer(
        GABARIT,
        {
            "diagnostic": diagnostic,
            "beneficiaire": diagnostic.parcours.beneficiaire,
            "sections": lire_diagnostic(diagnostic),
            "imprime_le": timezone.localdate(),
        },
    )
    fichier = f'inline; filename="diagnostic-{diagnostic.date_diagnostic:%Y-%m-%d}.pdf"'
    return HttpResponse(
        contenu, content_type="application/pdf", headers={"Content-Disposition": fichier, "Cache-Control": "no-store"}
    )
