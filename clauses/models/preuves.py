"""Les preuves déposées : un document d'un contrat, tenu à l'écart tant qu'il n'est pas contrôlé."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, ExtractDay
from django.db.models.lookups import Exact

from beneficiaires.models import sans_nir
from clauses.models.placements import Contrat
from clauses.regles.preuves import FORMATS, LIBELLES_PREUVE, SANS_MOIS
from comptes.models import Organisation, Profil, Utilisateur


class EtatPreuve(models.TextChoices):
    QUARANTAINE = "quarantaine", "Contrôle en cours"
    RECUE = "recue", "Reçue"
    ACCEPTEE = "acceptee", "Acceptée"
    A_REFAIRE = "a_refaire", "À refaire"
    REFUSEE = "refusee", "Refusée"


# Le fichier a passé les contrôles : il peut s'ouvrir.
ETATS_LISIBLES = (EtatPreuve.RECUE, EtatPreuve.ACCEPTEE, EtatPreuve.A_REFAIRE)
# Quelqu'un l'a refusée, et dit pourquoi.
ETATS_REFUSES = (EtatPreuve.A_REFAIRE, EtatPreuve.REFUSEE)


# Le type est dit : PostgreSQL ne saurait pas lire le jour d'un mois absent quand Django contrôle la ligne avant de l'écrire.
_EST_UN_PREMIER = Q(Exact(ExtractDay(Cast("mois", models.DateField())), 1))


class PreuveQuerySet(models.QuerySet["Preuve"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Le facilitateur de la personne, et qui l'a déposée : un bulletin de paie n'est pas pour l'autre entreprise du contrat."""
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                return self.filter(contrat__beneficiaire__structure=utilisateur.organisation)
            case Profil.ENTREPRISE:
                return self.filter(deposante=utilisateur.organisation, contrat__in=Contrat.objects.pour(utilisateur))
            case _:
                return self.none()

    def lisibles(self) -> Self:
        """Celles dont le fichier s'ouvre : contrôlées, et encore gardées."""
        return self.filter(etat__in=ETATS_LISIBLES).exclude(fichier="")

    def a_refaire(self) -> Self:
        """Celles que le contrôle ou le facilitateur refuse."""
        return self.filter(etat__in=ETATS_REFUSES)

    def a_regarder(self) -> Self:
        """Celles qui attendent le facilitateur."""
        return self.filter(etat=EtatPreuve.RECUE)


@pghistory.track()
class Preuve(models.Model):
    """Un document déposé pour un contrat. Le nom d'origine du fichier n'est pas gardé : il porte souvent celui d'une personne."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="preuves")
    sorte = models.CharField(
        "pièce", max_length=12, choices=[(sorte.value, libelle) for sorte, libelle in LIBELLES_PREUVE.items()]
    )
    mois = models.DateField("mois", null=True, blank=True)
    fichier = models.FileField(max_length=120, blank=True)
    type_mime = models.CharField(max_length=40)
    octets = models.PositiveIntegerField("taille en octets")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    etat = models.CharField("état", max_length=12, choices=EtatPreuve, default=EtatPreuve.QUARANTAINE)
    motif = models.CharField("motif", max_length=400, blank=True, validators=[sans_nir])
    deposante = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    deposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deposee_le = models.DateTimeField("déposée le")
    vue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    vue_le = models.DateTimeField("vue le", null=True, blank=True)

    objects = PreuveQuerySet.as_manager()

    class Meta:
        verbose_name = "preuve"
        ordering = ["-deposee_le"]
        indexes = [
            models.Index(fields=["contrat", "sorte", "mois"], name="preuve_du_contrat"),
            models.Index(fields=["etat", "deposee_le"], name="preuve_a_regarder"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contrat", "deposante", "empreinte"],
                condition=~Q(etat__in=ETATS_REFUSES),
                name="preuve_unique",
                violation_error_message="Ce fichier est déjà déposé pour ce contrat.",
            ),
            models.CheckConstraint(
                condition=Q(sorte__in=[s.value for s in SANS_MOIS], mois__isnull=True)
                | ~Q(sorte__in=[s.value for s in SANS_MOIS]) & _EST_UN_PREMIER,
                name="preuve_mois_selon_la_sorte",
                violation_error_message="Un contrat se dépose sans mois\u00a0; toute autre pièce dit le mois qu’elle prouve.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=ETATS_REFUSES) | ~Q(motif=""),
                name="preuve_refusee_avec_motif",
                violation_error_message="Dites pourquoi la pièce est à refaire.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatPreuve.ACCEPTEE, EtatPreuve.A_REFAIRE])
                | Q(vue_par__isnull=False, vue_le__isnull=False),
                name="preuve_jugee_par_quelqu_un",
                violation_error_message="Une pièce acceptée ou à refaire dit qui l’a vue, et quand.",
            ),
        ]

    def __str__(self) -> str:
        return f"Preuve {str(self.pk)[:8]}"

    @property
    def est_lisible(self) -> bool:
        return self.etat in ETATS_LISIBLES and bool(self.fichier)

    @property
    def est_effacee(self) -> bool:
        """Contrôlée et lisible en son temps : son fichier n'est plus gardé, sa trace reste."""
        return self.etat in ETATS_LISIBLES and not self.fichier

    @property
    def extension(self) -> str:
        return next(f.extension for f in FORMATS if f.type_mime == self.type_mime)
