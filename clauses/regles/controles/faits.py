"""Les faits qu'un contrôle lit : des valeurs, réunies par les services. Aucun contrôle ne lit la base ni l'horloge."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from beneficiaires.periodes import Periode, premier_du_mois
from clauses.regles.saisie import PLAFOND_MENSUEL_HEURES, NatureHeures, Saisie

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class FaitsContrat:
    """Le contrat de travail. `cle` le distingue des autres contrats de la personne ; `ecrit` : « CDD », « CTTI »."""

    periode: Periode
    type_contrat: str
    ecrit: str
    heures_hebdo: Decimal
    employeur: str
    cle: str = ""
    type_employeur: str = "entreprise"
    met_a_disposition: bool = False
    utilisatrice: str = ""
    date_rupture: date | None = None


@dataclass(frozen=True, slots=True)
class FaitsPreuve:
    """Une pièce retenue par la décision : le critère qu'elle prouve, sa date, le jour où elle a été vue."""

    critere: str
    date_piece: date | None
    vue_le: date | None


@dataclass(frozen=True, slots=True)
class FaitsDecision:
    """La décision d'éligibilité : favorable ou non, son jour, sa fenêtre (None : pas ouverte), ses pièces."""

    est_favorable: bool
    date_decision: date
    fenetre: Periode | None
    preuves: tuple[FaitsPreuve, ...] = ()


@dataclass(frozen=True, slots=True)
class FaitsLot:
    """Le lot servi. `entreprises` : celles qui y sont inscrites, titulaires comme sous-traitantes, avec leur rôle."""

    periode: Periode | None = None
    est_clos: bool = False
    entreprises: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FaitsEngagement:
    """L'engagement servi. `validees` : ses heures validées, celles-ci exclues ; `a_un_compte`, `a_declare` : l'entreprise."""

    entreprise: str
    dues: Decimal
    validees: Decimal = ZERO
    a_un_compte: bool = False
    a_declare: bool = False


@dataclass(frozen=True, slots=True)
class AutresHeures:
    """D'autres heures de la même personne, non refusées. `ligne` : l'affectation qui les porte ; `contrat` : sa clé."""

    mois: date
    periode: Periode
    heures: Decimal
    nature: NatureHeures
    ligne: str
    contrat: str
    heures_hebdo: Decimal
    operation: str
    employeur: str


@dataclass(frozen=True, slots=True)
class FaitsPass:
    """Un PASS IAE : ses jours, et ceux où il est suspendu."""

    periode: Periode
    suspensions: tuple[Periode, ...] = ()


@dataclass(frozen=True)
class Faits:
    """Des heures d'une ligne pour un mois, et tout ce qui permet d'en juger.

    `autres` : les autres heures de la personne, de quatre mois avant à deux mois après. `compte` : faux quand la règle du marché dit que
    ces heures ne comptent pas (`hors_clause` : pourquoi). `est_prorata` : elle compte un total à cheval au prorata des jours.
    `source` : « facilitateur » ou « entreprise ».
    """

    heures: Decimal
    nature: NatureHeures
    periode: Periode
    ligne: str
    operation: str
    contrat: FaitsContrat
    decision: FaitsDecision
    lot: FaitsLot
    engagement: FaitsEngagement
    aujourd_hui: date
    saisi_le: date
    source: str = "facilitateur"
    autres: tuple[AutresHeures, ...] = ()
    pass_iae: tuple[FaitsPass, ...] = ()
    naissance: date | None = None
    plafond_mensuel: Decimal = PLAFOND_MENSUEL_HEURES
    hors_clause: str = ""
    heures_bulletin: Decimal | None = None
    est_prorata: bool = False

    @cached_property
    def saisie(self) -> Saisie:
        """Les mêmes heures, telles que les lisent les refus de saisie."""
        return Saisie(
            heures=self.heures,
            nature=self.nature,
            periode=self.periode,
            contrat=self.contrat.periode,
            fenetre=self.decision.fenetre if self.decision.est_favorable else None,
            lot=self.lot.periode,
            lot_clos=self.lot.est_clos,
            aujourd_hui=self.aujourd_hui,
            deja_declarees_mois=sum((a.heures for a in self.autres if a.mois == self.mois), ZERO),
            tait_les_autres=self.source == "entreprise"
            and any(a.heures and a.mois == self.mois and a.contrat != self.contrat.cle for a in self.autres),
            plafond_mensuel=self.plafond_mensuel,
            est_prorata=self.est_prorata,
        )

    @property
    def mois(self) -> date:
        """Le premier jour du mois de ces heures."""
        return premier_du_mois(self.periode.debut)

    @property
    def quoi(self) -> str:
        """« 160 h du 1er au 30 avril 2026 »."""
        return self.saisie.quoi

    @property
    def quand(self) -> str:
        """« avril 2026 »."""
        return self.saisie.mois

    @property
    def fin(self) -> date:
        """Le dernier jour de la période (une saisie tient toujours dans un mois)."""
        return self.periode.fin or self.periode.debut

    @property
    def travail(self) -> Periode | None:
        """Les jours de la période sous contrat ; None sans heures : rien n'a été fait."""
        return self.saisie.travail if self.heures else None

    @property
    def est_formation(self) -> bool:
        """Dit si ces heures sont de la formation."""
        return self.nature == NatureHeures.FORMATION

    @cached_property
    def simultanees(self) -> tuple[AutresHeures, ...]:
        """Les autres heures de la personne qui ont au moins un jour commun avec celles-ci."""
        return tuple(a for a in self.autres if a.heures and a.periode.chevauche(self.periode))

    @cached_property
    def en_tout(self) -> tuple[Decimal, Periode | None]:
        """Toutes les heures de la personne en même temps que celles-ci, et les jours où elles ont pu être faites."""
        travail = self.travail
        if travail is None:
            return ZERO, None
        debut = min([travail.debut, *(a.periode.debut for a in self.simultanees)])
        fin = max([self.fin_travail, *(a.periode.fin or self.fin for a in self.simultanees)])
        return self.heures + sum((a.heures for a in self.simultanees), ZERO), Periode(debut, fin)

    @property
    def fin_travail(self) -> date:
        """Le dernier jour de la période sous contrat, à défaut celui de la période."""
        return self.fin if self.travail is None or self.travail.fin is None else self.travail.fin

    def du_mois(self, mois: date) -> Decimal | None:
        """Rend les heures de cette ligne et de cette nature pour un mois ; None si rien n'y est déclaré."""
        siennes = [
            a.heures for a in self.autres if a.ligne == self.ligne and a.nature == self.nature and a.mois == mois
        ]
        return sum(siennes, ZERO) if siennes else None
