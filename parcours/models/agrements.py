"""Un agrément : PASS IAE ou parcours PLIE."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import Beneficiaire
from parcours.models.plie import Plie
from parcours.models.visibilite import DossierQuerySet


class TypeAgrement(models.TextChoices):
    PASS_IAE = "pass_iae", "PASS IAE"
    PLIE = "plie", "Parcours PLIE"


class AgrementQuerySet(DossierQuerySet):
    def avec_faits(self) -> Self:
        """Joint ce dont vient la fin : suspensions, prolongations, renouvellements, réglages du PLIE."""
        return self.select_related("plie").prefetch_related("suspensions", "prolongations", "renouvellements")


@pghistory.track()
class Agrement(models.Model):
    """PASS IAE ou PLIE. `date_fin` est la date que la plateforme a imprimée si on l’a relevée, sinon une estimation."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="agrements")
    type_agrement = models.CharField("type", max_length=8, choices=TypeAgrement)
    numero = models.CharField("numéro", max_length=20, blank=True)
    porteur = models.CharField("structure qui le porte", max_length=160, blank=True)
    plie = models.ForeignKey(
        Plie, on_delete=models.PROTECT, null=True, blank=True, related_name="agrements", verbose_name="PLIE"
    )
    prescripteur_habilite = models.CharField(
        "prescripteur habilité qui l’a demandé",
        max_length=160,
        blank=True,
        help_text="Obligatoire si le PASS commence pendant la carence d’un autre.",
    )
    date_debut = models.DateField("début")
    fin_officielle = models.DateField(
        "fin écrite sur le document", null=True, blank=True, help_text="Vide\u00a0: Étape l’estime et le dit."
    )
    date_fin = models.DateField("fin", editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = AgrementQuerySet.as_manager()

    class Meta:
        verbose_name = "agrément"
        ordering = ["-date_debut"]
        indexes = [
            models.Index(fields=["date_fin"], name="agrement_echeance"),
            models.Index(fields=["numero"], name="agrement_numero", condition=~Q(numero="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__gte=F("date_debut")),
                name="agrement_dates_ordonnees",
                violation_error_message="L’agrément ne peut pas finir avant d’avoir commencé.",
            ),
            models.UniqueConstraint(
                fields=["beneficiaire", "type_agrement", "date_debut"],
                name="agrement_unique",
                violation_error_message="Cet agrément est déjà enregistré à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(plie__isnull=True) | Q(type_agrement=TypeAgrement.PLIE),
                name="agrement_plie_d_un_plie",
                violation_error_message="Un PASS IAE n’a pas de PLIE.",
            ),
        ]

    def __str__(self) -> str:
        return f"Agrément {str(self.pk)[:8]}"

    @property
    def est_pass(self) -> bool:
        return self.type_agrement == TypeAgrement.PASS_IAE

    @property
    def est_estime(self) -> bool:
        return self.fin_officielle is None
