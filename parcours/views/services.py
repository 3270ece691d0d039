"""Trouver un service d'insertion : la recherche, seule ou depuis un frein, et la fiche d'un service.

L'adresse d'une recherche ne dit rien d'une personne : une commune, une thématique, un public.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from beneficiaires.distances import RAYON_KM
from beneficiaires.lieux import ecrire_lieu
from beneficiaires.models import Beneficiaire
from beneficiaires.referentiels import FREINS
from comptes.droits import reserve_a
from comptes.models import Profil
from parcours.forms.services import FREIN, RechercheForm
from parcours.lieux import trouver_lieu
from parcours.models import EtatImport, Frein, ImportServices, ServiceInsertion
from parcours.offre.lecture import ServiceLu
from parcours.offre.referentiel import MOBILISABLE_PAR, MODES_ACCUEIL, PUBLICS, TYPES, libelle_thematique
from parcours.recherche_offre import Recherche, Trouve, chercher, trouver_service
from parcours.regles.referentiel_freins import thematiques_de
from parcours.regles.services import est_a_verifier

SERVICES_PAR_PAGE = 20

chercheurs = reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)


@dataclass(frozen=True)
class FicheService:
    """Un service tel que la page le dit : les codes ont leurs mots."""

    service: ServiceInsertion | ServiceLu
    distance: int | None
    type_service: str
    accueil: str
    thematiques: list[str]
    publics: str
    mobilisable_par: str
    telephone: str
    est_a_verifier: bool


@chercheurs
@require_GET
def service_liste(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """`pk` : le frein d'où l'on vient ; sa commune et ses thématiques sont déjà dans la recherche."""
    frein = _frein(request, pk)
    form = RechercheForm(_saisie(request, frein), **_attendus(frein))
    recherche, lieu = None, None
    if form.is_valid() and (lieu := form.trouvaille.lieu):
        recherche = chercher(lieu, form.criteres())
    contexte = {
        "form": form,
        "frein": frein,
        "theme_du_frein": f"{FREIN}{frein.rubrique}" if frein and FREINS[frein.rubrique].thematiques else "",
        "lieu": lieu,
        "reponse": recherche,
        "page": _page(request, recherche),
        "offre": ImportServices.objects.filter(etat=EtatImport.EN_SERVICE).order_by("-fini_le").first(),
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "parcours/services/liste.html", contexte)


@chercheurs
@require_GET
def service_fiche(request: HttpRequest, identifiant: str, pk: UUID | None = None) -> HttpResponse:
    frein = _frein(request, pk)
    service = trouver_service(identifiant)
    if service is None:
        raise Http404
    contexte = {
        "fiche": _fiche(Trouve(service, None)),
        "service": service,
        "frein": frein,
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "parcours/services/fiche.html", contexte)


def _frein(request: HttpRequest, pk: UUID | None) -> Frein | None:
    if pk is None:
        return None
    return get_object_or_404(Frein.objects.pour(request.user).select_related("parcours__beneficiaire"), pk=pk)


def _saisie(request: HttpRequest, frein: Frein | None) -> dict[str, str]:
    """Ce que l'adresse demande ; depuis un frein, et tant que l'on n'a rien changé, la commune de la personne."""
    saisie = {"rayon": str(RAYON_KM)} | request.GET.dict()
    if frein is not None and "commune" not in saisie:
        saisie["commune"] = _commune(frein.parcours.beneficiaire)
    return saisie


def _commune(personne: Beneficiaire) -> str:
    """Écrite avec son code si on la reconnaît, sinon telle quelle : la page demande alors de choisir."""
    lieu = trouver_lieu(personne.commune, personne.code_postal).lieu
    return personne.commune if lieu is None else ecrire_lieu(lieu)


def _attendus(frein: Frein | None) -> dict[str, object]:
    if frein is None:
        return {}
    return {"thematiques": thematiques_de(frein.rubrique, frein.objectifs), "frein": frein.get_rubrique_display()}


def _page(request: HttpRequest, recherche: Recherche | None):
    if recherche is None:
        return None
    page = Paginator(recherche.resultats, SERVICES_PAR_PAGE).get_page(request.GET.get("page"))
    page.object_list = [_fiche(trouve) for trouve in page.object_list]
    return page


def _fiche(trouve: Trouve) -> FicheService:
    service = trouve.service
    return FicheService(
        service=service,
        distance=trouve.distance,
        type_service=TYPES.get(service.type_service, ""),
        accueil=_ensemble(MODES_ACCUEIL[mode] for mode in reversed(MODES_ACCUEIL) if mode in service.modes_accueil),
        thematiques=[libelle_thematique(code) for code in service.thematiques],
        publics=_ensemble(PUBLICS.get(code, code) for code in service.publics),
        mobilisable_par=" ou ".join(MOBILISABLE_PAR.get(code, code) for code in service.mobilisable_par),
        telephone=_national(service.telephone),
        est_a_verifier=est_a_verifier(service.date_maj, timezone.localdate()),
    )


def _ensemble(mots: Iterable[str]) -> str:
    """« Sur place, à distance » : une seule majuscule."""
    texte = ", ".join(f"{mot[:1].lower()}{mot[1:]}" for mot in mots)
    return f"{texte[:1].upper()}{texte[1:]}"


def _national(telephone: str) -> str:
    """« +33 4 65 71 01 37 » s'écrit « 0465710137 »."""
    compact = "".join(signe for signe in telephone if signe.isdigit() or signe == "+")
    return f"0{compact[3:]}" if compact.startswith("+33") and len(compact) == 12 else telephone
