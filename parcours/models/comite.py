"""Le comité technique : son ordre du jour, ses décisions prises en séance."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from beneficiaires.models import Beneficiaire, Orientation, sans_nir
from comptes.models import Organisation, Profil, Utilisateur


class ComiteQuerySet(models.QuerySet["ComiteTechnique"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """La structure qui le tient, et les prescripteurs qu'elle y invite."""
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(partenaires=utilisateur.organisation)
        return self.none()

    def avec_comptes(self, utilisateur: Utilisateur) -> Self:
        """Ajoute `points_vus` et `points_decides`, comptés sur les seuls points que cet utilisateur peut lire."""
        vus = PointComite.objects.pour(utilisateur).filter(comite=OuterRef("pk")).order_by().values("comite")
        compte = Coalesce(Subquery(vus.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
        decides = vus.exclude(decision="").annotate(n=Count("pk")).values("n")
        return self.annotate(
            points_vus=compte, points_decides=Coalesce(Subquery(decides, output_field=IntegerField()), 0)
        )


@pghistory.track()
class ComiteTechnique(models.Model):
    """Une séance. Close, elle ne change plus : son compte rendu est celui du jour."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    date_seance = models.DateField("le")
    lieu = models.CharField("lieu", max_length=160, blank=True)
    partenaires = models.ManyToManyField(
        Organisation,
        verbose_name="partenaires invités",
        blank=True,
        related_name="+",
        limit_choices_to={"profil": Profil.PRESCRIPTEUR},
    )
    presents = models.ManyToManyField(
        Organisation, verbose_name="partenaires présents", blank=True, related_name="+", editable=False
    )
    close_le = models.DateTimeField("close le", null=True, blank=True, editable=False)
    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ComiteQuerySet.as_manager()

    class Meta:
        verbose_name = "comité technique"
        verbose_name_plural = "comités techniques"
        ordering = ["-date_seance", "-cree_le"]

    def __str__(self) -> str:
        return f"Comité technique {str(self.pk)[:8]}"

    @property
    def est_close(self) -> bool:
        return self.close_le is not None


class SujetPoint(models.TextChoices):
    ORIENTATION = "orientation", "Nouvelle orientation"
    RENOUVELLEMENT = "renouvellement", "Renouvellement"
    FREIN = "frein", "Frein qui ne se lève pas"
    SORTIE = "sortie", "Sortie"
    AUTRE = "autre", "Autre point"


class DecisionPoint(models.TextChoices):
    FAVORABLE = "favorable", "Favorable"
    DEFAVORABLE = "defavorable", "Défavorable"
    AJOURNEE = "ajournee", "Ajournée"


class PointQuerySet(models.QuerySet["PointComite"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Un partenaire ne voit que les points des personnes qu'il a orientées."""
        points = self.filter(comite__in=ComiteTechnique.objects.pour(utilisateur))
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            siennes = Q(beneficiaire__prescripteur=utilisateur.organisation)
            return points.filter(siennes | Q(orientation__prescripteur=utilisateur.organisation))
        return points


@pghistory.track()
class PointComite(models.Model):
    """Un point de l'ordre du jour : une personne ou une orientation, ce qui est demandé, ce qui est décidé, par qui et quand.

    `objet` est l'identifiant de ce qui demande la décision (orientation, éligibilité, agrément, frein, parcours) : un même objet
    n'est qu'une fois dans une séance. Un point libre reçoit le sien, qu'il garde d'une séance à l'autre s'il est ajourné.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    comite = models.ForeignKey(ComiteTechnique, on_delete=models.CASCADE, related_name="points")
    rang = models.PositiveSmallIntegerField("rang", default=0)
    sujet = models.CharField("sujet", max_length=14, choices=SujetPoint)
    objet = models.UUIDField("objet", null=True, blank=True, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    orientation = models.ForeignKey(Orientation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    question = models.CharField("question posée", max_length=300, validators=[sans_nir])
    decision = models.CharField("décision", max_length=11, choices=DecisionPoint, blank=True)
    motif = models.TextField("motif", max_length=1000, blank=True, validators=[sans_nir])
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)

    objects = PointQuerySet.as_manager()

    class Meta:
        verbose_name = "point du comité"
        ordering = ["rang", "sujet", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comite", "sujet", "objet"],
                condition=Q(objet__isnull=False),
                name="point_unique",
                violation_error_message="Ce point est déjà à l’ordre du jour.",
            ),
            models.CheckConstraint(
                condition=Q(beneficiaire__isnull=True) ^ Q(orientation__isnull=True),
                name="point_d_une_personne",
                violation_error_message="Un point porte sur une personne ou sur une orientation.",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decide_par__isnull=True, decide_le__isnull=True)
                | (~Q(decision="") & Q(decide_par__isnull=False, decide_le__isnull=False)),
                name="point_decide_signe",
                violation_error_message="Une décision a un auteur et une date.",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", DecisionPoint.FAVORABLE]) | ~Q(motif=""),
                name="point_motive",
                violation_error_message="Dites pourquoi la décision est défavorable ou ajournée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Point {str(self.pk)[:8]}"

    @property
    def est_decide(self) -> bool:
        return self.decision != ""

    @property
    def version(self) -> str:
        """L'instant de la décision lue : qui en enregistre une sur une version dépassée reçoit un conflit. Vide : pas décidé."""
        return f"{self.decide_le.timestamp():.6f}" if self.decide_le else ""

    @property
    def nom(self) -> str:
        return (self.beneficiaire or self.orientation).nom_complet
