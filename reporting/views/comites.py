"""Le compte rendu d'un comité technique en PDF, en entier pour la structure, en extrait pour chaque partenaire.

Il se fabrique à la demande, comme le diagnostic : quelques pages sans graphique, de lignes que la clôture a figées. Le garder tout
prêt, comme un bilan, garderait aussi un exemplaire par partenaire de noms qu'il n'aurait plus le droit de lire.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from comptes.droits import reserve_a
from comptes.formats import quantite
from comptes.models import Profil
from parcours.lectures_comite import points_de
from parcours.models import ComiteTechnique, PointComite
from reporting.pdf import fabriquer

GABARIT = "reporting/comites/pdf.html"


@reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
@require_GET
def comite_compte_rendu(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Une séance en préparation n'a pas encore de compte rendu."""
    seances = ComiteTechnique.objects.pour(request.user).filter(close_le__isnull=False)
    comite = get_object_or_404(seances.select_related("structure"), pk=pk)
    contenu, _ = fabriquer(GABARIT, _contexte(request, comite))
    fichier = f'inline; filename="comite-technique-{comite.date_seance:%Y-%m-%d}.pdf"'
    return HttpResponse(
        contenu, content_type="application/pdf", headers={"Content-Disposition": fichier, "Cache-Control": "no-store"}
    )


def _contexte(request: HttpRequest, comite: ComiteTechnique) -> dict[str, object]:
    est_entier = request.user.profil == Profil.FACILITATEUR
    points, presents = points_de(comite, request.user), list(comite.presents.all())
    return {
        "comite": comite,
        "lecteur": None if est_entier else request.user.organisation,
        "presents": presents,
        "absents": [p for p in comite.partenaires.all() if p not in presents] if est_entier else [],
        "phrase": _phrase(points),
        "points": points,
        "imprime_le": timezone.localdate(),
    }


def _phrase(points: list[PointComite]) -> str:
    """« 5 points, 4 décisions » : ce que la séance a fait, en une phrase."""
    if not points:
        return "Aucun point ne porte sur une personne que vous avez orientée"
    decides = sum(point.est_decide for point in points)
    return f"{quantite(len(points), 'point')}, {quantite(decides, 'décision')}"
