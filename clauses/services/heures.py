"""Saisir des heures, case par case ou toute une grille.

Une saisie porte la version qu'elle a lue (0 : case vide). Si la case a changé depuis, rien n'est écrit : la réponse est un
`Conflit`, qui porte l'autre valeur. Tout est lu et écrit par lots : le nombre de requêtes ne dépend pas du nombre de cases.

Verrous, toujours dans cet ordre et par identifiant croissant : personnes, relevés, engagements. Deux saisies pour une même
personne s'attendent, et le plafond du mois tient compte de la première.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode, mois_de
from clauses.cumuls import recalculer_cumuls
from clauses.models import (
    Affectation,
    Contrat,
    Eligibilite,
    EtatReleve,
    NatureHeures,
    RegleClause,
    ReleveHeures,
    SourceReleve,
)
from clauses.regles import (
    PLAFOND_MENSUEL_HEURES,
    controler_heures,
    etat_apres_saisie,
    periode_saisissable,
)
from clauses.services.fenetres import (
    attend_la_premiere_heure,
    controler_premiere_heure,
    fenetre_saisissable,
    ouvrir_fenetre_a_la_premiere_heure,
)
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus

ZERO = Decimal(0)
SOURCES = {Profil.FACILITATEUR: SourceReleve.FACILITATEUR, Profil.ENTREPRISE: SourceReleve.ENTREPRISE}
CHAMPS_SAISIS = (
    "heures",
    "date_debut",
    "date_fin",
    "etat",
    "motif",
    "source",
    "version",
    "saisi_par",
    "saisi_le",
    "decide_par",
    "decide_le",
)
VIDER_INTERDIT = Refus(
    "Ces heures ont déjà reçu une décision\u00a0: elles ne s’effacent plus. Écrivez leur nouveau total, ou 0.",
    "vider_interdit",
)
PLUSIEURS_RELEVES = Refus(
    "Ce mois porte plusieurs relevés pour ce contrat\u00a0: ouvrez la liste des lignes pour voir chacun d’eux.",
    "plusieurs_releves",
)


@dataclass(frozen=True, slots=True)
class Saisie:
    """Ce qu'une personne tape dans une case ; `heures` à None la vide. `periode` : la part du mois, par défaut tout ce qui compte."""

    affectation: UUID
    nature: str
    mois: date
    heures: Decimal | None
    version_lue: int = 0
    periode: Periode | None = None


@dataclass(frozen=True, slots=True)
class Conflit:
    """La case a changé depuis sa lecture. `releve` : ce qu'elle contient maintenant (None : elle a été vidée)."""

    releve: ReleveHeures | None
    heures_saisies: Decimal | None

    @property
    def version(self) -> int:
        return self.releve.version if self.releve else 0


Resultat = ReleveHeures | Refus | Conflit | None


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


def saisir_case(
    *,
    affectation: Affectation | UUID,
    nature: str,
    mois: date,
    heures: Decimal | None,
    version_lue: int,
    utilisateur: Utilisateur,
    periode: Periode | None = None,
    aujourd_hui: date | None = None,
) -> Resultat:
    """Enregistre une case. Rend le relevé, None si la case est vide maintenant, ou le `Refus` ou `Conflit` qui l'a empêché."""
    cle = affectation.pk if isinstance(affectation, Affectation) else affectation
    saisie = Saisie(cle, nature, mois, heures, version_lue, periode)
    return saisir_cases(saisies=[saisie], utilisateur=utilisateur, aujourd_hui=aujourd_hui)[0]


@transaction.atomic
def saisir_cases(
    *, saisies: Sequence[Saisie], utilisateur: Utilisateur, aujourd_hui: date | None = None
) -> list[Resultat]:
    """Enregistre plusieurs cases ; rend un résultat par saisie, dans l'ordre. Une case refusée n'empêche pas les autres.

    Lève Affectation.DoesNotExist si l'une d'elles n'est pas à cet utilisateur, sans rien écrire.
    """
    if utilisateur.profil not in SOURCES:
        raise PermissionDenied
    if not saisies:
        return []
    cahier = _ouvrir_cahier(saisies, utilisateur, aujourd_hui or timezone.localdate())
    resultats = [_examiner(cahier, saisie) for saisie in saisies]
    _ecrire(cahier)
    return resultats


@dataclass(slots=True)
class _Cahier:
    """Les faits d'un lot de saisies, lus une fois sous verrou, et ce qu'il faudra écrire."""

    utilisateur: Utilisateur
    aujourd_hui: date
    affectations: dict[UUID, Affectation]
    plafonds: dict[UUID, Decimal]
    cases: defaultdict[tuple[UUID, str, date], list[ReleveHeures]]
    declarees: defaultdict[tuple[UUID, date], Decimal]
    nouveaux: list[ReleveHeures] = field(default_factory=list)
    modifies: list[ReleveHeures] = field(default_factory=list)
    effaces: list[ReleveHeures] = field(default_factory=list)

    def compter(self, releve: ReleveHeures, sens: int) -> None:
        """Ajoute (1) ou retire (−1) un relevé des heures du mois de sa personne ; un refusé n'y compte pas."""
        if releve.etat != EtatReleve.REFUSE:
            self.declarees[releve.affectation.contrat.beneficiaire_id, releve.mois] += sens * releve.heures


def _ouvrir_cahier(saisies: Sequence[Saisie], utilisateur: Utilisateur, aujourd_hui: date) -> _Cahier:
    ids = {s.affectation for s in saisies}
    affectations = _verrouiller_et_lire(ids, utilisateur)
    if len(affectations) < len(ids):
        raise Affectation.DoesNotExist
    marches = {a.engagement.titulaire.lot.marche_id for a in affectations.values()}
    regles = RegleClause.objects.filter(marche__in=marches, est_courante=True)
    cahier = _Cahier(
        utilisateur=utilisateur,
        aujourd_hui=aujourd_hui,
        affectations=affectations,
        plafonds=dict(regles.values_list("marche", "plafond_mensuel_heures")),
        cases=defaultdict(list),
        declarees=defaultdict(Decimal),
    )
    for releve in _relever(affectations.values(), {s.mois for s in saisies}):
        cahier.cases[releve.affectation_id, releve.nature, releve.mois].append(releve)
        cahier.compter(releve, 1)
    return cahier


def _examiner(cahier: _Cahier, saisie: Saisie) -> Resultat:
    """Décide du sort d'une saisie, sans rien écrire encore."""
    presents = cahier.cases[saisie.affectation, saisie.nature, saisie.mois]
    if saisie.periode is not None:
        presents = [r for r in presents if Periode(r.date_debut, r.date_fin).chevauche(saisie.periode)]
    if len(presents) > 1:
        return PLUSIEURS_RELEVES
    present = presents[0] if presents else None
    if present.heures == saisie.heures if present else saisie.heures is None:
        return present  # rien à changer : double envoi, ou même valeur que l'autre personne
    if saisie.version_lue != (present.version if present else 0):
        return Conflit(present, saisie.heures)
    etat = etat_apres_saisie(present.etat if present else None)
    if isinstance(etat, Refus):
        return etat
    if saisie.heures is None:
        return _vider(cahier, present)
    return _garder(cahier, saisie, present, EtatReleve(etat))


def _vider(cahier: _Cahier, present: ReleveHeures) -> Refus | None:
    if present.etat != EtatReleve.DECLARE:
        return VIDER_INTERDIT
    cahier.effaces.append(present)
    cahier.cases[present.affectation_id, present.nature, present.mois].remove(present)
    cahier.compter(present, -1)
    return None


def _garder(cahier: _Cahier, saisie: Saisie, present: ReleveHeures | None, etat: EtatReleve) -> ReleveHeures | Refus:
    affectation = cahier.affectations[saisie.affectation]
    contrat, fenetre, execution = faits_de(affectation)
    periode = saisie.periode or periode_saisissable(saisie.mois, contrat, fenetre, execution) or mois_de(saisie.mois)
    if present:
        cahier.compter(present, -1)
    refus = controler_heures(
        heures=saisie.heures,
        nature=saisie.nature,
        periode=periode,
        contrat=contrat,
        fenetre=fenetre,
        lot=execution,
        lot_clos=lot_est_clos(affectation, cahier.aujourd_hui),
        aujourd_hui=cahier.aujourd_hui,
        deja_declarees_mois=cahier.declarees[affectation.contrat.beneficiaire_id, saisie.mois],
        plafond_mensuel=cahier.plafonds.get(affectation.engagement.titulaire.lot.marche_id, PLAFOND_MENSUEL_HEURES),
    )
    if refus is None and saisie.heures:
        refus = controler_premiere_heure(affectation, periode.debut)
    if refus:
        if present:
            cahier.compter(present, 1)
        return refus
    releve = present or ReleveHeures(
        affectation=affectation, nature=NatureHeures(saisie.nature), mois=saisie.mois, version=0
    )
    releve.heures, releve.etat = saisie.heures, etat
    releve.date_debut, releve.date_fin = periode.debut, periode.fin
    releve.motif = releve.motif if etat == EtatReleve.RECTIFIE else ""  # un relevé rectifié garde pourquoi il l'a été
    releve.version += 1
    releve.source = SOURCES[cahier.utilisateur.profil]
    releve.saisi_par, releve.saisi_le = cahier.utilisateur, timezone.now()
    releve.decide_par = releve.decide_le = None
    releve.clean_fields(exclude=("affectation", "saisi_par", "decide_par"))
    cahier.compter(releve, 1)
    if present:
        cahier.modifies.append(releve)
    else:
        cahier.cases[releve.affectation_id, releve.nature, releve.mois].append(releve)
        cahier.nouveaux.append(releve)
    return releve


def _ecrire(cahier: _Cahier) -> None:
    ReleveHeures.objects.filter(pk__in=[r.pk for r in cahier.effaces]).delete()
    ReleveHeures.objects.bulk_create(cahier.nouveaux)
    ReleveHeures.objects.bulk_update(cahier.modifies, CHAMPS_SAISIS)
    _ouvrir_les_fenetres(cahier)
    touches = [*cahier.effaces, *cahier.nouveaux, *cahier.modifies]
    recalculer_cumuls(engagements={r.affectation.engagement_id for r in touches}, mois={r.mois for r in touches})


def _ouvrir_les_fenetres(cahier: _Cahier) -> None:
    """Les premières heures ouvrent la fenêtre des décisions qui partent d'elles."""
    premieres: dict[Eligibilite, date] = {}
    for releve in (*cahier.nouveaux, *cahier.modifies):
        eligibilite = cahier.affectations[releve.affectation_id].eligibilite
        if releve.heures and attend_la_premiere_heure(eligibilite):
            premieres[eligibilite] = min(premieres.get(eligibilite, releve.date_debut), releve.date_debut)
    for eligibilite, jour in premieres.items():
        ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=jour)


def _verrouiller_et_lire(ids: set[UUID], utilisateur: Utilisateur) -> dict[UUID, Affectation]:
    contrats = Contrat.objects.filter(affectations__in=ids)
    list(
        Beneficiaire.objects.filter(pk__in=contrats.values("beneficiaire"))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )
    return (
        Affectation.objects.pour(utilisateur)
        .select_related("contrat", "eligibilite", "engagement__titulaire__lot__marche__operation")
        .in_bulk(ids)
    )


def _relever(affectations: Iterable[Affectation], mois: set[date]) -> list[ReleveHeures]:
    """Les relevés de ces mois pour ces personnes, toutes opérations : le plafond d'un mois se compte par personne."""
    personnes = {a.contrat.beneficiaire_id for a in affectations}
    return list(
        ReleveHeures.objects.filter(affectation__contrat__beneficiaire__in=personnes, mois__in=mois)
        .select_related("affectation__contrat", "saisi_par")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
