"""Deux bilans demandés : le worker les fabrique dès qu'il démarre, comme ceux que l'on demande à l'écran."""

from datetime import date
from functools import partial

from django.db import transaction

from beneficiaires.periodes import decaler, dernier_mois_clos
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from reporting.bilans import ALPHABET
from reporting.models import Bilan
from reporting.tasks import produire_bilan


def construire_bilans(atelier: Atelier) -> None:
    """Le bilan final d'une opération livrée, et le dernier bilan intermédiaire d'une autre."""
    for operation, arrete_au, demande_il_y_a in (
        ("buissonnets", date(2022, 10, 31), 6),
        ("peupliers", dernier_mois_clos(atelier.reference), 0),
    ):
        code = "".join(atelier.hasard("bilan", operation).choices(ALPHABET, k=8))
        bilan = Bilan.objects.create(
            id=atelier.id("bilan", operation),
            marche_id=atelier.regles[operation].marche_id,
            arrete_au=arrete_au,
            code_verification=f"{code[:4]}-{code[4:]}",
            demande_par=atelier.membre("confluent", 0),
        )
        Bilan.objects.filter(pk=bilan.pk).update(cree_le=moment(decaler(atelier.reference, -demande_il_y_a), 8, 30))
        transaction.on_commit(partial(produire_bilan.delay, str(bilan.pk)))
