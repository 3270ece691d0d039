"""Le bilan socio-professionnel d'une personne, en courtes étapes ; chaque diagnostic se compare au suivant."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from beneficiaires.models import MetierRome, choix_niveaux, sans_nir
from parcours.models.parcours import Parcours
from parcours.models.visibilite import DuParcoursQuerySet


class EtapeDiagnostic(models.TextChoices):
    """Les étapes du formulaire, dans l'ordre."""

    SITUATION = "situation", "Situation"
    FORMATION = "formation", "Formation"
    EXPERIENCE = "experience", "Expérience et métiers"
    MOBILITE = "mobilite", "Mobilité"
    DISPONIBILITE = "disponibilite", "Disponibilité"
    PROJET = "projet", "Projet"
    FREINS = "freins", "Freins"


# Ce qui se demande à chaque étape ; les freins ont leur propre table, `Diagnostic.freins` en garde la copie.
CHAMPS_DES_ETAPES: Final[Mapping[EtapeDiagnostic, tuple[str, ...]]] = MappingProxyType(
    {
        EtapeDiagnostic.SITUATION: (
            "logement",
            "ressource",
            "inactivite",
            "est_inscrit_france_travail",
            "enfants_a_charge",
        ),
        EtapeDiagnostic.FORMATION: (
            "niveau_formation",
            "diplome",
            "habilitations",
            "francais_oral",
            "francais_ecrit",
            "calcul",
            "numerique",
        ),
        EtapeDiagnostic.EXPERIENCE: ("metiers_exerces", "annees_experience", "fin_dernier_emploi", "experience"),
        EtapeDiagnostic.MOBILITE: ("permis_b", "deplacement", "rayon_km"),
        EtapeDiagnostic.DISPONIBILITE: (
            "disponible_le",
            "temps_voulu",
            "accepte_horaires_decales",
            "contraintes_horaires",
        ),
        EtapeDiagnostic.PROJET: ("metiers_vises", "projet", "besoins_formation"),
        EtapeDiagnostic.FREINS: (),
    }
)


class Logement(models.TextChoices):
    LOCATAIRE = "locataire", "Locataire ou propriétaire"
    HEBERGE = "heberge", "Hébergé par un proche"
    FOYER = "foyer", "Foyer, hébergement ou résidence sociale"
    SANS = "sans", "Sans logement stable"


class Ressource(models.TextChoices):
    SALAIRE = "salaire", "Salaire"
    ARE = "are", "Allocation chômage (ARE)"
    ASS = "ass", "ASS"
    RSA = "rsa", "RSA"
    AUTRE = "autre", "Autre ressource"
    AUCUNE = "aucune", "Aucune"


class Inactivite(models.TextChoices):
    """Durée sans emploi (référentiel de la plateforme, codes 01 à 04)."""

    MOINS_6 = "01", "Moins de 6\u00a0mois"
    DE_6_A_11 = "02", "De 6 à 11\u00a0mois"
    DE_12_A_23 = "03", "De 12 à 23\u00a0mois"
    DES_24 = "04", "24\u00a0mois ou plus"


class Aisance(models.TextChoices):
    SANS_AIDE = "sans_aide", "Sans aide"
    AVEC_AIDE = "avec_aide", "Avec de l’aide"
    PAS_ENCORE = "pas_encore", "Pas encore"


class PermisB(models.TextChoices):
    OUI = "oui", "Oui"
    EN_COURS = "en_cours", "En cours"
    NON = "non", "Non"


class Deplacement(models.TextChoices):
    VOITURE = "voiture", "Voiture"
    DEUX_ROUES = "deux_roues", "Deux-roues motorisé"
    VELO = "velo", "Vélo ou trottinette"
    TRANSPORTS = "transports", "Transports en commun"
    AUCUN = "aucun", "Aucun moyen"


class TempsVoulu(models.TextChoices):
    PLEIN = "plein", "Temps plein"
    PARTIEL = "partiel", "Temps partiel"
    INDIFFERENT = "indifferent", "L’un ou l’autre"


class DiagnosticQuerySet(DuParcoursQuerySet):
    def finis(self) -> Self:
        return self.filter(fini_le__isnull=False)


@pghistory.track()
class Diagnostic(models.Model):
    """Un bilan socio-professionnel. Chaque étape s'enregistre seule ; rien n'est obligatoire, une réponse absente se dit « non dit ».

    `freins` garde l'état de chaque frein ce jour-là : {rubrique: {"etat", "situations", "objectifs", "precision"}}.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    parcours = models.ForeignKey(Parcours, on_delete=models.CASCADE, related_name="diagnostics")
    date_diagnostic = models.DateField("le")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    etapes_faites = models.JSONField(default=list, editable=False)
    fini_le = models.DateTimeField(null=True, blank=True, editable=False)
    # situation
    logement = models.CharField("logement", max_length=10, choices=Logement, blank=True)
    ressource = models.CharField("ressource principale", max_length=8, choices=Ressource, blank=True)
    inactivite = models.CharField("sans emploi depuis", max_length=2, choices=Inactivite, blank=True)
    est_inscrit_france_travail = models.BooleanField("inscription à France Travail", null=True, blank=True)
    enfants_a_charge = models.PositiveSmallIntegerField(
        "enfants à charge", null=True, blank=True, validators=[MaxValueValidator(20)]
    )
    # formation
    niveau_formation = models.PositiveSmallIntegerField(
        "niveau de formation", choices=choix_niveaux, null=True, blank=True
    )
    diplome = models.CharField("dernier diplôme ou titre", max_length=160, blank=True, validators=[sans_nir])
    habilitations = models.CharField(
        "habilitations", max_length=200, blank=True, validators=[sans_nir], help_text="CACES, électrique, SST…"
    )
    francais_oral = models.CharField("comprendre et parler français", max_length=10, choices=Aisance, blank=True)
    francais_ecrit = models.CharField("lire et écrire en français", max_length=10, choices=Aisance, blank=True)
    calcul = models.CharField("compter, mesurer", max_length=10, choices=Aisance, blank=True)
    numerique = models.CharField("démarches en ligne", max_length=10, choices=Aisance, blank=True)
    # expérience
    metiers_exerces = models.ManyToManyField(MetierRome, verbose_name="métiers exercés", blank=True, related_name="+")
    annees_experience = models.PositiveSmallIntegerField(
        "années d’expérience", null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    fin_dernier_emploi = models.DateField("fin du dernier emploi", null=True, blank=True)
    experience = models.TextField("ce que la personne sait faire", max_length=600, blank=True, validators=[sans_nir])
    # mobilité
    permis_b = models.CharField("permis B", max_length=8, choices=PermisB, blank=True)
    deplacement = models.CharField("moyen de transport habituel", max_length=10, choices=Deplacement, blank=True)
    rayon_km = models.PositiveSmallIntegerField(
        "distance possible, en km", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    # disponibilité
    disponible_le = models.DateField("disponible à partir du", null=True, blank=True)
    temps_voulu = models.CharField("temps de travail voulu", max_length=11, choices=TempsVoulu, blank=True)
    accepte_horaires_decales = models.BooleanField("horaires tôt, tard ou le week-end", null=True, blank=True)
    contraintes_horaires = models.CharField("contraintes d’horaires", max_length=200, blank=True, validators=[sans_nir])
    # projet
    metiers_vises = models.ManyToManyField(MetierRome, verbose_name="métiers visés", blank=True, related_name="+")
    projet = models.TextField("projet", max_length=600, blank=True, validators=[sans_nir])
    besoins_formation = models.CharField("formation souhaitée", max_length=200, blank=True, validators=[sans_nir])
    # freins
    freins = models.JSONField(default=dict, editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = DiagnosticQuerySet.as_manager()

    class Meta:
        verbose_name = "diagnostic"
        ordering = ["-date_diagnostic", "-cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcours"],
                condition=Q(fini_le__isnull=True),
                name="diagnostic_un_en_cours",
                violation_error_message="Un diagnostic est déjà en cours\u00a0: finissez-le d’abord.",
            ),
        ]

    def __str__(self) -> str:
        return f"Diagnostic {str(self.pk)[:8]}"

    @property
    def est_fini(self) -> bool:
        return self.fini_le is not None
