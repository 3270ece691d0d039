"""L'offre d'insertion de data·inclusion, importée par département : ce qui peut lever un frein. Aucune donnée de personne."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class EtatImport(models.TextChoices):
    EN_COURS = "en_cours", "En cours"
    EN_SERVICE = "en_service", "En service"
    REMPLACE = "remplace", "Remplacé"
    ECHEC = "echec", "Échec"


class ImportServices(models.Model):
    """Un fichier importé, pour un département ou, si `departement` est vide, pour toute la France.

    Ses services ne se voient qu'une fois l'import entier : l'échange se fait d'un coup.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    departement = models.CharField("département", max_length=3, blank=True)
    fichier = models.CharField("fichier", max_length=160)
    etat = models.CharField("état", max_length=10, choices=EtatImport, default=EtatImport.EN_COURS)
    lignes_lues = models.PositiveIntegerField("lignes lues", default=0)
    services_gardes = models.PositiveIntegerField("services gardés", default=0)
    # Les premières lignes écartées et leur raison : [{"ligne", "identifiant", "raison"}] ; le compte, lui, est entier.
    ecarts = models.JSONField(default=list)
    lignes_ecartees = models.PositiveIntegerField("lignes écartées", default=0)
    # Les valeurs écartées de lignes gardées, par raison : [{"raison", "nombre", "exemple"}] ; le compte, lui, est entier.
    remarques = models.JSONField(default=list)
    valeurs_ecartees = models.PositiveIntegerField("valeurs écartées", default=0)
    motif_echec = models.CharField("raison de l’échec", max_length=400, blank=True)
    commence_le = models.DateTimeField(auto_now_add=True)
    fini_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import de services"
        ordering = ["-commence_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["departement"],
                condition=Q(etat=EtatImport.EN_SERVICE),
                name="import_services_un_en_service",
            ),
        ]

    def __str__(self) -> str:
        return f"Import de services {self.departement}"


class ServiceInsertionQuerySet(models.QuerySet["ServiceInsertion"]):
    def en_service(self) -> "ServiceInsertionQuerySet":
        return self.filter(import_services__etat=EtatImport.EN_SERVICE)


class ServiceInsertion(models.Model):
    """Un service du référentiel data·inclusion v1 ; les listes portent ses codes. Un même service est dans chaque import qui l'apporte."""

    import_services = models.ForeignKey(ImportServices, on_delete=models.CASCADE, related_name="services")
    identifiant = models.CharField(max_length=160)
    source = models.CharField(max_length=80)
    nom = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    structure_nom = models.CharField(max_length=300, blank=True)
    structure_siret = models.CharField(max_length=14, blank=True)
    type_service = models.CharField(max_length=40, blank=True)
    thematiques = ArrayField(models.CharField(max_length=120), default=list)
    publics = ArrayField(models.CharField(max_length=60), default=list)
    publics_precisions = models.TextField(blank=True)
    frais = models.CharField(max_length=40, blank=True)
    frais_precisions = models.TextField(blank=True)
    modes_accueil = ArrayField(models.CharField(max_length=20), default=list)
    zone_eligibilite = ArrayField(models.CharField(max_length=20), null=True, blank=True)
    conditions_acces = models.TextField(blank=True)
    adresse = models.CharField(max_length=300, blank=True)
    code_postal = models.CharField(max_length=5, blank=True)
    commune = models.CharField(max_length=120, blank=True)
    code_insee = models.CharField(max_length=5, blank=True)
    departement = models.CharField(max_length=3, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    courriel = models.CharField(max_length=254, blank=True)
    modes_mobilisation = ArrayField(models.CharField(max_length=40), default=list)
    mobilisable_par = ArrayField(models.CharField(max_length=20), default=list)
    mobilisation_precisions = models.TextField(blank=True)
    lien_mobilisation = models.URLField(max_length=500, blank=True)
    lien_source = models.URLField(max_length=500, blank=True)
    date_maj = models.DateField(null=True, blank=True)

    objects = ServiceInsertionQuerySet.as_manager()

    class Meta:
        verbose_name = "service d’insertion"
        verbose_name_plural = "services d’insertion"
        ordering = ["nom"]
        indexes = [
            GinIndex(fields=["thematiques"], name="service_thematiques"),
            models.Index(fields=["latitude", "longitude"], name="service_position"),
            models.Index(fields=["code_insee"], name="service_commune"),
            models.Index(fields=["code_postal"], name="service_code_postal"),
            models.Index(fields=["identifiant"], name="service_identifiant"),
            GinIndex(fields=["modes_accueil"], name="service_modes_accueil"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["import_services", "identifiant"], name="service_unique_par_import"),
        ]

    def __str__(self) -> str:
        return self.nom
