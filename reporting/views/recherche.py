"""La recherche du bandeau : personnes, opérations, marchés, entreprises, d'un seul champ."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from beneficiaires.filters import contenant
from beneficiaires.models import Beneficiaire, Orientation
from clauses.filters import contenant_les_mots
from clauses.models import Marche, Operation, Titulaire
from comptes.droits import reserve_a
from comptes.models import Organisation, Profil

LIMITE = 20
LONGUEUR_MINIMALE = 2


@reserve_a(*Profil)
def recherche(request: HttpRequest) -> HttpResponse:
    texte = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    contexte: dict[str, object] = {"texte": texte, "trop_court": 0 < len(texte) < LONGUEUR_MINIMALE}
    if len(texte) >= LONGUEUR_MINIMALE:
        contexte |= {
            "personnes": _personnes(request, texte),
            "operations": contenant_les_mots(
                Operation.objects.lisibles_par(request.user), texte, "nom", "programme"
            ).select_related("maitre_ouvrage")[:LIMITE],
            "marches": contenant_les_mots(
                Marche.objects.lisibles_par(request.user), texte, "reference", "objet"
            ).select_related("operation")[:LIMITE],
            "entreprises": _entreprises(request, texte),
            "mene_aux_fiches": request.user.profil in (Profil.FACILITATEUR, Profil.ACHETEUR),
        }
    return render(request, "reporting/recherche.html", contexte)


def _personnes(request: HttpRequest, texte: str):
    """Tous les mots, sans accent et dans n'importe quel ordre. L'adresse d'une orientation pour un prescripteur."""
    if request.user.profil == Profil.PRESCRIPTEUR:
        envoyees = Orientation.objects.pour(request.user).avec_cle_recherche()
        return contenant(envoyees, "cle_recherche", texte)[:LIMITE]
    personnes = contenant(Beneficiaire.objects.pour(request.user), "cle_recherche", texte)
    return personnes.only("prenom", "nom_usage", "nom_naissance", "date_naissance", "commune")[:LIMITE]


def _entreprises(request: HttpRequest, texte: str):
    if request.user.profil not in (Profil.FACILITATEUR, Profil.ACHETEUR):
        return Organisation.objects.none()
    visibles = Organisation.objects.du_profil(Profil.ENTREPRISE)
    if request.user.profil == Profil.ACHETEUR:
        visibles = visibles.filter(pk__in=Titulaire.objects.pour(request.user).values("entreprise"))
    chiffres = "".join(texte.split())
    if chiffres.isdigit():
        return visibles.filter(siret__startswith=chiffres)[:LIMITE]
    return contenant_les_mots(visibles, texte, "nom")[:LIMITE]
