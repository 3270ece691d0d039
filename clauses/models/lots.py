"""Les lots d'un marché et les entreprises qui les tiennent."""

from typing import Self
from uuid import uuid4

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from beneficiaires.periodes import Periode
from clauses.models.marches import Marche, marche_ouvert
from clauses.regles.execution import periode_execution
from comptes.models import Organisation, Profil, Utilisateur


class LotQuerySet(models.QuerySet["Lot"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.ENTREPRISE:
            return self.filter(pk__in=Titulaire.objects.filter(entreprise=utilisateur.organisation).values("lot"))
        return self.filter(marche_ouvert(utilisateur, "marche__"))

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.pour(utilisateur)
        return self.filter(marche_ouvert(utilisateur, "marche__", lecture=True))


@pghistory.track()
class Lot(models.Model):
    """Une part du marché. Sans dates propres, il suit celles du marché."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="lots")
    numero = models.CharField("numéro", max_length=12)
    intitule = models.CharField("intitulé", max_length=200)
    montant_ht_euros = models.DecimalField(
        "montant HT", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    date_debut = models.DateField("début", null=True, blank=True)
    date_fin = models.DateField("fin", null=True, blank=True)
    clos_le = models.DateField("clos le", null=True, blank=True, help_text="Un lot clos ne reçoit plus d’heures.")

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = "lot"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["marche", "numero"],
                name="lot_numero_unique",
                violation_error_message="Ce marché a déjà un lot de ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_debut__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="lot_dates_ordonnees",
                violation_error_message="Le lot ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.numero}, {self.intitule}"

    @property
    def periode(self) -> Periode | None:
        """La période d'exécution : dates du lot, à défaut du marché, à défaut de l'opération."""
        operation = self.marche.operation
        return periode_execution(
            (self.date_debut, self.date_fin),
            (self.marche.date_debut, self.marche.date_fin),
            (operation.date_debut, operation.date_fin),
        )


class RoleTitulaire(models.TextChoices):
    TITULAIRE = "titulaire", "Titulaire"
    MANDATAIRE = "mandataire", "Mandataire"
    COTRAITANT = "cotraitant", "Cotraitant"
    SOUS_TRAITANT = "sous_traitant", "Sous-traitant"


class TitulaireQuerySet(models.QuerySet["Titulaire"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.ENTREPRISE:
            return self.filter(entreprise=utilisateur.organisation)
        return self.filter(marche_ouvert(utilisateur, "lot__marche__"))

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.pour(utilisateur)
        return self.filter(marche_ouvert(utilisateur, "lot__marche__", lecture=True))


@pghistory.track()
class Titulaire(models.Model):
    """Une entreprise sur un lot : seule, mandataire ou cotraitante d'un groupement, ou sous-traitante de l'une d'elles."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="titulaires")
    entreprise = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ENTREPRISE}
    )
    role = models.CharField("rôle", max_length=14, choices=RoleTitulaire, default=RoleTitulaire.TITULAIRE)
    donneur_ordre = models.ForeignKey(
        "self",
        verbose_name="sous-traitant de",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sous_traitants",
    )

    objects = TitulaireQuerySet.as_manager()

    class Meta:
        verbose_name = "titulaire"
        ordering = ["role", "entreprise__nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "entreprise"],
                name="titulaire_unique",
                violation_error_message="Cette entreprise est déjà inscrite sur ce lot.",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(role=RoleTitulaire.MANDATAIRE),
                name="titulaire_mandataire_unique",
                violation_error_message="Ce lot a déjà un mandataire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entreprise.nom}, {self.get_role_display().lower()}"
