"""La page d'une grille : ses groupes, et ce qui se compte sur toute l'opération, pages non affichées comprises."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.paginator import Page

from beneficiaires.periodes import ajouter_mois, mois_de
from clauses.grille.cles import est_a_saisir
from clauses.grille.modele import NOMBRE_DE_MOIS, VIDE, ZERO, Case, Demande, Ligne
from clauses.grille.recues import LigneRecue
from clauses.models import EtatReleve, Titulaire


@dataclass(slots=True)
class Totaux:
    """Heures validées et comptées : avant, mois par mois, et en tout."""

    avant: Decimal = ZERO
    mois: list[Decimal] = field(default_factory=lambda: [ZERO] * NOMBRE_DE_MOIS)

    @property
    def ensemble(self) -> Decimal:
        return self.avant + sum(self.mois, ZERO)

    def ajouter(self, autre: "Totaux") -> None:
        self.avant += autre.avant
        self.mois = [ici + la for ici, la in zip(self.mois, autre.mois, strict=True)]


@dataclass(slots=True)
class Attente:
    """Des cases qui attendent la même décision sur les mois affichés, et leurs heures."""

    nombre: int = 0
    heures: Decimal = ZERO

    def ajouter(self, nombre: int, heures: Decimal) -> None:
        self.nombre += nombre
        self.heures += heures


@dataclass(slots=True)
class Groupe:
    """Les lignes d'un titulaire sur un lot. `lignes`, `recues` : celles de cette page ; les totaux comptent aussi les autres.

    `est_suite` : il a commencé à la page d'avant.
    """

    titulaire: Titulaire
    nom: str
    totaux: Totaux
    lignes: list[Ligne] = field(default_factory=list)
    recues: list[LigneRecue] = field(default_factory=list)
    est_suite: bool = False


@dataclass(slots=True)
class Resume:
    """Ce qui se dit de toute l'opération, filtres de lot, de titulaire et de nature compris.

    `masquees` : les lignes qu'aucun contrat ni aucune heure n'amène sur ces mois. `manquants` : les titulaires dont rien n'est
    déclaré au dernier mois, alors que des heures s'y attendent.
    """

    a_verifier: Attente = field(default_factory=Attente)
    a_valider: Attente = field(default_factory=Attente)
    a_declarer: int = 0
    masquees: int = 0
    personnes: int = 0
    engagements: int = 0
    manquants: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Grille:
    """Tout ce que la page montre."""

    demande: Demande
    groupes: list[Groupe]
    totaux: Totaux
    resume: Resume
    pages: Page
    aujourd_hui: date

    @property
    def lignes(self) -> list[Ligne]:
        return [ligne for groupe in self.groupes for ligne in groupe.lignes]

    @property
    def cases(self) -> Iterator[Case]:
        return (case for ligne in self.lignes for case in ligne.cases)

    @property
    def a_des_pages(self) -> bool:
        return self.pages.paginator.num_pages > 1

    @property
    def premier_mois(self) -> date:
        return self.demande.mois[0]

    @property
    def dernier_mois(self) -> date:
        return self.demande.dernier_mois

    @property
    def veille(self) -> date:
        """Le mois qui précède le dernier : celui que l'on recopie."""
        return ajouter_mois(self.dernier_mois, -1)

    def case(self, cle: str) -> Case | None:
        return next((case for case in self.cases if case.cle == cle), None)

    def groupe_de(self, ligne: Ligne) -> Groupe:
        return next(groupe for groupe in self.groupes if ligne in groupe.lignes)

    def dernieres(self, *etats: str) -> list[Case]:
        """Les cases du dernier mois de cette page qui sont dans l'un de ces états, et qui se décident d'un coup."""
        return [case for case in self.cases if case.est_derniere and case.est_seule and case.etat in etats]

    @property
    def mois_est_fini(self) -> bool:
        return mois_de(self.dernier_mois).fin < self.aujourd_hui

    @property
    def se_recopie(self) -> bool:
        """Dit si le dernier mois peut se remplir du précédent : pas d'avance, les heures qui restent à faire ne se recopient pas."""
        return est_a_saisir(self.dernier_mois, self.aujourd_hui)

    @property
    def a_recopier(self) -> list[tuple[Case, Decimal]]:
        """Les cases vides du dernier mois de cette page, avec les heures du mois précédent (ni refusées, ni nulles)."""
        if not self.se_recopie:
            return []
        paires = ((ligne.cases[-2], ligne.cases[-1]) for ligne in self.lignes)
        return [
            (case, precedente.heures)
            for precedente, case in paires
            if case.etat == VIDE and case.est_saisissable and precedente.heures and precedente.etat != EtatReleve.REFUSE
        ]
