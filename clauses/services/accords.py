"""L'accord du titulaire, là où la règle du marché le veut avant de valider des heures."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone

from clauses.models import Approbation, RegleClause, ReleveHeures
from clauses.models.confirmations import TITULAIRE_QUI_REPOND
from clauses.regles.confirmation import ParametresConfirmation, controler_accord
from comptes.models import Organisation
from comptes.regles import Refus

_MARCHE = "affectation__engagement__titulaire__lot__marche"
_EXIGEANTES = RegleClause.objects.filter(est_courante=True, options__confirmation__exige=True)


def veut_un_accord() -> Exists:
    """En SQL, pour un relevé : la règle de son marché veut l'accord du titulaire."""
    return Exists(_EXIGEANTES.filter(marche=OuterRef(_MARCHE)))


def accords_attendus(releves: Collection[UUID], *, aujourd_hui: date) -> dict[UUID, Refus]:
    """Rend, parmi des relevés dont le marché veut l'accord, ce qui empêche chacun d'être validé. Quatre requêtes, aucune sans relevé."""
    if not releves:
        return {}
    lus = list(
        ReleveHeures.objects.filter(pk__in=releves)
        .annotate(repond=TITULAIRE_QUI_REPOND, marche=F(_MARCHE))
        .prefetch_related(Prefetch("approbations", Approbation.objects.filter(heures=F("releve__heures"))))
    )
    regles = dict(_EXIGEANTES.filter(marche__in={r.marche for r in lus}).values_list("marche", "options__confirmation"))
    noms = dict(Organisation.objects.filter(pk__in={r.repond for r in lus}).values_list("pk", "nom"))
    refus = {
        releve.pk: controler_accord(
            ParametresConfirmation.depuis_json(regles[releve.marche]),
            titulaire=releve.repond,
            nom=noms[releve.repond],
            declarant=releve.declarant_id,
            approbateurs={approbation.entreprise_id for approbation in releve.approbations.all()},
            declare_le=timezone.localdate(releve.saisi_le),
            aujourd_hui=aujourd_hui,
        )
        for releve in lus
    }
    return {pk: raison for pk, raison in refus.items() if raison}
