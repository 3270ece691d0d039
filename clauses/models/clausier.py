"""Les versions qu'une structure publie d'une rédaction, et celles qu'un avis a citées."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from beneficiaires.models import sans_nir
from clauses.models.operations import Operation
from clauses.models.projets import AvisFacilitateur, ProjetMarche
from clauses.regles.clausier import TEXTE_MAXIMUM, controler_redaction, nom_de_version
from comptes.models import Organisation, Profil, Utilisateur

DEPASSEE = "Une autre version vient d’être publiée\u00a0: relisez-la, puis publiez la vôtre."


def redaction_valable(texte: str) -> None:
    """Refuse un champ inconnu ou une accolade seule, avec la phrase de la règle."""
    if refus := controler_redaction(texte):
        raise ValidationError(refus.phrase, code=refus.code)


def structures_du_clausier(utilisateur: Utilisateur) -> models.QuerySet[Organisation]:
    """Les structures dont ce compte lit les rédactions : la sienne, ou celles avec qui cet acheteur travaille."""
    organisation = utilisateur.organisation
    match utilisateur.profil:
        case Profil.FACILITATEUR:
            return Organisation.objects.filter(pk=organisation.pk)
        case Profil.ACHETEUR:
            operations = Operation.objects.pour(utilisateur).values("structure")
            projets = ProjetMarche.objects.pour(utilisateur).values("structure")
            return Organisation.objects.filter(Q(pk__in=operations) | Q(pk__in=projets)).order_by("nom")
        case _:
            return Organisation.objects.none()


class VersionClauseQuerySet(models.QuerySet["VersionClause"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(structure__in=structures_du_clausier(utilisateur))

    def courantes(self, structure: Organisation | None) -> Self:
        """La dernière version de chaque rédaction de cette structure. Une requête."""
        return self.filter(structure=structure).order_by("code", "-numero").distinct("code")


@pghistory.track()
class VersionClause(models.Model):
    """Une rédaction telle qu'une structure l'a publiée ce jour-là. Elle ne change plus : la suivante la remplace."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    code = models.SlugField("rédaction", max_length=40)
    numero = models.PositiveSmallIntegerField("version", validators=[MinValueValidator(1)])
    titre = models.CharField("titre", max_length=120)
    texte = models.TextField(
        "texte", max_length=TEXTE_MAXIMUM, validators=[sans_nir, MinLengthValidator(20), redaction_valable]
    )
    motif = models.CharField("ce qui change", max_length=200, validators=[sans_nir])
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("publiée le")

    objects = VersionClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "version d’une clause"
        ordering = ["code", "-numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "code", "numero"],
                name="version_clause_unique",
                violation_error_message=DEPASSEE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.numero}"


@pghistory.track()
class ClauseCitee(models.Model):
    """Une rédaction citée par un avis, recopiée telle qu'elle était : la bibliothèque peut changer ensuite."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    avis = models.ForeignKey(AvisFacilitateur, on_delete=models.CASCADE, related_name="clauses_citees")
    rang = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    numero = models.PositiveSmallIntegerField()
    titre = models.CharField(max_length=120)
    texte = models.TextField(max_length=TEXTE_MAXIMUM)

    class Meta:
        verbose_name = "clause citée"
        ordering = ["rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["avis", "code"],
                name="clause_citee_unique",
                violation_error_message="Cet avis cite déjà cette clause.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.numero}"

    @property
    def version(self) -> str:
        return nom_de_version(self.numero)
