"""Pourquoi des heures validées ne comptent pas toutes, et celles qui comptent ailleurs que là où elles sont faites."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from beneficiaires.periodes import Periode
from clauses.avancement import LigneAvancement
from clauses.models import (
    Affectation,
    Eligibilite,
    Engagement,
    EtatReleve,
    Imputation,
    NatureHeures,
    Rectificatif,
    RegleClause,
    ReleveHeures,
)
from clauses.regles.comptage import MotifEcart, ecrire_motif
from clauses.regles.ecarts import LigneComptee, ecrire_compte, ecrire_raison
from clauses.regles.section_comptage import ModeCompte, ParametresComptage

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ecartees:
    """Des heures validées que la règle ne compte pas, et en quelques mots pourquoi."""

    heures: Decimal
    raison: str


@dataclass(frozen=True, slots=True)
class EcartDeLigne:
    """Un engagement dont tout ne compte pas : « 120 h déclarées, 96 h comptées : plafond de formation 20 % »."""

    ligne: LigneAvancement
    raisons: tuple[Ecartees, ...]


def ecarts_des_lignes(lignes: Sequence[LigneAvancement], *, arrete_au: date) -> list[EcartDeLigne]:
    """Rend les engagements dont des heures validées ne comptent pas, chacun avec ses raisons. Aucune requête s'il n'y en a pas."""
    touchees = [ligne for ligne in lignes if ligne.avancement.ecartees]
    if not touchees:
        return []
    raisons = _raisons({ligne.engagement.pk for ligne in touchees}, arrete_au)
    return [EcartDeLigne(ligne, tuple(raisons[ligne.engagement.pk])) for ligne in touchees]


def _raisons(engagements: set[UUID], arrete_au: date) -> dict[UUID, list[Ecartees]]:
    sommes = [
        *ReleveHeures.objects.filter(
            affectation__engagement__in=engagements, etat=EtatReleve.VALIDE, mois__lte=arrete_au, heures_ecartees__gt=0
        )
        .order_by()
        .values_list("affectation__engagement", "motif_ecart", "nature", "affectation__mode_execution", "regle_comptee")
        .annotate(somme=Sum("heures_ecartees")),
        *Imputation.objects.filter(
            engagement__in=engagements,
            releve__etat=EtatReleve.VALIDE,
            releve__mois__lte=arrete_au,
            heures_ecartees__gt=0,
        )
        .order_by()
        .values_list(
            "engagement", "motif_ecart", "releve__nature", "releve__affectation__mode_execution", "regle_comptee"
        )
        .annotate(somme=Sum("heures_ecartees")),
    ]
    sections = dict(RegleClause.objects.filter(pk__in={ligne[4] for ligne in sommes}).values_list("pk", "options"))
    par_raison: defaultdict[UUID, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for engagement, motif, nature, mode, regle, somme in sommes:
        parametres = ParametresComptage.depuis_json(sections.get(regle, {}).get("comptage", {}))
        compte = _mode(nature, mode)
        par_raison[engagement][ecrire_motif(MotifEcart(motif), compte, parametres)] += somme
    return defaultdict(
        list,
        {
            engagement: [Ecartees(heures, raison) for raison, heures in sorted(raisons.items())]
            for engagement, raisons in par_raison.items()
        },
    )


def _mode(nature: str, mode: str) -> ModeCompte:
    return ModeCompte.FORMATION if nature == NatureHeures.FORMATION else ModeCompte(mode)


def comptes_des_cases(
    cases: Mapping[Hashable, Sequence[ReleveHeures]], affectations: Mapping[UUID, Affectation]
) -> dict[Hashable, str]:
    """Rend, pour chaque case dont tout ne compte pas, « 120 h déclarées, 96 h comptées : plafond de formation 20 % ».

    `cases` : les relevés d'une case, par clé ; `affectations` : les leurs, avec décision et lot déjà lus. Une requête s'il y en a.
    """
    touchees = {cle: releves for cle, releves in cases.items() if any(r.compte_autrement for r in releves)}
    if not touchees:
        return {}
    lus = [releve for releves in touchees.values() for releve in releves]
    sections = _sections({r.regle_comptee_id for r in lus}, {_marche_de(affectations[r.affectation_id]) for r in lus})
    return {
        cle: ecrire_compte(
            declarees=sum((r.heures for r in releves), ZERO),
            comptees=sum((r.qui_comptent for r in releves), ZERO),
            imputees=sum((r.heures_imputees for r in releves), ZERO),
            raisons=[_raison(r, affectations[r.affectation_id], sections) for r in releves if r.motif_ecart],
        )
        for cle, releves in touchees.items()
    }


def _sections(versions: set[UUID | None], marches: set[UUID]) -> dict[UUID, Mapping[str, object]]:
    """La section « comptage » de chacune de ces versions, et celle de la règle en cours de chaque marché. Une requête."""
    sections: dict[UUID, Mapping[str, object]] = {}
    for pk, marche, options, est_courante in RegleClause.objects.filter(
        Q(pk__in=versions - {None}) | Q(marche__in=marches, est_courante=True)
    ).values_list("pk", "marche", "options", "est_courante"):
        sections[pk] = options.get("comptage", {})
        if est_courante:
            sections[marche] = sections[pk]
    return sections


def _raison(releve: ReleveHeures, affectation: Affectation, sections: Mapping[UUID, Mapping[str, object]]) -> str:
    section = sections.get(releve.regle_comptee_id or _marche_de(affectation), {})
    decision = affectation.eligibilite
    return ecrire_raison(
        MotifEcart(releve.motif_ecart),
        _mode(releve.nature, affectation.mode_execution),
        ParametresComptage.depuis_json(section),
        LigneComptee(
            heures=max(releve.heures - releve.heures_imputees, ZERO),
            comptees=releve.heures_comptees,
            periode=Periode(releve.date_debut, releve.date_fin),
            fenetre=decision.fenetre,
            contrat=affectation.contrat.periode,
        ),
    )


def avec_leur_arrivee(imputations: QuerySet[Imputation]) -> QuerySet[Imputation]:
    """Ajoute ce que `comptes_des_imputations` lit du côté qui reçoit : le marché, et la fenêtre de la personne sur son opération."""
    decision = Eligibilite.objects.courantes().filter(
        beneficiaire=OuterRef("releve__affectation__contrat__beneficiaire"),
        operation=OuterRef("engagement__titulaire__lot__marche__operation"),
    )
    return imputations.annotate(
        marche_arrivee=F("engagement__titulaire__lot__marche"),
        fenetre_debut=Subquery(decision.values("date_debut")[:1]),
        fenetre_fin=Subquery(decision.values("date_fin")[:1]),
    )


def comptes_des_imputations(cases: Mapping[Hashable, Sequence[Imputation]]) -> dict[Hashable, str]:
    """Rend, pour chaque case reçue dont tout ne compte pas, « 40 h globalisées, 20 h comptées : coefficient… ».

    Les imputations viennent d'`avec_leur_arrivee`, relevé et contrat déjà lus. Une requête s'il y en a.
    """
    touchees = {
        cle: imputations
        for cle, imputations in cases.items()
        if any(i.motif_ecart and i.releve.etat != EtatReleve.REFUSE for i in imputations)
    }
    if not touchees:
        return {}
    lues = [imputation for imputations in touchees.values() for imputation in imputations]
    sections = _sections({i.regle_comptee_id for i in lues}, {i.marche_arrivee for i in lues})
    return {
        cle: ecrire_compte(
            declarees=sum((i.heures for i in imputations), ZERO),
            comptees=sum((i.heures_comptees for i in imputations), ZERO),
            raisons=[_raison_de_l_imputation(i, sections) for i in imputations if i.motif_ecart],
            quoi="globalisées",
        )
        for cle, imputations in touchees.items()
    }


def _raison_de_l_imputation(imputation: Imputation, sections: Mapping[UUID, Mapping[str, object]]) -> str:
    releve = imputation.releve
    section = sections.get(imputation.regle_comptee_id or imputation.marche_arrivee, {})
    ouverte_le = imputation.fenetre_debut
    return ecrire_raison(
        MotifEcart(imputation.motif_ecart),
        _mode(releve.nature, releve.affectation.mode_execution),
        ParametresComptage.depuis_json(section),
        LigneComptee(
            heures=imputation.heures,
            comptees=imputation.heures_comptees,
            periode=Periode(releve.date_debut, releve.date_fin),
            fenetre=Periode(ouverte_le, imputation.fenetre_fin) if ouverte_le else None,
            contrat=releve.affectation.contrat.periode,
        ),
    )


def _marche_de(affectation: Affectation) -> UUID:
    return affectation.engagement.titulaire.lot.marche_id


@dataclass(frozen=True, slots=True)
class Globalisees:
    """Des heures qui comptent d'un côté et sont faites de l'autre, par une convention."""

    engagement: UUID
    convention: str
    operation: str
    marche: str
    lot: str
    heures: Decimal


def heures_recues(engagements: QuerySet[Engagement], *, arrete_au: date) -> list[Globalisees]:
    """Les heures comptées ici et exécutées ailleurs, marché par marché. Une requête."""
    ailleurs = "releve__affectation__engagement__titulaire__lot"
    return _globalisees(
        Imputation.objects.filter(engagement__in=engagements.order_by().values("pk")), "engagement", ailleurs, arrete_au
    )


def heures_cedees(engagements: QuerySet[Engagement], *, arrete_au: date) -> list[Globalisees]:
    """Les heures exécutées ici et comptées ailleurs, marché par marché. Une requête."""
    ici = "releve__affectation__engagement"
    imputations = Imputation.objects.filter(**{f"{ici}__in": engagements.order_by().values("pk")})
    return _globalisees(imputations, ici, "engagement__titulaire__lot", arrete_au, somme="heures")


def _globalisees(
    imputations: QuerySet[Imputation], ici: str, ailleurs: str, arrete_au: date, somme: str = "heures_comptees"
) -> list[Globalisees]:
    lues = (
        imputations.filter(releve__etat=EtatReleve.VALIDE, releve__mois__lte=arrete_au)
        .values_list(
            ici,
            "convention__reference",
            f"{ailleurs}__marche__operation__nom",
            f"{ailleurs}__marche__reference",
            f"{ailleurs}__numero",
        )
        .annotate(somme=Sum(somme))
        .order_by(f"{ailleurs}__marche__operation__nom", f"{ailleurs}__marche__reference", f"{ailleurs}__numero")
    )
    return [Globalisees(*ligne) for ligne in lues]


@dataclass(frozen=True, slots=True)
class Rectifie:
    """Un mois déjà publié dont les heures validées ont changé : l'écart, et ce qui l'a fait, sans nommer personne."""

    mois: date
    ecart: Decimal
    causes: str


def rectifies(rectificatifs: Iterable[Rectificatif]) -> list[Rectifie]:
    """Réunit des rectificatifs par mois : la somme de leurs écarts, et leurs causes. Un mois revenu à son chiffre n'y est pas.

    Un relevé rouvert, corrigé puis validé de nouveau est une correction : seuls comptent son premier et son dernier chiffre.
    """
    par_mois: defaultdict[date, defaultdict[UUID, list[Rectificatif]]] = defaultdict(lambda: defaultdict(list))
    for rectificatif in sorted(rectificatifs, key=lambda r: r.cree_le):
        par_mois[rectificatif.mois][rectificatif.releve_id or rectificatif.pk].append(rectificatif)
    lignes = [
        Rectifie(
            mois,
            sum((r.heures_apres - r.heures_avant for suite in releves.values() for r in suite), ZERO),
            ", ".join(sorted({mots for suite in releves.values() if (mots := cause(suite))})),
        )
        for mois, releves in sorted(par_mois.items())
    ]
    return [ligne for ligne in lignes if ligne.ecart]


def cause(suite: Sequence[Rectificatif]) -> str:
    """Ce qui a changé les heures d'un relevé, en deux mots (rien s'il est revenu à son chiffre) ; le motif écrit reste à l'écran."""
    avant, apres = suite[0].heures_avant, suite[-1].heures_apres
    if avant == apres:
        return ""
    if any(rectificatif.motif.startswith("Convention ") for rectificatif in suite):
        return "globalisation"
    if not avant:
        return "validation après le bilan"
    return "correction" if apres else "heures rouvertes"
