"""Les opérations où il y a des heures à déclarer, à vérifier ou à valider."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from beneficiaires.periodes import mois_de
from clauses.models import (
    Affectation,
    Engagement,
    EtatReleve,
    NatureHeures,
    Operation,
    ReleveHeures,
    ReponseEligibilite,
)
from comptes.models import Utilisateur

OPERATION = "titulaire__lot__marche__operation"
LOT_CLOS = "titulaire__lot__clos_le"


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
    """Rend les opérations où quelque chose attend, puis celles où tout est à jour ce mois-là. Quatre requêtes."""
    en_cours = _en_cours(Affectation.objects.pour(utilisateur), mois)
    en_attente = _en_attente(ReleveHeures.objects.pour(utilisateur))
    # Compter par engagement, puis chercher l'opération de quelques-uns : la joindre à des milliers de lignes coûterait plus.
    seuls = Engagement.objects.filter(pk__in={*en_cours, *(engagement for engagement, *_ in en_attente)})
    ou_vont = {pk: (operation, clos_le) for pk, operation, clos_le in seuls.values_list("pk", OPERATION, LOT_CLOS)}
    siennes = operations.filter(pk__in={operation for operation, _ in ou_vont.values()})
    lignes = {operation.pk: LigneChoix(operation) for operation in siennes.select_related("maitre_ouvrage")}
    actives = set()
    for engagement, (nombre, declarees) in en_cours.items():
        operation, clos_le = ou_vont[engagement]
        if operation in lignes and clos_le is None:
            lignes[operation].a_declarer += nombre - declarees
            actives.add(operation)
    for engagement, etat, nombre, heures in en_attente:
        ligne = lignes.get(ou_vont[engagement][0])
        if ligne is None:
            continue
        if etat == EtatReleve.VERIFIE:
            ligne.a_valider, ligne.a_valider_heures = ligne.a_valider + nombre, ligne.a_valider_heures + heures
        else:
            ligne.a_verifier, ligne.a_verifier_heures = ligne.a_verifier + nombre, ligne.a_verifier_heures + heures
    utiles = [ligne for pk, ligne in lignes.items() if ligne.a_faire or pk in actives]
    return sorted(utiles, key=lambda ligne: (not ligne.a_faire, ligne.operation.nom.casefold()))


def _en_cours(affectations: QuerySet[Affectation], mois: date) -> dict[UUID, tuple[int, int]]:
    """Par engagement, son lot clos ou non : les affectations dont ce mois peut porter des heures de travail, et celles qui en portent."""
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
    comptees = (
        affectations.filter(dans_le_contrat & dans_la_fenetre)
        .order_by()
        .values_list("engagement")
        .annotate(nombre=Count("pk"), declarees=Count("pk", filter=Exists(declares)))
    )
    return {engagement: (nombre, declarees) for engagement, nombre, declarees in comptees}


def _en_attente(releves: QuerySet[ReleveHeures]) -> list[tuple[UUID, str, int, Decimal]]:
    """Par engagement et par état : combien de relevés attendent, et leurs heures."""
    comptes = releves.en_attente().order_by().values_list("affectation__engagement", "etat")
    return list(comptes.annotate(nombre=Count("pk"), somme=Sum("heures")))
