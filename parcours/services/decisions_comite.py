"""Noter en séance la décision d'un point, avec son auteur et l'instant. Qui écrit sur une décision qu'il n'a pas lue l'apprend."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.ecriture import enregistrer, exiger
from comptes.formats import date_longue, heure
from comptes.models import Utilisateur
from parcours.models import DecisionPoint, PointComite
from parcours.regles.comite import controler_decision
from parcours.services.comites import ouverte

CHAMPS = {"decision_sans_motif": "motif"}
SANS_SUITE = (DecisionPoint.DEFAVORABLE, DecisionPoint.AJOURNEE)


@transaction.atomic
def decider(
    *,
    point: PointComite,
    decision: str,
    motif: str,
    version_lue: str,
    auteur: Utilisateur,
    maintenant: datetime,
    aujourd_hui: date,
) -> PointComite:
    """Note, corrige ou efface (`decision` vide) la décision. Lève ValidationError, code « conflit », si une autre a été notée entre-temps.

    La même décision envoyée deux fois ne change rien : elle garde son auteur et son heure.
    """
    comite = ouverte(point.comite_id)
    point = PointComite.objects.select_related("decide_par").get(pk=point.pk)
    motif = motif.strip() if decision else ""
    if (point.decision, point.motif) == (decision, motif):
        return point
    exiger(
        controler_decision(
            est_motivee=decision in SANS_SUITE, motif=motif, seance=comite.date_seance, aujourd_hui=aujourd_hui
        ),
        champs=CHAMPS,
    )
    if point.version != version_lue:
        raise ValidationError(_conflit(point), code="conflit")
    point.decision, point.motif = decision, motif
    point.decide_par, point.decide_le = (auteur, maintenant) if decision else (None, None)
    enregistrer(point)
    return point


def _conflit(point: PointComite) -> str:
    """Ce que l'autre a écrit, quand, et quoi faire."""
    suite = "Relisez, puis enregistrez de nouveau pour mettre la vôtre à la place."
    if not point.est_decide:
        return f"La décision a été effacée pendant que vous écriviez. {suite}"
    quand = timezone.localtime(point.decide_le)
    dite = f"«\u00a0{point.get_decision_display()}\u00a0»" + (f" ({point.motif})" if point.motif else "")
    return (
        f"{point.decide_par.get_full_name()} a noté {dite} le {date_longue(quand.date())} à {heure(quand)}, "
        f"pendant que vous écriviez. {suite}"
    )
