"""Les heures qu'une convention de globalisation fait compter ici, alors qu'elles sont exécutées ailleurs : à lire, jamais à saisir.

Elles comptent dans les totaux comme dans le cumul de l'engagement qui les reçoit. Celles dont l'utilisateur ne voit pas le relevé
d'origine ne disent ni la personne, ni le marché où elle travaille : une seule ligne par titulaire les réunit.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from clauses.explications import avec_leur_arrivee, comptes_des_imputations
from clauses.grille.cles import cle_de_ligne
from clauses.grille.modele import VIDE, ZERO, Demande
from clauses.models import EtatReleve, Imputation, Lot, NatureHeures, Titulaire
from comptes.formats import nombre
from comptes.models import Utilisateur

AFFECTATION = "releve__affectation"
LOT = "engagement__titulaire__lot"
ORIGINE = f"{AFFECTATION}__{LOT}__marche__operation"
LUES = (
    "heures",
    "heures_comptees",
    "motif_ecart",
    "regle_comptee",
    "engagement__titulaire",
    *(f"releve__{champ}" for champ in ("mois", "date_debut", "date_fin", "nature", "etat")),
    f"{AFFECTATION}__mode_execution",
    *(f"{AFFECTATION}__contrat__{champ}" for champ in ("date_debut", "date_fin", "date_rupture")),
    *(
        f"{AFFECTATION}__contrat__beneficiaire__{champ}"
        for champ in ("prenom", "nom_naissance", "nom_usage", "cle_tri")
    ),
    f"{AFFECTATION}__{LOT}__numero",
    f"{AFFECTATION}__{LOT}__marche__reference",
    f"{ORIGINE}__nom",
)


@dataclass(slots=True, eq=False)
class CaseRecue:
    """Un mois d'une ligne reçue. `compte` : « 40 h globalisées, 20 h comptées » et pourquoi, quand tout ne compte pas."""

    mois: date
    ligne: "LigneRecue"
    est_derniere: bool
    imputations: list[Imputation] = field(default_factory=list)
    compte: str = ""

    @property
    def heures(self) -> Decimal:
        return sum((i.heures for i in self.imputations), ZERO)

    @property
    def valeur(self) -> str:
        return nombre(self.heures)

    @property
    def validees(self) -> Decimal:
        """Celles qui comptent : leur relevé est toujours validé là où elles sont faites."""
        return sum((i.heures_comptees for i in self.imputations if i.releve.etat == EtatReleve.VALIDE), ZERO)

    @property
    def comptees(self) -> Decimal:
        return sum((i.heures_comptees for i in self.imputations), ZERO)

    @property
    def etat(self) -> str:
        return self.imputations[0].releve.etat if self.imputations else VIDE


@dataclass(slots=True, eq=False)
class LigneRecue:
    """Une personne et une nature d'heures, exécutées sur un autre lot ou un autre marché. Sans `personne` : l'origine ne se voit pas."""

    cle: str
    titulaire: UUID
    personne: str
    beneficiaire: UUID | None
    affectation: UUID | None
    nature: str
    origine: str
    avant: Decimal = ZERO
    cases: list[CaseRecue] = field(default_factory=list)

    @property
    def est_formation(self) -> bool:
        return self.nature == NatureHeures.FORMATION

    @property
    def est_visible(self) -> bool:
        return self.affectation is not None

    @property
    def adresse(self) -> str:
        return f"&titulaire={self.titulaire.hex}&affectation={self.affectation.hex}&nature={self.nature}"

    @property
    def validees(self) -> Decimal:
        return self.avant + sum((case.validees for case in self.cases), ZERO)

    @property
    def comptees_autrement(self) -> list[CaseRecue]:
        return [case for case in self.cases if case.compte]

    @property
    def se_montre(self) -> bool:
        return any(case.imputations for case in self.cases)

    def est_a_l_etat(self, etat: str) -> bool:
        return not etat or any(i.releve.etat == etat for case in self.cases for i in case.imputations)


def lire_recues(
    demande: Demande, titulaires: list[Titulaire], utilisateur: Utilisateur
) -> dict[UUID, list[LigneRecue]]:
    """Par titulaire, les lignes qu'une convention lui apporte, celles d'avant les mois affichés comprises.

    Aucune requête sans titulaire qui reçoit ; sinon une, et une de plus si tout ne compte pas.
    """
    if not titulaires:
        return {}
    lots = {titulaire.pk: titulaire.lot for titulaire in titulaires}
    lignes: dict[str, LigneRecue] = {}
    for imputation in _imputations(demande, lots, utilisateur):
        ligne = _ligne_de(imputation, lots[imputation.engagement.titulaire_id])
        ligne = lignes.setdefault(ligne.cle, ligne)
        if not ligne.cases:
            ligne.cases = [CaseRecue(mois, ligne, mois == demande.dernier_mois) for mois in demande.mois]
        if imputation.releve.mois < demande.mois[0]:
            ligne.avant += imputation.heures_comptees if imputation.releve.etat == EtatReleve.VALIDE else ZERO
        else:
            ligne.cases[demande.mois.index(imputation.releve.mois)].imputations.append(imputation)
    _dire_ce_qui_compte(lignes.values())
    par_titulaire: defaultdict[UUID, list[LigneRecue]] = defaultdict(list)
    for ligne in sorted(lignes.values(), key=lambda ligne: not ligne.est_visible):
        par_titulaire[ligne.titulaire].append(ligne)
    return par_titulaire


def _imputations(demande: Demande, lots: dict[UUID, Lot], utilisateur: Utilisateur) -> QuerySet[Imputation]:
    recues = Imputation.objects.recues_par(utilisateur).filter(
        engagement__titulaire__in=lots, releve__mois__lte=demande.dernier_mois, releve__nature__in=demande.natures
    )
    personne = f"{AFFECTATION}__contrat__beneficiaire"
    return (
        avec_leur_arrivee(recues)
        .select_related("engagement", personne, ORIGINE)
        .only(*LUES)
        .order_by(f"{personne}__cle_tri", AFFECTATION, "-releve__nature", "releve__date_debut")
    )


def _ligne_de(imputation: Imputation, ici: Lot) -> LigneRecue:
    titulaire, nature = imputation.engagement.titulaire_id, imputation.releve.nature
    if not imputation.est_visible:
        return LigneRecue(f"{titulaire.hex}-{nature}", titulaire, "", None, None, nature, "un autre marché")
    affectation = imputation.releve.affectation
    return LigneRecue(
        cle=f"{titulaire.hex}-{cle_de_ligne(affectation.pk, nature)}",
        titulaire=titulaire,
        personne=affectation.contrat.beneficiaire.nom_complet,
        beneficiaire=affectation.contrat.beneficiaire_id,
        affectation=affectation.pk,
        nature=nature,
        origine=_origine(affectation.engagement.titulaire.lot, ici),
    )


def _origine(lot: Lot, ici: Lot) -> str:
    """« le lot 2 », « le marché 2026-T0002, lot 1 », « Gymnase du Port, marché 2026-GYM » : ce qui le distingue d'ici."""
    if lot.marche_id == ici.marche_id:
        return f"le lot {lot.numero}"
    if lot.marche.operation_id == ici.marche.operation_id:
        return f"le marché {lot.marche.reference}, lot {lot.numero}"
    return f"{lot.marche.operation.nom}, marché {lot.marche.reference}"


def _dire_ce_qui_compte(lignes) -> None:
    cases = {(ligne.cle, case.mois): case for ligne in lignes if ligne.est_visible for case in ligne.cases}
    for cle, phrase in comptes_des_imputations({cle: case.imputations for cle, case in cases.items()}).items():
        cases[cle].compte = phrase
