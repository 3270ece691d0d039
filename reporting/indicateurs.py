"""Les comptes du public d'une clause, déjà masqués : rien d'autre ne sort vers un acheteur ou un bilan.

Une personne compte dès qu'elle a une heure validée à la date d'arrêté ; ses heures sont celles que la règle du marché compte, venues
d'ailleurs par convention comprises. Son âge est celui de son embauche, ses critères ceux retenus par la décision d'éligibilité, son
quartier celui du jour qui fait foi : une correction d'aujourd'hui ne change pas un chiffre d'hier.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from django.db.models import Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from beneficiaires.models import StatutQpv
from beneficiaires.regles import CRITERES, tranche_age
from clauses.models import Affectation, Engagement, Imputation, NatureHeures, TypeContrat
from clauses.publics import HeuresDatees, heures_datees, imputations_comptees, releves_comptes
from clauses.regles.masque import SEUIL_MASQUE, RepartitionsMasquees, masquer_repartitions
from comptes.models import Categorie

ALTERNANCES = {TypeContrat.APPRENTISSAGE, TypeContrat.PROFESSIONNALISATION}
FACONS_PAR_CATEGORIE = {
    Categorie.ETTI: "Intérim d’insertion (ETTI)",
    Categorie.ETT: "Intérim (ETT)",
    Categorie.EATT: "Intérim adapté (EATT)",
    Categorie.AI: "Association intermédiaire (AI)",
    Categorie.GEIQ: "Mise à disposition par un GEIQ",
    Categorie.EI: "Entreprise d’insertion (EI)",
    Categorie.ACI: "Atelier et chantier d’insertion (ACI)",
    Categorie.REGIE: "Régie de quartier",
    Categorie.EA: "Entreprise adaptée (EA)",
    Categorie.ESAT: "ESAT",
}
FEMMES, HOMMES = "Femmes", "Hommes"
QPV, HORS_QPV = "Habitants d’un QPV", "Autres habitants"
# Une répartition qui se tait ne montre pas même ses libellés, qui disent déjà quelqu'un ; « QPV ou non » s'écrit toujours.
TUES: dict[str, dict[str, None]] = {"qpv": {QPV: None, HORS_QPV: None}}


@dataclass(frozen=True)
class LigneCompte:
    """Une ligne de tableau. None : masqué, car moins de cinq personnes ou déductible."""

    libelle: str
    personnes: int | None
    part: Decimal | None
    heures: Decimal | None = None


@dataclass(frozen=True)
class ComptesDuPublic:
    """Tout est prêt à imprimer : un nombre masqué est None, et ne se retrouve pas par soustraction."""

    personnes: int | None
    sexe: tuple[LigneCompte, ...]
    age: tuple[LigneCompte, ...]
    criteres: tuple[LigneCompte, ...]
    qpv: tuple[LigneCompte, ...]
    contrats: tuple[LigneCompte, ...]
    facons: tuple[LigneCompte, ...]
    heures: Decimal
    heures_formation: Decimal
    a_personne: bool
    se_retranche: bool = False  # le nombre de personnes se tait, même au-delà de cinq

    @property
    def groupes(self) -> tuple[tuple[str, tuple[LigneCompte, ...]], ...]:
        """Les répartitions montrées à l'écran, avec leur titre."""
        return (
            ("Critère retenu", self.criteres),
            ("Sexe", self.sexe),
            ("Âge à l’embauche", self.age),
            ("Façon d’employer", self.facons),
        )

    @property
    def heures_qpv(self) -> Decimal | None:
        """Heures des habitants d'un QPV, None si le compte est masqué."""
        return next((ligne.heures for ligne in self.qpv if ligne.libelle == QPV), Decimal(0))


def comptes_du_public(
    engagements: QuerySet[Engagement], *, arrete_au: date, lu_par_les_structures: bool = False
) -> ComptesDuPublic:
    """Lit les heures comptées de ces engagements et rend les comptes masqués. Quatre requêtes quand personne n'a déménagé.

    Les heures s'additionnent d'abord par affectation : grouper des milliers de relevés par tout ce que l'on sait de chaque
    personne prend deux fois plus de temps. Identifiants et critères restent le texte de la base : ici, ils ne servent qu'à
    distinguer. `lu_par_les_structures` : un bilan, que lisent les structures qui partagent l'opération et connaissent leurs personnes.
    """
    cibles = engagements.order_by().values("pk")
    faites = (
        releves_comptes(engagements, arrete_au=arrete_au)
        .order_by()
        .values_list(Cast("affectation", TextField()), "nature")
        .annotate(somme=Sum("heures_comptees"))
    )
    recues = (
        imputations_comptees(engagements, arrete_au=arrete_au)
        .order_by()
        .values_list(Cast("releve__affectation", TextField()), "releve__nature")
        .annotate(somme=Sum("heures_comptees"))
    )
    sommes = list(faites.union(recues, all=True))
    structures: dict[str, str] = {}
    publics: dict[str, list] = {}
    for affectation, structure, *public in (
        Affectation.objects.filter(
            Q(engagement__in=cibles)
            | Q(pk__in=Imputation.objects.filter(engagement__in=cibles).values("releve__affectation"))
        )
        .order_by()
        .values_list(
            Cast("pk", TextField()),
            Cast("contrat__beneficiaire__structure", TextField()),
            Cast("contrat__beneficiaire", TextField()),
            "contrat__beneficiaire__sexe",
            "contrat__beneficiaire__date_naissance",
            "contrat__beneficiaire__qpv",
            "contrat__type_contrat",
            "contrat__employeur__categorie",
            "contrat__date_debut",
            Cast("eligibilite__criteres_retenus", TextField()),
        )
    ):
        publics[affectation], structures[public[0]] = public, structure
    a_part, datees = heures_datees(engagements, arrete_au=arrete_au)
    un_a_un = {str(affectation) for affectation in a_part}
    # Une affectation supprimée entre les deux lectures n'a plus d'heures non plus.
    lignes = [
        (*publics[cle], nature, heures) for cle, nature, heures in sommes if cle in publics and cle not in un_a_un
    ]
    lignes += [_ligne_datee(publics[cle], d) for d in datees if (cle := str(d.affectation)) in publics]
    return compter(lignes, structures if lu_par_les_structures else {})


def _ligne_datee(public: list, datee: HeuresDatees) -> tuple:
    """Une ligne dont le quartier, le contrat et les critères sont ceux du jour qui fait foi."""
    personne, sexe, naissance, _, _, employeur, embauche, _ = public
    criteres = json.dumps(list(datee.criteres))
    return (
        personne,
        sexe,
        naissance,
        datee.qpv,
        datee.contrat,
        employeur,
        embauche,
        criteres,
        datee.nature,
        datee.heures,
    )


def compter(lignes: Iterable[tuple], structures: Mapping[str, str] = MappingProxyType({})) -> ComptesDuPublic:
    """Range les lignes (personne, sexe, naissance, QPV, contrat, employeur, embauche, critères en JSON, nature, heures).

    Ce qui se dit de la même façon est d'abord réuni : il y a bien moins de façons de dire que de personnes. `structures` : celle qui
    suit chaque personne ; sur une opération partagée, chacune connaît les siennes et retrancherait.
    """
    semblables: defaultdict[tuple, list] = defaultdict(list)
    embauches: dict[object, tuple[date, date]] = {}
    for personne, sexe, naissance, qpv, contrat, employeur, embauche, criteres, nature, nombre in lignes:
        semblables[sexe, qpv, contrat, employeur, criteres, nature].append((personne, nombre))
        # Qui a eu plusieurs contrats garde l'âge de sa première embauche : elle n'est que dans une tranche.
        if personne not in embauches or embauche < embauches[personne][1]:
            embauches[personne] = naissance, embauche
    groupes: dict[str, defaultdict[str, set]] = {
        nom: defaultdict(set) for nom in ("sexe", "age", "criteres", "qpv", "contrats", "facons")
    }
    heures: dict[str, defaultdict[str, Decimal]] = {nom: defaultdict(Decimal) for nom in ("qpv", "contrats", "facons")}
    formation = total = Decimal(0)
    for (sexe, qpv, contrat, employeur, criteres, nature), reunies in semblables.items():
        personnes = {personne for personne, _ in reunies}
        somme = sum((nombre for _, nombre in reunies), Decimal(0))
        facon = "Alternance" if contrat in ALTERNANCES else FACONS_PAR_CATEGORIE.get(employeur, "Embauche directe")
        groupes["sexe"][FEMMES if sexe == "F" else HOMMES] |= personnes
        for code in json.loads(criteres):
            groupes["criteres"][CRITERES[code].libelle] |= personnes
        habitant = QPV if qpv == StatutQpv.OUI else HORS_QPV
        for nom, libelle in (("qpv", habitant), ("contrats", TypeContrat(contrat).label), ("facons", facon)):
            groupes[nom][libelle] |= personnes
            heures[nom][libelle] += somme
        total += somme
        formation += somme if nature == NatureHeures.FORMATION else 0
    for personne, (naissance, embauche) in embauches.items():
        groupes["age"][tranche_age(naissance, embauche).capitalize()].add(personne)
    return _masquer(set(embauches), groupes, heures, total, formation, structures)


def _masquer(
    personnes: set,
    groupes: Mapping[str, Mapping[str, set]],
    heures: Mapping[str, Mapping[str, Decimal]],
    total_heures: Decimal,
    formation: Decimal,
    structures: Mapping[str, str],
) -> ComptesDuPublic:
    total = len(personnes)
    repartitions = {nom: {libelle: len(qui) for libelle, qui in groupe.items()} for nom, groupe in groupes.items()}
    multiples = {"criteres", "contrats", "facons"}
    # Qui a déménagé peut être des deux côtés : une fois dans chaque ligne, une fois dans le total.
    if sum(repartitions["qpv"].values()) > total:
        multiples.add("qpv")
    masque = masquer_repartitions(total, repartitions, multiples=multiples)
    se_retranchent = {nom for nom, lignes in groupes.items() if _se_retranche(lignes.values(), personnes, structures)}
    if se_retranchent:
        masque = RepartitionsMasquees(
            None if _se_retranche([personnes], personnes, structures) else masque.total,
            {
                nom: TUES.get(nom, {}) if nom in se_retranchent else lignes
                for nom, lignes in masque.repartitions.items()
            },
        )
    cachees = {nom: _heures_cachees(masque.repartitions[nom], groupes[nom], heures[nom]) for nom in heures}
    tableaux = {
        nom: tuple(
            LigneCompte(
                libelle,
                compte,
                None if compte is None or not masque.total else Decimal(100 * compte) / masque.total,
                heures[nom][libelle] if nom in heures and libelle not in cachees[nom] else None,
            )
            for libelle, compte in sorted(
                masque.repartitions[nom].items(), key=lambda paire: (-(paire[1] or 0), paire[0])
            )
        )
        for nom in groupes
    }
    return ComptesDuPublic(
        personnes=masque.total,
        heures=total_heures,
        heures_formation=formation,
        a_personne=total > 0,
        se_retranche=total >= SEUIL_MASQUE and masque.total is None,
        **tableaux,
    )


def _se_retranche(lignes: Iterable[set], personnes: set, structures: Mapping[str, str]) -> bool:
    """Dit si une structure, en ôtant ses personnes d'une de ces lignes, en lirait moins de cinq d'une autre structure."""
    presentes = {structures.get(personne) for personne in personnes}
    return len(presentes) > 1 and any(
        0 < sum(structures.get(personne) != structure for personne in ligne) < SEUIL_MASQUE
        for ligne in lignes
        for structure in presentes
    )


def _heures_cachees(
    comptes: Mapping[str, int | None], personnes: Mapping[str, set], heures: Mapping[str, Decimal]
) -> set[str]:
    """Les lignes dont les heures se taisent : les masquées, et de quoi empêcher leur somme de parler de moins de cinq personnes.

    Le total des heures est publié : ce qui est caché s'en déduit ensemble, par soustraction.
    """
    cachees = {libelle for libelle, compte in comptes.items() if compte is None}
    while cachees and len(cachees) < len(comptes):
        ensemble = set().union(*(personnes[libelle] for libelle in cachees))
        if len(cachees) > 1 and len(ensemble) >= SEUIL_MASQUE:
            break
        cachees.add(min((autre for autre in comptes if autre not in cachees), key=lambda autre: heures[autre]))
    return cachees
