"""La recherche du bandeau : personnes, opérations, marchés, entreprises, d'un seul champ."""

from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from beneficiaires.models import Beneficiaire, Orientation, SansAccent
from clauses.models import Marche, Operation, Titulaire
from comptes.models import Organisation, Profil

LIMITE = 20
LONGUEUR_MINIMALE = 2


def recherche(request: HttpRequest) -> HttpResponse:
    texte = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    contexte: dict[str, object] = {"texte": texte, "trop_court": 0 < len(texte) < LONGUEUR_MINIMALE}
    if len(texte) >= LONGUEUR_MINIMALE:
        contexte |= {
            "personnes": _personnes(request, texte),
            "operations": Operation.objects.pour(request.user)
            .filter(Q(nom__icontains=texte) | Q(programme__icontains=texte))
            .select_related("maitre_ouvrage")[:LIMITE],
            "marches": Marche.objects.pour(request.user)
            .filter(Q(reference__icontains=texte) | Q(objet__icontains=texte))
            .select_related("operation")[:LIMITE],
            "entreprises": _entreprises(request, texte),
            "mene_aux_fiches": request.user.profil in (Profil.FACILITATEUR, Profil.ACHETEUR),
        }
    return render(request, "reporting/recherche.html", contexte)


def _personnes(request: HttpRequest, texte: str):
    """Tous les mots, sans accent et dans n'importe quel ordre. L'adresse d'une orientation pour un prescripteur."""
    if request.user.profil == Profil.PRESCRIPTEUR:
        mots = Q()
        for mot in texte.split():
            mots &= Q(prenom__icontains=mot) | Q(nom_naissance__icontains=mot) | Q(nom_usage__icontains=mot)
        return Orientation.objects.pour(request.user).filter(mots)[:LIMITE]
    personnes = Beneficiaire.objects.pour(request.user)
    for mot in texte.split():
        personnes = personnes.filter(cle_recherche__contains=SansAccent(Lower(Value(mot))))
    return personnes.only("prenom", "nom_usage", "nom_naissance", "date_naissance", "commune")[:LIMITE]


def _entreprises(request: HttpRequest, texte: str):
    if request.user.profil not in (Profil.FACILITATEUR, Profil.ACHETEUR):
        return Organisation.objects.none()
    visibles = Organisation.objects.du_profil(Profil.ENTREPRISE)
    if request.user.profil == Profil.ACHETEUR:
        visibles = visibles.filter(pk__in=Titulaire.objects.pour(request.user).values("entreprise"))
    return visibles.filter(Q(nom__icontains=texte) | Q(siret__startswith=texte))[:LIMITE]
