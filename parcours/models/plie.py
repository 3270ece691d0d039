"""Un PLIE et ses réglages, et les renouvellements de ses parcours sur avis motivé."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from beneficiaires.models.champs import sans_nir
from comptes.models import Organisation, Profil, Utilisateur
from parcours.models.visibilite import DeLAgrementQuerySet
from parcours.regles import REGLE_PLIE, ReglePlie


class PlieQuerySet(models.QuerySet["Plie"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()


@pghistory.track()
class Plie(models.Model):
    """Un PLIE tel que la structure le règle : durée d'un parcours, d'un renouvellement, et nombre de renouvellements."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    nom = models.CharField("nom du PLIE", max_length=160)
    duree_mois = models.PositiveSmallIntegerField("durée d’un parcours, en mois", default=REGLE_PLIE.duree_mois)
    renouvellement_mois = models.PositiveSmallIntegerField(
        "durée d’un renouvellement, en mois", default=REGLE_PLIE.renouvellement_mois
    )
    renouvellements_maximum = models.PositiveSmallIntegerField(
        "renouvellements admis",
        null=True,
        blank=True,
        default=REGLE_PLIE.renouvellements_maximum,
        help_text="Vide\u00a0: sans limite.",
    )

    objects = PlieQuerySet.as_manager()

    class Meta:
        verbose_name = "PLIE"
        verbose_name_plural = "PLIE"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                "structure", Lower("nom"), name="plie_unique", violation_error_message="Ce PLIE est déjà réglé."
            ),
            models.CheckConstraint(
                condition=Q(duree_mois__range=(1, 120)) & Q(renouvellement_mois__range=(1, 120)),
                name="plie_durees_plausibles",
                violation_error_message="Une durée va de 1 à 120\u00a0mois.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def regle(self) -> ReglePlie:
        return ReglePlie(self.duree_mois, self.renouvellement_mois, self.renouvellements_maximum)


@pghistory.track()
class Renouvellement(models.Model):
    """Un parcours PLIE renouvelé. `mois` est celui du jour où il a été accordé : changer les réglages ne le change pas."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    agrement = models.ForeignKey("parcours.Agrement", on_delete=models.CASCADE, related_name="renouvellements")
    mois = models.PositiveSmallIntegerField("mois accordés")
    avis_organisme = models.CharField("organisme qui donne l’avis", max_length=160)
    avis_date = models.DateField("date de l’avis")
    avis_texte = models.TextField("avis motivé", max_length=2000, validators=[sans_nir])
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = DeLAgrementQuerySet.as_manager()

    class Meta:
        verbose_name = "renouvellement"
        ordering = ["avis_date", "cree_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mois__range=(1, 120)),
                name="renouvellement_mois_plausible",
                violation_error_message="Un renouvellement dure de 1 à 120\u00a0mois.",
            ),
            models.CheckConstraint(
                condition=~Q(avis_texte="") & ~Q(avis_organisme=""),
                name="renouvellement_motive",
                violation_error_message="Un renouvellement demande un avis motivé écrit et son auteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"Renouvellement {str(self.pk)[:8]}"
