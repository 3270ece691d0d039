"""Chaque passage d'un travail programmé : quand, combien de temps, ce qu'il a fait."""

from datetime import timedelta
from uuid import uuid4

from django.db import models


class ExecutionTache(models.Model):
    """Un passage. Sans fin ni erreur, il tourne encore, ou il a été tué. `erreur` : la classe de l'erreur, jamais son texte."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    nom = models.CharField(max_length=40)
    debut = models.DateTimeField()
    fin = models.DateTimeField(null=True, blank=True)
    resultats = models.JSONField(default=dict)
    erreur = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "passage d’un travail"
        ordering = ["-debut"]
        indexes = [models.Index(fields=["nom", "-debut"], name="execution_derniere")]

    def __str__(self) -> str:
        return f"Passage {str(self.pk)[:8]}"

    @property
    def a_reussi(self) -> bool:
        return self.fin is not None and not self.erreur

    @property
    def duree(self) -> timedelta | None:
        return None if self.fin is None else self.fin - self.debut
