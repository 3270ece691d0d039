"""Ce que l'acheteur répond à un bilan : son visa, et sa décision sur la pénalité proposée."""

from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from beneficiaires.models import sans_nir
from clauses.regles.penalites import LIBELLES_ISSUE_PENALITE
from reporting.models.bilans import Bilan


class ReponseVisa(models.TextChoices):
    APPROUVE = "approuve", "Bilan approuvé"
    RESERVES = "reserves", "Approuvé avec réserves"
    REFUSE = "refuse", "Bilan refusé"


@pghistory.track()
class VisaBilan(models.Model):
    """La réponse de l'acheteur à un bilan : une fois donnée, elle ne change plus."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bilan = models.OneToOneField(
        Bilan,
        on_delete=models.PROTECT,
        related_name="visa",
        error_messages={"unique": "Ce bilan a déjà reçu votre réponse."},
    )
    reponse = models.CharField("réponse", max_length=10, choices=ReponseVisa)
    commentaire = models.CharField("commentaire", max_length=1000, blank=True, validators=[sans_nir])
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("donné le")

    class Meta:
        verbose_name = "visa d’un bilan"
        constraints = [
            models.CheckConstraint(
                condition=Q(reponse=ReponseVisa.APPROUVE) | ~Q(commentaire=""),
                name="visa_reserve_motivee",
                violation_error_message="Des réserves ou un refus se motivent\u00a0: écrivez le commentaire.",
            ),
        ]

    def __str__(self) -> str:
        return f"Visa {str(self.pk)[:8]}"


@pghistory.track()
class DecisionPenalite(models.Model):
    """Ce que l'acheteur retient de la pénalité qu'un bilan final propose. La proposition est gardée telle qu'imprimée."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bilan = models.OneToOneField(
        Bilan,
        on_delete=models.PROTECT,
        related_name="decision_penalite",
        error_messages={"unique": "Cette pénalité a déjà été décidée."},
    )
    issue = models.CharField(
        "décision", max_length=10, choices=[(issue.value, texte) for issue, texte in LIBELLES_ISSUE_PENALITE.items()]
    )
    proposee_euros = models.DecimalField("montant proposé", max_digits=12, decimal_places=2)
    retenue_euros = models.DecimalField("montant retenu", max_digits=12, decimal_places=2)
    motif = models.CharField("motif", max_length=1000, validators=[sans_nir])
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("décidée le")

    class Meta:
        verbose_name = "décision sur une pénalité"
        constraints = [
            models.CheckConstraint(
                condition=Q(retenue_euros__gte=0, retenue_euros__lte=models.F("proposee_euros")),
                name="penalite_retenue_plausible",
                violation_error_message="Le montant retenu va de 0 au montant proposé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Décision {str(self.pk)[:8]}"
