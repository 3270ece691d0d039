"""Ce qui repousse la fin d'un PASS IAE : ses suspensions et ses prolongations."""

from datetime import timedelta
from uuid import uuid4

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from beneficiaires.models.champs import sans_nir
from clauses.models.heures import PeriodeSql
from parcours.models.visibilite import DeLAgrementQuerySet
from parcours.regles import (
    MOTIFS_PROLONGATION,
    MOTIFS_REFUS_PROLONGATION,
    MOTIFS_SUSPENSION,
    PRESCRIPTEURS_HABILITES,
)

# Les listes de la plateforme sont des tables de règles ; les choix des champs les répètent, motifs fermés compris.
MotifSuspension = models.TextChoices(
    "MotifSuspension", {m.code: (m.code, m.libelle) for m in MOTIFS_SUSPENSION.values()}
)
MotifProlongation = models.TextChoices(
    "MotifProlongation", {m.code: (m.code, m.libelle) for m in MOTIFS_PROLONGATION.values()}
)
MotifRefusProlongation = models.TextChoices(
    "MotifRefusProlongation", {code: (code, libelle) for code, libelle in MOTIFS_REFUS_PROLONGATION.items()}
)
PrescripteurHabilite = models.TextChoices(
    "PrescripteurHabilite", {code: (code, libelle) for code, libelle in PRESCRIPTEURS_HABILITES.items()}
)


class StructureIae(models.TextChoices):
    """Le type de l'employeur, dont dépendent certains motifs."""

    AI = "AI", "AI, association intermédiaire"
    ACI = "ACI", "ACI, atelier et chantier d’insertion"
    EI = "EI", "EI, entreprise d’insertion"
    ETTI = "ETTI", "ETTI, travail temporaire d’insertion"
    EITI = "EITI", "EITI, travail indépendant"


class EtatProlongation(models.TextChoices):
    DEMANDEE = "demandee", "Demandée"
    ACCORDEE = "accordee", "Accordée"
    REFUSEE = "refusee", "Refusée"


@pghistory.track()
class Suspension(models.Model):
    """Des jours où le PASS IAE ne court pas, premier et dernier compris ; ils repoussent sa fin de « fin − début » jours."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    agrement = models.ForeignKey("parcours.Agrement", on_delete=models.CASCADE, related_name="suspensions")
    motif = models.CharField("motif", max_length=32, choices=MotifSuspension)
    structure_iae = models.CharField("type de structure", max_length=4, choices=StructureIae, blank=True)
    date_debut = models.DateField("du")
    date_fin = models.DateField("au, inclus")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = DeLAgrementQuerySet.as_manager()

    class Meta:
        verbose_name = "suspension"
        ordering = ["date_debut"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__gte=F("date_debut")),
                name="suspension_dates_ordonnees",
                violation_error_message="La suspension ne peut pas finir avant d’avoir commencé.",
            ),
            # 36 mois font 1 096 jours au plus ; la règle dit le jour exact.
            models.CheckConstraint(
                condition=Q(date_fin__lte=F("date_debut") + timedelta(days=1095)),
                name="suspension_36_mois",
                violation_error_message="Une suspension dure 36\u00a0mois au plus.",
            ),
            ExclusionConstraint(
                name="suspension_sans_chevauchement",
                expressions=[
                    (F("agrement"), RangeOperators.EQUAL),
                    (PeriodeSql(F("date_debut"), F("date_fin"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette suspension a au moins un jour commun avec une autre.",
            ),
        ]

    def __str__(self) -> str:
        return f"Suspension {str(self.pk)[:8]}"


@pghistory.track()
class Prolongation(models.Model):
    """Une prolongation du PASS IAE, de sa demande à sa réponse. Accordée, elle repousse la fin de « fin − début » jours."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    agrement = models.ForeignKey("parcours.Agrement", on_delete=models.CASCADE, related_name="prolongations")
    motif = models.CharField("motif", max_length=32, choices=MotifProlongation)
    structure_iae = models.CharField("type de structure", max_length=4, choices=StructureIae, blank=True)
    date_debut = models.DateField("du")
    date_fin = models.DateField("au, inclus")
    date_demande = models.DateField("demandée le")
    etat = models.CharField("réponse", max_length=8, choices=EtatProlongation, default=EtatProlongation.DEMANDEE)
    motif_refus = models.CharField("raison du refus", max_length=16, choices=MotifRefusProlongation, blank=True)
    avis_prescripteur = models.CharField(
        "prescripteur habilité", max_length=16, choices=PrescripteurHabilite, blank=True
    )
    avis_organisme = models.CharField("son nom", max_length=160, blank=True)
    avis_date = models.DateField("date de l’avis", null=True, blank=True)
    avis_texte = models.TextField("avis", max_length=2000, blank=True, validators=[sans_nir])
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = DeLAgrementQuerySet.as_manager()

    class Meta:
        verbose_name = "prolongation"
        ordering = ["date_debut", "cree_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__gt=F("date_debut")),
                name="prolongation_dates_ordonnees",
                violation_error_message="La prolongation ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatProlongation.REFUSEE) ^ Q(motif_refus=""),
                name="prolongation_refus_motive",
                violation_error_message="Un refus, et lui seul, donne sa raison.",
            ),
            models.UniqueConstraint(
                fields=["agrement"],
                condition=Q(etat=EtatProlongation.DEMANDEE),
                name="prolongation_une_demande",
                violation_error_message="Une demande de prolongation attend déjà sa réponse.",
            ),
            # L'une commence le jour où l'autre finit : ce jour-là est commun.
            ExclusionConstraint(
                name="prolongation_sans_chevauchement",
                expressions=[
                    (F("agrement"), RangeOperators.EQUAL),
                    (PeriodeSql(F("date_debut"), F("date_fin"), Value("[)")), RangeOperators.OVERLAPS),
                ],
                condition=Q(etat=EtatProlongation.ACCORDEE),
                violation_error_message="Une prolongation accordée couvre déjà ces jours.",
            ),
        ]

    def __str__(self) -> str:
        return f"Prolongation {str(self.pk)[:8]}"
