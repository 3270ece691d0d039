"""La personne, ses métiers, et le journal de qui a lu son dossier."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower, NullIf

from beneficiaires.models.champs import choix_niveaux, sans_nir, valider_identifiant_france_travail
from comptes.models import Organisation, Profil, Utilisateur


class MetierRome(models.Model):
    """Un métier du répertoire ROME (données ouvertes de France Travail, chargées par migration)."""

    code = models.CharField(primary_key=True, max_length=5)
    libelle = models.CharField("libellé", max_length=160)

    class Meta:
        verbose_name = "métier ROME"
        ordering = ["libelle"]

    def __str__(self) -> str:
        return f"{self.libelle} ({self.code})"


class Sexe(models.TextChoices):
    FEMME = "F", "Femme"
    HOMME = "H", "Homme"


class StatutQpv(models.TextChoices):
    INCONNU = "inconnu", "Pas encore vérifié"
    OUI = "oui", "Habite un QPV"
    NON = "non", "N’habite pas un QPV"


class ModeQpv(models.TextChoices):
    """Comment le QPV a été établi : un bilan contrôlé doit pouvoir le dire."""

    ADRESSE = "adresse", "Adresse vérifiée sur sig.ville.gouv.fr"
    JUSTIFICATIF = "justificatif", "Justificatif de domicile"
    ATTESTATION = "attestation", "Attestation du prescripteur"
    DECLARE = "declare", "Déclaré par la personne"


class BeneficiaireQuerySet(models.QuerySet["Beneficiaire"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Les personnes que cet utilisateur peut voir en entier (conception § 4)."""
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation)
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(prescripteur=utilisateur.organisation)
        return self.none()


class SansAccent(Func):
    """Fonction SQL posée par la première migration : `unaccent` sous une forme utilisable par un index."""

    function = "etape_sans_accent"
    output_field = models.TextField()


CLE_RECHERCHE = SansAccent(Lower(Concat("nom_usage", Value(" "), "nom_naissance", Value(" "), "prenom")))


@pghistory.track(exclude=["cle_recherche", "cle_tri"])
class Beneficiaire(models.Model):
    """Une personne suivie par une structure. Aucun numéro de sécurité sociale, aucune donnée de santé."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    prenom = models.CharField("prénom", max_length=80)
    nom_naissance = models.CharField("nom de naissance", max_length=80)
    nom_usage = models.CharField("nom d’usage", max_length=80, blank=True)
    date_naissance = models.DateField("date de naissance")
    sexe = models.CharField("sexe", max_length=1, choices=Sexe)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune", max_length=100)
    qpv = models.CharField("quartier prioritaire", max_length=8, choices=StatutQpv, default=StatutQpv.INCONNU)
    qpv_nom = models.CharField("nom ou code du quartier", max_length=80, blank=True)
    qpv_mode = models.CharField("comment le quartier a été établi", max_length=12, choices=ModeQpv, blank=True)
    qpv_verifie_le = models.DateField("quartier vérifié le", null=True, blank=True)
    niveau_formation = models.PositiveSmallIntegerField(
        "niveau de formation", choices=choix_niveaux, null=True, blank=True
    )
    identifiant_france_travail = models.CharField(
        "identifiant France Travail", max_length=11, blank=True, validators=[valider_identifiant_france_travail]
    )
    metiers = models.ManyToManyField(MetierRome, verbose_name="métiers recherchés", blank=True, related_name="+")
    prescripteur = models.ForeignKey(
        Organisation,
        verbose_name="orientée par",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"profil": Profil.PRESCRIPTEUR},
    )
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="suivie par",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    note = models.TextField("note de suivi", max_length=1000, blank=True, validators=[sans_nir])
    cree_le = models.DateTimeField(auto_now_add=True)
    modifie_le = models.DateTimeField(auto_now=True)
    cle_recherche = models.GeneratedField(
        expression=CLE_RECHERCHE,
        output_field=models.TextField(),
        db_persist=True,
    )
    # Rangement à la française : le nom sous lequel la personne s'affiche, sans accent ni majuscule, quelle que soit la base.
    cle_tri = models.GeneratedField(
        expression=SansAccent(
            Lower(Concat(Coalesce(NullIf("nom_usage", Value("")), "nom_naissance"), Value(" "), "prenom"))
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = BeneficiaireQuerySet.as_manager()

    class Meta:
        verbose_name = "bénéficiaire"
        ordering = ["cle_tri", "id"]
        indexes = [
            models.Index(fields=["structure", "cle_tri", "id"], name="beneficiaire_rang"),
            models.Index(fields=["structure", "date_naissance"], name="beneficiaire_naissance"),
            models.Index(fields=["prescripteur"], name="beneficiaire_prescripteur"),
            GinIndex(OpClass(F("cle_recherche"), name="gin_trgm_ops"), name="beneficiaire_trigrammes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(qpv=StatutQpv.OUI) | ~Q(qpv_mode=""),
                name="beneficiaire_qpv_etabli",
                violation_error_message="Dites comment le quartier prioritaire a été établi.",
            ),
            models.UniqueConstraint(
                fields=["structure", "identifiant_france_travail"],
                condition=~Q(identifiant_france_travail=""),
                name="beneficiaire_identifiant_unique",
                violation_error_message="Une personne de votre structure porte déjà cet identifiant France Travail.",
            ),
        ]

    def __str__(self) -> str:
        return f"Bénéficiaire {str(self.pk)[:8]}"

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom_usage or self.nom_naissance}"


class HeureUtc(Func):
    """Le début de l'heure, en temps universel : la forme qu'un index accepte, quel que soit le fuseau de la session."""

    template = "date_trunc('hour', %(expressions)s AT TIME ZONE 'UTC')"
    output_field = models.DateTimeField()


class Consultation(models.Model):
    """Qui a ouvert le dossier d'une personne, et quand (CNIL : journalisation des lectures)."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="consultations")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    moment = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "consultation"
        ordering = ["-moment"]
        indexes = [models.Index(fields=["beneficiaire", "-moment"], name="consultation_recente")]
        constraints = [
            models.UniqueConstraint(
                F("beneficiaire"),
                F("utilisateur"),
                HeureUtc("moment"),
                name="consultation_une_par_heure",
                violation_error_message="Cette consultation est déjà notée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Consultation {self.pk}"
