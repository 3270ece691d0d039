"""Une opération partagée entre deux structures, par accord : l'une propose, l'autre accepte, chacune peut y mettre fin."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import sans_nir
from clauses.models.operations import DroitPartage, Operation
from clauses.regles.partages import EtatPartage, etat_du_partage
from comptes.models import Organisation, Profil, Utilisateur

_EN_COURS = Q(accepte_le__isnull=False, fini_le__isnull=True)
_PROPOSE = Q(accepte_le__isnull=True, fini_le__isnull=True)
_COMPTE = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+"}


class PartageQuerySet(models.QuerySet["PartageOperation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Ceux que sa structure a proposés ou reçus."""
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.none()
        organisation = utilisateur.organisation
        return self.filter(Q(porteuse=organisation) | Q(structure=organisation))

    def recus_par(self, utilisateur: Utilisateur) -> Self:
        return self.pour(utilisateur).filter(structure=utilisateur.organisation)

    def proposes(self) -> Self:
        return self.filter(_PROPOSE)

    def en_cours(self) -> Self:
        return self.filter(_EN_COURS)


@pghistory.track()
class PartageOperation(models.Model):
    """Ce qu'une structure ouvre à une autre sur une opération. Un droit nouveau est une autre ligne, qui s'accepte à son tour.

    `porteuse` : la structure de l'opération, recopiée pour que la base refuse un partage avec soi.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="partages")
    porteuse = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(
        Organisation,
        verbose_name="structure invitée",
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"profil": Profil.FACILITATEUR},
    )
    droit = models.CharField("droit", max_length=8, choices=DroitPartage)
    propose_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    propose_le = models.DateTimeField("proposé le")
    accepte_par = models.ForeignKey(settings.AUTH_USER_MODEL, **_COMPTE)
    accepte_le = models.DateTimeField("accepté le", null=True, blank=True)
    fini_par = models.ForeignKey(settings.AUTH_USER_MODEL, **_COMPTE)
    fini_structure = models.ForeignKey(Organisation, **_COMPTE)
    fini_le = models.DateTimeField("fini le", null=True, blank=True)
    motif = models.CharField("motif", max_length=300, blank=True, validators=[sans_nir])

    objects = PartageQuerySet.as_manager()

    class Meta:
        verbose_name = "partage d’opération"
        ordering = ["-propose_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(structure=F("porteuse")),
                name="partage_avec_une_autre",
                violation_error_message="Une opération se partage avec une autre structure que la vôtre.",
            ),
            models.UniqueConstraint(
                fields=["operation", "structure"],
                condition=_EN_COURS,
                name="partage_en_cours_unique",
                violation_error_message="Cette opération est déjà partagée avec cette structure.",
            ),
            models.UniqueConstraint(
                fields=["operation", "structure"],
                condition=_PROPOSE,
                name="partage_propose_unique",
                violation_error_message="Une proposition attend déjà la réponse de cette structure.",
            ),
            models.CheckConstraint(
                condition=Q(fini_le__isnull=True, fini_par__isnull=True)
                | Q(fini_le__isnull=False, fini_par__isnull=False, fini_structure__isnull=False),
                name="partage_fini_par_quelqu_un",
            ),
        ]

    def __str__(self) -> str:
        return f"Partage {str(self.pk)[:8]}"

    @property
    def etat(self) -> EtatPartage:
        return etat_du_partage(
            est_accepte=self.accepte_le is not None,
            est_fini=self.fini_le is not None,
            fini_par_l_invitee=self.fini_structure_id == self.structure_id,
        )
