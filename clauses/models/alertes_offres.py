"""Les recherches d'offres gardées par les prescripteurs, et les courriels qui disent les nouvelles."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from beneficiaires.models import MetierRome
from comptes.models import Profil, Utilisateur


class AlerteOffreQuerySet(models.QuerySet["AlerteOffre"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Chacun les siennes."""
        if utilisateur.profil != Profil.PRESCRIPTEUR:
            return self.none()
        return self.filter(utilisateur=utilisateur)


@pghistory.track(exclude=["vues_jusqu_a"])
class AlerteOffre(models.Model):
    """Une recherche gardée : les nouvelles offres qui y répondent arrivent par courriel, un par jour au plus."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alertes_offres")
    commune = models.CharField("commune", max_length=120, blank=True)
    # Le code et le centre, si le référentiel reconnaît la commune ; sinon elle se compare par son nom (`cle_commune`).
    cle_commune = models.CharField(max_length=120, editable=False, blank=True)
    code_commune = models.CharField(max_length=5, editable=False, blank=True)
    latitude = models.FloatField(null=True, blank=True, editable=False)
    longitude = models.FloatField(null=True, blank=True, editable=False)
    rayon_km = models.PositiveSmallIntegerField("à moins de (km)", default=20)
    metiers = models.ManyToManyField(MetierRome, verbose_name="métiers", blank=True, related_name="+")
    # Les offres publiées jusque-là ont déjà été dites ; une alerte ne raconte pas ce qui l'a précédée.
    vues_jusqu_a = models.DateTimeField(default=timezone.now, editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = AlerteOffreQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte d’offres"
        ordering = ["cree_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rayon_km__range=(1, 100)),
                name="alerte_offre_rayon_possible",
                violation_error_message="La distance va de 1 à 100\u00a0km.",
            ),
        ]

    def __str__(self) -> str:
        return f"Alerte d’offres {str(self.pk)[:8]}"


class EnvoiOffres(models.Model):
    """Le courriel d'un jour à un abonné : écrit avant de partir, il ne part qu'une fois."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="envois_offres")
    jour = models.DateField()
    envoye_le = models.DateTimeField(null=True, blank=True)
    tentatives = models.PositiveSmallIntegerField(default=0)
    erreur = models.CharField(max_length=60, blank=True)
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "courriel de nouvelles offres"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "jour"],
                name="envoi_offres_un_par_jour",
                violation_error_message="Ce courriel du jour existe déjà.",
            ),
        ]

    def __str__(self) -> str:
        return f"Envoi d’offres {str(self.pk)[:8]}"
