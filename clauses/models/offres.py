"""Le besoin d'une entreprise : un métier, un lieu, des dates, des postes."""

from datetime import date
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from beneficiaires.models import MetierRome, sans_nir
from clauses.models.engagements import Engagement
from clauses.models.operations import Operation
from clauses.models.placements import TypeContrat
from clauses.regles.candidatures import EN_COURS, EtatCandidature
from clauses.regles.offres import LIBELLES_OFFRE, POSTES_AU_PLUS, EtatOffre
from comptes.models import Organisation, Profil, Utilisateur

OPERATION = "engagement__titulaire__lot__marche__operation"


class OffreQuerySet(models.QuerySet["Offre"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """L'entreprise : les siennes. Le facilitateur : celles de ses opérations. Le prescripteur : les ouvertes, et celles où il a
        proposé quelqu'un."""
        organisation = utilisateur.organisation
        match utilisateur.profil:
            case Profil.ENTREPRISE:
                return self.filter(engagement__titulaire__entreprise=organisation)
            case Profil.FACILITATEUR:
                return self.filter(**{f"{OPERATION}__structure": organisation})
            case Profil.PRESCRIPTEUR:
                siennes = self.model.objects.filter(candidatures__prescripteur=organisation)
                return self.filter(_ouverte(timezone.localdate()) | Q(pk__in=siennes.values("pk")))
            case _:
                return self.none()

    def ouvertes(self, aujourd_hui: date) -> Self:
        """Publiées, et dont le dernier jour n'est pas passé."""
        return self.filter(_ouverte(aujourd_hui))

    def deja_publiees(self) -> Self:
        """Celles que les prescripteurs ont pu voir un jour : elles n'ont plus rien à cacher que leur contenu."""
        return self.filter(publiee_le__isnull=False)

    def avec_comptes(self) -> Self:
        """Ajoute les candidatures sans décision, celles retenues, et les postes encore libres."""
        return self.annotate(
            a_repondre=Count("candidatures", filter=Q(candidatures__etat__in=sorted(EN_COURS)), distinct=True),
            retenues=Count("candidatures", filter=Q(candidatures__etat=EtatCandidature.RETENUE), distinct=True),
            libres=Greatest(F("postes") - F("retenues"), 0),
        )

    def avec_ses_parties(self) -> Self:
        return self.select_related("metier", "engagement__titulaire__entreprise", f"{OPERATION}__structure")


def _ouverte(aujourd_hui: date) -> Q:
    return Q(etat=EtatOffre.PUBLIEE) & (Q(date_fin__isnull=True) | Q(date_fin__gte=aujourd_hui))


@pghistory.track()
class Offre(models.Model):
    """Un besoin d'une entreprise, pour un engagement dont il fera des heures. L'entreprise et l'opération sont celles de l'engagement."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.CASCADE, related_name="offres"
    )
    metier = models.ForeignKey(MetierRome, verbose_name="métier (ROME)", on_delete=models.PROTECT, related_name="+")
    commune = models.CharField("commune", max_length=120)
    # Le code et le centre, si le référentiel reconnaît la commune ; sinon elle se compare par son nom (`cle_commune`).
    cle_commune = models.CharField(max_length=120, editable=False, blank=True)
    code_commune = models.CharField(max_length=5, editable=False, blank=True)
    latitude = models.FloatField(null=True, blank=True, editable=False)
    longitude = models.FloatField(null=True, blank=True, editable=False)
    date_debut = models.DateField("premier jour")
    date_fin = models.DateField("dernier jour", null=True, blank=True)
    postes = models.PositiveSmallIntegerField(
        "nombre de postes",
        default=1,
        validators=[
            MinValueValidator(1, "Une offre a au moins un poste."),
            MaxValueValidator(POSTES_AU_PLUS, f"Une offre a {POSTES_AU_PLUS}\u00a0postes au plus. Vérifiez le nombre."),
        ],
    )
    type_contrat = models.CharField("type de contrat", max_length=20, choices=TypeContrat)
    heures_hebdo = models.DecimalField(
        "heures par semaine",
        max_digits=4,
        decimal_places=2,
        validators=[
            MinValueValidator(1, "Indiquez au moins 1\u00a0h par semaine."),
            MaxValueValidator(48, "48\u00a0h par semaine au plus (code du travail, L3121-20)."),
        ],
    )
    conditions = models.TextField("conditions", max_length=1000, blank=True, validators=[sans_nir])
    etat = models.CharField(
        "état",
        max_length=9,
        choices=[(etat.value, libelle) for etat, libelle in LIBELLES_OFFRE.items()],
        default=EtatOffre.BROUILLON,
    )
    publiee_le = models.DateTimeField("publiée le", null=True, blank=True)
    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = OffreQuerySet.as_manager()

    class Meta:
        verbose_name = "offre"
        ordering = ["-publiee_le", "-cree_le"]
        indexes = [
            models.Index(fields=["etat", "-publiee_le"], name="offre_publiee"),
            models.Index(fields=["latitude", "longitude"], name="offre_position"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="offre_dates_ordonnees",
                violation_error_message="La mission ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(postes__range=(1, POSTES_AU_PLUS)),
                name="offre_postes_possibles",
                violation_error_message=f"Une offre a de 1 à {POSTES_AU_PLUS}\u00a0postes.",
            ),
            models.CheckConstraint(
                condition=Q(heures_hebdo__range=(1, 48)),
                name="offre_heures_possibles",
                violation_error_message="Une semaine a de 1 à 48\u00a0h de travail.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=(EtatOffre.BROUILLON, EtatOffre.RETIREE)) | Q(publiee_le__isnull=False),
                name="offre_publiee_datee",
                violation_error_message="Une offre publiée a une date de publication.",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="offre_position_possible",
                violation_error_message="Cette position n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"Offre {str(self.pk)[:8]}"

    @property
    def entreprise(self) -> Organisation:
        return self.engagement.titulaire.entreprise

    @property
    def operation(self) -> Operation:
        return self.engagement.titulaire.lot.marche.operation

    @property
    def structure(self) -> Organisation:
        return self.operation.structure
