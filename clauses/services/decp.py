"""Faire d'un marché lu dans les DECP une opération, un marché, un lot, ses titulaires et ses avenants.

La clé nationale (acheteur et identifiant) reconnaît un marché déjà importé : on n'y ajoute que ce qui est nouveau, et ce que
le facilitateur a changé reste. Le même fichier importé deux fois ne change rien.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from clauses.decp import MarcheLu
from clauses.models import (
    Avenant,
    Lot,
    Marche,
    Operation,
    RegleClause,
    RepriseDecp,
    Titulaire,
)
from clauses.services.decp_annuaire import Annuaire, inscrire_inconnus
from clauses.services.decp_objets import complements, objets_nouveaux
from clauses.services.decp_plan import Plan, Statut, planifier
from clauses.services.fins import recalculer_fins
from comptes.formats import enumeration
from comptes.models import Organisation, Profil, Utilisateur

COMMUNE_INCONNUE = "À compléter"
LONGUEUR_NOM = 200
DEJA_LA = "Cette opération a déjà un marché de cet acheteur sous cette référence."
T = TypeVar("T")
# Dans l'ordre où elles se suivent.
TABLES = (Marche, RegleClause, Lot, Titulaire, Avenant, RepriseDecp)
# La règle de départ est toujours la même, la reprise est à nous : rien du fichier n'y entre.
SANS_CONTROLE = (RegleClause, RepriseDecp)


@dataclass(frozen=True, slots=True)
class Choix:
    """Un marché à importer, et où : une opération qui existe, sinon le nom de celle à créer (l'objet par défaut)."""

    marche: MarcheLu
    operation: Operation | None = None
    nom_operation: str = ""

    @property
    def nom(self) -> str:
        return self.nom_operation or nom_par_defaut(self.marche)


class Issue(StrEnum):
    CREE = "cree"
    COMPLETE = "complete"
    INCHANGE = "inchange"
    REFUSE = "refuse"


ISSUES = {Statut.NOUVEAU: Issue.CREE, Statut.A_COMPLETER: Issue.COMPLETE, Statut.RIEN_DE_NEUF: Issue.INCHANGE}


@dataclass(frozen=True, slots=True)
class Resultat:
    issue: Issue
    marche: Marche | None = None
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seance:
    """Ce que partagent les marchés d'un même import. Sous le même nom et pour le même acheteur, une opération nouvelle en
    reçoit plusieurs : `operations` retient celles que l'import a créées."""

    structure: Organisation
    auteur: Utilisateur | None
    aujourd_hui: date
    operations: dict[tuple[str, UUID], UUID] = field(default_factory=dict)

    def retenir(self, nom: str, marche: Marche) -> None:
        self.operations[(nom.casefold(), marche.acheteur_id)] = marche.operation_id


def nom_par_defaut(marche: MarcheLu) -> str:
    """Rend le nom de l'opération qui naîtrait de ce marché : son objet, sans le point final."""
    return marche.objet[:LONGUEUR_NOM].rstrip(" .…") or marche.identifiant


def par_paquets(elements: Sequence[T], taille: int) -> Iterator[Sequence[T]]:
    for debut in range(0, len(elements), taille):
        yield elements[debut : debut + taille]


@transaction.atomic
def importer(choix: Sequence[Choix], *, seance: Seance) -> list[Resultat]:
    """Importe ces marchés, chacun pour lui-même : le refus de l'un n'empêche pas les autres."""
    # Un import à la fois par structure : le second voit ce que le premier a créé.
    Organisation.objects.select_for_update(no_key=True).get(pk=seance.structure.pk)
    plans, annuaire = planifier([un.marche for un in choix], structure=seance.structure)
    inscrire_inconnus(annuaire, (partie for plan in plans for partie in plan.organisations))
    return _importer_ensemble(list(zip(choix, plans, strict=True)), annuaire, seance)


Paire = tuple[Choix, Plan]


def _importer_ensemble(paires: Sequence[Paire], annuaire: Annuaire, seance: Seance) -> list[Resultat]:
    """Écrit tout d'un coup ; si la base refuse, un par un, pour que seul le fautif soit refusé."""
    try:
        with transaction.atomic():
            marches = _ecrire(paires, annuaire, seance)
    except (ValidationError, IntegrityError) as refus:
        if len(paires) > 1:
            return [resultat for paire in paires for resultat in _importer_ensemble([paire], annuaire, seance)]
        return [Resultat(Issue.REFUSE, phrases=_phrases_du_refus(refus))]
    resultats = []
    for (choix, plan), marche in zip(paires, marches, strict=True):
        if plan.existant is None and choix.operation is None:
            seance.retenir(choix.nom, marche)
        resultats.append(Resultat(ISSUES[plan.statut], marche, _phrases(plan)))
    return resultats


def _phrases(plan: Plan) -> tuple[str, ...]:
    if plan.statut != Statut.A_COMPLETER:
        return plan.remarques
    return (f"Ajoutés\u00a0: {enumeration(plan.ajouts)}.", *plan.remarques)


def _phrases_du_refus(refus: ValidationError | IntegrityError) -> tuple[str, ...]:
    if isinstance(refus, ValidationError):
        return tuple(refus.messages)
    if "marche_reference_unique" not in str(refus):
        raise refus
    return (DEJA_LA,)


def _ecrire(paires: Sequence[Paire], annuaire: Annuaire, seance: Seance) -> list[Marche]:
    """Écrit un ordre SQL par table, pour tous ces marchés. Rend, pour chacun, le marché créé ou celui qui existait."""
    marches: list[Marche] = []
    objets: list[models.Model] = []
    for (_, plan), operation in zip(paires, _ouvrir_operations(paires, annuaire, seance), strict=True):
        if plan.existant is None:
            siens = objets_nouveaux(plan, operation, annuaire, seance.auteur)
        elif plan.statut == Statut.A_COMPLETER:
            siens = complements(plan, annuaire)
        else:
            siens = []
        marches.append(plan.existant or siens[0])
        objets += siens
    for modele in TABLES:
        _inserer(modele, [objet for objet in objets if type(objet) is modele])
    prolonges = [plan.existant.pk for _, plan in paires if plan.existant is not None and plan.avenants]
    if prolonges:
        recalculer_fins(prolonges)
    return marches


def _inserer(modele: type[models.Model], objets: Sequence[models.Model]) -> None:
    if modele not in SANS_CONTROLE:
        for objet in objets:
            _controler(objet)
    if modele is RepriseDecp:
        RepriseDecp.objects.bulk_create(
            objets, update_conflicts=True, unique_fields=["marche"], update_fields=["elements"]
        )
    else:
        modele._default_manager.bulk_create(objets)


def _controler(objet: models.Model) -> None:
    """Contrôle chaque champ ; les liens viennent d'être posés, et la base contrôle les contraintes."""
    objet.clean_fields(exclude={champ.name for champ in objet._meta.fields if champ.is_relation})


def _ouvrir_operations(paires: Sequence[Paire], annuaire: Annuaire, seance: Seance) -> list[Operation]:
    """Rend l'opération de chaque marché. Celle que cet import a créée sous le même nom et pour le même acheteur sert encore."""
    creees = Operation.objects.in_bulk(seance.operations.values())
    ouvertes = {cle: creees[pk] for cle, pk in seance.operations.items() if pk in creees}
    operations: list[Operation] = []
    prolongees: dict[UUID, Operation] = {}
    for choix, plan in paires:
        if plan.existant is not None or choix.operation is not None:
            operations.append(plan.existant.operation if plan.existant else choix.operation)
            continue
        acheteur = annuaire.trouver(plan.marche.acheteur, Profil.ACHETEUR)
        cle = (choix.nom.casefold(), acheteur.pk)
        if cle not in ouvertes:
            ouvertes[cle] = _operation(choix, acheteur, seance)
        elif _prolonger(ouvertes[cle], plan.marche):
            prolongees[ouvertes[cle].pk] = ouvertes[cle]
        operations.append(ouvertes[cle])
    _inserer(Operation, [operation for operation in ouvertes.values() if operation._state.adding])
    anciennes = [operation for operation in prolongees.values() if operation.pk in creees]
    Operation.objects.bulk_update(anciennes, ["date_debut", "date_fin"])
    return operations


def _operation(choix: Choix, acheteur: Organisation, seance: Seance) -> Operation:
    lu = choix.marche
    return Operation(
        structure=seance.structure,
        nom=choix.nom,
        maitre_ouvrage=acheteur,
        commune=lu.lieu or COMMUNE_INCONNUE,
        code_postal=lu.code_postal,
        date_debut=lu.date_debut or lu.date_signature or lu.date_publication or seance.aujourd_hui,
        date_fin=lu.date_fin,
    )


def _prolonger(operation: Operation, lu: MarcheLu) -> bool:
    """Étend l'opération aux dates d'un marché de plus. Rend vrai si elles changent."""
    avant = (operation.date_debut, operation.date_fin)
    operation.date_debut = min(operation.date_debut, lu.date_debut or operation.date_debut)
    if operation.date_fin and lu.date_fin:
        operation.date_fin = max(operation.date_fin, lu.date_fin)
    return avant != (operation.date_debut, operation.date_fin)
