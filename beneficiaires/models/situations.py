"""Les situations qui ouvrent des droits, et les pièces vues."""

from datetime import date
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from beneficiaires.models.champs import choix_criteres, choix_organismes, sans_nir
from beneficiaires.models.personnes import Beneficiaire
from comptes.models import Utilisateur


class SituationQuerySet(models.QuerySet["Situation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Les situations des personnes que cet utilisateur voit en entier."""
        return self.filter(beneficiaire__in=Beneficiaire.objects.pour(utilisateur))

    def en_cours(self, jour: date) -> Self:
        """Celles qui durent ce jour-là, bornes comprises."""
        return self.filter(Q(date_fin__isnull=True) | Q(date_fin__gte=jour), date_debut__lte=jour)


@pghistory.track()
class Situation(models.Model):
    """Un critère rempli par la personne pendant une période. Elle se juge au jour dit par le marché, jamais « aujourd'hui »."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="situations")
    critere = models.CharField("critère", max_length=20, choices=choix_criteres)
    date_debut = models.DateField("depuis le")
    date_fin = models.DateField("jusqu’au", null=True, blank=True)
    precision = models.CharField("précision", max_length=160, blank=True, validators=[sans_nir])
    organisme_avis = models.CharField(
        "organisme qui donne l’avis", max_length=10, choices=choix_organismes, blank=True, default=""
    )

    objects = SituationQuerySet.as_manager()

    class Meta:
        verbose_name = "situation"
        ordering = ["-date_debut", "critere"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="situation_dates_ordonnees",
                violation_error_message="La situation ne peut pas finir avant d’avoir commencé.",
            ),
            models.UniqueConstraint(
                fields=["beneficiaire", "critere", "date_debut"],
                name="situation_unique",
                violation_error_message="Cette situation est déjà enregistrée à cette date.",
            ),
        ]

    def __str__(self) -> str:
        return f"Situation {str(self.pk)[:8]}"


@pghistory.track()
class Justificatif(models.Model):
    """Une pièce vue : laquelle, de quelle date, vue quel jour et par qui. La pièce elle-même n'est pas gardée."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    situation = models.ForeignKey(Situation, on_delete=models.CASCADE, related_name="justificatifs")
    piece = models.CharField("pièce", max_length=120)
    date_piece = models.DateField("date de la pièce")
    vu_le = models.DateField("vue le")
    vu_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "justificatif"
        ordering = ["-date_piece"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vu_le__gte=F("date_piece")),
                name="justificatif_vu_apres_sa_date",
                violation_error_message="La pièce ne peut pas avoir été vue avant sa propre date.",
            ),
            models.UniqueConstraint(
                F("situation"),
                Lower("piece"),
                F("date_piece"),
                name="justificatif_unique",
                violation_error_message="Cette pièce, de cette date, est déjà enregistrée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Justificatif {str(self.pk)[:8]}"
