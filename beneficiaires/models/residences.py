"""Où une personne a habité avant : son adresse d'aujourd'hui est sur sa fiche."""

from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from beneficiaires.models.personnes import Beneficiaire, ModeQpv, StatutQpv
from beneficiaires.periodes import Periode


@pghistory.track()
class Residence(models.Model):
    """Une adresse quittée, avec son quartier et comment il a été établi. `date_debut` vide : depuis toujours, autant que l'on sache.

    Déménager ferme une période et ouvre la suivante sur la fiche de la personne ; qui n'a jamais déménagé n'a aucune ligne ici.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="residences")
    date_debut = models.DateField("depuis le", null=True, blank=True)
    date_fin = models.DateField("jusqu’au")
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune", max_length=100)
    qpv = models.CharField("quartier prioritaire", max_length=8, choices=StatutQpv, default=StatutQpv.INCONNU)
    qpv_nom = models.CharField("nom ou code du quartier", max_length=80, blank=True)
    qpv_mode = models.CharField("comment le quartier a été établi", max_length=12, choices=ModeQpv, blank=True)
    qpv_verifie_le = models.DateField("quartier vérifié le", null=True, blank=True)

    class Meta:
        verbose_name = "adresse quittée"
        ordering = ["-date_fin"]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiaire", "date_fin"],
                name="residence_une_fin",
                violation_error_message="Un déménagement est déjà noté ce jour-là.",
            ),
            models.CheckConstraint(
                condition=Q(date_debut__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="residence_dates_ordonnees",
                violation_error_message="On ne quitte pas une adresse avant d’y être arrivé.",
            ),
            models.CheckConstraint(
                condition=~Q(qpv=StatutQpv.OUI) | ~Q(qpv_mode=""),
                name="residence_qpv_etabli",
                violation_error_message="Dites comment le quartier prioritaire a été établi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Adresse quittée {str(self.pk)[:8]}"

    @property
    def periode(self) -> Periode | None:
        """Les jours passés là, bornes comprises ; None quand le début n'est pas connu."""
        return None if self.date_debut is None else Periode(self.date_debut, self.date_fin)
