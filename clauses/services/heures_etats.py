"""Faire passer des relevés d'un état à l'autre : vérifier, valider, refuser, rouvrir."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clauses.cumuls import recalculer_cumuls
from clauses.models import EtatReleve, ReleveHeures
from clauses.regles import controler_transition
from clauses.regles.declarations import MOIS_VERROUILLE
from clauses.services.accords import accords_attendus, veut_un_accord
from clauses.services.fenetres import suivre_le_temps_de_travail
from clauses.services.rectificatifs import heures_validees, imputees_validees, noter_imputees, noter_rectificatifs
from clauses.services.verrous import du_mois_verrouille
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus


@dataclass(frozen=True, slots=True)
class ChangementEtats:
    """Ce qu'un changement d'état a fait : relevés changés, leurs heures, et ceux qui ne l'ont pas été, avec la raison."""

    releves: tuple[ReleveHeures, ...]
    refus: tuple[tuple[ReleveHeures, Refus], ...]

    @property
    def nombre(self) -> int:
        return len(self.releves)

    @property
    def heures(self) -> Decimal:
        return sum((releve.heures for releve in self.releves), Decimal(0))


@transaction.atomic
def changer_etats(
    *, releves: Iterable[ReleveHeures], vers: str, motif: str = "", utilisateur: Utilisateur, le: datetime | None = None
) -> ChangementEtats:
    """Vérifie, valide, refuse ou rouvre des relevés, tels qu'ils ont été lus : un relevé changé depuis est laissé, et nommé.

    Un relevé disparu, ou hors de la vue de l'utilisateur, est laissé aussi. `le` : moment de la décision, maintenant par défaut.
    """
    ReleveHeures._meta.get_field("motif").run_validators(motif)
    lus = {releve.pk: releve for releve in releves}
    actuels = (
        ReleveHeures.objects.filter(pk__in=lus)
        .filter(pk__in=ReleveHeures.objects.pour(utilisateur).values("pk"))
        .annotate(est_verrouille=du_mois_verrouille(), veut_un_accord=veut_un_accord())
        .select_related("affectation__contrat__beneficiaire", "affectation__eligibilite")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    est_facilitateur = utilisateur.profil == Profil.FACILITATEUR
    moment = le or timezone.now()
    a_accorder = [a.pk for a in actuels if a.veut_un_accord and vers == EtatReleve.VALIDE]
    attendus = accords_attendus(a_accorder, aujourd_hui=timezone.localdate(moment))
    changes, refus = [], []
    for actuel in actuels:
        motif_de_refus = (
            _changement_depuis(lus[actuel.pk], actuel)
            or (MOIS_VERROUILLE if actuel.est_verrouille else None)
            or controler_transition(actuel.etat, vers, motif, est_facilitateur=est_facilitateur)
            or attendus.get(actuel.pk)
        )
        if motif_de_refus:
            refus.append((actuel, motif_de_refus))
        else:
            changes.append(actuel)
    if not passer(releves=changes, vers=vers, motif=motif, par=utilisateur, le=moment):
        transaction.set_rollback(True)
        return ChangementEtats((), (*refus, *((releve, MOIS_VERROUILLE) for releve in changes)))
    return ChangementEtats(tuple(changes), tuple(refus))


def passer(*, releves: Sequence[ReleveHeures], vers: str, motif: str, par: Utilisateur, le: datetime) -> bool:
    """Écrit le nouvel état de relevés déjà tenus et contrôlés, et ce qui en dépend : temps de travail, cumuls, rectificatifs.

    Rend False si le mois d'un d'eux vient d'être verrouillé, pendant que l'on attendait ces relevés : l'appelant annule alors tout.
    """
    comptaient, imputees = heures_validees(releves), imputees_validees(releves)
    ecrits = ReleveHeures.objects.filter(~du_mois_verrouille(), pk__in=[r.pk for r in releves]).update(
        etat=vers, motif=motif.strip(), decide_par=par, decide_le=le, version=F("version") + 1
    )
    if ecrits < len(releves):
        return False
    for releve in releves:
        releve.etat, releve.motif, releve.version = EtatReleve(vers), motif.strip(), releve.version + 1
        releve.decide_par, releve.decide_le = par, le
    suivre_le_temps_de_travail(releve.affectation.eligibilite for releve in releves)
    recalculer_cumuls(
        engagements={r.affectation.engagement_id for r in releves},
        mois={r.mois for r in releves},
        par=par,
    )
    noter_rectificatifs(avant=comptaient, motif=motif, par=par)
    noter_imputees(avant=imputees, motif=motif, par=par)
    return True


def _changement_depuis(lu: ReleveHeures, actuel: ReleveHeures) -> Refus | None:
    if lu.version == actuel.version:
        return None
    return Refus(
        "Ces heures ont changé depuis que vous les avez lues\u00a0: relisez-les, puis décidez.", "change_depuis"
    )
