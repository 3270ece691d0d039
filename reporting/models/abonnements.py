"""Ce qui annonce les échéances hors du site : le courriel du matin et l'agenda. Ni l'un ni l'autre ne nomme une personne."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from reporting.models.sortes import TypeAlerte


class AbonnementCourriel(models.Model):
    """Les sortes d'échéances dont quelqu'un ne veut plus dans son courriel du matin. Sans ligne : il les reçoit toutes."""

    utilisateur = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="abonnement_courriel"
    )
    types_coupes = ArrayField(models.CharField(max_length=18, choices=TypeAlerte), default=list, blank=True)

    class Meta:
        verbose_name = "abonnement au courriel"

    def __str__(self) -> str:
        return f"Abonnement {str(self.pk)[:8]}"


class EnvoiRecapitulatif(models.Model):
    """Le courriel d'un utilisateur pour un matin : un seul, quoi qu'il arrive. `envoye_le` vide : à envoyer, ou en échec."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="envois")
    jour = models.DateField()
    echeances = models.PositiveIntegerField(default=0)
    cree_le = models.DateTimeField(auto_now_add=True)
    envoye_le = models.DateTimeField(null=True, blank=True)
    tentatives = models.PositiveSmallIntegerField(default=0)
    erreur = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "envoi du récapitulatif"
        ordering = ["-jour"]
        indexes = [models.Index(fields=["jour"], name="envoi_du_jour")]
        constraints = [models.UniqueConstraint(fields=["utilisateur", "jour"], name="envoi_unique")]

    def __str__(self) -> str:
        return f"Envoi {str(self.pk)[:8]}"


class Agenda(models.Model):
    """L'adresse secrète d'un agenda : la base n'en garde que l'empreinte. La régénérer ou la retirer ferme l'ancienne."""

    utilisateur = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="agenda"
    )
    empreinte = models.CharField(max_length=64, unique=True)
    cree_le = models.DateTimeField()

    class Meta:
        verbose_name = "agenda"

    def __str__(self) -> str:
        return f"Agenda {str(self.pk)[:8]}"
