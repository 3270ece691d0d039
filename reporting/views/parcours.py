"""La page d'un parcours : ses phases, sa frise, ses étapes, sa sortie et ses suivis. Son ouverture est notée."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.services.consultations import noter_consultation
from comptes.droits import reserve_a
from comptes.models import Profil
from parcours.lectures import agrements_du_jour
from parcours.lectures_chemin import parcours_du_jour
from parcours.lectures_comite import decisions_sur
from parcours.lectures_contrats import contrats_a_ajouter
from parcours.models import Parcours
from parcours.regles.immersion import lien_immersion
from parcours.services.suivis import attendus, regle_de
from reporting.frise_etapes import frise_des_etapes


@reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
def parcours_fiche(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le prescripteur qui a orienté la personne lit la même page, sans rien y changer."""
    visibles = Parcours.objects.pour(request.user).select_related("beneficiaire__structure", "referent", "prescripteur")
    parcours = get_object_or_404(visibles, pk=pk)
    personne, aujourd_hui = parcours.beneficiaire, timezone.localdate()
    noter_consultation(beneficiaire=personne, utilisateur=request.user)
    lu = parcours_du_jour(
        parcours, agrements_du_jour(personne, aujourd_hui), utilisateur=request.user, jour=aujourd_hui
    )
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    metier = personne.metiers.first()
    autres = list(Parcours.objects.pour(request.user).filter(beneficiaire=personne).exclude(pk=parcours.pk))
    contexte = {
        "parcours": parcours,
        "beneficiaire": personne,
        "lu": lu,
        "frise": frise_des_etapes(lu, aujourd_hui),
        "autres": autres,
        "peut_revenir": not any(p.est_ouvert for p in (parcours, *autres)),
        "immersion": lien_immersion(
            personne.commune, rome=metier.code if metier else "", metier=metier.libelle if metier else ""
        ),
        "metier": metier,
        "suivi_a_completer": _a_completer(lu),
        "comites": decisions_sur(personne, request.user),
        "contrats_a_ajouter": contrats_a_ajouter(parcours, request.user) if est_facilitateur else [],
        "est_facilitateur": est_facilitateur,
        "aujourd_hui": aujourd_hui,
    }
    return render(request, "reporting/parcours/fiche.html", contexte)


@reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)
def personne_parcours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mène au parcours de la personne, le dernier ouvert : qui part d'une orientation ne sait pas s'il y en a un."""
    personne = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    dernier = Parcours.objects.pour(request.user).filter(beneficiaire=personne).first()
    if dernier:
        return redirect("reporting:parcours_fiche", dernier.pk)
    contexte = {"beneficiaire": personne, "est_facilitateur": request.user.profil == Profil.FACILITATEUR}
    return render(request, "reporting/parcours/aucun.html", contexte)


def _a_completer(lu) -> str:
    """Pourquoi une sortie n'a pas de suivi ; vide quand elle en a."""
    if lu.sortie is None or lu.sortie.suivis:
        return ""
    trouves = attendus(lu.sortie.sortie, regle_de(lu.parcours.beneficiaire.structure))
    return getattr(trouves, "phrase", "")
