"""Proposer, accepter et finir le partage d'une opération. Chaque écriture prend le verrou de l'opération : deux réponses s'attendent."""

from django.db import transaction
from django.utils import timezone

from clauses.models import Operation, PartageOperation
from clauses.regles.partages import controler_fin, controler_proposition, controler_reponse
from comptes.ecriture import enregistrer, exiger
from comptes.models import Organisation, Utilisateur

REMPLACE = "Remplacé par un nouveau droit."


@transaction.atomic
def proposer(*, operation: Operation, structure: Organisation, droit: str, par: Utilisateur) -> PartageOperation:
    _verrouiller(operation.pk)
    deja = operation.partages.filter(structure=structure)
    en_cours = deja.en_cours().first()
    exiger(
        controler_proposition(
            porteuse=operation.structure_id,
            invitee=structure.pk,
            droit=droit,
            droit_en_cours=en_cours.droit if en_cours else "",
            attend_une_reponse=deja.proposes().exists(),
        )
    )
    partage = PartageOperation(
        operation=operation,
        porteuse_id=operation.structure_id,
        structure=structure,
        droit=droit,
        propose_par=par,
        propose_le=timezone.now(),
    )
    enregistrer(partage)
    return partage


@transaction.atomic
def accepter(*, partage: PartageOperation, par: Utilisateur) -> PartageOperation:
    """Le droit accepté remplace celui qui courait : il n'y en a jamais deux."""
    partage = _tenir(partage)
    exiger(controler_reponse(partage.etat))
    for ancien in partage.operation.partages.filter(structure=partage.structure_id).en_cours():
        _clore(ancien, par, REMPLACE)
    partage.accepte_par, partage.accepte_le = par, timezone.now()
    enregistrer(partage)
    return partage


@transaction.atomic
def finir(*, partage: PartageOperation, par: Utilisateur, motif: str) -> PartageOperation:
    """Refuser ou retirer une proposition, mettre fin à un partage : la ligne reste, avec qui, quand et pourquoi."""
    partage = _tenir(partage)
    exiger(controler_fin(partage.etat))
    _clore(partage, par, motif)
    return partage


def _clore(partage: PartageOperation, par: Utilisateur, motif: str) -> None:
    partage.fini_par, partage.fini_structure, partage.fini_le = par, par.organisation, timezone.now()
    partage.motif = motif
    enregistrer(partage)


def _tenir(partage: PartageOperation) -> PartageOperation:
    _verrouiller(partage.operation_id)
    return PartageOperation.objects.select_related("operation", "porteuse", "structure").get(pk=partage.pk)


def _verrouiller(operation: object) -> None:
    Operation.objects.select_for_update(no_key=True).get(pk=operation)
