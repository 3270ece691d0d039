"""Les bilans de clause en PDF."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from clauses.models import Marche
from clauses.models.marches import marche_ouvert
from comptes.models import Profil, Utilisateur


class EtatBilan(models.TextChoices):
    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En préparation"
    PRET = "pret", "Prêt"
    ECHEC = "echec", "Échec"


class BilanQuerySet(models.QuerySet["Bilan"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Facilitateur : ceux de ses marchés. Acheteur : les bilans prêts de ses propres marchés."""
        bilans = self.filter(marche_ouvert(utilisateur, "marche__"))
        if utilisateur.profil == Profil.FACILITATEUR:
            return bilans
        if utilisateur.profil == Profil.ACHETEUR:
            return bilans.filter(Q(etat=EtatBilan.PRET) | Q(demande_par=utilisateur))
        return self.none()

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        """Ceux qu'il peut aussi télécharger : d'une opération partagée en lecture, les bilans prêts."""
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.pour(utilisateur)
        lus = marche_ouvert(utilisateur, "marche__", lecture=True) & Q(etat=EtatBilan.PRET)
        return self.filter(lus | marche_ouvert(utilisateur, "marche__"))


class Bilan(models.Model):
    """Un bilan de clause en PDF, arrêté à une date. `donnees` garde les chiffres imprimés : ils ne bougent plus."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.PROTECT, related_name="bilans")
    arrete_au = models.DateField("arrêté au")
    etat = models.CharField(max_length=10, choices=EtatBilan, default=EtatBilan.EN_ATTENTE)
    progression = models.PositiveSmallIntegerField(default=0)
    etape = models.CharField(max_length=80, blank=True)
    code_verification = models.CharField(max_length=12, unique=True)
    donnees = models.JSONField(default=dict)
    fichier = models.FileField(upload_to="bilans/%Y/", blank=True)
    taille_octets = models.PositiveIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)
    pret_le = models.DateTimeField(null=True, blank=True)

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ["-cree_le"]
        indexes = [models.Index(fields=["marche", "-cree_le"], name="bilan_liste")]
        constraints = [
            models.CheckConstraint(condition=Q(progression__lte=100), name="bilan_progression_bornee"),
        ]

    def __str__(self) -> str:
        return f"Bilan {str(self.pk)[:8]}"
