"""Les modèles de règle qu'une structure réutilise, et les objectifs particuliers d'un marché."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import Q

from clauses.models.lots import Lot
from clauses.models.marches import Marche
from comptes.models import Organisation, Profil, Utilisateur


class ModeleRegleQuerySet(models.QuerySet["ModeleRegle"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()


@pghistory.track()
class ModeleRegle(models.Model):
    """Une règle toute prête d'une structure. L'appliquer à un marché la recopie : la changer ensuite n'y touche plus."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    nom = models.CharField("nom", max_length=80)
    description = models.CharField("à quoi il sert", max_length=300, blank=True)
    valeurs = models.JSONField(default=dict)
    cree_le = models.DateTimeField(auto_now_add=True)
    cree_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ModeleRegleQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de règle"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "nom"],
                name="modele_regle_nom_unique",
                violation_error_message="Un modèle de ce nom existe déjà dans votre structure.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class NatureObjectif(models.TextChoices):
    QPV = "qpv", "Habitants des quartiers prioritaires"
    PUBLIC = "public", "Personnes d’un public"
    METIER = "metier", "Heures d’un métier"


class SousObjectifQuerySet(models.QuerySet["SousObjectif"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(marche__in=Marche.objects.pour(utilisateur))

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        return self.filter(marche__in=Marche.objects.lisibles_par(utilisateur))


@pghistory.track()
class SousObjectif(models.Model):
    """Un objectif dans l'objectif : tant d'heures pour les habitants des QPV, un public ou un métier.

    `codes` : critères (public) ou codes ROME (métier). Les heures sont écrites, ou une part des heures dues.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="sous_objectifs")
    lot = models.ForeignKey(
        Lot,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sous_objectifs",
        help_text="Vide\u00a0: tout le marché.",
    )
    nature = models.CharField("pour", max_length=8, choices=NatureObjectif)
    intitule = models.CharField("intitulé", max_length=120)
    codes = models.JSONField(default=list, blank=True)
    heures = models.DecimalField("heures", max_digits=10, decimal_places=2, null=True, blank=True)
    part_pourcent = models.DecimalField(
        "part des heures dues (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )

    objects = SousObjectifQuerySet.as_manager()

    class Meta:
        verbose_name = "objectif particulier"
        ordering = ["intitule"]
        constraints = [
            models.CheckConstraint(
                condition=Q(heures__gt=0, part_pourcent__isnull=True)
                | Q(heures__isnull=True, part_pourcent__gt=0, part_pourcent__lte=100),
                name="sous_objectif_heures_ou_part",
                violation_error_message="Écrivez des heures, ou une part des heures dues (100\u00a0% au plus), pas les deux.",
            ),
            models.UniqueConstraint(
                fields=["marche", "lot", "intitule"],
                nulls_distinct=False,
                name="sous_objectif_unique",
                violation_error_message="Cet objectif est déjà enregistré. Un autre porte un autre intitulé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Objectif {str(self.pk)[:8]}"
