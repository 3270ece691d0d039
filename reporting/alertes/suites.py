"""Ce que l'on fait d'une échéance : la traiter, la remettre à plus tard, la confier. Sur une seule ou sur une sélection."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from clauses.regles.echeances import controler_report
from comptes.ecriture import exiger
from comptes.models import Utilisateur
from reporting.models import Alerte


@transaction.atomic
def traiter(*, alerte: Alerte, utilisateur: Utilisateur, note: str) -> Alerte:
    """Ferme une échéance en gardant ce qui a été fait et par qui. Refuse celle qu'un autre a déjà traitée."""
    alerte = _a_suivre(alerte)
    alerte.note, alerte.traitee_par, alerte.close_le = note, utilisateur, timezone.now()
    alerte.clean_fields()
    alerte.save(update_fields=["note", "traitee_par", "close_le"])
    return alerte


@transaction.atomic
def reporter(
    *, alerte: Alerte, utilisateur: Utilisateur, reportee_au: date, motif: str, aujourd_hui: date | None = None
) -> Alerte:
    """Remet une échéance à plus tard, avec sa raison : elle quitte la liste et revient ce jour-là."""
    exiger(controler_report(reportee_au, aujourd_hui or timezone.localdate()), "reportee_au")
    alerte = _a_suivre(alerte)
    alerte.reportee_au, alerte.motif_report, alerte.reportee_par = reportee_au, motif, utilisateur
    alerte.clean_fields()
    alerte.save(update_fields=["reportee_au", "motif_report", "reportee_par"])
    return alerte


@transaction.atomic
def confier(*, alerte: Alerte, responsable: Utilisateur | None) -> Alerte:
    """Dit qui suit une échéance, parmi les membres de la structure ; None la rend au référent de la personne."""
    if responsable is not None and not _est_membre(alerte, responsable):
        raise ValidationError({"responsable": "Choisissez un membre de votre structure."}, code="hors_structure")
    alerte = _a_suivre(alerte)
    alerte.responsable = responsable
    alerte.save(update_fields=["responsable"])
    return alerte


def _a_suivre(alerte: Alerte) -> Alerte:
    alerte = Alerte.objects.select_for_update().get(pk=alerte.pk)
    if alerte.close_le is not None:
        raise ValidationError("Cette échéance n’est plus à traiter\u00a0: elle vient d’être close.", code="deja_close")
    return alerte


def _est_membre(alerte: Alerte, utilisateur: Utilisateur) -> bool:
    return (
        utilisateur.is_active and utilisateur.adhesions.au_travail().filter(organisation=alerte.structure_id).exists()
    )


# Sur une sélection ---------------------------------------------------------------------------------------------------


@transaction.atomic
def traiter_ensemble(*, alertes: Collection[UUID], utilisateur: Utilisateur, note: str) -> int:
    """Ferme d'un coup celles qui sont encore à suivre ; rend leur nombre. Celles qu'un autre vient de clore gardent sa note."""
    Alerte(note=note).clean_fields(exclude=_SAUF - {"note"})
    return _encore_a_suivre(alertes, utilisateur).update(note=note, traitee_par=utilisateur, close_le=timezone.now())


@transaction.atomic
def reporter_ensemble(
    *, alertes: Collection[UUID], utilisateur: Utilisateur, reportee_au: date, motif: str, aujourd_hui: date
) -> int:
    """Remet d'un coup à plus tard celles qui sont encore à suivre ; rend leur nombre."""
    exiger(controler_report(reportee_au, aujourd_hui), "reportee_au")
    Alerte(motif_report=motif).clean_fields(exclude=_SAUF - {"motif_report"})
    return _encore_a_suivre(alertes, utilisateur).update(
        reportee_au=reportee_au, motif_report=motif, reportee_par=utilisateur
    )


_SAUF = frozenset(champ.name for champ in Alerte._meta.fields)


def _encore_a_suivre(alertes: Collection[UUID], utilisateur: Utilisateur):
    return Alerte.objects.pour(utilisateur).filter(pk__in=alertes, close_le__isnull=True)
