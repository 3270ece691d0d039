"""Les opérations où il y a des heures à déclarer, à vérifier ou à valider."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from beneficiaires.periodes import mois_de
from clauses.models import Affectation, EtatReleve, NatureHeures, Operation, ReleveHeures, ReponseEligibilite
from comptes.models import Utilisateur

OPERATION = "engagement__titulaire__lot__marche__operation"


@dataclass(slots=True)
class LigneChoix:
    """Une opération : cases à déclarer ce mois-là, et ce qui attend, tous mois confondus."""

    operation: Operation
    a_declarer: int = 0
    a_verifier: int = 0
    a_verifier_heures: Decimal = Decimal(0)
    a_valider: int = 0
    a_valider_heures: Decimal = Decimal(0)

    @property
    def a_faire(self) -> int:
        return self.a_declarer + self.a_verifier + self.a_valider


def operations_a_saisir(operations: QuerySet[Operation], *, mois: date, utilisateur: Utilisateur) -> list[LigneChoix]:
    """Rend les opérations où quelque chose attend, puis celles où tout est à jour ce mois-là. Trois requêtes."""
    affectations = Affectation.objects.pour(utilisateur)
    lignes = {
        operation.pk: LigneChoix(operation)
        for operation in operations.filter(pk__in=affectations.values(OPERATION)).select_related("maitre_ouvrage")
    }
    # D'autres opérations ont peut-être des heures : les écarter ici coûte moins qu'en SQL, où il faudrait les relire.
    en_cours = [compte for compte in _en_cours(affectations, mois) if compte[0] in lignes]
    for operation, nombre, declarees in en_cours:
        lignes[operation].a_declarer = nombre - declarees
    for operation, etat, nombre, heures in _en_attente(ReleveHeures.objects.pour(utilisateur)):
        if operation not in lignes:
            continue
        ligne = lignes[operation]
        if etat == EtatReleve.VERIFIE:
            ligne.a_valider, ligne.a_valider_heures = ligne.a_valider + nombre, ligne.a_valider_heures + heures
        else:
            ligne.a_verifier, ligne.a_verifier_heures = ligne.a_verifier + nombre, ligne.a_verifier_heures + heures
    actives = {operation for operation, _, _ in en_cours}
    utiles = [ligne for pk, ligne in lignes.items() if ligne.a_faire or pk in actives]
    return sorted(utiles, key=lambda ligne: (not ligne.a_faire, ligne.operation.nom.casefold()))


def _en_cours(affectations: QuerySet[Affectation], mois: date) -> list[tuple[UUID, int, int]]:
    """Par opération : les affectations dont ce mois peut porter des heures de travail, et celles qui en portent."""
    entier = mois_de(mois)
    dans_le_contrat = Q(contrat__date_debut__lte=entier.fin) & (
        Q(contrat__date_rupture__gte=mois)
        | Q(contrat__date_rupture__isnull=True, contrat__date_fin__gte=mois)
        | Q(contrat__date_rupture__isnull=True, contrat__date_fin__isnull=True)
    )
    dans_la_fenetre = Q(eligibilite__reponse=ReponseEligibilite.ELIGIBLE, eligibilite__date_debut__lte=entier.fin) & (
        Q(eligibilite__date_fin__gte=mois) | Q(eligibilite__date_fin__isnull=True)
    )
    declares = ReleveHeures.objects.filter(affectation=OuterRef("pk"), mois=mois, nature=NatureHeures.TRAVAIL)
    return list(
        affectations.filter(dans_le_contrat & dans_la_fenetre, engagement__titulaire__lot__clos_le__isnull=True)
        .annotate(declare=Exists(declares))
        .order_by()
        .values_list(OPERATION)
        .annotate(nombre=Count("pk"), declarees=Count("pk", filter=Q(declare=True)))
    )


def _en_attente(releves: QuerySet[ReleveHeures]) -> QuerySet:
    """Par opération et par état : combien de relevés attendent, et leurs heures."""
    return (
        releves.en_attente()
        .order_by()
        .values_list(f"affectation__{OPERATION}", "etat")
        .annotate(nombre=Count("pk"), somme=Sum("heures"))
    )
