"""L'opération : le chantier, le service ou le programme où l'éligibilité s'apprécie."""

from typing import Self
from uuid import uuid4

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from comptes.models import COORDINATION, Organisation, Profil, Utilisateur


class Financement(models.TextChoices):
    AUCUN = "aucun", "Sans programme particulier"
    NPNRU = "npnru", "ANRU, NPNRU"
    ANRU = "anru", "ANRU, autre programme"
    FSE = "fse", "FSE+"
    FEDER = "feder", "FEDER"
    ETAT = "etat", "Dotation de l’État"
    AUTRE = "autre", "Autre programme"


class DroitPartage(models.TextChoices):
    """Ce qu'une structure invitée peut faire sur l'opération d'une autre. Les personnes, elles, restent à leur structure."""

    LECTURE = "lecture", "Lecture"
    ECRITURE = "ecriture", "Écriture"


class OperationQuerySet(models.QuerySet["Operation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Où il agit. Facilitateur : sa structure, et ce qu'une autre lui partage en écriture.

        Acheteur : où il achète ou fait construire. Entreprise : où elle a un lot.
        """
        organisation = utilisateur.organisation
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                return self.filter(ouverte_a_la_structure(organisation))
            case Profil.ACHETEUR:
                return self.filter(Q(maitre_ouvrage=organisation) | _parmi(marches__acheteur=organisation))
            case Profil.ENTREPRISE:
                return self.filter(_parmi(marches__lots__titulaires__entreprise=organisation))
            case _:
                return self.none()

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        """Celles qu'il peut lire : où il agit, et celles qu'une autre structure lui partage en lecture."""
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.pour(utilisateur)
        return self.filter(ouverte_a_la_structure(utilisateur.organisation, lecture=True))

    def tenues_par(self, utilisateur: Utilisateur) -> Self:
        """Celles que porte sa structure : elle seule les partage et les supprime."""
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.none()
        return self.filter(structure=utilisateur.organisation)

    def totalisables_par(self, utilisateur: Utilisateur) -> Self:
        """Celles dont une coordination lit les totaux, et rien d'autre : toutes celles des structures qu'elle coordonne."""
        if utilisateur.profil != COORDINATION:
            return self.none()
        return self.filter(structure__in=utilisateur.adhesions.coordinations().values("organisation"))


def ouverte_a_la_structure(structure: Organisation | None, chemin: str = "", *, lecture: bool = False) -> Q:
    """Condition : cette structure agit sur l'opération, ou seulement la lit (`lecture`). Elle la porte, ou un partage accepté et pas
    fini la lui ouvre.

    `chemin` mène à l'opération : « operation__ » pour un marché.
    """
    partagees = _parmi(
        chemin,
        partages__structure=structure,
        partages__droit__in=DroitPartage.values if lecture else [DroitPartage.ECRITURE],
        partages__accepte_le__isnull=False,
        partages__fini_le__isnull=True,
    )
    return Q(**{f"{chemin}structure": structure}) | partagees


def _parmi(chemin: str = "", /, **liees: object) -> Q:
    """Une opération n'apparaît qu'une fois, même liée par plusieurs marchés ou plusieurs lots."""
    return Q(**{f"{chemin}pk__in": Operation.objects.filter(**liees).order_by().values("pk")})


@pghistory.track()
class Operation(models.Model):
    """Un chantier, un service, un programme : le cadre où l'éligibilité s'apprécie (fiche A3)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("nom", max_length=200)
    maitre_ouvrage = models.ForeignKey(
        Organisation,
        verbose_name="maître d’ouvrage",
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"profil": Profil.ACHETEUR},
    )
    financement = models.CharField("financement", max_length=8, choices=Financement, default=Financement.AUCUN)
    programme = models.CharField("nom du programme", max_length=120, blank=True)
    commune = models.CharField("commune", max_length=100)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    date_debut = models.DateField("début")
    date_fin = models.DateField("fin prévue", null=True, blank=True)
    heures_qpv_visees = models.DecimalField(
        "heures visées pour les habitants des QPV",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = "opération"
        ordering = ["-date_debut", "nom"]
        indexes = [models.Index(fields=["structure", "-date_debut"], name="operation_liste")]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="operation_dates_ordonnees",
                violation_error_message="L’opération ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom
