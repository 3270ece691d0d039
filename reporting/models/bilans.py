"""Ce qu'Étape rapporte : alertes d'échéance et bilans."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import Beneficiaire
from clauses.models import Eligibilite, Marche
from comptes.models import Organisation, Profil, Utilisateur
from parcours.models import Agrement
from parcours.regles import formater_numero_pass


class TypeAlerte(models.TextChoices):
    """Trois mots, trois dates : l'éligibilité (par opération), le PASS IAE, le PLIE ne se confondent pas."""

    ELIGIBILITE = "eligibilite", "Fin d’éligibilité"
    PASS_IAE = "pass_iae", "Fin de PASS IAE"
    PLIE = "plie", "Fin de parcours PLIE"


class SeuilAlerte(models.TextChoices):
    """Tranches qui ne se recouvrent pas (regles.bornes_echeance)."""

    J90 = "j90", "Dans 61 à 90 jours"
    J60 = "j60", "31 à 60 jours"
    J30 = "j30", "30 jours ou moins"
    DEPASSEE = "depassee", "Dépassée"


class AlerteQuerySet(models.QuerySet["Alerte"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()

    def ouvertes(self) -> Self:
        """Celles à regarder. Un agrément dont la fin vient d'être déplacée n'est plus annoncé à l'ancienne date, même avant la nuit."""
        a_sa_date = Q(agrement__isnull=True) | Q(agrement__date_fin=F("date_echeance"))
        return self.filter(a_sa_date, close_le__isnull=True)

    def traitees(self) -> Self:
        """Celles que quelqu'un a closes ; le travail de nuit en clôt d'autres, devenues sans objet."""
        return self.filter(traitee_par__isnull=False)


class Alerte(models.Model):
    """Une échéance à regarder. Une par objet et par date : le travail de nuit la fait avancer de seuil, ou la clôt."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    type_alerte = models.CharField(max_length=12, choices=TypeAlerte)
    seuil = models.CharField(max_length=8, choices=SeuilAlerte)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="+")
    eligibilite = models.ForeignKey(Eligibilite, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agrement = models.ForeignKey(Agrement, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    date_echeance = models.DateField()
    creee_le = models.DateTimeField()
    close_le = models.DateTimeField(null=True, blank=True)
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField("ce qui a été fait", max_length=300, blank=True)

    objects = AlerteQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        ordering = ["date_echeance", "id"]
        indexes = [
            models.Index(
                fields=["structure", "type_alerte", "seuil"], name="alerte_ouverte", condition=Q(close_le__isnull=True)
            ),
            models.Index(fields=["beneficiaire"], name="alerte_personne"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["eligibilite", "date_echeance"],
                condition=Q(eligibilite__isnull=False),
                name="alerte_eligibilite_unique",
            ),
            models.UniqueConstraint(
                fields=["agrement", "date_echeance"],
                condition=Q(agrement__isnull=False),
                name="alerte_agrement_unique",
            ),
            models.CheckConstraint(
                condition=Q(eligibilite__isnull=True) ^ Q(agrement__isnull=True), name="alerte_un_objet"
            ),
        ]

    def __str__(self) -> str:
        return f"Alerte {str(self.pk)[:8]}"

    @property
    def objet_en_mots(self) -> str:
        """L'opération de l'éligibilité, ou le numéro ou le porteur de l'agrément."""
        if self.eligibilite:
            return self.eligibilite.operation.nom
        if self.type_alerte == TypeAlerte.PASS_IAE and self.agrement.numero:
            return formater_numero_pass(self.agrement.numero)
        return self.agrement.numero or self.agrement.porteur


class EtatBilan(models.TextChoices):
    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En préparation"
    PRET = "pret", "Prêt"
    ECHEC = "echec", "Échec"


class BilanQuerySet(models.QuerySet["Bilan"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Facilitateur : ceux de ses marchés. Acheteur : les bilans prêts de ses propres marchés."""
        bilans = self.filter(marche__in=Marche.objects.pour(utilisateur))
        if utilisateur.profil == Profil.FACILITATEUR:
            return bilans
        if utilisateur.profil == Profil.ACHETEUR:
            return bilans.filter(Q(etat=EtatBilan.PRET) | Q(demande_par=utilisateur))
        return self.none()


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
