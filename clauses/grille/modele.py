"""Ce que la grille montre d'une personne : ses lignes et leurs cases. Des valeurs en mémoire, sans lecture ni écriture."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from beneficiaires.periodes import Periode, ajouter_mois, mois_de
from clauses.models import Affectation, Constat, EtatReleve, NatureHeures, Operation, ReleveHeures, TypeContrat
from clauses.regles import ETATS_MODIFIABLES
from clauses.services.heures import Conflit
from comptes.formats import nombre

ZERO = Decimal(0)
NOMBRE_DE_MOIS = 6
VIDE = "vide"
TOUTES_NATURES = "tout"
CONTRATS_COURTS = {
    TypeContrat.CDDU: "CDDU",
    TypeContrat.CDDI: "CDDI",
    TypeContrat.CTTI: "CTTI",
    TypeContrat.INTERIM: "intérim",
    TypeContrat.APPRENTISSAGE: "apprentissage",
    TypeContrat.PROFESSIONNALISATION: "professionnalisation",
    TypeContrat.AUTRE: "autre contrat",
}


@dataclass(frozen=True)
class Demande:
    """Ce que l'adresse demande de voir. `nature` vide : le travail, et la formation là où il y en a.

    `page` : telle que l'adresse l'écrit ; vide, celle où est `ligne` (une affectation), sinon la première ; None, aucune. `avec` : les
    affectations à montrer de toute façon, celles d'un envoi.
    """

    operation: Operation
    dernier_mois: date
    lot: UUID | None = None
    titulaire: UUID | None = None
    etat: str = ""
    nature: str = ""
    page: str | None = ""
    ligne: UUID | None = None
    avec: frozenset[UUID] = frozenset()

    @cached_property
    def mois(self) -> list[date]:
        return [ajouter_mois(self.dernier_mois, -recul) for recul in reversed(range(NOMBRE_DE_MOIS))]

    @property
    def natures(self) -> list[str]:
        """Les natures d'heures que ces filtres peuvent montrer."""
        return [NatureHeures.FORMATION.value] if self.nature == NatureHeures.FORMATION else NatureHeures.values


@dataclass(slots=True, eq=False)
class Case:
    """Un mois d'une ligne. `part` : les jours où des heures se saisissent ; sans elle, `empechement` dit pourquoi.

    `constats` : ce que les contrôles ont gardé d'elle. `texte`, `refus`, `conflit` : ce qui vient d'être tapé et n'a pas pu être gardé ;
    la case le montre tel quel, avec ce qu'elle affichait avant (`lu`), pour qu'un nouvel envoi soit comparé à la même lecture.
    `compte` : « 120 h déclarées, 96 h comptées » et pourquoi, quand tout ne compte pas.
    """

    cle: str
    ligne: "Ligne"
    mois: date
    part: Periode | None
    empechement: str
    releves: list[ReleveHeures]
    est_derniere: bool = False
    texte: str | None = None
    refus: str = ""
    conflit: Conflit | None = None
    lu: str = ""
    constats: list[Constat] = field(default_factory=list)
    compte: str = ""

    @property
    def releve(self) -> ReleveHeures | None:
        return self.releves[0] if self.releves else None

    @property
    def heures(self) -> Decimal | None:
        return sum((r.heures for r in self.releves), ZERO) if self.releves else None

    @property
    def validees(self) -> Decimal:
        """Les heures validées qui comptent."""
        return sum((r.heures_comptees for r in self.releves if r.etat == EtatReleve.VALIDE), ZERO)

    @property
    def comptees(self) -> Decimal:
        """Ce que comptent ces heures, ou ce qu'elles compteraient une fois validées."""
        return sum((r.qui_comptent for r in self.releves), ZERO)

    @property
    def version(self) -> int:
        return self.releve.version if self.releve else 0

    @property
    def valeur(self) -> str:
        """Les heures enregistrées, comme on les tape ; rien si la case est vide."""
        return "" if self.heures is None else nombre(self.heures)

    @property
    def valeur_lue(self) -> str:
        """« 3:36 » : la version et la valeur affichées, qui reviennent avec la saisie. C'est ainsi qu'un conflit se voit."""
        return self.lu or f"{self.version}:{self.valeur}"

    @property
    def etat(self) -> str:
        return self.releve.etat if self.releve else VIDE

    @property
    def est_seule(self) -> bool:
        """Un seul relevé : la case peut se saisir et se décider ici. Plusieurs se lisent dans les lignes."""
        return len(self.releves) == 1

    @property
    def est_saisissable(self) -> bool:
        """Une case vide se saisit dans sa part permise ; une case pleine, tant que son état le permet et qu'elle est seule."""
        if self.texte is not None:
            return (
                True  # ce qui a été tapé reste sous les yeux, et modifiable, même si la case s'est fermée entre-temps
            )
        if len(self.releves) > 1 or self.ligne.lot_clos:
            return False
        return self.etat in ETATS_MODIFIABLES if self.releve else self.part is not None

    @property
    def est_partielle(self) -> bool:
        return self.part is not None and self.part != mois_de(self.mois)


@dataclass(slots=True, eq=False)
class Ligne:
    """Une personne sur un engagement, pour une nature d'heures. `avant` : heures validées et comptées avant le premier mois affiché."""

    cle: str
    affectation: Affectation
    nature: str
    avant: Decimal
    lot_clos: bool
    cases: list[Case] = field(default_factory=list)
    precision: str = ""
    suit_le_travail: bool = False

    @property
    def adresse(self) -> str:
        """Ce qu'ajoute à l'adresse des lignes le choix de cette seule ligne ; ce qu'elle apporte à un autre titulaire n'y est pas."""
        titulaire = self.affectation.engagement.titulaire_id
        return f"&titulaire={titulaire.hex}&affectation={self.affectation.pk.hex}&nature={self.nature}"

    @property
    def est_formation(self) -> bool:
        return self.nature == NatureHeures.FORMATION

    @property
    def personne(self) -> str:
        return self.affectation.contrat.beneficiaire.nom_complet

    @property
    def nom_complet(self) -> str:
        """« Luna Ferreira », « formation, Luna Ferreira », et le titulaire quand la personne a plusieurs lignes."""
        return ", ".join(m for m in ("formation" if self.est_formation else "", self.personne, self.precision) if m)

    @property
    def contrat(self) -> str:
        """« CDD, Bâti-Rhône », « CDD, Tessier Façades, 3 opérations »."""
        contrat = self.affectation.contrat
        morceaux = [
            CONTRATS_COURTS.get(contrat.type_contrat, contrat.get_type_contrat_display()),
            contrat.employeur.nom,
        ]
        if self.affectation.nombre_operations > 1:
            morceaux.append(f"{self.affectation.nombre_operations}\u00a0opérations")
        return ", ".join(morceaux)

    @property
    def eligible_jusqu_au(self) -> date | None:
        return self.affectation.eligibilite.date_fin

    @property
    def fin_proche(self) -> bool:
        """L'éligibilité finit au plus tard trois mois après le dernier mois affiché."""
        return self.eligible_jusqu_au is not None and self.eligible_jusqu_au < ajouter_mois(self.cases[-1].mois, 4)

    @property
    def validees(self) -> Decimal:
        return self.avant + sum((case.validees for case in self.cases), ZERO)

    def est_a_l_etat(self, etat: str) -> bool:
        """Dit si une de ses cases est à cet état ; « vide », si ses heures du dernier mois restent à déclarer."""
        if etat == VIDE:
            derniere = self.cases[-1]
            return derniere.etat == VIDE and derniere.est_saisissable
        return not etat or any(releve.etat == etat for case in self.cases for releve in case.releves)

    @property
    def expliquees(self) -> list[Case]:
        """Les cases qui demandent une phrase sous la ligne : refusées, ou tapées et pas gardées."""
        return [case for case in self.cases if case.refus or case.etat == EtatReleve.REFUSE]

    @property
    def comptees_autrement(self) -> list[Case]:
        """Les cases dont les heures ne comptent pas toutes."""
        return [case for case in self.cases if case.compte]

    @property
    def remarquees(self) -> list[Case]:
        """Les cases dont les contrôles disent quelque chose ; un refus ou un conflit à trancher passe devant."""
        return [case for case in self.cases if case.constats and not case.refus and not case.conflit]


def somme(cases: Iterable[Case]) -> Decimal:
    """Les heures de ces cases."""
    return sum((case.heures or ZERO for case in cases), ZERO)
