"""Les heures dues par un titulaire, et les avenants qui les changent."""

from typing import Self
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from clauses.models.lots import Titulaire
from clauses.models.marches import Marche, marche_ouvert
from comptes.models import Profil, Utilisateur


class ModeEngagement(models.TextChoices):
    SAISI = "saisi", "Nombre d’heures écrit au marché"
    FORMULE = "formule", "Calculé par la formule"
    TRANCHES = "tranches", "Par tranches, fermes et optionnelles"
    COMMANDES = "commandes", "Selon les bons de commande"
    NETTOYAGE = "nettoyage", "Sur les heures des seuls agents nouvellement affectés"
    PART_LOT = "part_lot", "Une part des heures du lot, partagées dans le groupement"


class CalculCommandes(models.TextChoices):
    """Comment les bons de commande font des heures (domaine § 2.7)."""

    PAR_COMMANDE = "par_commande", "Bon par bon, à partir d’un seuil"
    CUMUL = "cumul", "Sur le cumul commandé, par tranche entière"
    PRORATA = "prorata", "Au prorata de chaque euro commandé"


class Arrondi(models.TextChoices):
    """Choix du marché (exemple 1) : 833,33 h donnent 833, 833 ou 834."""

    INFERIEUR = "inferieur", "À l’heure inférieure"
    PROCHE = "proche", "À l’heure la plus proche"
    SUPERIEUR = "superieur", "À l’heure supérieure"


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.ENTREPRISE:
            return self.filter(titulaire__entreprise=utilisateur.organisation)
        return self.filter(marche_ouvert(utilisateur, "titulaire__lot__marche__"))

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.pour(utilisateur)
        return self.filter(marche_ouvert(utilisateur, "titulaire__lot__marche__", lecture=True))


@pghistory.track()
class Engagement(models.Model):
    """Les heures dues par un titulaire sur un lot. `heures_dues` suit les avenants ; `heures_initiales` ne bouge pas."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    titulaire = models.OneToOneField(Titulaire, on_delete=models.CASCADE, related_name="engagement")
    mode = models.CharField("mode", max_length=9, choices=ModeEngagement, default=ModeEngagement.SAISI)
    montant_ht_euros = models.DecimalField("montant HT", max_digits=14, decimal_places=2, null=True, blank=True)
    part_main_oeuvre = models.DecimalField(
        "part de main-d’œuvre (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    taux_effort = models.DecimalField("effort d’insertion (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    cout_horaire_euros = models.DecimalField("coût d’une heure", max_digits=6, decimal_places=2, null=True, blank=True)
    arrondi = models.CharField("arrondi", max_length=9, choices=Arrondi, default=Arrondi.INFERIEUR)
    # Bons de commande : tant d'heures pour tant d'euros HT commandés (7 h pour 10 000 €).
    ratio_heures = models.DecimalField("heures", max_digits=7, decimal_places=2, null=True, blank=True)
    ratio_euros = models.DecimalField("pour un montant HT de", max_digits=12, decimal_places=2, null=True, blank=True)
    calcul_commandes = models.CharField("calcul", max_length=12, choices=CalculCommandes, blank=True)
    seuil_commande_euros = models.DecimalField(
        "seuil par bon de commande", max_digits=12, decimal_places=2, null=True, blank=True
    )
    # Nettoyage, reprise du personnel : l'effort ne porte que sur les heures des agents nouvellement affectés.
    heures_totales = models.DecimalField(
        "heures du marché sur toute sa durée", max_digits=10, decimal_places=2, null=True, blank=True
    )
    heures_reprises = models.DecimalField(
        "dont heures du personnel repris", max_digits=10, decimal_places=2, null=True, blank=True
    )
    # Groupement : la part de ce membre, et les heures du lot entier qu'elle partage.
    part_lot_pourcent = models.DecimalField("part du lot (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    heures_lot = models.DecimalField("heures du lot entier", max_digits=10, decimal_places=2, null=True, blank=True)
    heures_initiales = models.DecimalField("heures à l’attribution", max_digits=10, decimal_places=2)
    heures_dues = models.DecimalField("heures dues", max_digits=10, decimal_places=2)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = "engagement"
        constraints = [
            models.CheckConstraint(
                condition=Q(heures_initiales__gte=0) & Q(heures_dues__gte=0),
                name="engagement_heures_positives",
                violation_error_message="Un nombre d’heures dues ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=~Q(mode=ModeEngagement.FORMULE)
                | Q(
                    montant_ht_euros__isnull=False,
                    part_main_oeuvre__isnull=False,
                    taux_effort__isnull=False,
                    cout_horaire_euros__gt=0,
                ),
                name="engagement_formule_complete",
                violation_error_message="La formule demande le montant, la part de main-d’œuvre, l’effort et le coût horaire.",
            ),
            models.CheckConstraint(
                condition=~Q(mode=ModeEngagement.COMMANDES)
                | (Q(ratio_heures__gt=0, ratio_euros__gt=0) & ~Q(calcul_commandes="")),
                name="engagement_commandes_completes",
                violation_error_message="Dites combien d’heures sont dues pour quel montant commandé, et comment elles se calculent.",
            ),
            models.CheckConstraint(
                condition=~Q(mode=ModeEngagement.NETTOYAGE)
                | Q(
                    heures_totales__isnull=False,
                    heures_reprises__isnull=False,
                    heures_reprises__lte=F("heures_totales"),
                    taux_effort__isnull=False,
                ),
                name="engagement_nettoyage_complet",
                violation_error_message="Donnez les heures du marché, celles du personnel repris (au plus autant) et l’effort.",
            ),
            models.CheckConstraint(
                condition=~Q(mode=ModeEngagement.PART_LOT) | Q(part_lot_pourcent__range=(0, 100), heures_lot__gte=0),
                name="engagement_part_complete",
                violation_error_message="Donnez les heures du lot et la part de ce membre, de 0 à 100\u00a0%.",
            ),
        ]

    def __str__(self) -> str:
        return f"Engagement {str(self.pk)[:8]}"


@pghistory.track()
class Avenant(models.Model):
    """Un avenant au marché. S'il touche un engagement, il garde les heures d'avant et d'après (« 750 → 933 h »)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="avenants")
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, null=True, blank=True, related_name="avenants")
    numero = models.PositiveSmallIntegerField("numéro")
    date_notification = models.DateField("notifié le")
    objet = models.CharField("objet", max_length=300, blank=True)
    montant_ht_euros = models.DecimalField(
        "nouveau montant HT du marché", max_digits=14, decimal_places=2, null=True, blank=True
    )
    duree_mois = models.PositiveSmallIntegerField("nouvelle durée, en mois", null=True, blank=True)
    date_fin = models.DateField("nouvelle fin d’exécution", null=True, blank=True)
    heures_avant = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    heures_apres = models.DecimalField("nouvelles heures dues", max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "avenant"
        ordering = ["date_notification", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["marche", "numero", "engagement"],
                nulls_distinct=False,
                name="avenant_numero_unique",
                violation_error_message="Cet avenant est déjà enregistré.",
            ),
            models.CheckConstraint(
                condition=Q(heures_apres__isnull=True) | Q(heures_apres__gte=0),
                name="avenant_heures_positives",
                violation_error_message="Un nombre d’heures dues ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Avenant {self.numero}"


@pghistory.track()
class Tranche(models.Model):
    """Une tranche d'un engagement. Ferme, elle est due tout de suite ; optionnelle, à partir de son affermissement."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="tranches")
    numero = models.PositiveSmallIntegerField("numéro")
    intitule = models.CharField("intitulé", max_length=160, blank=True)
    est_optionnelle = models.BooleanField("optionnelle", default=False)
    date_affermissement = models.DateField("affermie le", null=True, blank=True)
    heures = models.DecimalField("heures", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "tranche"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "numero"],
                name="tranche_numero_unique",
                violation_error_message="Cet engagement a déjà une tranche de ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(heures__gte=0),
                name="tranche_heures_positives",
                violation_error_message="Un nombre d’heures dues ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Tranche {self.numero}"


@pghistory.track()
class Commande(models.Model):
    """Un bon de commande d'un accord-cadre : son montant fait des heures dues selon la règle de l'engagement."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="commandes")
    reference = models.CharField("référence", max_length=60)
    date_commande = models.DateField("date")
    montant_ht_euros = models.DecimalField("montant HT", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "bon de commande"
        ordering = ["date_commande", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "reference"],
                name="commande_reference_unique",
                violation_error_message="Ce bon de commande est déjà enregistré.",
            ),
            models.CheckConstraint(
                condition=Q(montant_ht_euros__gt=0),
                name="commande_montant_positif",
                violation_error_message="Le montant d’un bon de commande est supérieur à zéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"Bon de commande {str(self.pk)[:8]}"
