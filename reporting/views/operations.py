"""La page d'une opération, d'un marché : la phrase, la courbe, les lots, les personnes, la règle, les documents."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from beneficiaires.periodes import dernier_mois_clos
from clauses.accords_cadres import subsequents
from clauses.avancement import avancements_des_engagements, totaliser
from clauses.explications import ecarts_des_lignes, heures_cedees, heures_recues
from clauses.heures_dues import heures_conditionnelles
from clauses.models import Avenant, Engagement, Lot, Marche, Operation
from comptes.droits import reserve_a
from comptes.models import Profil
from reporting import fiches, partages
from reporting.bilans import ObjectifImprime, objectifs_du_bilan
from reporting.indicateurs import comptes_du_public
from reporting.models import Bilan

PERSONNES_MONTREES = 8
RECTIFICATIFS_MONTRES = 8


@reserve_a(Profil.FACILITATEUR, Profil.ACHETEUR)
def operation_fiche(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = get_object_or_404(
        Operation.objects.lisibles_par(request.user).select_related("maitre_ouvrage", "structure"), pk=pk
    )
    marches = Marche.objects.lisibles_par(request.user).filter(operation=operation)
    contexte = _contexte(request, operation, marches, "titulaire__lot__marche__operation", operation.pk)
    if len(contexte["marches"]) == 1:  # avec plusieurs marchés, chacun dit les siens sur sa page
        contexte["objectifs"] = _objectifs(contexte["marches"][0], contexte)
    return render(request, "reporting/operations/fiche.html", {"operation": operation, "marche": None, **contexte})


@reserve_a(Profil.FACILITATEUR, Profil.ACHETEUR)
def marche_fiche(request: HttpRequest, pk: UUID) -> HttpResponse:
    marches = Marche.objects.lisibles_par(request.user)
    lies = ("operation__maitre_ouvrage", "operation__structure", "acheteur")
    marche = get_object_or_404(marches.select_related(*lies), pk=pk)
    contexte = _contexte(request, marche.operation, marches.filter(pk=pk), "titulaire__lot__marche", marche.pk)
    lignes, total = subsequents(marche, request.user, jour=contexte["arrete_au"])
    contexte |= {"subsequents": lignes, "total_subsequents": total}
    contexte |= {"operation": marche.operation, "marche": marche} | _publies(marche)
    contexte["objectifs"] = _objectifs(marche, contexte)
    return render(request, "reporting/operations/fiche.html", contexte)


def _objectifs(marche: Marche, contexte: dict[str, object]) -> list[ObjectifImprime]:
    return objectifs_du_bilan(marche, contexte["arrete_au"], entiers=contexte["lit_tout"])


def _publies(marche: Marche) -> dict[str, object]:
    """Ce qui a changé sous les bilans publiés, le plus récent d'abord."""
    tous = marche.rectificatifs.select_related("cree_par")
    lus = list(tous[: RECTIFICATIFS_MONTRES + 1])
    autres = tous.count() - RECTIFICATIFS_MONTRES if len(lus) > RECTIFICATIFS_MONTRES else 0
    return {"rectificatifs": lus[:RECTIFICATIFS_MONTRES], "autres_rectificatifs": autres}


def _contexte(
    request: HttpRequest, operation: Operation, marches: QuerySet[Marche], chemin: str, objet: UUID
) -> dict[str, object]:
    arrete_au = dernier_mois_clos(timezone.localdate())
    engagements = Engagement.objects.lisibles_par(request.user).filter(**{chemin: objet})
    lignes = avancements_des_engagements(engagements, jour=arrete_au)
    total = totaliser(lignes, jour=arrete_au)
    avenants = list(
        Avenant.objects.filter(marche__in=marches)
        .select_related("marche", "engagement__titulaire__lot")
        .order_by("date_notification", "numero")
    )
    courbe = fiches.courbe(engagements, lignes, total, avenants, arrete_au=arrete_au)
    lus, conditionnelles = fiches.marches_avec_regle(marches, avenants), heures_conditionnelles(engagements)
    for ligne in lignes:
        ligne.engagement.conditionnelles = conditionnelles.get(ligne.engagement.pk)
    contexte = {
        "arrete_au": arrete_au,
        "lignes": lignes,
        "total": total,
        "avenants": avenants,
        "courbe": courbe,
        "ecarts": ecarts_des_lignes(lignes, arrete_au=arrete_au),
        "recues": heures_recues(engagements, arrete_au=arrete_au),
        "cedees": heures_cedees(engagements, arrete_au=arrete_au),
        "objectifs": [],
        "rectificatifs": [],
        "ecart_projete": abs(courbe.projection.ecart_heures) if courbe and courbe.projection else None,
        "marches": lus,
        "besoin": fiches.besoin(courbe, lignes, total, lus),
        "conditionnelles": sum(conditionnelles.values()),
        "subsequents": [],
        "lots_sans_titulaire": Lot.objects.filter(marche__in=marches, titulaires__isnull=True).select_related("marche"),
        "bilans": Bilan.objects.lisibles_par(request.user).filter(marche__in=marches).select_related("marche")[:6],
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
        "filtre": "operation" if chemin.endswith("operation") else "marche",
        "objet": objet,
    }
    if request.user.profil == Profil.FACILITATEUR:
        contexte |= partages.contexte(operation, request.user)
        autres = partages.suivies_ailleurs(engagements, request.user, arrete_au=arrete_au)
        return contexte | _personnes(request, chemin, objet, arrete_au) | {"suivies_ailleurs": autres}
    contexte |= {"peut_ecrire": False, "peut_demander": True, "lit_tout": False, "est_partagee": False}
    return contexte | {"public": comptes_du_public(engagements, arrete_au=arrete_au)}


def _personnes(request: HttpRequest, chemin: str, objet: UUID, arrete_au: date) -> dict[str, object]:
    personnes = fiches.personnes_de(Q(**{f"engagement__{chemin}": objet}), request.user)
    toutes = request.GET.get("personnes") == "toutes"
    lues = fiches.affectations_avec_heures(personnes if toutes else personnes[: PERSONNES_MONTREES + 1])
    return {
        "personnes": lues if toutes else lues[:PERSONNES_MONTREES],
        "autres_personnes": not toutes and len(lues) > PERSONNES_MONTREES,
        "nombre_personnes": personnes.values("contrat__beneficiaire").distinct().count(),
        "aujourd_hui": timezone.localdate(),
    }
