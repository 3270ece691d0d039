"""Ce que l'on sait d'une personne au jour qui fait foi : son quartier, ses critères, son contrat.

Presque toutes les heures se lisent d'un bloc, par affectation. Ne se lisent relevé par relevé que celles de qui a déménagé, ou changé de
situation entre deux relevés d'un marché qui suit le jour de l'heure (section « statuts » de sa règle).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Max, Min, Q, QuerySet, Sum

from beneficiaires.models import Residence, Situation, StatutQpv
from beneficiaires.periodes import lendemain
from clauses.models import (
    Affectation,
    Engagement,
    EtatReleve,
    Imputation,
    Marche,
    NatureObjectif,
    RegleClause,
    ReleveHeures,
    SousObjectif,
)
from clauses.regles.statuts import (
    AdresseQuittee,
    JourStatut,
    ParametresStatuts,
    etait_valable,
    jour_du_statut,
    qpv_au,
)

ZERO = Decimal(0)
RQTH = "TH"
_MARCHE = "affectation__engagement__titulaire__lot__marche"
_MARCHE_CIBLE = "engagement__titulaire__lot__marche"


@dataclass(frozen=True, slots=True)
class HeuresDatees:
    """Des heures comptées, et ce que l'on savait de la personne au jour qui fait foi. `contrat` : son type."""

    affectation: UUID
    nature: str
    heures: Decimal
    qpv: str
    contrat: str
    criteres: tuple[str, ...]


def releves_comptes(engagements: QuerySet[Engagement], *, arrete_au: date) -> QuerySet[ReleveHeures]:
    """Les relevés validés de ces engagements, sauf ceux dont toutes les heures comptent ailleurs."""
    return ReleveHeures.objects.filter(
        affectation__engagement__in=engagements.order_by().values("pk"), etat=EtatReleve.VALIDE, mois__lte=arrete_au
    ).exclude(heures_imputees__gte=F("heures"), heures__gt=0)


def imputations_comptees(engagements: QuerySet[Engagement], *, arrete_au: date) -> QuerySet[Imputation]:
    """Les heures validées ailleurs qui comptent sur ces engagements."""
    return Imputation.objects.filter(
        engagement__in=engagements.order_by().values("pk"), releve__etat=EtatReleve.VALIDE, releve__mois__lte=arrete_au
    )


def heures_datees(engagements: QuerySet[Engagement], *, arrete_au: date) -> tuple[set[UUID], list[HeuresDatees]]:
    """Rend les affectations dont le public se lit au jour qui fait foi, et leurs heures. Deux requêtes quand il n'y en a pas."""
    cibles = engagements.order_by().values("pk")
    quittees: defaultdict[UUID, list[AdresseQuittee]] = defaultdict(list)
    placees = Affectation.objects.filter(Q(engagement__in=cibles) | Q(releves__imputations__engagement__in=cibles))
    for adresse in Residence.objects.filter(beneficiaire__in=placees.order_by().values("contrat__beneficiaire")):
        quittees[adresse.beneficiaire_id].append(AdresseQuittee(adresse.date_fin, adresse.qpv, adresse.date_debut))
    statuts = {
        marche: ParametresStatuts.depuis_json(options["statuts"])
        for marche, options in RegleClause.objects.filter(
            est_courante=True, marche__lots__titulaires__engagement__in=cibles, options__has_key="statuts"
        ).values_list("marche", "options")
    }
    changes = [marche for marche, parametres in statuts.items() if parametres != ParametresStatuts()]
    if not quittees and not changes:
        return set(), []
    a_part = _affectations_a_part(engagements, arrete_au, list(quittees), changes)
    lignes = list(_lignes(engagements, arrete_au, a_part))
    situations = _situations({ligne[3] for ligne in lignes if ligne[2] in changes})
    a_lire = {
        affectation
        for affectation, _, _, personne, *_, premier, dernier, _ in lignes
        if any(
            premier < jour <= dernier for jour in _changements(quittees.get(personne, []), situations.get(personne, []))
        )
    }
    if a_lire:
        lignes = [ligne for ligne in lignes if ligne[0] not in a_lire]
        lignes += _lignes(engagements, arrete_au, a_lire, une_a_une=True)
    premiers = _premiers_contrats([m for m in changes if statuts[m].contrat == JourStatut.ATTRIBUTION])
    datees = []
    for affectation, nature, marche, personne, habite, contrat, criteres, attribution, *_, jour, _, heures in lignes:
        parametres = statuts.get(marche, ParametresStatuts())
        qpv = habite
        if marche in changes or personne in quittees:
            d_adresse = jour_du_statut(parametres.adresse, attribution=attribution, heure=jour)
            qpv = (
                StatutQpv.INCONNU.value
                if d_adresse is None
                else qpv_au(d_adresse, aujourd_hui=habite, quittees=quittees.get(personne, []))
            )
        valables = _criteres_au(parametres, criteres, situations.get(personne, []), jour)
        type_contrat = premiers.get((personne, marche), contrat)
        datees.append(HeuresDatees(affectation, nature, heures, qpv, type_contrat, valables))
    return a_part, datees


def _sources(engagements: QuerySet[Engagement], arrete_au: date) -> tuple[tuple[QuerySet, str, str], ...]:
    """Les heures de ces engagements, faites là ou imputées ; le chemin de leur relevé, et du marché où elles comptent."""
    return (
        (releves_comptes(engagements, arrete_au=arrete_au), "", _MARCHE),
        (imputations_comptees(engagements, arrete_au=arrete_au), "releve__", _MARCHE_CIBLE),
    )


def _affectations_a_part(
    engagements: QuerySet[Engagement], arrete_au: date, personnes: list[UUID], marches: Collection[UUID]
) -> set[UUID]:
    """Celles de ces personnes, ou dont des heures comptent sur ces marchés ; toutes leurs heures se lisent alors ensemble."""
    faites, imputees = (
        heures.filter(
            Q(**{f"{releve}affectation__contrat__beneficiaire__in": personnes}) | Q(**{f"{marche}__in": marches})
        )
        .order_by()
        .values_list(f"{releve}affectation")
        for heures, releve, marche in _sources(engagements, arrete_au)
    )
    return {affectation for (affectation,) in faites.union(imputees)}


def _lignes(
    engagements: QuerySet[Engagement], arrete_au: date, affectations: Collection[UUID], *, une_a_une: bool = False
) -> Iterator[tuple]:
    """Les heures de ces affectations, réunies par affectation, nature et marché où elles comptent ; `une_a_une` : relevé par relevé.

    Chaque ligne finit par le premier jour de ses relevés, le premier jour du dernier, et leur somme.
    """
    for heures, releve, marche in _sources(engagements, arrete_au):
        choisies = heures.filter(**{f"{releve}affectation__in": affectations})
        yield from _reunies(choisies, releve, marche, *(["pk"] if une_a_une else []))


def _reunies(heures: QuerySet, releve: str, marche: str, *chacune: str) -> QuerySet:
    affectation, jour = f"{releve}affectation", f"{releve}date_debut"
    personne = f"{affectation}__contrat__beneficiaire"
    return (
        heures.order_by()
        .values_list(
            affectation,
            f"{releve}nature",
            marche,
            personne,
            f"{personne}__qpv",
            f"{affectation}__contrat__type_contrat",
            f"{affectation}__eligibilite__criteres_retenus",
            f"{marche}__date_attribution",
            *chacune,
        )
        .annotate(premier=Min(jour), dernier=Max(jour), somme=Sum("heures_comptees"))
    )


def _changements(quittees: Iterable[AdresseQuittee], situations: Iterable[tuple[str, date, date | None]]) -> list[date]:
    """Les jours où change ce que l'on sait de la personne : une adresse, une situation commence ou vient de finir."""
    periodes = [(a.debut, a.fin) for a in quittees] + [(debut, fin) for _, debut, fin in situations]
    return [d for d, _ in periodes if d] + [lendemain(f) for _, f in periodes if f]


def _situations(personnes: set[UUID]) -> dict[UUID, list[tuple[str, date, date | None]]]:
    par_personne: defaultdict[UUID, list[tuple[str, date, date | None]]] = defaultdict(list)
    if personnes:
        lues = Situation.objects.filter(beneficiaire__in=personnes)
        for personne, critere, debut, fin in lues.values_list("beneficiaire", "critere", "date_debut", "date_fin"):
            par_personne[personne].append((critere, debut, fin))
    return par_personne


def _criteres_au(
    parametres: ParametresStatuts, retenus: list[str], situations: list[tuple[str, date, date | None]], jour: date
) -> tuple[str, ...]:
    """Les critères de la décision ; ceux que le marché suit au jour de l'heure, seulement s'ils valaient encore ce jour-là."""
    gardes = []
    for code in retenus:
        suivi = parametres.rqth if code == RQTH else parametres.critere
        valait = any(code == c and etait_valable(jour, debut=debut, fin=fin) for c, debut, fin in situations)
        if suivi == JourStatut.ATTRIBUTION or valait:
            gardes.append(code)
    return tuple(gardes)


def _premiers_contrats(marches: list[UUID]) -> dict[tuple[UUID, UUID], str]:
    """Le premier contrat de chaque personne sur ces marchés : celui de son entrée, qui reste le sien."""
    premiers: dict[tuple[UUID, UUID], str] = {}
    if marches:
        chemin = "engagement__titulaire__lot__marche"
        affectations = Affectation.objects.filter(**{f"{chemin}__in": marches}).order_by("contrat__date_debut", "pk")
        for personne, marche, contrat in affectations.values_list(
            "contrat__beneficiaire", chemin, "contrat__type_contrat"
        ):
            premiers.setdefault((personne, marche), contrat)
    return premiers


# Objectifs particuliers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeuresDUnObjectif:
    """Ce qu'un objectif particulier a de fait : ses heures comptées, et combien de personnes les ont faites.

    `autres` : combien ont fait celles du lot (ou du marché) qui n'y entrent pas ; leurs heures se déduisent du total.
    """

    heures: Decimal
    personnes: int
    autres: int = 0


def heures_des_objectifs(marche: Marche, *, arrete_au: date) -> dict[UUID, HeuresDUnObjectif]:
    """Rend, par objectif particulier du marché, les heures comptées de son public, de son métier ou des habitants des QPV.

    Une personne de deux publics est dans les deux lignes, et une fois dans le total du marché. Nombre constant de requêtes.
    """
    objectifs = list(SousObjectif.objects.filter(marche=marche))
    if not objectifs:
        return {}
    engagements = Engagement.objects.filter(titulaire__lot__marche=marche)
    a_part, datees = heures_datees(engagements, arrete_au=arrete_au)
    lignes = [
        (personne, lot, metier, qpv, tuple(criteres), heures)
        for affectation, lot, personne, metier, qpv, criteres, heures in _par_affectation(engagements, arrete_au)
        if affectation not in a_part
    ]
    connues = {
        pk: reste
        for pk, *reste in Affectation.objects.filter(pk__in=a_part).values_list(
            "pk", "contrat__beneficiaire", "engagement__titulaire__lot", "contrat__metier"
        )
    }
    lignes += [(*connues[d.affectation], d.qpv, d.criteres, d.heures) for d in datees]
    return {objectif.pk: _faites(objectif, lignes) for objectif in objectifs}


def _par_affectation(engagements: QuerySet[Engagement], arrete_au: date) -> Iterable[tuple]:
    suite = ("contrat__beneficiaire", "contrat__metier", "contrat__beneficiaire__qpv", "eligibilite__criteres_retenus")
    yield from (
        releves_comptes(engagements, arrete_au=arrete_au)
        .order_by()
        .values_list(
            "affectation", "affectation__engagement__titulaire__lot", *(f"affectation__{nom}" for nom in suite)
        )
        .annotate(somme=Sum("heures_comptees"))
    )
    yield from (
        imputations_comptees(engagements, arrete_au=arrete_au)
        .order_by()
        .values_list(
            "releve__affectation", "engagement__titulaire__lot", *(f"releve__affectation__{nom}" for nom in suite)
        )
        .annotate(somme=Sum("heures_comptees"))
    )


def _faites(objectif: SousObjectif, lignes: list[tuple]) -> HeuresDUnObjectif:
    codes = set(objectif.codes)
    total, personnes, autres = ZERO, set(), set()
    for personne, lot, metier, qpv, criteres, heures in lignes:
        if objectif.lot_id not in (None, lot):
            continue
        retenue = (
            qpv == StatutQpv.OUI
            if objectif.nature == NatureObjectif.QPV
            else codes & set(criteres)
            if objectif.nature == NatureObjectif.PUBLIC
            else metier in codes
        )
        (personnes if retenue else autres).add(personne)
        total += heures if retenue else ZERO
    return HeuresDUnObjectif(total, len(personnes), len(autres))
