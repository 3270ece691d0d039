"""L'orientation : un prescripteur propose une personne à une structure."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, When

from beneficiaires.models.champs import (
    choix_criteres,
    choix_freins,
    choix_niveaux,
    sans_nir,
    valider_identifiant_france_travail,
)
from beneficiaires.models.personnes import CLE_RECHERCHE, Beneficiaire, MetierRome, Sexe
from comptes.models import Organisation, Profil, Utilisateur


class EtatOrientation(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    ENVOYEE = "envoyee", "Envoyée"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"


class MotifRefusOrientation(models.TextChoices):
    AUCUNE_OFFRE = "aucune_offre", "Aucune offre ne correspond en ce moment"
    CRITERE = "critere", "Aucun critère des marchés en cours n’est rempli"
    PIECES = "pieces", "Les pièces demandées manquent"
    INJOIGNABLE = "injoignable", "La personne n’a pas pu être jointe"
    TERRITOIRE = "territoire", "La personne relève d’une autre structure"
    AUTRE = "autre", "Autre raison"


class PassIae(models.TextChoices):
    OUI = "oui", "Oui"
    NON = "non", "Non"
    INCONNU = "inconnu", "Je ne sais pas"


class OrientationQuerySet(models.QuerySet["Orientation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Le prescripteur voit celles de son organisation ; la structure, celles qui lui ont été envoyées."""
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(prescripteur=utilisateur.organisation)
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation).exclude(etat=EtatOrientation.BROUILLON)
        return self.none()

    def sans_reponse(self) -> Self:
        return self.filter(etat=EtatOrientation.ENVOYEE)

    def par_urgence(self) -> Self:
        """Celles qui attendent d'abord, la plus ancienne en tête ; puis les répondues, la dernière réponse en tête."""
        rang = Case(When(etat=EtatOrientation.ENVOYEE, then=0), default=1, output_field=models.IntegerField())
        return self.annotate(rang_attente=rang).order_by(
            "rang_attente", F("repondue_le").desc(nulls_last=True), "envoyee_le", "id"
        )

    def avec_cle_recherche(self) -> Self:
        """Ajoute le nom sans accent ni majuscule, écrit comme celui des bénéficiaires."""
        return self.annotate(cle_recherche=CLE_RECHERCHE)


@pghistory.track()
class Orientation(models.Model):
    """Un prescripteur propose une personne à une structure. Elle devient un bénéficiaire quand la structure l'accepte."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    prescripteur = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(
        Organisation,
        verbose_name="structure facilitatrice",
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"profil": Profil.FACILITATEUR},
    )
    etat = models.CharField(max_length=10, choices=EtatOrientation, default=EtatOrientation.BROUILLON)
    # la personne
    prenom = models.CharField("prénom", max_length=80)
    nom_naissance = models.CharField("nom de naissance", max_length=80)
    nom_usage = models.CharField("nom d’usage", max_length=80, blank=True)
    date_naissance = models.DateField("date de naissance")
    sexe = models.CharField("sexe", max_length=1, choices=Sexe)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune", max_length=100)
    niveau_formation = models.PositiveSmallIntegerField(
        "niveau de formation", choices=choix_niveaux, null=True, blank=True
    )
    identifiant_france_travail = models.CharField(
        "identifiant France Travail", max_length=11, blank=True, validators=[valider_identifiant_france_travail]
    )
    # sa situation
    pass_iae = models.CharField("PASS IAE en cours", max_length=8, choices=PassIae, default=PassIae.INCONNU)
    # son projet et ses freins
    metiers = models.ManyToManyField(MetierRome, verbose_name="métiers recherchés", blank=True, related_name="+")
    freins = ArrayField(
        models.CharField(max_length=24, choices=choix_freins), verbose_name="freins repérés", default=list, blank=True
    )
    projet = models.TextField("projet", max_length=600, blank=True, validators=[sans_nir])
    # la réponse
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    repondue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motif_refus = models.CharField("raison", max_length=14, choices=MotifRefusOrientation, blank=True)
    message_reponse = models.TextField("message au prescripteur", max_length=600, blank=True, validators=[sans_nir])
    beneficiaire = models.ForeignKey(
        Beneficiaire, on_delete=models.PROTECT, null=True, blank=True, related_name="orientations"
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        verbose_name = "orientation"
        ordering = ["-envoyee_le", "-cree_le"]
        indexes = [
            models.Index(fields=["structure", "etat", "envoyee_le"], name="orientation_a_traiter"),
            models.Index(fields=["prescripteur", "etat"], name="orientation_du_prescripteur"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat=EtatOrientation.REFUSEE) | ~Q(motif_refus=""),
                name="orientation_refus_motive",
                violation_error_message="Un refus donne sa raison.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatOrientation.ACCEPTEE) | Q(beneficiaire__isnull=False),
                name="orientation_acceptee_a_un_beneficiaire",
                violation_error_message="Une orientation acceptée mène à une personne suivie.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatOrientation.BROUILLON) | Q(envoyee_le__isnull=False),
                name="orientation_envoyee_datee",
                violation_error_message="Une orientation envoyée a une date d’envoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Orientation {str(self.pk)[:8]}"

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom_usage or self.nom_naissance}"


@pghistory.track()
class CritereOriente(models.Model):
    """Un critère coché par le prescripteur, avec la date de la pièce qu'il a vue."""

    orientation = models.ForeignKey(Orientation, on_delete=models.CASCADE, related_name="criteres")
    critere = models.CharField("critère", max_length=20, choices=choix_criteres)
    date_piece = models.DateField("date de la pièce", null=True, blank=True)

    class Meta:
        verbose_name = "critère coché"
        constraints = [
            models.UniqueConstraint(
                fields=["orientation", "critere"],
                name="critere_oriente_unique",
                violation_error_message="Ce critère est déjà coché.",
            ),
        ]

    def __str__(self) -> str:
        return f"Critère {self.pk}"
