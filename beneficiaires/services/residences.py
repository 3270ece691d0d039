"""Déménager : l'adresse quittée est gardée avec ses jours, la nouvelle devient celle de la fiche."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.models import Beneficiaire, Residence
from beneficiaires.periodes import lendemain, veille
from comptes.formats import date_longue

CHAMPS_ADRESSE = (
    "adresse",
    "code_postal",
    "commune",
    "qpv",
    "qpv_nom",
    "qpv_mode",
    "qpv_verifie_le",
)


@transaction.atomic
def demenager(*, beneficiaire: Beneficiaire, le: date) -> Residence:
    """Ferme l'adresse gardée la veille du déménagement et enregistre la nouvelle, que porte `beneficiaire`.

    Refuse (ValidationError) un jour qui précède l'arrivée à l'adresse que l'on quitte.
    """
    gardee = Beneficiaire.objects.select_for_update().get(pk=beneficiaire.pk)
    derniere = gardee.residences.order_by("-date_fin").first()
    arrivee = lendemain(derniere.date_fin) if derniere else None
    if arrivee is not None and le <= arrivee:
        raise ValidationError(
            {"demenage_le": f"Elle n’habite là que depuis le {date_longue(arrivee)}\u00a0: donnez un jour plus tardif."}
        )
    quittee = Residence(
        beneficiaire=gardee,
        date_debut=arrivee,
        date_fin=veille(le),
        **{champ: getattr(gardee, champ) for champ in CHAMPS_ADRESSE},
    )
    quittee.full_clean()
    quittee.save()
    beneficiaire.full_clean()
    beneficiaire.save(update_fields=[*CHAMPS_ADRESSE, "modifie_le"])
    return quittee
