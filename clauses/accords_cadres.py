"""Les marchés subséquents d'un accord-cadre : ceux qu'on peut lui rattacher, où en sont leurs heures."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from clauses.avancement import Avancement, avancements_des_engagements, totaliser
from clauses.models import Engagement, Marche
from comptes.models import Utilisateur


@dataclass(frozen=True, slots=True)
class LigneSubsequent:
    """Un marché subséquent et où en sont ses heures."""

    marche: Marche
    avancement: Avancement


def subsequents(marche: Marche, utilisateur: Utilisateur, *, jour: date) -> tuple[list[LigneSubsequent], Avancement]:
    """Rend les marchés issus de cet accord-cadre que l'utilisateur voit, et leur total. Une requête, trois s'il y en a."""
    marches = list(Marche.objects.lisibles_par(utilisateur).filter(accord_cadre=marche).select_related("operation"))
    engagements = Engagement.objects.lisibles_par(utilisateur).filter(
        titulaire__lot__marche__in=[m.pk for m in marches]
    )
    lignes = avancements_des_engagements(engagements, jour=jour) if marches else []
    par_marche = [
        LigneSubsequent(m, totaliser([ligne for ligne in lignes if ligne.marche.pk == m.pk], jour=jour))
        for m in marches
    ]
    return par_marche, totaliser(lignes, jour=jour)


def accords_cadres_possibles(marche: Marche, utilisateur: Utilisateur) -> QuerySet[Marche]:
    """Les marchés de la même structure dont celui-ci peut être issu : ni lui-même, ni un marché subséquent.

    Qui tient l'opération par un partage n'y lit que les marchés des opérations qui lui sont ouvertes, et celui déjà choisi.
    Un accord-cadre n'est pas lui-même issu d'un autre : s'il a déjà des marchés subséquents, la liste est vide.
    """
    ouverts = Marche.objects.pour(utilisateur).order_by().values("pk")
    autres = Marche.objects.filter(
        Q(pk__in=ouverts) | Q(pk=marche.accord_cadre_id),
        operation__structure=marche.operation.structure_id,
        accord_cadre=None,
    )
    if not marche._state.adding and marche.subsequents.exists():
        return autres.none()
    return autres.exclude(pk=marche.pk).select_related("operation")
