"""Ce que la grille montre : cases, lignes, groupes, totaux. Des valeurs en mémoire, sans lecture ni écriture."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from beneficiaires.periodes import Periode, ajouter_mois, mois_de, premier_du_mois
from clauses.models import (
    Affectation,
    Constat,
    EtatReleve,
    NatureHeures,
    Operation,
    ReleveHeures,
    Titulaire,
    TypeContrat,
)
from clauses.regles import ETATS_MODIFIABLES
from clauses.services.heures import Conflit
from comptes.formats import MOIS, nombre

ZERO = Decimal(0)
NOMBRE_DE_MOIS = 6
# À partir du 25, on saisit le mois en cours ; avant, le mois qui vient de finir.
JOUR_DE_BASCULE = 25
VIDE = "vide"
TOUTES_NATURES = "tout"
LETTRES = {NatureHeures.TRAVAIL: "t", NatureHeures.FORMATION: "f"}
NATURES = {lettre: nature for nature, lettre in LETTRES.items()}
CLE = re.compile(r"([0-9a-f]{32})-([tf])-([0-9]{4})(0[1-9]|1[0-2])")
# Une heure se juge parmi celles des mois d'à côté : aux bords du calendrier, il n'y en a pas.
ANNEES = range(1900, 3000)
CONTRATS_COURTS = {
    TypeContrat.CDDU: "CDDU",
    TypeContrat.CDDI: "CDDI",
    TypeContrat.CTTI: "CTTI",
    TypeContrat.INTERIM: "intérim",
    TypeContrat.APPRENTISSAGE: "apprentissage",
    TypeContrat.PROFESSIONNALISATION: "professionnalisation",
    TypeContrat.AUTRE: "autre contrat",
}


def mois_par_defaut(aujourd_hui: date) -> date:
    """Le mois que l'on vient saisir : celui qui finit, sinon celui qui vient de finir."""
    courant = premier_du_mois(aujourd_hui)
    return courant if aujourd_hui.day >= JOUR_DE_BASCULE else ajouter_mois(courant, -1)


def est_a_saisir(mois: date, aujourd_hui: date) -> bool:
    """Dit si les heures de ce mois s'attendent déjà : il est fini, ou il finit. Avant, rien n'y manque."""
    return mois <= mois_par_defaut(aujourd_hui)


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce que l'adresse demande de voir. `nature` vide : le travail, et la formation là où il y en a."""

    operation: Operation
    dernier_mois: date
    lot: UUID | None = None
    titulaire: UUID | None = None
    etat: str = ""
    nature: str = ""

    @property
    def mois(self) -> list[date]:
        return [ajouter_mois(self.dernier_mois, -recul) for recul in reversed(range(NOMBRE_DE_MOIS))]


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
        """Ce qu'ajoute à l'adresse des lignes le choix de cette seule ligne."""
        return f"&affectation={self.affectation.pk.hex}&nature={self.nature}"

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

    @property
    def est_a_montrer(self) -> bool:
        return any(case.part or case.releves for case in self.cases)

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


@dataclass(slots=True)
class Totaux:
    """Heures validées et comptées : avant, mois par mois, et en tout."""

    avant: Decimal
    mois: list[Decimal]

    @property
    def ensemble(self) -> Decimal:
        return self.avant + sum(self.mois, ZERO)


@dataclass(slots=True)
class Groupe:
    """Les lignes d'un titulaire sur un lot. `lignes` : celles à montrer ; les totaux comptent aussi les autres."""

    titulaire: Titulaire
    lignes: list[Ligne]
    totaux: Totaux
    nom: str


@dataclass(slots=True)
class Grille:
    """Tout ce que la page montre."""

    demande: Demande
    groupes: list[Groupe]
    totaux: Totaux
    titulaires: list[Titulaire]
    nombre_masquees: int
    aujourd_hui: date

    @property
    def lignes(self) -> list[Ligne]:
        return [ligne for groupe in self.groupes for ligne in groupe.lignes]

    @property
    def cases(self) -> Iterator[Case]:
        return (case for ligne in self.lignes for case in ligne.cases)

    @property
    def nombre_personnes(self) -> int:
        return len({ligne.affectation.contrat.beneficiaire_id for ligne in self.lignes})

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
        """Les cases du dernier mois qui sont dans l'un de ces états."""
        return [case for case in self.cases if case.est_derniere and case.etat in etats]

    def a_l_etat(self, *etats: str) -> list[Case]:
        return [case for case in self.cases if case.etat in etats]

    @property
    def a_declarer(self) -> list[Case]:
        return [case for case in self.dernieres(VIDE) if case.est_saisissable and not case.ligne.est_formation]

    @property
    def mois_est_fini(self) -> bool:
        return mois_de(self.dernier_mois).fin < self.aujourd_hui

    @property
    def releves_manquants(self) -> list[str]:
        """Les entreprises (et le lot, si elles en ont plusieurs) dont aucune case à remplir du dernier mois ne l'est.

        Tant que ce mois n'est pas fini, aucune ne manque.
        """
        if not self.mois_est_fini:
            return []
        fois = Counter(groupe.titulaire.entreprise_id for groupe in self.groupes)
        noms = []
        for groupe in self.groupes:
            dernieres = [ligne.cases[-1] for ligne in groupe.lignes if not ligne.est_formation]
            attendues = [case for case in dernieres if case.est_saisissable or case.releves]
            if attendues and not any(case.releves for case in attendues):
                lot = f" (lot {groupe.titulaire.lot.numero})" if fois[groupe.titulaire.entreprise_id] > 1 else ""
                noms.append(groupe.titulaire.entreprise.nom + lot)
        return noms

    @property
    def a_recopier(self) -> list[tuple[Case, Decimal]]:
        """Les cases vides du dernier mois, avec les heures du mois précédent (ni refusées, ni nulles).

        Rien avant que ce mois ne finisse : les heures qui restent à faire ne se recopient pas d'avance.
        """
        if not est_a_saisir(self.dernier_mois, self.aujourd_hui):
            return []
        paires = ((ligne.cases[-2], ligne.cases[-1]) for ligne in self.lignes)
        return [
            (case, precedente.heures)
            for precedente, case in paires
            if case.etat == VIDE and case.est_saisissable and precedente.heures and precedente.etat != EtatReleve.REFUSE
        ]


def cle_de_ligne(affectation: UUID, nature: str) -> str:
    """« 8f1a…-t » : une affectation et la première lettre de la nature."""
    return f"{affectation.hex}-{LETTRES[NatureHeures(nature)]}"


def cle_de_case(affectation: UUID, nature: str, mois: date) -> str:
    """« 8f1a…-t-202610 » : l'identifiant d'une case dans la page et dans le formulaire."""
    return f"{cle_de_ligne(affectation, nature)}-{mois:%Y%m}"


def lire_cle(cle: str) -> tuple[UUID, str, date] | None:
    """Rend l'affectation, la nature et le mois d'une clé de case, ou rien si elle n'en est pas une."""
    trouve = CLE.fullmatch(cle)
    if trouve is None or int(trouve[3]) not in ANNEES:
        return None
    return UUID(trouve[1]), NATURES[trouve[2]].value, date(int(trouve[3]), int(trouve[4]), 1)


def somme(cases: Iterable[Case]) -> Decimal:
    """Les heures de ces cases."""
    return sum((case.heures or ZERO for case in cases), ZERO)


def nom_de_mois(jour: date, reference: date) -> str:
    """« octobre », ou « octobre 2025 » quand ce n'est pas l'année de référence."""
    return MOIS[jour.month - 1] if jour.year == reference.year else f"{MOIS[jour.month - 1]} {jour.year}"
