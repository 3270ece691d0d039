"""Les faits que lisent les contrôles, pour beaucoup de relevés à la fois : le nombre de requêtes ne dépend pas de leur nombre."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from beneficiaires.periodes import Periode, ajouter_mois, premier_du_mois
from clauses.models import (
    Affectation,
    CumulMensuel,
    EtatReleve,
    RegleClause,
    ReleveHeures,
    SourceReleve,
    Titulaire,
)
from clauses.regles import PLAFOND_MENSUEL_HEURES, NatureHeures
from clauses.regles.choix import MoisACheval
from clauses.regles.controles import (
    NIVEAUX_PAR_DEFAUT,
    AutresHeures,
    ConstatHeures,
    Faits,
    FaitsContrat,
    FaitsDecision,
    FaitsEngagement,
    FaitsLot,
    FaitsPass,
    FaitsPreuve,
    ParametresControles,
    constater,
)
from clauses.regles.controles.decision import CONTRATS_DE_L_IAE
from clauses.regles.section_comptage import NOMS_MODE, ModeCompte, ParametresComptage
from clauses.services.fenetres import fenetre_saisissable
from comptes.models import Adhesion

ZERO = Decimal(0)
# Ce qu'il faut relire autour d'un mois pour voir une répétition ou un silence.
MOIS_AVANT, MOIS_APRES = 4, 2
MOIS_SANS_DECLARATION = 3
COMPTAGE_PAR_DEFAUT = ParametresComptage()


def faits_de(affectation: Affectation) -> tuple[Periode, Periode | None, Periode | None]:
    """Rend les jours du contrat, de l'éligibilité (None : pas ouverte) et d'exécution du lot (None : sans dates)."""
    return (
        affectation.contrat.periode,
        fenetre_saisissable(affectation),
        affectation.engagement.titulaire.lot.periode,
    )


def lot_est_clos(affectation: Affectation, aujourd_hui: date) -> bool:
    clos_le = affectation.engagement.titulaire.lot.clos_le
    return clos_le is not None and clos_le <= aujourd_hui


@dataclass(frozen=True, slots=True)
class RegleLue:
    """Ce que les contrôles lisent de la règle d'un marché."""

    plafond_mensuel: Decimal = PLAFOND_MENSUEL_HEURES
    controles: ParametresControles = NIVEAUX_PAR_DEFAUT
    comptage: ParametresComptage = COMPTAGE_PAR_DEFAUT
    est_prorata: bool = False


@dataclass(slots=True)
class Dossier:
    """Les faits d'un lot de relevés. `releves` : par personne, tout ce qui est déclaré autour des mois demandés."""

    aujourd_hui: date
    affectations: Mapping[UUID, Affectation]
    regles: Mapping[UUID, RegleLue]
    pass_iae: Mapping[UUID, tuple[FaitsPass, ...]]
    releves: defaultdict[UUID, list[ReleveHeures]] = field(default_factory=lambda: defaultdict(list))

    def ajouter(self, releve: ReleveHeures) -> None:
        self.releves[releve.affectation.contrat.beneficiaire_id].append(releve)

    def retirer(self, releve: ReleveHeures) -> None:
        self.releves[releve.affectation.contrat.beneficiaire_id].remove(releve)

    def regle(self, affectation: Affectation) -> RegleLue:
        return self.regles.get(affectation.engagement.titulaire.lot.marche_id, RegleLue())

    def constater(
        self,
        affectation: Affectation,
        *,
        heures: Decimal,
        nature: str,
        periode: Periode,
        source: str,
        saisi_le: date | None = None,
        present: ReleveHeures | None = None,
    ) -> tuple[ConstatHeures, ...]:
        """Passe ces heures au catalogue, aux niveaux de leur marché. `present` : le relevé qu'elles remplacent."""
        regle = self.regle(affectation)
        faits = Faits(
            heures=heures,
            nature=NatureHeures(nature),
            periode=periode,
            ligne=str(affectation.pk),
            operation=affectation.engagement.titulaire.lot.marche.operation.nom,
            contrat=_contrat(affectation),
            decision=_decision(affectation),
            lot=self._lot(affectation),
            engagement=_engagement(affectation),
            aujourd_hui=self.aujourd_hui,
            saisi_le=saisi_le or self.aujourd_hui,
            source=source,
            autres=tuple(self._autres(affectation, present)),
            pass_iae=self.pass_iae.get(affectation.contrat.beneficiaire_id, ()),
            naissance=affectation.contrat.beneficiaire.date_naissance,
            plafond_mensuel=regle.plafond_mensuel,
            heures_bulletin=present.heures_bulletin if present else None,
            est_prorata=regle.est_prorata,
            hors_clause=_hors_clause(affectation, nature, regle.comptage),
        )
        return constater(faits, regle.controles)

    def _autres(self, affectation: Affectation, present: ReleveHeures | None) -> Iterable[AutresHeures]:
        for releve in self.releves[affectation.contrat.beneficiaire_id]:
            if releve is not present and releve.etat != EtatReleve.REFUSE:
                contrat = releve.affectation.contrat
                yield AutresHeures(
                    mois=releve.mois,
                    periode=Periode(releve.date_debut, releve.date_fin),
                    heures=releve.heures,
                    nature=NatureHeures(releve.nature),
                    ligne=str(releve.affectation_id),
                    contrat=str(contrat.pk),
                    heures_hebdo=contrat.heures_hebdo,
                    operation=releve.affectation.engagement.titulaire.lot.marche.operation.nom,
                    employeur=contrat.employeur.nom,
                )

    def _lot(self, affectation: Affectation) -> FaitsLot:
        return FaitsLot(
            periode=affectation.engagement.titulaire.lot.periode,
            est_clos=lot_est_clos(affectation, self.aujourd_hui),
            entreprises=tuple((nom, "") for nom in affectation.entreprises_du_lot),
        )


def ouvrir_dossier(
    *, affectations: Mapping[UUID, Affectation], releves: Iterable[ReleveHeures], aujourd_hui: date
) -> Dossier:
    """Réunit les faits de ces affectations, lues par `avec_leurs_faits`, et de ces relevés, lus par `releves_autour`."""
    marches = {a.engagement.titulaire.lot.marche_id for a in affectations.values()}
    iae = {a.contrat.beneficiaire_id for a in affectations.values() if a.contrat.type_contrat in CONTRATS_DE_L_IAE}
    dossier = Dossier(aujourd_hui, affectations, lire_regles(marches), lire_pass(iae))
    for releve in releves:
        dossier.ajouter(releve)
    return dossier


def avec_leurs_faits(affectations: QuerySet[Affectation], aujourd_hui: date) -> QuerySet[Affectation]:
    """Ajoute à chaque affectation ce que ses contrôles lisent, dans la même requête."""
    validees = (
        CumulMensuel.objects.filter(engagement=OuterRef("engagement"))
        .order_by()
        .values("engagement")
        .annotate(somme=Sum("validees_heures"))
    )
    entreprise = OuterRef("engagement__titulaire__entreprise")
    comptes = Adhesion.objects.filter(organisation=entreprise, est_active=True, utilisateur__is_active=True)
    depuis = ajouter_mois(premier_du_mois(aujourd_hui), -MOIS_SANS_DECLARATION)
    declarations = ReleveHeures.objects.filter(
        affectation__engagement=OuterRef("engagement"), source=SourceReleve.ENTREPRISE, mois__gte=depuis
    )
    inscrites = Titulaire.objects.filter(lot=OuterRef("engagement__titulaire__lot")).order_by("entreprise__nom")
    return affectations.select_related(
        "contrat__beneficiaire",
        "contrat__employeur",
        "contrat__entreprise_utilisatrice",
        "eligibilite",
        "engagement__titulaire__entreprise",
        "engagement__titulaire__lot__marche__operation",
    ).annotate(
        heures_validees=Coalesce(Subquery(validees.values("somme")), ZERO),
        entreprise_a_un_compte=Exists(comptes),
        entreprise_a_declare=Exists(declarations),
        entreprises_du_lot=ArraySubquery(inscrites.values("entreprise__nom")),
    )


def releves_autour(personnes: Collection[UUID], mois: Collection[date]) -> QuerySet[ReleveHeures]:
    """Tout ce qui est déclaré pour ces personnes autour de ces mois, toutes opérations : une heure se juge parmi les autres."""
    return (
        ReleveHeures.objects.filter(
            affectation__contrat__beneficiaire__in=personnes,
            mois__range=(ajouter_mois(min(mois), -MOIS_AVANT), ajouter_mois(max(mois), MOIS_APRES)),
        )
        .select_related(
            "affectation__contrat__employeur",
            "affectation__engagement__titulaire__lot__marche__operation",
            "saisi_par",
            "saisi_par_lien__entreprise",
        )
        .order_by("pk")
    )


def lire_regles(marches: Collection[UUID]) -> dict[UUID, RegleLue]:
    """Par marché, ce que les contrôles lisent de sa règle en cours. Une requête."""
    regles = RegleClause.objects.filter(marche__in=marches, est_courante=True)
    return {
        marche: RegleLue(
            plafond,
            ParametresControles.depuis_json(options.get("controles", {})),
            ParametresComptage.depuis_json(options.get("comptage", {})),
            options.get("eligibilite", {}).get("mois_a_cheval") == MoisACheval.PRORATA,
        )
        for marche, plafond, options in regles.values_list("marche", "plafond_mensuel_heures", "options")
    }


def lire_pass(personnes: Collection[UUID]) -> Mapping[UUID, tuple[FaitsPass, ...]]:
    """Les PASS IAE de ces personnes. Ils sont gardés plus haut (parcours) : les réglages disent par quelle fonction les lire."""
    lecteur: Any = import_string(settings.ETAPE_LECTEUR_AGREMENTS)
    return lecteur(personnes) if personnes else {}


def _hors_clause(affectation: Affectation, nature: str, comptage: ParametresComptage) -> str:
    """Pourquoi la règle du marché ne compte pas ces heures ; rien si elle les compte."""
    mode = ModeCompte.FORMATION if nature == NatureHeures.FORMATION else ModeCompte(affectation.mode_execution)
    if not comptage.du_mode(mode).est_compte:
        return f"heures {NOMS_MODE[mode]}"
    if affectation.est_hors_site and not comptage.hors_site_admis:
        return "heures faites hors du site"
    return ""


def _contrat(affectation: Affectation) -> FaitsContrat:
    contrat = affectation.contrat
    return FaitsContrat(
        periode=contrat.periode,
        type_contrat=contrat.type_contrat,
        ecrit=contrat.get_type_contrat_display(),
        heures_hebdo=contrat.heures_hebdo,
        employeur=contrat.employeur.nom,
        cle=str(contrat.pk),
        type_employeur=contrat.employeur.categorie,
        met_a_disposition=contrat.employeur.met_a_disposition,
        utilisatrice=contrat.entreprise_utilisatrice.nom if contrat.entreprise_utilisatrice else "",
        date_rupture=contrat.date_rupture,
    )


def _decision(affectation: Affectation) -> FaitsDecision:
    """La décision, datée de sa première validation : un renouvellement n'en fait pas une décision tardive."""
    eligibilite = affectation.eligibilite
    return FaitsDecision(
        est_favorable=eligibilite.est_eligible,
        date_decision=_jour(eligibilite.decision.get("dates", {}).get("validation")) or eligibilite.date_decision,
        fenetre=fenetre_saisissable(affectation),
        preuves=tuple(
            FaitsPreuve(fait["critere"], _jour(fait.get("date_piece")), _jour(fait.get("vue_le")))
            for fait in eligibilite.decision.get("faits", [])
        ),
    )


def _jour(texte: str | None) -> date | None:
    return date.fromisoformat(texte) if texte else None


def _engagement(affectation: Affectation) -> FaitsEngagement:
    engagement = affectation.engagement
    return FaitsEngagement(
        entreprise=engagement.titulaire.entreprise.nom,
        dues=engagement.heures_dues,
        validees=affectation.heures_validees,
        a_un_compte=affectation.entreprise_a_un_compte,
        a_declare=affectation.entreprise_a_declare,
    )
