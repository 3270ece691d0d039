"""Ce qu'un formulaire envoyé contient, et ce qui n'a pas pu être enregistré."""

from uuid import UUID

from django.http import HttpRequest, QueryDict

from beneficiaires.regles import contient_nir

CLE_REFUSEE = "saisie_refusee"
LONGUEUR_GARDEE = 20_000


def donnees_postees(request: HttpRequest) -> QueryDict | None:
    """La saisie envoyée, même vide ; rien à l'ouverture de la page."""
    return request.POST if request.method == "POST" else None


def garder_la_saisie_refusee(request: HttpRequest, pk: UUID, etape: int) -> None:
    """Retient dans la session ce qui vient d'être refusé à cette étape, sauf ce qui porte un numéro de sécurité sociale."""
    gardee = QueryDict(mutable=True)
    for nom, valeurs in request.POST.lists():
        if nom != "csrfmiddlewaretoken":
            gardee.setlist(nom, [valeur for valeur in valeurs if not contient_nir(valeur)])
    donnees = gardee.urlencode()
    if len(donnees) <= LONGUEUR_GARDEE:
        request.session[CLE_REFUSEE] = {"pk": str(pk), "etape": etape, "donnees": donnees}


def etape_refusee(request: HttpRequest, pk: UUID) -> int | None:
    """L'étape où une saisie attend d'être corrigée, pour cet objet."""
    gardee = request.session.get(CLE_REFUSEE)
    return gardee["etape"] if gardee and gardee["pk"] == str(pk) else None


def saisie_refusee(request: HttpRequest, pk: UUID, etape: int) -> QueryDict | None:
    """Ce qui avait été tapé à cette étape et reste à corriger."""
    return QueryDict(request.session[CLE_REFUSEE]["donnees"]) if etape_refusee(request, pk) == etape else None


def oublier_la_saisie_refusee(request: HttpRequest, pk: UUID, etape: int) -> None:
    if etape_refusee(request, pk) == etape:
        del request.session[CLE_REFUSEE]


def personnes_montrees(request: HttpRequest) -> frozenset[UUID]:
    """Celles que la page affichait quand l'utilisateur a répondu ; une valeur abîmée ne désigne personne."""
    montrees = set()
    for valeur in request.POST.getlist("ressemblante"):
        try:
            montrees.add(UUID(valeur))
        except ValueError:
            continue
    return frozenset(montrees)
