"""Préparer une séance du comité technique, tenir son ordre du jour, la clore. Close, elle ne change plus."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.ecriture import enregistrer, exiger
from comptes.models import Organisation, Utilisateur
from parcours.models import ComiteTechnique, PointComite, SujetPoint
from parcours.ordre_du_jour import proposer
from parcours.regles.comite import controler_cloture, controler_jour_seance, controler_ouverte


def ouverte(comite_id: object) -> ComiteTechnique:
    """La séance relue et verrouillée : deux écritures s'y suivent. Lève ValidationError si elle est close."""
    comite = ComiteTechnique.objects.select_for_update().get(pk=comite_id)
    exiger(controler_ouverte(timezone.localdate(comite.close_le) if comite.close_le else None))
    return comite


@transaction.atomic
def preparer_seance(
    *, comite: ComiteTechnique, partenaires: Iterable[Organisation], aujourd_hui: date
) -> ComiteTechnique:
    """Crée ou corrige une séance : son jour, son lieu, qui y est invité. D'un double envoi, le second est refusé."""
    Organisation.objects.select_for_update(no_key=True).get(pk=comite.structure_id)
    if not comite._state.adding:
        ouverte(comite.pk)
    exiger(controler_jour_seance(comite.date_seance, aujourd_hui), "date_seance")
    autres = ComiteTechnique.objects.filter(structure=comite.structure_id, date_seance=comite.date_seance)
    if autres.filter(lieu__iexact=comite.lieu).exclude(pk=comite.pk).exists():
        phrase = "Une séance est déjà préparée ce jour-là au même endroit\u00a0: ouvrez-la depuis la liste."
        raise ValidationError({"date_seance": ValidationError(phrase, code="seance_double")})
    enregistrer(comite)
    comite.partenaires.set(partenaires)
    return comite


@transaction.atomic
def supprimer_seance(*, comite: ComiteTechnique) -> None:
    """Retire une séance préparée par erreur, avec ses points. Dès qu'une décision y est notée, elle se garde."""
    comite = ouverte(comite.pk)
    if comite.points.exclude(decision="").exists():
        raise ValidationError("Une décision y est déjà notée\u00a0: cette séance se garde.", code="seance_decidee")
    comite.delete()


@transaction.atomic
def inscrire(*, comite: ComiteTechnique, cles: Collection[str], utilisateur: Utilisateur, aujourd_hui: date) -> int:
    """Inscrit ce qui est coché parmi ce qui se propose à cet instant ; rend le nombre de points ajoutés. Se rejoue sans rien doubler."""
    comite = ouverte(comite.pk)
    retenues = [p for p in proposer(comite, utilisateur, aujourd_hui) if p.cle in cles]
    premier = comite.points.count()
    PointComite.objects.bulk_create(
        PointComite(
            comite=comite,
            rang=rang,
            sujet=p.sujet,
            objet=p.objet,
            beneficiaire_id=p.beneficiaire_id,
            orientation_id=p.orientation_id,
            question=p.question,
        )
        for rang, p in enumerate(retenues, premier)
    )
    return len(retenues)


@transaction.atomic
def ajouter_point(*, comite: ComiteTechnique, beneficiaire: Beneficiaire, question: str) -> PointComite:
    """Ajoute un point libre sur une personne. La même question posée deux fois de suite n'en fait qu'un."""
    comite = ouverte(comite.pk)
    question = question.strip()
    deja = comite.points.filter(sujet=SujetPoint.AUTRE, beneficiaire=beneficiaire, question=question).first()
    if deja is not None:
        return deja
    point = PointComite(
        comite=comite,
        rang=comite.points.count(),
        sujet=SujetPoint.AUTRE,
        objet=uuid4(),
        beneficiaire=beneficiaire,
        question=question,
    )
    enregistrer(point)
    return point


@transaction.atomic
def deplacer_point(*, point: PointComite, cran: int) -> None:
    """Monte (-1) ou descend (1) le point d'un cran ; aux deux bouts, il reste où il est."""
    comite = ouverte(point.comite_id)
    points = list(comite.points.all())
    depart = next(rang for rang, autre in enumerate(points) if autre.pk == point.pk)
    arrivee = min(max(depart + cran, 0), len(points) - 1)
    points.insert(arrivee, points.pop(depart))
    changes = [p for rang, p in enumerate(points) if p.rang != rang]
    for rang, autre in enumerate(points):
        autre.rang = rang
    PointComite.objects.bulk_update(changes, ["rang"])


@transaction.atomic
def retirer_point(*, point: PointComite) -> None:
    """Retire un point de l'ordre du jour, s'il n'a pas de décision."""
    ouverte(point.comite_id)
    point = PointComite.objects.get(pk=point.pk)
    if point.est_decide:
        raise ValidationError(
            "Ce point a une décision\u00a0: effacez-la d’abord, en la corrigeant, pour retirer le point.",
            code="point_decide",
        )
    point.delete()


@transaction.atomic
def clore_seance(
    *, comite: ComiteTechnique, presents: Iterable[Organisation], maintenant: datetime, aujourd_hui: date
) -> ComiteTechnique:
    """Clôt la séance avec ses présents. Les points sans décision restent au compte rendu et reviendront à la suivante."""
    comite = ouverte(comite.pk)
    exiger(controler_cloture(points=comite.points.count(), seance=comite.date_seance, aujourd_hui=aujourd_hui))
    comite.close_le = maintenant
    enregistrer(comite)
    comite.presents.set(presents)
    return comite
