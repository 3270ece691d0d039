"""Les totaux qu'une coordination lit : heures et nombre de personnes par structure et par opération, aucun nom.

Le masque des petits comptes se calcule toujours sur toutes les structures de la coordination, quel que soit le filtre : le nombre qu'une
structure tait ne se retrouve pas en l'ôtant du total, qui se tait alors aussi.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from clauses.avancement import Avancement, additionner, avancements_par_operation, totaliser
from clauses.models import CumulMensuel, Engagement, Operation
from clauses.publics import imputations_comptees, releves_comptes
from clauses.regles.masque import LIBELLE_MASQUE, SEUIL_MASQUE, masquer_parts
from comptes.models import Organisation

ZERO = Decimal(0)
_OPERATION = "engagement__titulaire__lot__marche__operation"


@dataclass(frozen=True)
class LigneTotaux:
    """Une opération. `personnes` : None quand le nombre est tu ; `de_l_annee` : ses heures validées dans l'année de l'arrêté."""

    operation: Operation
    avancement: Avancement
    de_l_annee: Decimal
    personnes: int | None


@dataclass(frozen=True)
class TotauxStructure:
    structure: Organisation
    lignes: tuple[LigneTotaux, ...]
    avancement: Avancement
    de_l_annee: Decimal
    personnes: int | None


@dataclass(frozen=True)
class Totaux:
    """Les structures montrées, et leur total quand aucune n'est choisie."""

    structures: tuple[TotauxStructure, ...]
    avancement: Avancement
    de_l_annee: Decimal
    personnes: int | None


def operations_de_l_annee(operations: QuerySet[Operation], *, arrete_au: date) -> QuerySet[Operation]:
    """Celles commencées à l'arrêté, et qui n'étaient pas finies avant le début de son année."""
    debut = arrete_au.replace(month=1, day=1)
    return operations.filter(Q(date_fin__isnull=True) | Q(date_fin__gte=debut), date_debut__lte=arrete_au)


def engagements_de(operations: QuerySet[Operation]) -> QuerySet[Engagement]:
    return Engagement.objects.filter(titulaire__lot__marche__operation__in=operations.order_by().values("pk"))


def calculer(operations: QuerySet[Operation], *, arrete_au: date, choisie: Organisation | None = None) -> Totaux:
    """Lit tout en six requêtes, quel que soit le nombre de structures et d'opérations."""
    operations = operations_de_l_annee(operations, arrete_au=arrete_au)
    engagements = engagements_de(operations)
    avancements = avancements_par_operation(engagements, jour=arrete_au)
    annee = _heures_de_l_annee(engagements, arrete_au)
    lues = list(operations.select_related("structure", "maitre_ouvrage").order_by("structure__nom", "nom", "pk"))
    personnes = _personnes(engagements, arrete_au)
    par_structure: defaultdict[Organisation, list[Operation]] = defaultdict(list)
    for operation in lues:
        par_structure[operation.structure].append(operation)
    publies, total = _nombres_publies(par_structure, personnes)
    vide = totaliser([], jour=arrete_au)
    structures = tuple(
        _totaux(
            structure,
            [
                LigneTotaux(o, avancements.get(o.pk, vide), annee.get(o.pk, ZERO), publies[structure.pk][1][o.pk])
                for o in groupe
            ],
            personnes=publies[structure.pk][0],
            jour=arrete_au,
        )
        for structure, groupe in par_structure.items()
        if choisie is None or structure == choisie
    )
    return Totaux(
        structures,
        additionner([s.avancement for s in structures], jour=arrete_au),
        sum((s.de_l_annee for s in structures), ZERO),
        total,
    )


def _totaux(
    structure: Organisation, lignes: list[LigneTotaux], *, personnes: int | None, jour: date
) -> TotauxStructure:
    total = additionner([ligne.avancement for ligne in lignes], jour=jour)
    return TotauxStructure(
        structure, tuple(lignes), total, sum((ligne.de_l_annee for ligne in lignes), ZERO), personnes
    )


def _heures_de_l_annee(engagements: QuerySet[Engagement], arrete_au: date) -> dict[UUID, Decimal]:
    debut = arrete_au.replace(month=1, day=1)
    cumuls = CumulMensuel.objects.filter(engagement__in=engagements.values("pk"), mois__range=(debut, arrete_au))
    return dict(cumuls.values_list(_OPERATION).annotate(somme=Sum("validees_heures")))


def _personnes(engagements: QuerySet[Engagement], arrete_au: date) -> dict[UUID, set[UUID]]:
    """Qui a au moins une heure validée et comptée, opération par opération : la définition des bilans."""
    faites = releves_comptes(engagements, arrete_au=arrete_au).order_by()
    recues = imputations_comptees(engagements, arrete_au=arrete_au).order_by()
    couples = faites.values_list(f"affectation__{_OPERATION}", "affectation__contrat__beneficiaire").union(
        recues.values_list(_OPERATION, "releve__affectation__contrat__beneficiaire")
    )
    personnes: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for operation, personne in couples:
        personnes[operation].add(personne)
    return personnes


def _nombres_publies(
    par_structure: Mapping[Organisation, list[Operation]], personnes: Mapping[UUID, set[UUID]]
) -> tuple[dict[UUID, tuple[int | None, dict[UUID, int | None]]], int | None]:
    """Rend ce qui s'écrit : par structure, son nombre et celui de chaque opération ; puis le total, tu dès qu'une structure l'est."""
    publies: dict[UUID, tuple[int | None, dict[UUID, int | None]]] = {}
    for structure, groupe in par_structure.items():
        comptes = {o.pk: len(personnes.get(o.pk, ())) for o in groupe}
        nombre = len(set().union(*(personnes.get(o.pk, set()) for o in groupe)))
        publies[structure.pk] = _tu_sous_le_seuil(nombre), masquer_parts(nombre, comptes)
    if any(nombre is None for nombre, _ in publies.values()):
        return publies, None
    return publies, _tu_sous_le_seuil(len(set().union(*personnes.values())))


def _tu_sous_le_seuil(nombre: int) -> int | None:
    return None if 0 < nombre < SEUIL_MASQUE else nombre


def lignes_d_export(totaux: Totaux, *, avec_total: bool) -> list[list[object]]:
    """Les lignes du fichier, la première portant les titres, la dernière le total quand plusieurs structures y sont."""
    titres = [
        "Structure",
        "Opération",
        "Maître d’ouvrage",
        "Heures dues",
        "Heures validées",
        "Dont dans l’année",
        "Heures à vérifier",
        "Heures attendues",
        "Rythme",
        "Personnes",
        "Arrêté au",
    ]
    lignes: list[list[object]] = [titres]
    for structure in totaux.structures:
        nom = structure.structure.nom
        for ligne in structure.lignes:
            operation = ligne.operation
            lignes.append([nom, operation.nom, operation.maitre_ouvrage.nom, *_cellules(ligne)])
        lignes.append([nom, "Total de la structure", "", *_cellules(structure)])
    if avec_total:
        lignes.append(["Toutes les structures", "Total", "", *_cellules(totaux)])
    return lignes


def _cellules(total: LigneTotaux | TotauxStructure | Totaux) -> list[object]:
    a = total.avancement
    return [
        a.dues,
        a.validees,
        total.de_l_annee,
        a.en_attente,
        a.attendues,
        a.rythme.libelle if a.dues else "",
        LIBELLE_MASQUE if total.personnes is None else total.personnes,
        a.a_la_date,
    ]
