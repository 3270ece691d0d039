"""La convention de globalisation : des heures faites sur un marché comptent sur un autre (domaine § 2.4)."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import Beneficiaire
from clauses.models.engagements import Engagement
from clauses.models.heures import ReleveHeures
from comptes.models import Organisation, Profil, Utilisateur


class ConventionQuerySet(models.QuerySet["ConventionGlobalisation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()


@pghistory.track()
class ConventionGlobalisation(models.Model):
    """Une entreprise, ses engagements sur plusieurs marchés, et d'habitude une personne. Rien ne se globalise avant son début."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("référence", max_length=60)
    entreprise = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ENTREPRISE}
    )
    beneficiaire = models.ForeignKey(
        Beneficiaire,
        verbose_name="personne",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Vide\u00a0: toutes les personnes de l’entreprise sur ces marchés.",
    )
    engagements = models.ManyToManyField(Engagement, related_name="conventions")
    date_debut = models.DateField("début")
    date_fin = models.DateField("fin", null=True, blank=True)
    signee_le = models.DateField("signée le")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention de globalisation"
        ordering = ["-date_debut"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "reference"],
                name="convention_reference_unique",
                violation_error_message="Une convention de cette référence est déjà enregistrée.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="convention_dates_ordonnees",
                violation_error_message="La convention ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@pghistory.track()
class Imputation(models.Model):
    """Des heures d'un relevé qui comptent pour un autre engagement que celui où elles ont été faites."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    convention = models.ForeignKey(ConventionGlobalisation, on_delete=models.PROTECT, related_name="imputations")
    releve = models.ForeignKey(ReleveHeures, on_delete=models.CASCADE, related_name="imputations")
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="imputations")
    heures = models.DecimalField("heures", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = "imputation"
        constraints = [
            models.UniqueConstraint(
                fields=["releve", "engagement"],
                name="imputation_unique",
                violation_error_message="Ce relevé compte déjà pour cet engagement.",
            ),
            models.CheckConstraint(
                condition=Q(heures__gt=0),
                name="imputation_heures_positives",
                violation_error_message="Indiquez un nombre d’heures supérieur à zéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"Imputation {str(self.pk)[:8]}"
