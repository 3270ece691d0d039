"""Le parcours d'une personne et ses phases (fiche A3, partie II) : chacune se passe, se saute, se rouvre, et garde son histoire."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When

from beneficiaires.models import Beneficiaire, sans_nir
from comptes.models import Organisation, Profil
from parcours.models.visibilite import DossierQuerySet, DuParcoursQuerySet


class Dispositif(models.TextChoices):
    """Le cadre dans lequel la personne est accompagnée."""

    DROIT_COMMUN = "droit_commun", "Droit commun"
    PLIE = "plie", "PLIE"
    IAE = "iae", "Insertion par l’activité économique (IAE)"
    CEJ = "cej", "Contrat d’engagement jeune (CEJ)"
    RSA = "rsa", "Accompagnement RSA"


class Phase(models.TextChoices):
    """Les trois phases de la fiche A3, dans leur ordre habituel."""

    DIAGNOSTIC = "diagnostic", "Diagnostic"
    ACCOMPAGNEMENT = "accompagnement", "Accompagnement et levée des freins"
    SORTIE = "sortie", "Sortie"


class ParcoursQuerySet(DossierQuerySet):
    def ouverts(self) -> Self:
        return self.filter(date_fin__isnull=True)

    def avec_phase(self) -> Self:
        """Ajoute `phase_en_cours` : la phase ouverte la plus avancée, None s'il n'y en a pas."""
        rang = Case(*(When(phase=phase, then=Value(n)) for n, phase in enumerate(Phase)))
        ouverts = PassagePhase.objects.filter(parcours=OuterRef("pk"), date_fin__isnull=True)
        return self.annotate(phase_en_cours=Subquery(ouverts.order_by(rang.desc()).values("phase")[:1]))


@pghistory.track()
class Parcours(models.Model):
    """Le chemin d'une personne, de son entrée à sa sortie. Elle n'en a qu'un d'ouvert ; qui revient en commence un autre."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="parcours")
    dispositif = models.CharField("dispositif", max_length=12, choices=Dispositif, default=Dispositif.DROIT_COMMUN)
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="référent",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    prescripteur = models.ForeignKey(
        Organisation,
        verbose_name="prescripteur",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"profil": Profil.PRESCRIPTEUR},
    )
    date_debut = models.DateField("entrée le")
    date_fin = models.DateField("sortie le", null=True, blank=True, editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ParcoursQuerySet.as_manager()

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        ordering = ["-date_debut", "-cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiaire"],
                condition=Q(date_fin__isnull=True),
                name="parcours_un_ouvert",
                violation_error_message="Cette personne a déjà un parcours ouvert\u00a0: il faut le clore avant d’en ouvrir un autre.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="parcours_dates_ordonnees",
                violation_error_message="La sortie ne peut pas précéder l’entrée dans le parcours.",
            ),
        ]

    def __str__(self) -> str:
        return f"Parcours {str(self.pk)[:8]}"

    @property
    def est_ouvert(self) -> bool:
        return self.date_fin is None


@pghistory.track()
class PassagePhase(models.Model):
    """Une phase ouverte, finie ou sautée. Rouvrir une phase ajoute un passage : l'histoire reste lisible, dans l'ordre."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    parcours = models.ForeignKey(Parcours, on_delete=models.CASCADE, related_name="passages")
    phase = models.CharField("phase", max_length=14, choices=Phase)
    date_debut = models.DateField("commencée le")
    date_fin = models.DateField("finie le", null=True, blank=True)
    est_sautee = models.BooleanField("sautée", default=False)
    motif = models.CharField("pourquoi", max_length=300, blank=True, validators=[sans_nir])
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = DuParcoursQuerySet.as_manager()

    class Meta:
        verbose_name = "passage dans une phase"
        ordering = ["date_debut", "cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcours", "phase"],
                condition=Q(date_fin__isnull=True),
                name="passage_un_ouvert_par_phase",
                violation_error_message="Cette phase est déjà ouverte.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="passage_dates_ordonnees",
                violation_error_message="Une phase ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(est_sautee=False) | (~Q(motif="") & Q(date_fin__isnull=False)),
                name="passage_saut_motive",
                violation_error_message="Dites pourquoi cette phase est sautée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Passage {str(self.pk)[:8]}"
