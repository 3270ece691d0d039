"""Faire passer des relevés d'un état à l'autre : vérifier, valider, refuser, rouvrir."""

from collections.abc import Iterable
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
        .annotate(est_verrouille=du_mois_verrouille())
        .select_related("affectation__contrat__beneficiaire", "affectation__eligibilite")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    est_facilitateur = utilisateur.profil == Profil.FACILITATEUR
    changes, refus = [], []
    for actuel in actuels:
        motif_de_refus = (
            _changement_depuis(lus[actuel.pk], actuel)
            or (MOIS_VERROUILLE if actuel.est_verrouille else None)
            or controler_transition(actuel.etat, vers, motif, est_facilitateur=est_facilitateur)
        )
        if motif_de_refus:
            refus.append((actuel, motif_de_refus))
        else:
            changes.append(actuel)
    moment = le or timezone.now()
    comptaient, imputees = heures_validees(changes), imputees_validees(changes)
    ecrits = ReleveHeures.objects.filter(~du_mois_verrouille(), pk__in=[r.pk for r in changes]).update(
        etat=vers, motif=motif.strip(), decide_par=utilisateur, decide_le=moment, version=F("version") + 1
    )
    if ecrits < len(changes):  # un verrou vient d'être posé pendant que l'on attendait ces relevés : rien ne passe
        transaction.set_rollback(True)
        return ChangementEtats((), (*refus, *((releve, MOIS_VERROUILLE) for releve in changes)))
    for releve in changes:
        releve.etat, releve.motif, releve.version = EtatReleve(vers), motif.strip(), releve.version + 1
        releve.decide_par, releve.decide_le = utilisateur, moment
    suivre_le_temps_de_travail(releve.affectation.eligibilite for releve in changes)
    recalculer_cumuls(
        engagements={r.affectation.engagement_id for r in changes},
        mois={r.mois for r in changes},
        par=utilisateur,
    )
    noter_rectificatifs(avant=comptaient, motif=motif, par=utilisateur)
    noter_imputees(avant=imputees, motif=motif, par=utilisateur)
    return ChangementEtats(tuple(changes), tuple(refus))


def _changement_depuis(lu: ReleveHeures, actuel: ReleveHeures) -> Refus | None:
    if lu.version == actuel.version:
        return None
    return Refus(
        "Ces heures ont changé depuis que vous les avez lues\u00a0: relisez-les, puis décidez.", "change_depuis"
    )
