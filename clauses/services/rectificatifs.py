"""Des heures qui changent sous un bilan publié : le bilan ne bouge pas, un rectificatif dit l'écart.

Qui change l'état de relevés appelle `noter_rectificatifs` et `noter_imputees` dans la même transaction, une fois les cumuls refaits,
avec ce qu'ils comptaient avant (`heures_validees` et `imputees_validees`, lues avant d'écrire). Les heures validées qui, sans changer
d'état, comptent autrement (mode, plafond, heures dues) sont notées par `clauses.cumuls`. Chaque rectificatif nomme qui l'a fait
naître ; né d'un recompte du worker, il est dit automatique et nomme qui l'a demandé.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from clauses.comptage import RELEVE, CompteFaux
from clauses.models import EtatReleve, Imputation, Marche, Rectificatif, ReleveHeures
from comptes.models import Utilisateur

ZERO = Decimal(0)
RECOMPTEES = "Heures validées recomptées\u00a0: la règle, un plafond ou la façon dont elles sont faites a changé."


def heures_validees(releves: Iterable[ReleveHeures]) -> dict[UUID, Decimal]:
    """Rend ce que comptent ces relevés, tels qu'ils sont en mémoire : zéro tant qu'ils ne sont pas validés."""
    return {r.pk: r.heures_comptees if r.etat == EtatReleve.VALIDE else ZERO for r in releves}


def noter_rectificatifs(
    *, avant: Mapping[UUID, Decimal], motif: str = "", par: Utilisateur | None = None
) -> list[Rectificatif]:
    """Écrit un rectificatif par relevé d'un mois figé dont les heures validées ont changé. Une requête quand rien n'est figé.

    `avant` : heures validées de chaque relevé avant l'écriture. Un relevé effacé depuis n'en avait pas de validées.
    """
    figes = _figes(avant)
    lignes = [
        Rectificatif(
            marche=releve.affectation.engagement.titulaire.lot.marche,
            releve=releve,
            mois=releve.mois,
            heures_avant=avant[releve.pk],
            heures_apres=releve.heures_comptees if releve.etat == EtatReleve.VALIDE else ZERO,
            fige_au=releve.affectation.engagement.titulaire.lot.marche.fige_au,
            motif=motif.strip()[:400],
            cree_par=par,
        )
        for releve in figes
    ]
    return Rectificatif.objects.bulk_create([ligne for ligne in lignes if ligne.heures_avant != ligne.heures_apres])


def _figes(cles: Iterable[UUID]) -> QuerySet[ReleveHeures]:
    """Ceux de ces relevés qu'un bilan publié a arrêtés : leur mois est fini au jour où le marché est figé."""
    marche = "affectation__engagement__titulaire__lot__marche"
    return (
        ReleveHeures.objects.filter(pk__in=list(cles), mois__lte=F(f"{marche}__fige_au"))
        .select_related(marche)
        .order_by("mois", "pk")
    )


def imputees_validees(releves: Iterable[ReleveHeures]) -> dict[UUID, Decimal]:
    """Rend ce que comptent ailleurs, par convention, ces relevés tels qu'ils sont en mémoire. Aucune requête s'ils n'imputent rien."""
    etats = {releve.pk: releve.etat for releve in releves if releve.heures_imputees}
    if not etats:
        return {}
    return {
        imputation.pk: imputation.heures_comptees if etats[imputation.releve_id] == EtatReleve.VALIDE else ZERO
        for imputation in Imputation.objects.filter(releve__in=etats)
    }


def noter_imputees(*, avant: Mapping[UUID, Decimal], motif: str = "", par: Utilisateur | None = None) -> None:
    """Écrit le rectificatif de chaque marché qui recevait, par convention, des heures dont l'état vient de changer."""
    if not avant:
        return
    for imputation in _avec_leur_marche(Imputation.objects.filter(pk__in=avant)):
        releve = imputation.releve
        noter_deplacement(
            marche=imputation.engagement.titulaire.lot.marche,
            releve=releve,
            avant=avant[imputation.pk],
            apres=imputation.heures_comptees if releve.etat == EtatReleve.VALIDE else ZERO,
            motif=motif.strip(),
            par=par,
        )


def noter_recomptes(lignes: Collection[CompteFaux], *, par: Utilisateur | None, est_automatique: bool = False) -> None:
    """Écrit le rectificatif de chaque ligne restée validée qui compte autrement. Aucune requête quand il n'y en a pas."""
    if not lignes:
        return
    ecarts = {ligne.cle: ligne.juste[0] - ligne.copie[0] for ligne in lignes}
    releves = {ligne.cle for ligne in lignes if ligne.sorte == RELEVE}
    for releve in _figes(releves):
        marche, apres = releve.affectation.engagement.titulaire.lot.marche, releve.heures_comptees
        noter_deplacement(
            marche=marche, releve=releve, avant=apres + ecarts[releve.pk], apres=apres,
            motif=RECOMPTEES, par=par, est_automatique=est_automatique,
        )  # fmt: skip
    for imputation in _avec_leur_marche(Imputation.objects.filter(pk__in=ecarts.keys() - releves)):
        marche, apres = imputation.engagement.titulaire.lot.marche, imputation.heures_comptees
        noter_deplacement(
            marche=marche, releve=imputation.releve, avant=apres + ecarts[imputation.pk], apres=apres,
            motif=RECOMPTEES, par=par, est_automatique=est_automatique,
        )  # fmt: skip


def _avec_leur_marche(imputations: QuerySet[Imputation]) -> QuerySet[Imputation]:
    return imputations.select_related("releve", "engagement__titulaire__lot__marche").order_by("releve__mois", "pk")


def noter_deplacement(
    *,
    marche: Marche,
    releve: ReleveHeures,
    avant: Decimal,
    apres: Decimal,
    motif: str,
    par: Utilisateur | None,
    est_automatique: bool = False,
) -> None:
    """Écrit le rectificatif d'un marché qui gagne ou perd des heures, par convention ou recomptées, si un bilan a figé leur mois."""
    if marche.fige_au is not None and releve.mois <= marche.fige_au and avant != apres:
        Rectificatif.objects.create(
            marche=marche,
            releve=releve,
            mois=releve.mois,
            heures_avant=avant,
            heures_apres=apres,
            fige_au=marche.fige_au,
            motif=motif[:400],
            cree_par=par,
            est_automatique=est_automatique,
        )


def figer(*, marche: Marche, au: date) -> None:
    """Note que les chiffres de ce marché sont publiés jusqu'à ce jour ; un bilan plus ancien ne recule pas la date."""
    Marche.objects.filter(pk=marche.pk).exclude(fige_au__gte=au).update(fige_au=au)
