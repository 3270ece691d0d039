"""La grille d'heures d'une opération, et le choix de l'opération."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clauses.forms.heures import MoisForm
from clauses.grille import mois_par_defaut
from clauses.grille.choix import operations_a_saisir
from clauses.views.heures_page import enregistrer_cases, operations_visibles, ouvrir, rendre
from comptes.droits import reserve_a
from comptes.formats import heures as ecrire_heures
from comptes.formats import quantite
from comptes.models import Profil


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def heures(request: HttpRequest) -> HttpResponse:
    """La grille de l'opération demandée ; sans opération, celles où il y a des heures à faire. POST : « Enregistrer »."""
    if "operation" not in request.GET:
        return choisir(request)
    page = ouvrir(request)
    if request.method != "POST":
        return rendre(page)
    bilan = enregistrer_cases(page)
    if bilan.gardees:
        fait = f"{quantite(bilan.gardees, 'case enregistrée')}, {ecrire_heures(bilan.heures)}."
        messages.success(request, fait)
    elif not bilan.erreurs:
        messages.info(request, "Aucune case n’avait changé\u00a0: rien à enregistrer.")
    return rendre(page, bilan.erreurs, statut=422) if bilan.erreurs else redirect(page.adresse)


def choisir(request: HttpRequest) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    formulaire = MoisForm(request.GET, aujourd_hui=aujourd_hui)
    mois = formulaire.mois_choisi or mois_par_defaut(aujourd_hui)
    lignes = operations_a_saisir(operations_visibles(request.user), mois=mois, utilisateur=request.user)
    return render(
        request,
        "clauses/heures/choix.html",
        {
            "formulaire": formulaire,
            "mois_demande": "mois" in request.GET,
            "mois": mois,
            "lignes": lignes,
            "a_declarer": sum(ligne.a_declarer for ligne in lignes),
            "a_verifier": sum(ligne.a_verifier for ligne in lignes),
            "a_valider": sum(ligne.a_valider for ligne in lignes),
        },
    )
