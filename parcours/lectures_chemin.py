"""Un parcours tel qu'il se lit un jour donné : phases, étapes avec leurs heures et leurs avertissements, sortie et suivis.

Un nombre constant de requêtes, quel que soit le nombre d'étapes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Sum

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode
from clauses.models import Affectation, EtatReleve, ReleveHeures, TypeContrat
from comptes.formats import periode
from comptes.models import Utilisateur
from comptes.regles import Avertissement
from parcours.lectures import AgrementDuJour
from parcours.models import ClasseSortie, Etape, Parcours, PassagePhase, Phase, Sortie, Suivi, TypeEtape
from parcours.regles import EtatSuivi, ReponseSuivi, etat_suivi
from parcours.regles import Sortie as SortieClassee
from parcours.regles import Suivi as SuiviAttendu
from parcours.regles.chemin import (
    GESTES,
    LIBELLES_ETAT_ETAPE,
    EtatEtape,
    EtatPhase,
    GestePhase,
    IssueEtape,
    PassageDit,
    etat_contrat,
    etat_etape,
    etat_phase,
)
from parcours.regles.couverture import (
    AgrementDit,
    agrements_attendus,
    avertir_des_heures,
    avertir_hors_agrement,
    heures_hors,
    parts_hors,
)
from parcours.services.sorties import classer, jour_de_classement, missions_dites

ZERO = Decimal(0)
# Teinte et symbole de la puce de chaque état.
PUCES_ETAPE = {
    EtatEtape.PREVUE: ("neutre", "point"),
    EtatEtape.EN_COURS: ("info", "horloge"),
    EtatEtape.A_CONCLURE: ("attente", "crayon"),
    EtatEtape.REALISEE: ("valide", "coche"),
    EtatEtape.INTERROMPUE: ("refus", "croix"),
    EtatEtape.SAUTEE: ("neutre", "fleche"),
}
A_SUIVRE = frozenset({EtatEtape.PREVUE, EtatEtape.EN_COURS, EtatEtape.A_CONCLURE})
# Mots courts des types de contrat, là où le libellé entier n'a pas la place.
CONTRATS_COURTS = {
    TypeContrat.CTTI: "CTTI",
    TypeContrat.CDDI: "CDDI",
    TypeContrat.INTERIM: "Intérim",
    TypeContrat.CDDU: "CDDU",
}
LIBELLES_PHASE = {
    EtatPhase.A_VENIR: "À venir",
    EtatPhase.EN_COURS: "En cours",
    EtatPhase.FINIE: "Finie",
    EtatPhase.SAUTEE: "Sautée",
}
PUCES_SORTIE = {
    "durable": "valide",
    "positive": "valide",
    "transition": "info",
    "autre": "neutre",
    "a_confirmer": "attente",
    "a_completer": "attente",
}
PUCES_SUIVI = {
    EtatSuivi.A_VENIR: ("neutre", "À venir"),
    EtatSuivi.A_FAIRE: ("attente", "À faire"),
    EtatSuivi.FAIT: ("valide", "Fait"),
    EtatSuivi.NON_JOINT: ("refus", "Non joint"),
}


@dataclass(frozen=True)
class PhaseDuJour:
    """Une phase, son état et ses passages, du premier au dernier. `est_close` : son parcours est fini, rien n'est plus à venir."""

    phase: Phase
    etat: EtatPhase
    passages: list[PassagePhase]
    est_close: bool = False

    @property
    def libelle_etat(self) -> str:
        return "Pas commencée" if self.est_close and self.etat == EtatPhase.A_VENIR else LIBELLES_PHASE[self.etat]

    @property
    def gestes(self) -> tuple[GestePhase, ...]:
        return GESTES[self.etat]

    @property
    def dernier(self) -> PassagePhase | None:
        return self.passages[-1] if self.passages else None


@dataclass(frozen=True)
class EtapeDuJour:
    """Une étape, son état, ce que son contrat a fait valider, et ce qui est hors d'un agrément."""

    etape: Etape
    etat: EtatEtape
    validees: Decimal
    avertissements: tuple[Avertissement, ...]

    @property
    def nom(self) -> str:
        return self.etape.get_type_etape_display()

    @property
    def precision(self) -> str:
        """« Peinture, Peintures du Rhône » ; pour un contrat : « CTTI, Élan Intérim, pour Bâti-Rhône »."""
        contrat = self.etape.contrat
        if contrat is None:
            return ", ".join(filter(None, (self.etape.intitule, self.etape.structure)))
        type_contrat = CONTRATS_COURTS.get(contrat.type_contrat, contrat.get_type_contrat_display())
        mots = [type_contrat, contrat.employeur.nom]
        if contrat.entreprise_utilisatrice:
            mots.append(f"pour {contrat.entreprise_utilisatrice.nom}")
        return ", ".join(mots)

    @property
    def periode(self) -> Periode:
        return self.etape.periode

    @property
    def dates(self) -> str:
        return periode(self.periode.debut, self.periode.fin)

    @property
    def libelle_etat(self) -> str:
        if self.etape.type_etape == TypeEtape.SUSPENSION and self.etat == EtatEtape.REALISEE:
            return "Finie"
        return LIBELLES_ETAT_ETAPE[self.etat]

    @property
    def teinte(self) -> str:
        return PUCES_ETAPE[self.etat][0]

    @property
    def symbole(self) -> str:
        return PUCES_ETAPE[self.etat][1]

    @property
    def est_immersion(self) -> bool:
        return self.etape.type_etape == TypeEtape.IMMERSION

    @property
    def se_conclut(self) -> bool:
        return self.etape.contrat_id is None and not self.etape.issue


@dataclass(frozen=True)
class SuiviDuJour:
    suivi: Suivi
    etat: EtatSuivi

    @property
    def teinte(self) -> str:
        return PUCES_SUIVI[self.etat][0]

    @property
    def mot(self) -> str:
        return PUCES_SUIVI[self.etat][1]


@dataclass(frozen=True)
class SortieDuJour:
    """La sortie, sa classe relue par la règle, et ses suivis."""

    sortie: Sortie
    classee: SortieClassee
    jour: date
    suivis: list[SuiviDuJour]

    @property
    def libelle(self) -> str:
        return ClasseSortie(self.classee.classe.value).label

    @property
    def teinte(self) -> str:
        return PUCES_SORTIE[self.classee.classe.value]

    @property
    def prochain(self) -> SuiviDuJour | None:
        """Le premier suivi qui attend une réponse."""
        return next((s for s in self.suivis if not s.suivi.reponse), None)


@dataclass(frozen=True)
class ParcoursDuJour:
    parcours: Parcours
    phases: list[PhaseDuJour]
    etapes: list[EtapeDuJour]
    sortie: SortieDuJour | None

    @property
    def phase_courante(self) -> PhaseDuJour | None:
        """La phase ouverte la plus avancée."""
        return next((p for p in reversed(self.phases) if p.etat == EtatPhase.EN_COURS), None)

    @property
    def etapes_a_suivre(self) -> list[EtapeDuJour]:
        """Celles qui courent, viennent, ou attendent d'être conclues."""
        return [e for e in self.etapes if e.etat in A_SUIVRE]

    @property
    def etapes_passees(self) -> int:
        return len(self.etapes) - len(self.etapes_a_suivre)

    @property
    def est_suspendu(self) -> bool:
        return any(e.etape.type_etape == TypeEtape.SUSPENSION and e.etat == EtatEtape.EN_COURS for e in self.etapes)


def parcours_du_jour(
    parcours: Parcours, agrements: Sequence[AgrementDuJour], *, utilisateur: Utilisateur, jour: date
) -> ParcoursDuJour:
    """Tout ce qui se lit d'un parcours ce jour-là. `agrements` : ceux de la personne."""
    return ParcoursDuJour(
        parcours,
        phases_du_jour(parcours),
        etapes_du_jour(parcours, agrements, utilisateur=utilisateur, jour=jour),
        sortie_du_jour(parcours, jour),
    )


def phases_du_jour(parcours: Parcours) -> list[PhaseDuJour]:
    passages: defaultdict[str, list[PassagePhase]] = defaultdict(list)
    for passage in parcours.passages.select_related("auteur").order_by("date_debut", "cree_le"):
        passages[passage.phase].append(passage)
    return [
        PhaseDuJour(
            phase,
            etat_phase([PassageDit(p.date_debut, p.date_fin, p.est_sautee) for p in passages[phase.value]]),
            passages[phase.value],
            est_close=not parcours.est_ouvert,
        )
        for phase in Phase
    ]


def etapes_du_jour(
    parcours: Parcours, agrements: Sequence[AgrementDuJour], *, utilisateur: Utilisateur, jour: date
) -> list[EtapeDuJour]:
    etapes = list(parcours.etapes.dans_l_ordre())
    contrats = [etape.contrat_id for etape in etapes if etape.contrat_id]
    releves = _heures_validees(contrats, utilisateur) if contrats else {}
    fenetres = _fins_d_eligibilite(contrats, utilisateur) if contrats else {}
    dits = [_dire(agrement) for agrement in agrements]
    return [
        EtapeDuJour(
            etape,
            etat_de(etape, jour),
            sum((h for _, h in releves.get(etape.contrat_id, ())), ZERO),
            _avertir(etape, parcours, dits, releves.get(etape.contrat_id, ()), fenetres.get(etape.contrat_id)),
        )
        for etape in etapes
    ]


def etapes_hors_contrat(beneficiaire: Beneficiaire, jour: date) -> list[EtapeDuJour]:
    """Les étapes de tous ses parcours qui ne sont ni sautées, ni un contrat de clause : ce que sa frise ajoute. Une requête."""
    etapes = Etape.objects.filter(parcours__beneficiaire=beneficiaire, contrat__isnull=True)
    lues = [EtapeDuJour(etape, etat_de(etape, jour), ZERO, ()) for etape in etapes.dans_l_ordre()]
    return [etape for etape in lues if etape.etat != EtatEtape.SAUTEE]


def etat_de(etape: Etape, jour: date) -> EtatEtape:
    if etape.contrat:
        return etat_contrat(etape.periode, est_rompu=etape.contrat.date_rupture is not None, jour=jour)
    return etat_etape(etape.periode, issue=IssueEtape(etape.issue) if etape.issue else None, jour=jour)


def _heures_validees(
    contrats: Sequence[UUID], utilisateur: Utilisateur
) -> Mapping[UUID, list[tuple[Periode, Decimal]]]:
    """Les heures validées et comptées de ces contrats, par période de relevé. Une requête."""
    visibles = Affectation.objects.pour(utilisateur).filter(contrat__in=contrats)
    lignes = (
        ReleveHeures.objects.filter(affectation__in=visibles.order_by().values("pk"), etat=EtatReleve.VALIDE)
        .order_by()
        .values_list("affectation__contrat", "date_debut", "date_fin")
        .annotate(total=Sum("heures_comptees"))
    )
    par_contrat: defaultdict[UUID, list[tuple[Periode, Decimal]]] = defaultdict(list)
    for contrat, debut, fin, total in lignes:
        par_contrat[contrat].append((Periode(debut, fin), total))
    return par_contrat


def _fins_d_eligibilite(contrats: Sequence[UUID], utilisateur: Utilisateur) -> Mapping[UUID, date | None]:
    """Le dernier jour de l'éligibilité à la clause que sert chaque contrat, le plus lointain. Une requête."""
    visibles = Affectation.objects.pour(utilisateur).filter(contrat__in=contrats).order_by()
    return dict(visibles.values_list("contrat").annotate(Max("eligibilite__date_fin")))


def _dire(agrement: AgrementDuJour) -> AgrementDit:
    nom = agrement.nom
    if not agrement.agrement.est_pass and not nom.upper().startswith("PLIE"):
        nom = f"parcours PLIE ({nom})"
    return AgrementDit(
        nom,
        agrement.agrement.type_agrement,
        Periode(agrement.faits.debut, agrement.agrement.date_fin),
        tuple(suspension.periode for suspension in agrement.faits.suspensions),
        agrement.agrement.est_estime,
    )


def _avertir(
    etape: Etape,
    parcours: Parcours,
    agrements: Sequence[AgrementDit],
    releves: Sequence[tuple[Periode, Decimal]],
    eligible_jusqu_au: date | None,
) -> tuple[Avertissement, ...]:
    if etape.issue == IssueEtape.SAUTEE.value:
        return ()
    type_contrat = etape.contrat.type_contrat if etape.contrat else ""
    trouves: list[Avertissement] = []
    for type_agrement in agrements_attendus(
        etape.type_etape, type_contrat=type_contrat, dispositif=parcours.dispositif
    ):
        trouves += avertir_hors_agrement(
            etape.periode,
            agrements,
            type_agrement=type_agrement,
            porte_une_clause=etape.type_etape == TypeEtape.CONTRAT_CLAUSE,
            eligible_jusqu_au=eligible_jusqu_au,
        )
        siens = [a.periode for a in agrements if a.type_agrement == type_agrement]
        hors = heures_hors(releves, parts_hors(etape.periode, siens))
        if siens and (dit := avertir_des_heures(hors, type_agrement=type_agrement)):
            trouves.append(dit)
    return tuple(trouves)


def sortie_du_jour(parcours: Parcours, jour: date) -> SortieDuJour | None:
    """La sortie classée par la règle, et non d'après la copie gardée ; None tant que le parcours est ouvert."""
    sortie = (
        Sortie.objects.filter(parcours=parcours)
        .select_related("parcours__beneficiaire", "contrat__employeur", "auteur")
        .prefetch_related("missions", "suivis__auteur")
        .first()
    )
    if sortie is None:
        return None
    lu_le = jour_de_classement(sortie, jour)
    suivis = [SuiviDuJour(suivi, etat_du_suivi(suivi, jour)) for suivi in sortie.suivis.all()]
    return SortieDuJour(sortie, classer(sortie, missions_dites(sortie), lu_le), lu_le, suivis)


def etat_du_suivi(suivi: Suivi, jour: date) -> EtatSuivi:
    reponse = ReponseSuivi(suivi.reponse) if suivi.reponse else None
    return etat_suivi(SuiviAttendu(suivi.jalon_mois, suivi.date_prevue), reponse, jour)
