"""La feuille d'un mois : les personnes de l'entreprise, lot par lot, jusqu'à quand leurs heures comptent, et les cases à remplir.

Ni critère, ni date de naissance, ni rien d'une autre entreprise : ce que la feuille ne lit pas ne peut pas s'y montrer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from beneficiaires.periodes import ajouter_mois
from clauses.declarations.attendues import MARCHE, attendues
from clauses.declarations.etats import DeclarationLue, lire_etats
from clauses.grille import cle_de_case
from clauses.models import Affectation, EtatReleve, Lot, NatureHeures, ReleveHeures
from clauses.regles import ETATS_MODIFIABLES
from clauses.services.declarations import MoisDeclare
from clauses.services.faits_heures import avec_leurs_faits
from clauses.services.fenetres import fenetre_saisissable
from comptes.formats import nombre

ZERO = Decimal(0)


@dataclass(slots=True, eq=False)
class CaseFeuille:
    """Un nombre d'heures à taper. `texte` : ce qui se montre dans le champ, `lu` : la version et la valeur affichées."""

    cle: str
    libelle: str
    releve: ReleveHeures | None
    texte: str = ""
    lu: str = "0:"
    erreur: str = ""

    def __post_init__(self) -> None:
        if self.releve is not None:
            self.texte = nombre(self.releve.heures)
            self.lu = f"{self.releve.version}:{self.texte}"

    @property
    def heures(self) -> Decimal:
        return self.releve.heures if self.releve else ZERO

    @property
    def est_modifiable(self) -> bool:
        return self.releve is None or self.releve.etat in ETATS_MODIFIABLES

    @property
    def refus(self) -> str:
        """Le motif du facilitateur, quand ces heures sont à corriger."""
        return self.releve.motif if self.releve and self.releve.etat == EtatReleve.REFUSE else ""


@dataclass(slots=True, eq=False)
class LigneFeuille:
    """Une personne sur un lot. `jusqu_au` : dernier jour où ses heures comptent ; `precedent` : ses heures du mois d'avant."""

    personne: str
    jusqu_au: date | None
    precedent: Decimal | None
    travail: CaseFeuille
    formation: CaseFeuille

    @property
    def cases(self) -> tuple[CaseFeuille, CaseFeuille]:
        return self.travail, self.formation


@dataclass(slots=True, eq=False)
class LotFeuille:
    lot: Lot
    lignes: list[LigneFeuille] = field(default_factory=list)

    def total(self, nature: str) -> Decimal:
        return sum((getattr(ligne, nature).heures for ligne in self.lignes), ZERO)

    @property
    def travail(self) -> Decimal:
        return self.total("travail")

    @property
    def formation(self) -> Decimal:
        return self.total("formation")


@dataclass(slots=True, eq=False)
class MarcheFeuille:
    """Un marché à déclarer, son état, ses lots où l'entreprise emploie quelqu'un."""

    lue: DeclarationLue
    lots: list[LotFeuille] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Feuille:
    """Tout ce qu'une entreprise déclare d'un coup. `marches` : ceux qui restent à déclarer d'abord."""

    mois: MoisDeclare
    marches: list[MarcheFeuille]
    erreurs: list[dict[str, str]] = field(default_factory=list)

    @property
    def a_declarer(self) -> list[MarcheFeuille]:
        return [m for m in self.marches if not m.lue.est_recue]

    @property
    def recus(self) -> list[MarcheFeuille]:
        return [m for m in self.marches if m.lue.est_recue]

    @property
    def lignes(self) -> list[LigneFeuille]:
        return [ligne for marche in self.a_declarer for lot in marche.lots for ligne in lot.lignes]

    @property
    def cases(self) -> dict[str, CaseFeuille]:
        return {case.cle: case for ligne in self.lignes for case in ligne.cases}

    @property
    def travail(self) -> Decimal:
        return sum((ligne.travail.heures for ligne in self.lignes), ZERO)

    @property
    def formation(self) -> Decimal:
        return sum((ligne.formation.heures for ligne in self.lignes), ZERO)

    @property
    def manquantes(self) -> list[LigneFeuille]:
        return [ligne for ligne in self.lignes if ligne.travail.releve is None]

    @property
    def personnes_manquantes(self) -> list[str]:
        """Chacune une fois, même placée sur plusieurs lots."""
        return list(dict.fromkeys(ligne.personne for ligne in self.manquantes))


def lire_feuille(mois: MoisDeclare, aujourd_hui: date) -> Feuille:
    """Lit la feuille d'un mois. Le nombre de requêtes ne dépend pas du nombre de personnes ni de marchés."""
    declarations = mois.declarations.select_related(
        "entreprise", "marche__operation__structure", "recue_par", "recue_lien"
    ).order_by("marche__operation__nom", "marche__reference")
    etats = lire_etats(declarations, aujourd_hui)
    affectations = avec_leurs_faits(
        attendues(
            mois.mois,
            aujourd_hui,
            contrat__employeur=mois.entreprise,
            **{f"{MARCHE}__in": [lu.declaration.marche_id for lu in etats]},
        ),
        aujourd_hui,
    ).order_by("engagement__titulaire__lot__numero", "contrat__beneficiaire__cle_tri", "pk")
    affectations = list(affectations)
    par_marche = _ranger(affectations, _releves(affectations, mois.mois), mois.mois)
    marches = [MarcheFeuille(lu, par_marche.get(lu.declaration.marche_id, [])) for lu in etats]
    return Feuille(mois, marches)


def _releves(affectations: Iterable[Affectation], mois: date) -> dict[tuple[UUID, str, date], ReleveHeures]:
    lus = ReleveHeures.objects.filter(
        affectation__in=[a.pk for a in affectations], mois__in=(mois, ajouter_mois(mois, -1))
    ).order_by("date_debut")
    return {(r.affectation_id, r.nature, r.mois): r for r in lus}


def _ranger(
    affectations: Iterable[Affectation], releves: dict[tuple[UUID, str, date], ReleveHeures], mois: date
) -> dict[UUID, list[LotFeuille]]:
    lots: dict[UUID, LotFeuille] = {}
    par_marche: defaultdict[UUID, list[LotFeuille]] = defaultdict(list)
    for affectation in affectations:
        lot = affectation.engagement.titulaire.lot
        if lot.pk not in lots:
            lots[lot.pk] = LotFeuille(lot)
            par_marche[lot.marche_id].append(lots[lot.pk])
        lots[lot.pk].lignes.append(_ligne(affectation, releves, mois))
    return par_marche


def _ligne(affectation: Affectation, releves: dict[tuple[UUID, str, date], ReleveHeures], mois: date) -> LigneFeuille:
    fenetre, personne = fenetre_saisissable(affectation), affectation.contrat.beneficiaire.nom_complet
    avant = releves.get((affectation.pk, NatureHeures.TRAVAIL, ajouter_mois(mois, -1)))

    def case(nature: NatureHeures, libelle: str) -> CaseFeuille:
        cle = cle_de_case(affectation.pk, nature, mois)
        return CaseFeuille(cle, f"{libelle}, {personne}", releves.get((affectation.pk, nature, mois)))

    return LigneFeuille(
        personne=personne,
        jusqu_au=fenetre.fin if fenetre else None,
        precedent=avant.heures if avant else None,
        travail=case(NatureHeures.TRAVAIL, "Heures de travail"),
        formation=case(NatureHeures.FORMATION, "Heures de formation"),
    )
