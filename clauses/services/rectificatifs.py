"""Des heures qui changent sous un bilan publié : le bilan ne bouge pas, un rectificatif dit l'écart.

Qui écrit des relevés appelle `noter_rectificatifs` dans la même transaction, une fois les cumuls refaits, avec ce qu'ils comptaient
avant (`heures_validees`, lues avant d'écrire).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from clauses.models import EtatReleve, Marche, Rectificatif, ReleveHeures
from comptes.models import Utilisateur

ZERO = Decimal(0)


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


def noter_deplacement(
    *, marche: Marche, releve: ReleveHeures, avant: Decimal, apres: Decimal, motif: str, par: Utilisateur | None
) -> None:
    """Écrit le rectificatif d'un marché qui gagne ou perd des heures par convention, si un bilan a figé leur mois."""
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
        )


def figer(*, marche: Marche, au: date) -> None:
    """Note que les chiffres de ce marché sont publiés jusqu'à ce jour ; un bilan plus ancien ne recule pas la date."""
    Marche.objects.filter(pk=marche.pk).exclude(fige_au__gte=au).update(fige_au=au)
