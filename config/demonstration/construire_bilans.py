"""Les bilans demandés : le worker les fabrique dès qu'il démarre, comme ceux que l'on demande à l'écran."""

from datetime import date

from celery import chain
from django.db import transaction

from beneficiaires.periodes import ajouter_mois, decaler, dernier_mois_clos, mois_de, premier_du_mois
from clauses.models import ReleveHeures
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.placements import RECTIFICATION
from config.tasks import publier_puis_rectifier
from reporting.bilans import ALPHABET
from reporting.models import Bilan
from reporting.tasks import produire_bilan


def construire_bilans(atelier: Atelier) -> None:
    """Le bilan final d'une opération livrée, le dernier bilan intermédiaire d'une autre ; deux bilans de la troisième.

    Entre ces deux-là, un bulletin de paie fait rectifier un mois que le premier a publié : le second le dit.
    """
    clos = dernier_mois_clos(atelier.reference)
    for operation, arrete_au, demande_il_y_a in (("buissonnets", date(2022, 10, 31), 6), ("peupliers", clos, 0)):
        bilan = _demander(atelier, operation, arrete_au, demande_il_y_a)
        _confier(produire_bilan.si(str(bilan.pk)))
    deux_mois_plus_tot = mois_de(ajouter_mois(premier_du_mois(clos), -2)).fin
    premier = _demander(atelier, "dargoire", deux_mois_plus_tot, 41)
    second = _demander(atelier, "dargoire", clos, 0)
    _confier(
        chain(
            produire_bilan.si(str(premier.pk)),
            publier_puis_rectifier.si(str(premier.pk), str(_a_rectifier(atelier).pk), *RECTIFICATION[3:]),
            produire_bilan.si(str(second.pk)),
        )
    )


def _confier(travail) -> None:
    transaction.on_commit(travail.delay)


def _demander(atelier: Atelier, operation: str, arrete_au: date, demande_il_y_a: int) -> Bilan:
    code = "".join(atelier.hasard("bilan", operation, arrete_au).choices(ALPHABET, k=8))
    bilan = Bilan.objects.create(
        id=atelier.id("bilan", operation, arrete_au),
        marche_id=atelier.regles[operation].marche_id,
        arrete_au=arrete_au,
        code_verification=f"{code[:4]}-{code[4:]}",
        demande_par=atelier.membre("confluent", 0),
    )
    Bilan.objects.filter(pk=bilan.pk).update(cree_le=moment(decaler(atelier.reference, -demande_il_y_a), 8, 30))
    return bilan


def _a_rectifier(atelier: Atelier) -> ReleveHeures:
    personne, engagement, mois, *_ = RECTIFICATION
    return ReleveHeures.objects.get(
        affectation__contrat__beneficiaire=atelier.personnes[personne],
        affectation__engagement=atelier.engagements[engagement],
        mois=atelier.calendrier.jour((mois, 1)),
    )
