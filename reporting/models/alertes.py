"""Une échéance à regarder, qui la suit, et ce qui en a été fait."""

from datetime import date
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from beneficiaires.models import Beneficiaire, sans_nir
from clauses.models import Operation
from comptes.models import Adhesion, Organisation, Profil, Utilisateur
from reporting.models.sortes import FINS, SeuilAlerte, TypeAlerte
from reporting.models.validite import encore_vraie


def _reportee(jour: date | None) -> Q:
    """Remise à plus tard, et pas encore revenue."""
    return Q(reportee_au__gt=jour or timezone.localdate())


class AlerteQuerySet(models.QuerySet["Alerte"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()

    def actives(self, *sortes: TypeAlerte) -> Self:
        """Ni closes, ni devenues fausses : celle dont l'objet a disparu ou changé ne se montre plus, même avant la nuit.

        `sortes` : rien que celles-là, sans lire les objets des autres.
        """
        return self.filter(encore_vraie(self.model, *sortes), close_le__isnull=True)

    def ouvertes(self, jour: date | None = None, *sortes: TypeAlerte) -> Self:
        """Celles à regarder ce jour-là : actives, et pas reportées à plus tard."""
        return self.actives(*sortes).exclude(_reportee(jour))

    def reportees(self, jour: date | None = None) -> Self:
        """Celles que quelqu'un a remises à plus tard, et qui n'en sont pas revenues."""
        return self.actives().filter(_reportee(jour))

    def compter(self, jour: date | None = None) -> dict[str, int]:
        """Combien sont ouvertes (`a_traiter`) et combien sont reportées (`reportees`), en une requête."""
        reportee = _reportee(jour)
        return self.actives().aggregate(a_traiter=Count("pk", filter=~reportee), reportees=Count("pk", filter=reportee))

    def traitees(self) -> Self:
        """Celles que quelqu'un a closes ; le travail de nuit en clôt d'autres, devenues sans objet."""
        return self.filter(traitee_par__isnull=False)

    def de(self, utilisateur: Utilisateur) -> Self:
        """Celles dont il est responsable : désigné, ou à défaut référent de la personne."""
        return self.filter(Q(responsable=utilisateur) | Q(responsable=None, beneficiaire__referent=utilisateur))

    def suivies_par(self, utilisateur: Utilisateur) -> Self:
        """Ce que lui annoncent le courriel et l'agenda : les siennes, et celles de ses structures que personne ne suit.

        Un responsable qui n'est plus de la structure ne suit plus rien.
        """
        membres = Adhesion.objects.au_travail().filter(
            organisation=OuterRef("structure"), utilisateur=OuterRef("suivie_par"), utilisateur__is_active=True
        )
        structures = utilisateur.adhesions.au_travail().filter(organisation__profil=Profil.FACILITATEUR)
        return self.alias(suivie_par=Coalesce("responsable", "beneficiaire__referent")).filter(
            Q(suivie_par=utilisateur.pk) | ~Exists(membres), structure__in=structures.values("organisation")
        )


class Alerte(models.Model):
    """Une échéance à regarder. Une par objet et par date : le travail de nuit la fait avancer de seuil, ou la clôt.

    `objet` est l'identifiant de ce qui finit ou attend ; sa sorte dit dans quelle table. `beneficiaire` et `operation` mènent aux
    fiches : un marché n'a pas de personne, une orientation n'a encore ni l'une ni l'autre.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    type_alerte = models.CharField(max_length=18, choices=TypeAlerte)
    seuil = models.CharField(max_length=8, choices=SeuilAlerte)
    objet = models.UUIDField(editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    date_echeance = models.DateField()
    creee_le = models.DateTimeField()
    # Le jour vu par le travail de nuit quand elle est née, a changé de tranche ou s'est rouverte.
    signalee_le = models.DateField()
    close_le = models.DateTimeField(null=True, blank=True)
    responsable = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="responsable",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Vide\u00a0: le référent de la personne.",
    )
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField("ce qui a été fait", max_length=300, blank=True, validators=[sans_nir])
    reportee_au = models.DateField("reportée au", null=True, blank=True)
    motif_report = models.CharField("pourquoi", max_length=300, blank=True, validators=[sans_nir])
    reportee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AlerteQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        ordering = ["date_echeance", "id"]
        indexes = [
            models.Index(
                fields=["structure", "type_alerte", "seuil"], name="alerte_ouverte", condition=Q(close_le__isnull=True)
            ),
            # La liste s'ouvre par date : une page se lit sans trier les autres.
            models.Index(
                fields=["structure", "date_echeance", "id"], name="alerte_par_date", condition=Q(close_le__isnull=True)
            ),
            models.Index(fields=["beneficiaire"], name="alerte_personne"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["type_alerte", "objet", "date_echeance"], name="alerte_unique"),
            models.CheckConstraint(
                condition=Q(reportee_au__isnull=True, motif_report="", reportee_par__isnull=True)
                | (Q(reportee_au__isnull=False, reportee_par__isnull=False) & ~Q(motif_report="")),
                name="alerte_report_motive",
                violation_error_message="Un report a son jour, son motif et son auteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"Alerte {str(self.pk)[:8]}"

    @property
    def reference(self) -> str:
        """Ce qui la désigne sans nommer personne, dans un courriel."""
        return str(self.pk)[:8]

    @property
    def est_une_fin(self) -> bool:
        return self.type_alerte in FINS

    @property
    def suivie_par_qui(self) -> Utilisateur | None:
        """Son responsable : désigné, à défaut le référent de la personne."""
        return self.responsable or (self.beneficiaire.referent if self.beneficiaire else None)
