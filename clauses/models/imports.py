"""L'import d'un fichier DECP : le fichier lu entre l'aperçu et la confirmation, et ce qui en a déjà été repris."""

from datetime import timedelta
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from clauses.models.marches import Marche
from clauses.models.operations import Operation
from comptes.models import Organisation, Profil, Utilisateur

GARDE_JOURS = 30


class EtatImport(models.TextChoices):
    LECTURE = "lecture", "Lecture en cours"
    LU = "lu", "Lu"
    ILLISIBLE = "illisible", "Illisible"
    IMPORT = "import", "Import en cours"
    ECHEC = "echec", "Arrêté"


class ImportDecpQuerySet(models.QuerySet["ImportDecp"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        return self.none()

    def anciens(self) -> Self:
        """Ceux que l'on ne garde plus : les marchés importés, eux, restent."""
        return self.filter(cree_le__lt=timezone.now() - timedelta(days=GARDE_JOURS))


class ImportDecp(models.Model):
    """Un fichier envoyé. `contenu` n'est gardé que le temps d'être lu ; ensuite, chaque enregistrement a sa ligne."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    auteur = models.ForeignKey(Utilisateur, on_delete=models.CASCADE, related_name="+")
    nom_fichier = models.CharField(max_length=120)
    taille_octets = models.PositiveIntegerField()
    contenu = models.BinaryField(null=True)
    etat = models.CharField(max_length=9, choices=EtatImport, default=EtatImport.LECTURE)
    # Enregistrements lus ou importés, et combien il y en a, pendant une tâche longue.
    progression = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Pourquoi le fichier est illisible, ou ce qui se remarque du fichier entier.
    remarques = models.JSONField(default=list)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ImportDecpQuerySet.as_manager()

    class Meta:
        verbose_name = "import DECP"
        verbose_name_plural = "imports DECP"
        ordering = ["-cree_le"]

    def __str__(self) -> str:
        return f"Import {str(self.pk)[:8]}"

    @property
    def est_en_cours(self) -> bool:
        """Dit si une tâche y travaille : l'écran suit sa progression."""
        return self.etat in (EtatImport.LECTURE, EtatImport.IMPORT)


class EtatLigne(models.TextChoices):
    LUE = "lue", "À choisir"
    ECARTEE = "ecartee", "Écarté"
    CHOISIE = "choisie", "En attente d’import"
    CREEE = "creee", "Importé"
    COMPLETEE = "completee", "Complété"
    INCHANGEE = "inchangee", "Rien de nouveau"
    REFUSEE = "refusee", "Refusé"


ETATS_A_CHOISIR = (EtatLigne.LUE, EtatLigne.REFUSEE)
ETATS_TRAITES = (EtatLigne.CREEE, EtatLigne.COMPLETEE, EtatLigne.INCHANGEE, EtatLigne.REFUSEE)


class LigneDecp(models.Model):
    """Un enregistrement du fichier : ce qui s'en lit (`donnees`), ce qui s'en remarque, et ce que l'on en a fait."""

    import_decp = models.ForeignKey(ImportDecp, on_delete=models.CASCADE, related_name="lignes")
    rang = models.PositiveIntegerField()
    titre = models.CharField(max_length=60)
    est_a_clause = models.BooleanField(default=False)
    donnees = models.JSONField(null=True)
    remarques = models.JSONField(default=list)
    etat = models.CharField(max_length=9, choices=EtatLigne, default=EtatLigne.LUE)
    # Le choix fait à l'aperçu : une opération, sinon le nom de celle à créer.
    operation = models.ForeignKey(Operation, on_delete=models.SET_NULL, null=True, related_name="+")
    nom_operation = models.CharField(max_length=200, blank=True)
    marche = models.ForeignKey(Marche, on_delete=models.SET_NULL, null=True, related_name="+")
    suites = models.JSONField(default=list)

    class Meta:
        verbose_name = "ligne d’un import DECP"
        ordering = ["rang"]
        constraints = [
            models.UniqueConstraint(fields=["import_decp", "rang"], name="ligne_decp_rang_unique"),
        ]
        indexes = [models.Index(fields=["import_decp", "etat"], name="ligne_decp_etat")]

    def __str__(self) -> str:
        return f"Ligne {self.rang}"


class RepriseDecp(models.Model):
    """Ce qui a déjà été repris d'un marché publié : avenants et actes de sous-traitance, chacun par sa clé.

    Un élément repris une fois ne revient pas, même si le facilitateur l'a depuis changé ou retiré.
    """

    marche = models.OneToOneField(Marche, on_delete=models.CASCADE, related_name="reprise_decp")
    elements = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        verbose_name = "reprise DECP"
        verbose_name_plural = "reprises DECP"

    def __str__(self) -> str:
        return f"Reprise {str(self.marche_id)[:8]}"
