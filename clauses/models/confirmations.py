"""Ce que les autres parties disent d'heures déclarées : approbations, litiges et leur fil."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When

from beneficiaires.models import sans_nir
from clauses.models.heures import ETATS_EN_ATTENTE, ReleveHeures
from clauses.models.lots import RoleTitulaire
from clauses.regles.confirmation import LIBELLES_ISSUE
from comptes.models import Organisation, Profil, Utilisateur

_TITULAIRE = "affectation__engagement__titulaire"
_CONTRAT = "affectation__contrat"
# Qui répond des heures sur le lot : le titulaire, ou celui pour qui un sous-traitant travaille.
_EST_SOUS_TRAITE = Q(
    **{f"{_TITULAIRE}__role": RoleTitulaire.SOUS_TRAITANT, f"{_TITULAIRE}__donneur_ordre__isnull": False}
)
TITULAIRE_QUI_REPOND = Case(
    When(_EST_SOUS_TRAITE, then=F(f"{_TITULAIRE}__donneur_ordre__entreprise")), default=F(f"{_TITULAIRE}__entreprise")
)


def releves_de_la_partie(organisation: Organisation | None) -> models.QuerySet[ReleveHeures]:
    """Les relevés où cette entreprise est partie : elle emploie la personne, ou répond du lot ; `repond` nomme ce titulaire."""
    releves = ReleveHeures.objects.annotate(repond=TITULAIRE_QUI_REPOND)
    if organisation is None:
        return releves.none()
    return releves.filter(Q(**{f"{_CONTRAT}__employeur": organisation.pk}) | Q(repond=organisation.pk))


def releves_a_confirmer(organisation: Organisation | None) -> models.QuerySet[ReleveHeures]:
    """Ceux qu'elle doit approuver ou contester : une autre les a déclarés, et elle n'a pas encore répondu de ces heures-là."""
    approbations = Approbation.objects.filter(releve=OuterRef("pk"), entreprise=organisation, heures=OuterRef("heures"))
    return releves_de_la_partie(organisation).filter(
        Q(declarant__isnull=True) | ~Q(declarant=organisation),
        ~Exists(approbations),
        etat__in=ETATS_EN_ATTENTE,
        heures__gt=0,
    )


@pghistory.track()
class Approbation(models.Model):
    """Une autre partie que celle qui a déclaré reconnaît ces heures. Elle ne vaut que tant que le nombre d'heures est celui-là."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    releve = models.ForeignKey(ReleveHeures, on_delete=models.CASCADE, related_name="approbations")
    entreprise = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    heures = models.DecimalField(max_digits=6, decimal_places=2)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField()

    class Meta:
        verbose_name = "approbation"
        constraints = [
            models.UniqueConstraint(
                fields=["releve", "entreprise"],
                name="approbation_unique",
                violation_error_message="Cette entreprise a déjà approuvé ces heures.",
            ),
        ]

    def __str__(self) -> str:
        return f"Approbation {str(self.pk)[:8]}"


class LitigeQuerySet(models.QuerySet["Litige"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Le facilitateur de la personne, et les entreprises parties : celle qui emploie, celle qui répond du lot."""
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                return self.filter(releve__in=ReleveHeures.objects.pour(utilisateur))
            case Profil.ENTREPRISE:
                return self.filter(releve__in=releves_de_la_partie(utilisateur.organisation).values("pk"))
            case _:
                return self.none()

    def ouverts(self) -> Self:
        return self.filter(clos_le__isnull=True)


@pghistory.track()
class Litige(models.Model):
    """Un désaccord sur les heures d'un relevé, de la contestation à la décision du facilitateur."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    releve = models.ForeignKey(ReleveHeures, on_delete=models.CASCADE, related_name="litiges")
    entreprise = models.ForeignKey(
        Organisation, verbose_name="contesté par", on_delete=models.PROTECT, related_name="+"
    )
    ouvert_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ouvert_le = models.DateTimeField("ouvert le")
    echeance = models.DateField("à régler au plus tard le")
    heures_declarees = models.DecimalField("heures déclarées", max_digits=6, decimal_places=2)
    heures_reconnues = models.DecimalField("heures reconnues", max_digits=6, decimal_places=2)
    issue = models.CharField(
        "issue", max_length=10, blank=True, choices=[(issue.value, texte) for issue, texte in LIBELLES_ISSUE.items()]
    )
    heures_retenues = models.DecimalField("heures retenues", max_digits=6, decimal_places=2, null=True, blank=True)
    clos_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    clos_le = models.DateTimeField("réglé le", null=True, blank=True)

    objects = LitigeQuerySet.as_manager()

    class Meta:
        verbose_name = "litige"
        ordering = ["echeance", "ouvert_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["releve"],
                condition=Q(clos_le__isnull=True),
                name="litige_ouvert_unique",
                violation_error_message="Ces heures sont déjà contestées.",
            ),
            models.CheckConstraint(
                condition=Q(clos_le__isnull=True, issue="")
                | Q(clos_le__isnull=False, clos_par__isnull=False, heures_retenues__isnull=False) & ~Q(issue=""),
                name="litige_clos_avec_son_issue",
                violation_error_message="Un litige réglé dit son issue et les heures retenues.",
            ),
        ]

    def __str__(self) -> str:
        return f"Litige {str(self.pk)[:8]}"

    @property
    def est_ouvert(self) -> bool:
        return self.clos_le is None


@pghistory.track()
class MessageLitige(models.Model):
    """Un message du fil, lu par toutes les parties. Le premier dit pourquoi les heures sont contestées, le dernier ce qui est décidé."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    litige = models.ForeignKey(Litige, on_delete=models.CASCADE, related_name="messages")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    texte = models.TextField("message", max_length=1000, validators=[sans_nir, MinLengthValidator(3)])
    le = models.DateTimeField()

    class Meta:
        verbose_name = "message d’un litige"
        ordering = ["le"]

    def __str__(self) -> str:
        return f"Message {str(self.pk)[:8]}"
