"""Les neuf freins d'un parcours, leurs actions, ce qui peut suivre : ce que montrent leurs pages et la fiche de la personne."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Prefetch

from beneficiaires.referentiels import FREINS
from parcours.models import Action, EtatFrein, Frein, Parcours
from parcours.models.freins import DATES_D_UNE_ACTION
from parcours.regles.freins import TRANSITIONS, est_bloque
from parcours.regles.freins import EtatFrein as EtatDeLaRegle
from parcours.regles.referentiel_freins import thematiques_de

TEINTES = {
    EtatFrein.NON_ABORDE: ("neutre", "point"),
    EtatFrein.REPERE: ("info", "oeil"),
    EtatFrein.EN_COURS: ("attente", "horloge"),
    EtatFrein.LEVE: ("valide", "coche"),
    EtatFrein.SANS_OBJET: ("neutre", "croix"),
}
VERBES = {
    EtatDeLaRegle.REPERE: "Dire repéré",
    EtatDeLaRegle.EN_COURS: "Commencer à lever",
    EtatDeLaRegle.LEVE: "Dire levé",
    EtatDeLaRegle.SANS_OBJET: "Dire sans objet",
}
RANGS = {
    EtatFrein.EN_COURS: 0,
    EtatFrein.REPERE: 1,
    EtatFrein.LEVE: 2,
    EtatFrein.SANS_OBJET: 3,
    EtatFrein.NON_ABORDE: 4,
}


@dataclass(frozen=True)
class FreinSuivi:
    """Un frein ce jour-là. `suites` : (état, verbe) des changements permis ; `dernier` : la dernière chose faite ou dite."""

    frein: Frein
    actions: list[Action]
    est_bloque: bool

    @property
    def rubrique(self) -> str:
        return self.frein.rubrique

    @property
    def libelle(self) -> str:
        return FREINS[self.rubrique].libelle

    @property
    def est_aborde(self) -> bool:
        return self.frein.etat != EtatFrein.NON_ABORDE

    @property
    def teinte(self) -> str:
        return TEINTES[EtatFrein(self.frein.etat)][0]

    @property
    def icone(self) -> str:
        return TEINTES[EtatFrein(self.frein.etat)][1]

    @property
    def thematiques(self) -> tuple[str, ...]:
        return thematiques_de(self.rubrique, self.frein.objectifs)

    @property
    def suites(self) -> list[tuple[str, str]]:
        etat = EtatDeLaRegle(self.frein.etat)
        rouvrir = {EtatDeLaRegle.EN_COURS: "Rouvrir", EtatDeLaRegle.REPERE: "Rouvrir comme repéré"}
        verbes = VERBES | rouvrir if etat == EtatDeLaRegle.LEVE else VERBES
        return [(vers.value, verbes[vers]) for vers in TRANSITIONS[etat]]


def freins_suivis(parcours: Parcours, jour: date) -> list[FreinSuivi]:
    """Les neuf freins dans l'ordre des rubriques, en deux requêtes ; celui dont on n'a pas parlé est « non abordé »."""
    actions = Prefetch("actions", Action.objects.select_related("mobilisee_par", "auteur"))
    gardes = {frein.rubrique: frein for frein in parcours.freins.prefetch_related(actions)}
    return [
        frein_suivi(gardes[rubrique], jour)
        if rubrique in gardes
        else FreinSuivi(Frein(parcours=parcours, rubrique=rubrique, date_etat=parcours.date_debut), [], False)
        for rubrique in FREINS
    ]


def frein_suivi(frein: Frein, jour: date) -> FreinSuivi:
    actions = list(frein.actions.all())
    dates = [quand for action in actions for champ in DATES_D_UNE_ACTION if (quand := getattr(action, champ))]
    bloque = est_bloque(
        EtatDeLaRegle(frein.etat),
        frein.date_etat,
        dates,
        jour=jour,
        fin_prevue=max((action.date_fin for action in actions if action.date_fin), default=None),
        seuil_jours=settings.FREIN_BLOQUE_JOURS,
    )
    return FreinSuivi(frein, actions, bloque)


def freins_a_montrer(suivis: list[FreinSuivi]) -> list[FreinSuivi]:
    """Ceux dont on a parlé, les plus pressants d'abord : en cours, repérés, levés, sans objet."""
    return sorted((s for s in suivis if s.est_aborde), key=lambda suivi: RANGS[EtatFrein(suivi.frein.etat)])
