"""Ce que les contrôles trouvent dans les heures, et ce qu'une correction change à un chiffre déjà publié."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models

from clauses.models.heures import ReleveHeures
from clauses.models.marches import Marche
from comptes.models import Utilisateur


class NiveauControle(models.TextChoices):
    INACTIF = "inactif", "Inactif"
    INFORMATION = "information", "Information"
    AVERTISSEMENT = "avertissement", "Avertissement"
    BLOQUANT = "bloquant", "Bloquant"
    NE_COMPTE_PAS = "ne_compte_pas", "Ne compte pas"


class ConstatQuerySet(models.QuerySet["Constat"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(releve__in=ReleveHeures.objects.pour(utilisateur))


class Constat(models.Model):
    """Un contrôle qui s'est déclenché sur un relevé : son code, sa version, sa phrase et la limite dite ce jour-là."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    releve = models.ForeignKey(ReleveHeures, on_delete=models.CASCADE, related_name="constats")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    niveau = models.CharField(max_length=13, choices=NiveauControle)
    phrase = models.CharField(max_length=500)
    limite = models.CharField(max_length=120, blank=True)
    constate_le = models.DateTimeField()

    objects = ConstatQuerySet.as_manager()

    class Meta:
        verbose_name = "constat"
        ordering = ["-constate_le", "code"]
        indexes = [models.Index(fields=["constate_le"], name="constat_date")]
        constraints = [models.UniqueConstraint(fields=["releve", "code"], name="constat_unique")]

    def __str__(self) -> str:
        return f"Constat {self.code}"


class EtatReexamen(models.TextChoices):
    EN_COURS = "en_cours", "En cours"
    FINI = "fini", "Fini"
    ECHEC = "echec", "Arrêté en route"


class Reexamen(models.Model):
    """Les lignes ouvertes d'un marché repassées aux contrôles, après un changement de niveau : où l'on en est."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="reexamens")
    etat = models.CharField(max_length=8, choices=EtatReexamen, default=EtatReexamen.EN_COURS)
    faits = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    demande_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "réexamen des contrôles"
        ordering = ["-cree_le"]

    def __str__(self) -> str:
        return f"Réexamen {str(self.pk)[:8]}"

    @property
    def est_en_cours(self) -> bool:
        return self.etat == EtatReexamen.EN_COURS


class RectificatifQuerySet(models.QuerySet["Rectificatif"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(marche__in=Marche.objects.pour(utilisateur))


@pghistory.track()
class Rectificatif(models.Model):
    """Des heures changées après qu'un bilan les a figées : le bilan ne bouge pas, le suivant dit l'écart et pourquoi."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="rectificatifs")
    releve = models.ForeignKey(
        ReleveHeures, on_delete=models.SET_NULL, null=True, blank=True, related_name="rectificatifs"
    )
    mois = models.DateField("mois")
    heures_avant = models.DecimalField("validées avant", max_digits=8, decimal_places=2)
    heures_apres = models.DecimalField("validées après", max_digits=8, decimal_places=2)
    fige_au = models.DateField("bilan arrêté au")
    motif = models.CharField("motif", max_length=400, blank=True)
    cree_le = models.DateTimeField(auto_now_add=True)
    # Qui a changé ces heures ; d'un recompte automatique, qui l'a demandé.
    cree_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    est_automatique = models.BooleanField("recompte automatique", default=False)

    objects = RectificatifQuerySet.as_manager()

    class Meta:
        verbose_name = "rectificatif"
        ordering = ["-cree_le"]

    def __str__(self) -> str:
        return f"Rectificatif {str(self.pk)[:8]}"

    @property
    def auteur(self) -> str:
        """Qui l'a fait naître, comme on le lit : « par Claire Martin », « recompte automatique, demandé par Claire Martin »."""
        par = f"par {self.cree_par.get_full_name()}" if self.cree_par else ""
        if self.est_automatique:
            return f"recompte automatique, demandé {par}" if par else "recompte automatique"
        return par
