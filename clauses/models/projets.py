"""Le marché à venir d'un acheteur, l'avis de son facilitateur, et leur fil."""

from datetime import date
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from beneficiaires.models import sans_nir
from clauses.models.marches import Ccag
from clauses.models.operations import Operation
from clauses.regles.calibrage_besoin import MOIS_MAXIMUM
from clauses.regles.calibrage_dispositifs import LIBELLES_DISPOSITIF
from clauses.regles.calibrage_tables import LIBELLES_NATURE
from clauses.regles.projets import FaitsProjet, Partie
from comptes.models import Organisation, Profil, Utilisateur

CHOIX_PARTIES = [(Partie.FACILITATEUR.value, "Le facilitateur"), (Partie.ACHETEUR.value, "L’acheteur")]
CHOIX_NATURES = [(code.value, libelle) for code, libelle in LIBELLES_NATURE.items()]


class ProjetMarcheQuerySet(models.QuerySet["ProjetMarche"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """L'acheteur : les siens. Le facilitateur : ceux où l'avis de sa structure est demandé ; jamais un brouillon."""
        match utilisateur.profil:
            case Profil.ACHETEUR:
                return self.filter(acheteur=utilisateur.organisation)
            case Profil.FACILITATEUR:
                return self.filter(structure=utilisateur.organisation, demande_le__isnull=False)
            case _:
                return self.none()

    def en_cours(self) -> Self:
        return self.filter(abandonne_le__isnull=True, operation__isnull=True)

    def attendus_de(self, partie: str) -> Self:
        return self.en_cours().filter(attente=partie)

    def avec_avis(self) -> Self:
        """`avis_rendu_le` : le jour du dernier avis, lu en une fois pour toute une liste."""
        avis = AvisFacilitateur.objects.filter(projet=OuterRef("pk")).order_by("-le")
        return self.annotate(avis_rendu_le=Subquery(avis.values("le")[:1]))


@pghistory.track()
class ProjetMarche(models.Model):
    """Un marché qu'un acheteur prépare. `calibrage` : ce qu'il a tapé dans le calibrage, champ par champ.

    `attente` nomme qui doit répondre, depuis `attente_depuis` : seuls les services les écrivent, avec le message ou l'avis.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    acheteur = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ACHETEUR}
    )
    structure = models.ForeignKey(
        Organisation,
        verbose_name="facilitateur",
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"profil": Profil.FACILITATEUR},
    )
    objet = models.CharField("objet", max_length=300, validators=[sans_nir])
    ccag = models.CharField("CCAG", max_length=8, choices=Ccag, default=Ccag.TRAVAUX)
    nature = models.CharField("nature", max_length=12, choices=CHOIX_NATURES)
    code_cpv = models.CharField("code CPV", max_length=10, blank=True)
    montant_ht_euros = models.DecimalField(
        "montant estimé", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    duree_mois = models.PositiveSmallIntegerField(
        "durée, en mois", validators=[MinValueValidator(1), MaxValueValidator(MOIS_MAXIMUM)]
    )
    commune = models.CharField("commune", max_length=100)
    lots_envisages = models.TextField("lots envisagés", max_length=1000, blank=True, validators=[sans_nir])
    publication_prevue = models.DateField("publication prévue", null=True, blank=True)
    question = models.TextField("votre question", max_length=2000, validators=[sans_nir])
    calibrage = models.JSONField(default=dict, blank=True)
    attente = models.CharField(max_length=12, choices=CHOIX_PARTIES, blank=True, editable=False)
    attente_depuis = models.DateTimeField(null=True, blank=True, editable=False)
    demande_le = models.DateTimeField("avis demandé le", null=True, blank=True, editable=False)
    publie_le = models.DateField("publié le", null=True, blank=True)
    abandonne_le = models.DateField("abandonné le", null=True, blank=True, editable=False)
    operation = models.OneToOneField(
        Operation, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="projet"
    )
    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjetMarcheQuerySet.as_manager()

    class Meta:
        verbose_name = "marché à venir"
        verbose_name_plural = "marchés à venir"
        ordering = ["-cree_le"]
        indexes = [
            models.Index(fields=["acheteur", "-cree_le"], name="projet_acheteur"),
            models.Index(fields=["structure", "attente", "attente_depuis"], name="projet_attente"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["acheteur", "objet"],
                condition=models.Q(abandonne_le__isnull=True, operation__isnull=True),
                name="projet_objet_unique",
                violation_error_message="Vous avez déjà annoncé ce marché\u00a0: reprenez-le dans la liste, ou changez l’objet.",
            ),
            models.CheckConstraint(
                condition=models.Q(attente="", attente_depuis__isnull=True)
                | ~models.Q(attente="") & models.Q(attente_depuis__isnull=False, demande_le__isnull=False),
                name="projet_attente_datee",
                violation_error_message="Une réponse attendue dit depuis quand.",
            ),
        ]

    def __str__(self) -> str:
        return f"Marché à venir {str(self.pk)[:8]}"

    @property
    def faits(self) -> FaitsProjet:
        """Ce que lisent les règles. Une liste pose d'abord `avec_avis` ; sinon, une requête."""
        if not hasattr(self, "avis_rendu_le"):
            self.avis_rendu_le = self.avis.order_by("-le").values_list("le", flat=True).first()
        return FaitsProjet(
            demande_le=_jour(self.demande_le),
            avis_le=_jour(self.avis_rendu_le),
            publie_le=self.publie_le,
            abandonne_le=self.abandonne_le,
            operation=self.operation_id is not None,
            attente=Partie(self.attente) if self.attente else None,
            attente_depuis=_jour(self.attente_depuis),
        )


def _jour(moment) -> date | None:
    return None if moment is None else timezone.localtime(moment).date()


@pghistory.track()
class AvisFacilitateur(models.Model):
    """L'avis rendu : un dispositif, des heures, et pourquoi. Un second avis ne remplace pas le premier, il le suit."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    projet = models.ForeignKey(ProjetMarche, on_delete=models.CASCADE, related_name="avis")
    dispositif = models.CharField("dispositif", max_length=20, choices=list(LIBELLES_DISPOSITIF.items()))
    heures = models.DecimalField(
        "heures proposées", max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    texte = models.TextField("votre avis", max_length=4000, validators=[sans_nir, MinLengthValidator(3)])
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField()

    class Meta:
        verbose_name = "avis du facilitateur"
        ordering = ["-le"]

    def __str__(self) -> str:
        return f"Avis {str(self.pk)[:8]}"


@pghistory.track()
class MessageProjet(models.Model):
    """Un message du fil, lu par les deux."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    projet = models.ForeignKey(ProjetMarche, on_delete=models.CASCADE, related_name="messages")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    texte = models.TextField("message", max_length=2000, validators=[sans_nir, MinLengthValidator(3)])
    le = models.DateTimeField()

    class Meta:
        verbose_name = "message d’un marché à venir"
        ordering = ["le"]

    def __str__(self) -> str:
        return f"Message {str(self.pk)[:8]}"
