"""Une personne proposée à une offre, et le fil de messages entre ceux qui en décident."""

from datetime import date
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils import timezone

from beneficiaires.models import Beneficiaire, sans_nir
from beneficiaires.periodes import decaler
from clauses.models.offres import OPERATION, Offre
from clauses.models.placements import Affectation
from clauses.regles.candidatures import (
    EN_COURS,
    LIBELLES_CANDIDATURE,
    LIBELLES_MOTIF,
    VIVANTES,
    EtatCandidature,
    FaitsCandidature,
)
from comptes.models import Organisation, Profil, Utilisateur

_EN_COURS = Q(etat__in=sorted(EN_COURS))
# De celles d'`avec_placement` : retenues, et dont le contrat n'est pas encore enregistré.
_A_PLACER = Q(etat=EtatCandidature.RETENUE, est_placee=False)


def _en_silence(aujourd_hui: date, jours: int) -> Q:
    """De celles qui ont leur `depart`."""
    return _EN_COURS & Q(depart__lt=decaler(aujourd_hui, -jours))


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Les trois parties : l'entreprise de l'offre, le prescripteur qui a proposé, le facilitateur de la personne."""
        organisation = utilisateur.organisation
        match utilisateur.profil:
            case Profil.ENTREPRISE:
                return self.filter(offre__engagement__titulaire__entreprise=organisation)
            case Profil.PRESCRIPTEUR:
                return self.filter(prescripteur=organisation)
            case Profil.FACILITATEUR:
                return self.filter(beneficiaire__structure=organisation)
            case _:
                return self.none()

    def en_cours(self) -> Self:
        return self.filter(_EN_COURS)

    def en_silence(self, aujourd_hui: date, jours: int) -> Self:
        """Celles dont l'entreprise se tait depuis plus de tant de jours : la règle `silence_depuis`, en SQL ; un test compare les deux."""
        return self._avec_depart().filter(_en_silence(aujourd_hui, jours))

    def compter(self, aujourd_hui: date, jours: int) -> dict[str, int]:
        """Combien attendent (`en_cours`), dont celles où l'entreprise se tait (`silences`), et combien sont `a_placer`. Une requête."""
        return (
            self._avec_depart()
            .avec_placement()
            .aggregate(
                en_cours=Count("pk", filter=_EN_COURS),
                silences=Count("pk", filter=_en_silence(aujourd_hui, jours)),
                a_placer=Count("pk", filter=_A_PLACER),
            )
        )

    def _avec_depart(self) -> Self:
        """Ajoute `depart` : le jour depuis lequel l'entreprise ne dit rien."""
        signe = Coalesce(TruncDate("signe_le"), TruncDate("envoyee_le"))
        rencontre = Case(When(etat=EtatCandidature.RENCONTRE, then=F("rencontre_le")), default=None)
        # Greatest passe sur ce qui manque (PostgreSQL).
        return self.alias(depart=Greatest(TruncDate("envoyee_le"), signe, rencontre))

    def par_urgence(self) -> Self:
        """Celles qui attendent d'abord, la plus ancienne en tête ; puis les décidées, la dernière en tête."""
        rang = Case(When(_EN_COURS, then=0), default=1, output_field=models.IntegerField())
        return self.annotate(rang_attente=rang).order_by(
            "rang_attente", F("decidee_le").desc(nulls_first=True), "envoyee_le", "id"
        )

    def avec_placement(self) -> Self:
        """Ajoute `est_placee` : un contrat de la personne sert déjà l'engagement de l'offre."""
        affectations = Affectation.objects.filter(
            contrat__beneficiaire=OuterRef("beneficiaire"), engagement=OuterRef("offre__engagement")
        )
        return self.annotate(est_placee=Exists(affectations))

    def a_placer(self) -> Self:
        """Retenues, et dont le contrat n'est pas encore enregistré."""
        return self.avec_placement().filter(_A_PLACER)

    def avec_ses_parties(self) -> Self:
        return self.avec_placement().select_related(
            "beneficiaire",
            "prescripteur",
            "offre__metier",
            "offre__engagement__titulaire__entreprise",
            f"offre__{OPERATION}__structure",
        )


@pghistory.track()
class Candidature(models.Model):
    """Une personne proposée à une offre par le prescripteur qui l'a orientée. Son état ne bouge que par `services/candidatures.py`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    offre = models.ForeignKey(Offre, on_delete=models.PROTECT, related_name="candidatures")
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.PROTECT, related_name="candidatures")
    prescripteur = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.PRESCRIPTEUR}
    )
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    etat = models.CharField(
        "état",
        max_length=10,
        choices=[(etat.value, libelle) for etat, libelle in LIBELLES_CANDIDATURE.items()],
        default=EtatCandidature.ENVOYEE,
    )
    presentation = models.TextField(
        "présentation", max_length=600, validators=[sans_nir, MinLengthValidator(20, "Écrivez une phrase ou deux.")]
    )
    disponible_le = models.DateField("disponible à partir du")
    consentie_le = models.DateTimeField("accord de la personne")
    envoyee_le = models.DateTimeField("envoyée le")
    signe_le = models.DateTimeField("dernier signe de l’entreprise", null=True, blank=True)
    rencontre_le = models.DateField("rencontre le", null=True, blank=True)
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motif_refus = models.CharField(
        "raison du refus",
        max_length=14,
        blank=True,
        choices=[(motif.value, libelle) for motif, libelle in LIBELLES_MOTIF.items()],
    )

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        ordering = ["-envoyee_le"]
        indexes = [
            models.Index(fields=["prescripteur", "etat", "-envoyee_le"], name="candidature_prescripteur"),
            models.Index(fields=["offre", "etat"], name="candidature_offre"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["offre", "beneficiaire"],
                condition=Q(etat__in=sorted(VIVANTES)),
                name="candidature_vivante_unique",
                violation_error_message="Cette personne est déjà proposée à cette offre.",
            ),
            models.CheckConstraint(
                condition=_EN_COURS | Q(decidee_le__isnull=False),
                name="candidature_decidee_datee",
                violation_error_message="Une candidature décidée porte sa date.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatCandidature.REFUSEE) | ~Q(motif_refus=""),
                name="candidature_refus_motive",
                violation_error_message="Un refus donne sa raison.",
            ),
        ]

    def __str__(self) -> str:
        return f"Candidature {str(self.pk)[:8]}"

    @property
    def faits(self) -> FaitsCandidature:
        """Ce que lisent les règles. Demande `avec_ses_parties`, qui dit si le contrat est enregistré."""
        return FaitsCandidature(
            etat=EtatCandidature(self.etat),
            envoyee_le=timezone.localdate(self.envoyee_le),
            entreprise=self.offre.entreprise.nom,
            prescripteur=self.prescripteur.nom,
            signe_le=timezone.localdate(self.signe_le) if self.signe_le else None,
            rencontre_le=self.rencontre_le,
            decidee_le=timezone.localdate(self.decidee_le) if self.decidee_le else None,
            motif=self.get_motif_refus_display(),
            est_placee=self.est_placee,
        )


@pghistory.track()
class MessageCandidature(models.Model):
    """Un message du fil d'une candidature, lu par l'entreprise, le prescripteur et le facilitateur."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    candidature = models.ForeignKey(Candidature, on_delete=models.CASCADE, related_name="messages")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    texte = models.TextField("message", max_length=1000, validators=[sans_nir, MinLengthValidator(3)])
    le = models.DateTimeField()

    class Meta:
        verbose_name = "message d’une candidature"
        ordering = ["le"]

    def __str__(self) -> str:
        return f"Message {str(self.pk)[:8]}"
