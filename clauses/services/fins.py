"""La fin d'exécution d'un marché, copie tenue dès qu'un avenant parle du délai : `clauses.regles.duree` la donne.

Tant qu'aucun avenant n'en parle, `Marche.date_fin` est ce qui a été saisi. Le premier qui en parle garde cette date dans
`date_fin_initiale` ; le dernier qu'on supprime la rend. Qui écrit ou supprime un avenant appelle `recalculer_fins` dans la même
transaction ; `manage.py verifier_coherence` refait le calcul.
"""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from clauses.models import Avenant, Marche, Operation
from clauses.regles.duree import FaitDelai, FinDuMarche, depart_de_la_duree, fin_du_marche
from clauses.services.marches import verrouiller_marche
from comptes.ecriture import enregistrer
from comptes.formats import date_longue

CHAMPS_DE_FIN = ("date_fin", "fin_suit_avenants", "date_fin_initiale", "date_fin_ecrite")
FIN_AVANT_DEBUT = "La fin du marché, le {}, précéderait son début, le {}\u00a0: corrigez d’abord ce début sur sa fiche."


def faits_delai(avenants: Iterable[Avenant]) -> list[FaitDelai]:
    """Les avenants qui parlent du délai, une fois chacun : les lignes d'un même avenant disent la même chose."""
    faits = {a.numero: FaitDelai(a.numero, a.date_notification, a.duree_mois, a.date_fin) for a in avenants}
    return [fait for fait in faits.values() if fait.est_dit]


def depart_de(marche: Marche) -> date | None:
    return depart_de_la_duree(marche.date_debut, marche.date_notification)


def fin_de(
    marche: Marche, avenants: Iterable[Avenant] | None = None, *, en_plus: Iterable[FaitDelai] = ()
) -> FinDuMarche:
    """Rend la fin de ce marché et son histoire, d'après ces avenants (None : tous les siens) et ceux `en_plus`. N'écrit rien."""
    return fin_du_marche(
        depart=depart_de(marche),
        fin_initiale=marche.date_fin_initiale if marche.fin_suit_avenants else marche.date_fin,
        avenants=[*faits_delai(marche.avenants.all() if avenants is None else avenants), *en_plus],
        fin_ecrite=marche.date_fin_ecrite,
    )


def fin_sans(avenant: Avenant) -> date | None:
    """Rend la fin qu'aurait le marché si cette ligne d'avenant était supprimée. N'écrit rien."""
    return fin_de(avenant.marche, [autre for autre in avenant.marche.avenants.all() if autre.pk != avenant.pk]).fin


@transaction.atomic
def recalculer_fins(marches: Collection[UUID]) -> dict[UUID, FinDuMarche]:
    """Refait la fin de ces marchés d'après leurs avenants, et prolonge l'opération que l'un d'eux dépasse. Quatre requêtes au plus.

    Rend la fin de chacun. Les marchés sont verrouillés, toujours dans le même ordre. Lève ValidationError, rien n'étant écrit, quand
    la fin d'un marché précéderait son début.
    """
    verrouilles = Marche.objects.filter(pk__in=marches).order_by("pk").select_for_update(no_key=True)
    fins, changes = {}, []
    for marche in verrouilles.prefetch_related("avenants"):
        avant = [getattr(marche, champ) for champ in CHAMPS_DE_FIN]
        fins[marche.pk] = suivre(marche)
        if marche.date_debut and marche.date_fin and marche.date_fin < marche.date_debut:
            raise ValidationError(FIN_AVANT_DEBUT.format(date_longue(marche.date_fin), date_longue(marche.date_debut)))
        if [getattr(marche, champ) for champ in CHAMPS_DE_FIN] != avant:
            changes.append(marche)
    if changes:
        Marche.objects.bulk_update(changes, CHAMPS_DE_FIN)
        _prolonger_les_operations(changes)
    return fins


def suivre(marche: Marche) -> FinDuMarche:
    """Pose sur ce marché, sans l'enregistrer, la fin que donnent ses avenants ; sans avenant qui parle du délai, celle d'avant eux."""
    fin = fin_de(marche)
    if faits_delai(marche.avenants.all()):
        if not marche.fin_suit_avenants:
            marche.fin_suit_avenants, marche.date_fin_initiale = True, marche.date_fin
        marche.date_fin = fin.fin
    elif marche.fin_suit_avenants:
        marche.date_fin = fin.fin
        marche.fin_suit_avenants, marche.date_fin_initiale, marche.date_fin_ecrite = False, None, None
    return fin


@transaction.atomic
def modifier_marche(*, marche: Marche, fin_changee: bool) -> Marche:
    """Enregistre la fiche d'un marché. Après un avenant sur le délai, une fin qu'on y change l'emporte ; vidée, elle se calcule de nouveau.

    `fin_changee` : la personne a changé la fin qu'elle lisait. Sinon celle d'aujourd'hui reste, même si un avenant vient de la
    changer. Lève ValidationError, rien n'étant écrit, si le marché n'est pas valable.
    """
    en_base = verrouiller_marche(marche.pk)
    for champ in CHAMPS_DE_FIN if not fin_changee else CHAMPS_DE_FIN[1:]:
        setattr(marche, champ, getattr(en_base, champ))
    if marche.fin_suit_avenants:
        if fin_changee:
            marche.date_fin_ecrite = marche.date_fin if marche.date_fin != fin_de(marche).calculee else None
        suivre(marche)
    enregistrer(marche)
    return marche


def _prolonger_les_operations(marches: Collection[Marche]) -> None:
    """Une opération ne finit pas avant le marché qu'un avenant prolonge ; sans fin, elle reste à compléter."""
    prolonges = Marche.objects.filter(operation=OuterRef("pk"), pk__in=[marche.pk for marche in marches])
    derniere = prolonges.filter(date_fin__isnull=False).order_by("-date_fin").values("date_fin")[:1]
    depassees = Operation.objects.annotate(derniere=Subquery(derniere)).filter(date_fin__lt=F("derniere"))
    depassees.update(date_fin=F("derniere"))
