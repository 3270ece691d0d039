"""Les étapes d'un parcours : immersion, formation, contrat de clause, emploi… Toutes ne servent pas à tous."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from beneficiaires.models import sans_nir
from beneficiaires.periodes import Periode
from clauses.models import Contrat
from parcours.models.parcours import Parcours
from parcours.models.visibilite import DuParcoursQuerySet


class TypeEtape(models.TextChoices):
    IMMERSION = "immersion", "Immersion (PMSMP)"
    FORMATION = "formation", "Formation"
    CEJ = "cej", "Contrat d’engagement jeune"
    REMOBILISATION = "remobilisation", "Remobilisation"
    ACCOMPAGNEMENT = "accompagnement", "Accompagnement"
    CONTRAT_CLAUSE = "contrat_clause", "Contrat au titre d’une clause"
    CONTRAT_IAE = "contrat_iae", "Contrat dans l’IAE"
    EMPLOI = "emploi", "Emploi"
    SUSPENSION = "suspension", "Parcours suspendu"


class IssueEtape(models.TextChoices):
    """Ce qu'est devenue l'étape ; sans issue, ses dates disent si elle est prévue ou en cours."""

    REALISEE = "realisee", "Réalisée"
    INTERROMPUE = "interrompue", "Interrompue"
    SAUTEE = "sautee", "Sautée"


class EtapeQuerySet(DuParcoursQuerySet):
    def dans_l_ordre(self) -> Self:
        """Avec leurs contrats, de la première à la dernière : celle d'un contrat se range à son embauche."""
        return self.select_related(
            "contrat__employeur", "contrat__entreprise_utilisatrice", "contrat__metier"
        ).order_by(Coalesce("date_debut", "contrat__date_debut"), "cree_le")


@pghistory.track()
class Etape(models.Model):
    """Une étape du parcours. Celle d'un contrat de clause n'a ni dates ni issue à elle : tout se lit sur le contrat."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    parcours = models.ForeignKey(Parcours, on_delete=models.CASCADE, related_name="etapes")
    type_etape = models.CharField("étape", max_length=16, choices=TypeEtape)
    intitule = models.CharField("intitulé", max_length=160, blank=True, validators=[sans_nir])
    structure = models.CharField("où", max_length=160, blank=True, help_text="Organisme, entreprise ou service.")
    contrat = models.ForeignKey(
        Contrat, on_delete=models.CASCADE, null=True, blank=True, related_name="etapes", verbose_name="contrat"
    )
    date_debut = models.DateField("du", null=True, blank=True)
    date_fin = models.DateField("au, inclus", null=True, blank=True)
    issue = models.CharField("issue", max_length=11, choices=IssueEtape, blank=True)
    motif = models.CharField("pourquoi", max_length=300, blank=True, validators=[sans_nir])
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = EtapeQuerySet.as_manager()

    class Meta:
        verbose_name = "étape"
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="etape_dates_ordonnees",
                violation_error_message="L’étape ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(contrat__isnull=True) ^ Q(type_etape=TypeEtape.CONTRAT_CLAUSE),
                name="etape_de_contrat",
                violation_error_message="Une étape «\u00a0contrat au titre d’une clause\u00a0», et elle seule, désigne un contrat.",
            ),
            models.CheckConstraint(
                condition=Q(contrat__isnull=True, date_debut__isnull=False)
                | Q(contrat__isnull=False, date_debut__isnull=True, date_fin__isnull=True, issue=""),
                name="etape_dates_du_contrat",
                violation_error_message="Une étape a ses dates, ou celles de son contrat.",
            ),
            models.UniqueConstraint(
                fields=["parcours", "contrat"],
                condition=Q(contrat__isnull=False),
                name="etape_un_contrat_une_fois",
                violation_error_message="Ce contrat est déjà une étape de ce parcours.",
            ),
            models.CheckConstraint(
                condition=Q(issue__in=["", IssueEtape.REALISEE]) | ~Q(motif=""),
                name="etape_issue_motivee",
                violation_error_message="Dites pourquoi l’étape est sautée ou interrompue.",
            ),
        ]

    def __str__(self) -> str:
        return f"Étape {str(self.pk)[:8]}"

    @property
    def periode(self) -> Periode:
        return self.contrat.periode if self.contrat else Periode(self.date_debut, self.date_fin)
