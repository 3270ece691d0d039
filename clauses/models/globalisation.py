"""La convention de globalisation : des heures faites sur un marché comptent sur un autre (domaine § 2.4)."""

from decimal import Decimal
from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.functions import Greatest

from beneficiaires.models import Beneficiaire
from clauses.models.engagements import Engagement
from clauses.models.heures import ReleveHeures
from clauses.models.marches import RegleClause
from clauses.models.operations import ouverte_a_la_structure
from clauses.models.placements import contrat_ouvert
from comptes.models import Organisation, Profil, Utilisateur


class ConventionQuerySet(models.QuerySet["ConventionGlobalisation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()


@pghistory.track()
class ConventionGlobalisation(models.Model):
    """Une entreprise, ses engagements sur plusieurs marchés, et d'habitude une personne. Rien ne se globalise avant son début."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("référence", max_length=60)
    entreprise = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ENTREPRISE}
    )
    beneficiaire = models.ForeignKey(
        Beneficiaire,
        verbose_name="personne",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Vide\u00a0: toutes les personnes de l’entreprise sur ces marchés.",
    )
    engagements = models.ManyToManyField(Engagement, related_name="conventions")
    date_debut = models.DateField("début")
    date_fin = models.DateField("fin", null=True, blank=True)
    signee_le = models.DateField("signée le")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention de globalisation"
        ordering = ["-date_debut"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "reference"],
                name="convention_reference_unique",
                violation_error_message="Une convention de cette référence est déjà enregistrée.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="convention_dates_ordonnees",
                violation_error_message="La convention ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


_HEURES = models.DecimalField(max_digits=6, decimal_places=2)


class ImputationQuerySet(models.QuerySet["Imputation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(convention__in=ConventionGlobalisation.objects.pour(utilisateur))

    def recues_par(self, utilisateur: Utilisateur) -> Self:
        """Celles qui comptent sur ce que cet utilisateur suit, avec `est_visible` : s'il peut lire le relevé d'où elles viennent.

        Le facilitateur les compte toutes sur ses opérations, comme leur fiche et leur bilan, même celles dont il ne voit pas l'origine.
        L'entreprise ne compte que celles de ses conventions et de ses personnes.
        """
        visible = contrat_ouvert(utilisateur, "releve__affectation__contrat__")
        imputations = self.annotate(est_visible=ExpressionWrapper(visible, models.BooleanField()))
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                operation = "engagement__titulaire__lot__marche__operation__"
                return imputations.filter(ouverte_a_la_structure(utilisateur.organisation, operation))
            case Profil.ENTREPRISE:
                return imputations.filter(convention__entreprise=utilisateur.organisation, est_visible=True)
            case _:
                return imputations.none()


@pghistory.track(exclude=("heures_ecartees", "heures_comptees", "motif_ecart", "compte_etp", "regle_comptee"))
class Imputation(models.Model):
    """Des heures d'un relevé qui comptent pour un autre engagement que celui où elles ont été faites.

    Elles y comptent selon la règle du marché qui les reçoit : `heures_comptees`, comme pour un relevé.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    convention = models.ForeignKey(ConventionGlobalisation, on_delete=models.PROTECT, related_name="imputations")
    releve = models.ForeignKey(ReleveHeures, on_delete=models.CASCADE, related_name="imputations")
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="imputations")
    heures = models.DecimalField("heures", max_digits=6, decimal_places=2)
    heures_ecartees = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    heures_comptees = models.GeneratedField(
        expression=Greatest(F("heures") - F("heures_ecartees"), Value(Decimal(0)), output_field=_HEURES),
        output_field=_HEURES,
        db_persist=True,
    )
    motif_ecart = models.CharField(max_length=20, blank=True, editable=False)
    compte_etp = models.BooleanField(default=True, editable=False)
    regle_comptee = models.ForeignKey(
        RegleClause, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ImputationQuerySet.as_manager()

    class Meta:
        verbose_name = "imputation"
        constraints = [
            models.UniqueConstraint(
                fields=["releve", "engagement"],
                name="imputation_unique",
                violation_error_message="Ce relevé compte déjà pour cet engagement.",
            ),
            models.CheckConstraint(
                condition=Q(heures__gt=0),
                name="imputation_heures_positives",
                violation_error_message="Indiquez un nombre d’heures supérieur à zéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"Imputation {str(self.pk)[:8]}"
