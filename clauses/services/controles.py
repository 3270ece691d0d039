"""Garder ce que les contrôles trouvent, et réexaminer les lignes ouvertes d'un marché quand un niveau change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaires.periodes import Periode
from clauses.cumuls import recalculer_cumuls
from clauses.models import Affectation, Constat, EtatReexamen, Marche, Reexamen, RegleClause, ReleveHeures
from clauses.regles.controles import ConstatHeures, Niveau, ParametresControles
from clauses.services.faits_heures import avec_leurs_faits, ouvrir_dossier, releves_autour
from clauses.services.marches import changer_regle, regle_courante
from comptes.models import Utilisateur

SECTION = "controles"
# Au-delà, le worker réexamine et l'écran montre où il en est.
REEXAMEN_IMMEDIAT = 200
PAQUET = 200


def garder_constats(
    trouves: Mapping[ReleveHeures, Iterable[ConstatHeures]], *, deja_gardes: Iterable[ReleveHeures]
) -> None:
    """Garde ces constats à la place de ceux de `deja_gardes` (un relevé neuf n'en a pas), en deux requêtes au plus.

    À appeler dans la transaction qui écrit les relevés.
    """
    maintenant = timezone.now()
    Constat.objects.filter(releve__in=[releve.pk for releve in deja_gardes]).delete()
    Constat.objects.bulk_create(
        [
            Constat(
                releve=releve,
                code=constat.code,
                version=constat.version,
                niveau=constat.niveau.value,
                phrase=constat.phrase,
                limite=constat.limite,
                constate_le=maintenant,
            )
            for releve, constats in trouves.items()
            for constat in constats
        ]
    )


def parametres_controles(regle: RegleClause | None) -> ParametresControles:
    """Les niveaux de cette règle ; ceux du catalogue sans règle."""
    return ParametresControles.depuis_json(regle.options.get(SECTION, {}) if regle else {})


@transaction.atomic
def changer_niveaux(
    *,
    marche: Marche,
    niveaux: Mapping[str, Niveau],
    par: Utilisateur,
    aujourd_hui: date,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
) -> Reexamen | None:
    """Change les niveaux d'un marché (et d'autres `sections` avec eux) et réexamine ses lignes ouvertes.

    Rend ce réexamen, ou None si aucun niveau n'a changé.
    Lève ValueError, avec la phrase à montrer, si un contrôle ne peut pas prendre son niveau. Les lignes validées ou refusées gardent
    leurs constats.
    """
    section = ParametresControles(niveaux).vers_json()
    actuelle = regle_courante(marche)
    changer_regle(marche=marche, sections={**(sections or {}), SECTION: section}, par=par)
    if actuelle is not None and actuelle.options.get(SECTION, {}) == section:
        return None
    return reexaminer_les_ouvertes(marche=marche, par=par, aujourd_hui=aujourd_hui)


def reexaminer_les_ouvertes(*, marche: Marche, par: Utilisateur, aujourd_hui: date) -> Reexamen:
    """Réexamine les lignes ouvertes du marché : tout de suite, ou par le worker quand elles sont nombreuses."""
    reexamen = Reexamen.objects.create(marche=marche, demande_par=par, total=_ouvertes(marche).count())
    if reexamen.total <= REEXAMEN_IMMEDIAT:
        reexaminer(reexamen=reexamen, aujourd_hui=aujourd_hui)
    else:
        _confier(reexamen)
    return reexamen


def reprendre(*, reexamen: Reexamen) -> None:
    """Relance un réexamen qu'une panne a arrêté : il recommence, refaire un constat ne change rien."""
    if Reexamen.objects.filter(pk=reexamen.pk, etat=EtatReexamen.ECHEC).update(etat=EtatReexamen.EN_COURS, faits=0):
        _confier(reexamen)


def _confier(reexamen: Reexamen) -> None:
    from clauses.tasks import reexaminer_marche

    transaction.on_commit(lambda: reexaminer_marche.delay(str(reexamen.pk)))


def reexaminer(
    *,
    reexamen: Reexamen,
    aujourd_hui: date,
    est_automatique: bool = False,
    avancer: Callable[[int], None] = lambda faits: None,
) -> None:
    """Refait les constats des lignes ouvertes du marché, paquet par paquet, puis ce qu'elles comptent."""
    cles = list(_ouvertes(reexamen.marche).order_by("pk").values_list("pk", flat=True))
    for rang in range(0, len(cles), PAQUET):
        paquet = cles[rang : rang + PAQUET]
        reexaminer_lignes(paquet, aujourd_hui=aujourd_hui, par=reexamen.demande_par, est_automatique=est_automatique)
        avancer(min(rang + PAQUET, len(cles)))
    reexamen.faits, reexamen.total, reexamen.etat = len(cles), len(cles), EtatReexamen.FINI
    reexamen.save(update_fields=["faits", "total", "etat"])


@transaction.atomic
def reexaminer_lignes(
    cles: Sequence[Any], *, aujourd_hui: date, par: Utilisateur, est_automatique: bool = False
) -> None:
    """Refait les constats de ces lignes, et ce qu'elles comptent ; une ligne validée ou refusée garde les siens."""
    # Une ligne validée depuis la lecture des clés ne se réexamine plus.
    releves = list(
        ReleveHeures.objects.en_attente()
        .filter(pk__in=cles)
        .select_related("affectation__contrat")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if not releves:
        return
    mois = {releve.mois for releve in releves}
    ids = {releve.affectation_id for releve in releves}
    affectations = avec_leurs_faits(Affectation.objects.all(), aujourd_hui).in_bulk(ids)
    autour = list(releves_autour({r.affectation.contrat.beneficiaire_id for r in releves}, mois))
    dossier = ouvrir_dossier(affectations=affectations, releves=autour, aujourd_hui=aujourd_hui)
    presents = {releve.pk: releve for releve in autour}
    garder_constats(
        {
            releve: dossier.constater(
                affectations[releve.affectation_id],
                heures=releve.heures,
                nature=releve.nature,
                periode=Periode(releve.date_debut, releve.date_fin),
                source=releve.source,
                saisi_le=timezone.localtime(releve.saisi_le).date(),
                present=presents[releve.pk],
            )
            for releve in releves
        },
        deja_gardes=releves,
    )
    engagements = {affectation.engagement_id for affectation in affectations.values()}
    recalculer_cumuls(engagements=engagements, mois=mois, par=par, est_automatique=est_automatique)


def _ouvertes(marche: Marche):
    return ReleveHeures.objects.en_attente().filter(affectation__engagement__titulaire__lot__marche=marche)
