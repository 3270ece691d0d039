"""La page d'une personne : sa frise, ses décisions expliquées, ses contrats, ses échéances. Son ouverture est notée."""

from collections import Counter
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.regles import age_au
from beneficiaires.services.consultations import noter_consultation
from clauses.models import Eligibilite, Operation, ReponseEligibilite
from clauses.pourquoi import pourquoi_de
from comptes.droits import facilitateur_seul
from comptes.formats import quantite
from parcours.lectures import agrements_du_jour
from parcours.lectures_chemin import etapes_hors_contrat, parcours_du_jour
from parcours.lectures_contrats import contrats_a_ajouter
from parcours.lectures_freins import freins_a_montrer, freins_suivis
from parcours.models import Parcours
from reporting import fiches
from reporting.alertes.mots import avec_mots, objet_en_mots
from reporting.frise_personne import frise_de
from reporting.models import Alerte, TypeAlerte

PUCES = (
    (ReponseEligibilite.ELIGIBLE, "valide", "Éligible", ""),
    (ReponseEligibilite.A_COMPLETER, "attente", "À compléter", "crayon"),
    (ReponseEligibilite.NON_ELIGIBLE, "refus", "Non éligible", ""),
    ("finie", "neutre", "Éligibilité finie", ""),
)


# Ce qui ne peut échoir à une personne : un marché, une entreprise, une orientation, qui n'a pas encore de fiche.
SANS_PERSONNE = (
    TypeAlerte.MARCHE,
    TypeAlerte.RYTHME,
    TypeAlerte.ORIENTATION,
    TypeAlerte.COURRIEL_REVENU,
    TypeAlerte.CONTACT_SILENCE,
)
D_UNE_PERSONNE = tuple(sorte for sorte in TypeAlerte if sorte not in SANS_PERSONNE)


@facilitateur_seul
def personne_fiche(request: HttpRequest, pk: UUID) -> HttpResponse:
    personnes = Beneficiaire.objects.pour(request.user).select_related("prescripteur", "referent")
    personne = get_object_or_404(personnes, pk=pk)
    noter_consultation(beneficiaire=personne, utilisateur=request.user)
    aujourd_hui = timezone.localdate()
    affectations = fiches.dossier(personne, request.user)
    globalisees = fiches.globalisees_hors_contrat(personne, request.user)
    citees = {a.engagement.titulaire.lot.marche.operation_id for a in affectations} | {
        g["operation"] for g in globalisees
    }
    decisions = Eligibilite.objects.pour(request.user).filter(beneficiaire=personne, est_courante=True)
    eligibilites = list(decisions.select_related("operation", "decide_par"))
    expliquees = [(e, pourquoi_de(e, personne=personne.nom_complet)) for e in eligibilites]
    agrements = agrements_du_jour(personne, aujourd_hui)
    siens = list(Parcours.objects.pour(request.user).filter(beneficiaire=personne).select_related("referent"))
    dernier = siens[0] if siens else None
    ouvert = dernier if dernier and dernier.est_ouvert else None
    return render(
        request,
        "reporting/personnes/fiche.html",
        {
            "personne": personne,
            "age": age_au(personne.date_naissance, aujourd_hui),
            "aujourd_hui": aujourd_hui,
            "metiers": personne.metiers.all(),
            "residences": personne.residences.all(),
            "situations": personne.situations.prefetch_related("justificatifs__vu_par"),
            "puces": _puces(eligibilites, aujourd_hui),
            "decisions_en_cours": [(e, p) for e, p in expliquees if not _est_finie(e, aujourd_hui)],
            "decisions_passees": [(e, p) for e, p in expliquees if _est_finie(e, aujourd_hui)],
            "en_poste": [a for a in affectations if a.contrat.periode.contient(aujourd_hui)],
            "contrats": fiches.par_contrat(affectations),
            "operations_ouvertes": _operations_ouvertes(request, citees),
            "globalisees": globalisees,
            "total_valide": sum(
                [*(a.validees for a in affectations), *(g["somme"] for g in globalisees)], start=fiches.ZERO
            ),
            "agrements": agrements,
            "lu": parcours_du_jour(dernier, agrements, utilisateur=request.user, jour=aujourd_hui) if dernier else None,
            "parcours_precedents": siens[1:],
            "parcours_suivi": ouvert,
            "contrats_a_ajouter": contrats_a_ajouter(ouvert, request.user) if ouvert else [],
            "freins": freins_a_montrer(freins_suivis(ouvert, aujourd_hui)) if ouvert else [],
            "frise": frise_de(
                eligibilites, affectations, agrements, aujourd_hui, etapes_hors_contrat(personne, aujourd_hui)
            ),
            "alertes": [(a, objet_en_mots(a)) for a in avec_mots(_echeances(request, personne), D_UNE_PERSONNE)],
            "orientations": personne.orientations.select_related("prescripteur").order_by("-envoyee_le"),
            "consultations": personne.consultations.select_related("utilisateur")[:10],
        },
    )


def _operations_ouvertes(request: HttpRequest, citees: set[UUID]) -> set[UUID]:
    """Celles où mène un lien : la personne reste à sa structure quand le partage d'une opération finit."""
    lisibles = Operation.objects.lisibles_par(request.user).filter(pk__in=citees)
    return set(lisibles.order_by().values_list("pk", flat=True))


def _echeances(request: HttpRequest, personne: Beneficiaire) -> QuerySet[Alerte]:
    return Alerte.objects.pour(request.user).ouvertes(None, *D_UNE_PERSONNE).filter(beneficiaire=personne)


def _puces(eligibilites: list[Eligibilite], aujourd_hui: date) -> list[dict[str, str]]:
    """Une puce par réponse : « Éligible », ou « Éligible sur 3 opérations » quand plusieurs disent la même chose."""
    dites = Counter("finie" if _est_finie(e, aujourd_hui) else e.reponse for e in eligibilites)
    return [
        {
            "teinte": teinte,
            "icone": icone,
            "mots": mots if dites[reponse] == 1 else f"{mots} sur {quantite(dites[reponse], 'opération')}",
        }
        for reponse, teinte, mots, icone in PUCES
        if dites[reponse]
    ]


def _est_finie(eligibilite: Eligibilite, aujourd_hui: date) -> bool:
    return eligibilite.date_fin is not None and eligibilite.date_fin < aujourd_hui
