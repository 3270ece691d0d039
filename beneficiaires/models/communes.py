"""Les communes de France : ce qu'il faut pour chercher près de l'une d'elles. Aucune donnée de personne."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from beneficiaires.communes import cle_commune


class CommuneQuerySet(models.QuerySet["Commune"]):
    def nommees(self, nom: str, code_postal: str = "") -> Self:
        """Celles qui portent ce nom, à la ponctuation et aux accents près ; le code postal départage les homonymes."""
        homonymes = self.filter(cle=cle_commune(nom))
        if code_postal and homonymes.filter(codes_postaux__contains=[code_postal]).exists():
            return homonymes.filter(codes_postaux__contains=[code_postal])
        return homonymes


class Commune(models.Model):
    """Une commune du code officiel géographique (données ouvertes de geo.api.gouv.fr, `manage.py importer_communes`)."""

    code = models.CharField("code INSEE", primary_key=True, max_length=5)
    nom = models.CharField("nom", max_length=120)
    cle = models.CharField(max_length=120, editable=False)
    departement = models.CharField("département", max_length=3)
    epci = models.CharField("intercommunalité", max_length=9, blank=True)
    codes_postaux = ArrayField(models.CharField(max_length=5), verbose_name="codes postaux", default=list, blank=True)
    latitude = models.FloatField("latitude du centre")
    longitude = models.FloatField("longitude du centre")

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ["nom", "code"]
        indexes = [
            models.Index(fields=["cle"], name="commune_cle"),
            GinIndex(fields=["codes_postaux"], name="commune_codes_postaux"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"
