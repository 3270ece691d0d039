"""Les faits sur une personne : identité, situations et pièces vues, orientation par un prescripteur, consultations."""

from datetime import date
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce, Concat, Lower, NullIf

from beneficiaires import regles
from comptes.models import Organisation, Profil, Utilisateur


def choix_criteres() -> list[tuple[str, str]]:
    return [(code, critere.libelle) for code, critere in regles.CRITERES.items()]


def choix_freins() -> list[tuple[str, str]]:
    return [(code, frein.libelle) for code, frein in regles.FREINS.items()]


def choix_organismes() -> list[tuple[str, str]]:
    return list(regles.ORGANISMES_AVIS.items())


def choix_niveaux() -> list[tuple[int, str]]:
    return list(regles.NIVEAUX_FORMATION.items())


def sans_nir(texte: str) -> None:
    """Refuse un texte libre où se lit un numéro de sécurité sociale : aucun texte n'autorise à le garder ici."""
    if regles.contient_nir(texte):
        raise ValidationError(
            "Ce texte contient ce qui ressemble à un numéro de sécurité sociale. Retirez-le\u00a0: Étape n’en garde aucun.",
            code="nir",
        )


def valider_identifiant_france_travail(valeur: str) -> None:
    if refus := regles.controler_identifiant_france_travail(valeur):
        raise ValidationError(refus.phrase, code=refus.code)


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


class SituationQuerySet(models.QuerySet["Situation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Les situations des personnes que cet utilisateur voit en entier."""
        return self.filter(beneficiaire__in=Beneficiaire.objects.pour(utilisateur))

    def en_cours(self, jour: date) -> Self:
        """Celles qui durent ce jour-là, bornes comprises."""
        return self.filter(Q(date_fin__isnull=True) | Q(date_fin__gte=jour), date_debut__lte=jour)


@pghistory.track()
class Situation(models.Model):
    """Un critère rempli par la personne pendant une période. Elle se juge au jour dit par le marché, jamais « aujourd'hui »."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="situations")
    critere = models.CharField("critère", max_length=20, choices=choix_criteres)
    date_debut = models.DateField("depuis le")
    date_fin = models.DateField("jusqu’au", null=True, blank=True)
    precision = models.CharField("précision", max_length=160, blank=True, validators=[sans_nir])
    organisme_avis = models.CharField(
        "organisme qui donne l’avis", max_length=10, choices=choix_organismes, blank=True, default=""
    )

    objects = SituationQuerySet.as_manager()

    class Meta:
        verbose_name = "situation"
        ordering = ["-date_debut", "critere"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="situation_dates_ordonnees",
                violation_error_message="La situation ne peut pas finir avant d’avoir commencé.",
            ),
            models.UniqueConstraint(
                fields=["beneficiaire", "critere", "date_debut"],
                name="situation_unique",
                violation_error_message="Cette situation est déjà enregistrée à cette date.",
            ),
        ]

    def __str__(self) -> str:
        return f"Situation {str(self.pk)[:8]}"


@pghistory.track()
class Justificatif(models.Model):
    """Une pièce vue : laquelle, de quelle date, vue quel jour et par qui. La pièce elle-même n'est pas gardée."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    situation = models.ForeignKey(Situation, on_delete=models.CASCADE, related_name="justificatifs")
    piece = models.CharField("pièce", max_length=120)
    date_piece = models.DateField("date de la pièce")
    vu_le = models.DateField("vue le")
    vu_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "justificatif"
        ordering = ["-date_piece"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vu_le__gte=F("date_piece")),
                name="justificatif_vu_apres_sa_date",
                violation_error_message="La pièce ne peut pas avoir été vue avant sa propre date.",
            ),
            models.UniqueConstraint(
                F("situation"),
                Lower("piece"),
                F("date_piece"),
                name="justificatif_unique",
                violation_error_message="Cette pièce, de cette date, est déjà enregistrée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Justificatif {str(self.pk)[:8]}"


class EtatOrientation(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    ENVOYEE = "envoyee", "Envoyée"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"


class MotifRefusOrientation(models.TextChoices):
    AUCUNE_OFFRE = "aucune_offre", "Aucune offre ne correspond en ce moment"
    CRITERE = "critere", "Aucun critère des marchés en cours n’est rempli"
    PIECES = "pieces", "Les pièces demandées manquent"
    INJOIGNABLE = "injoignable", "La personne n’a pas pu être jointe"
    TERRITOIRE = "territoire", "La personne relève d’une autre structure"
    AUTRE = "autre", "Autre raison"


class PassIae(models.TextChoices):
    OUI = "oui", "Oui"
    NON = "non", "Non"
    INCONNU = "inconnu", "Je ne sais pas"


class OrientationQuerySet(models.QuerySet["Orientation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Le prescripteur voit celles de son organisation ; la structure, celles qui lui ont été envoyées."""
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(prescripteur=utilisateur.organisation)
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(structure=utilisateur.organisation).exclude(etat=EtatOrientation.BROUILLON)
        return self.none()

    def sans_reponse(self) -> Self:
        return self.filter(etat=EtatOrientation.ENVOYEE)

    def par_urgence(self) -> Self:
        """Celles qui attendent d'abord, la plus ancienne en tête ; puis les répondues, la dernière réponse en tête."""
        rang = Case(When(etat=EtatOrientation.ENVOYEE, then=0), default=1, output_field=models.IntegerField())
        return self.annotate(rang_attente=rang).order_by(
            "rang_attente", F("repondue_le").desc(nulls_last=True), "envoyee_le", "id"
        )

    def avec_cle_recherche(self) -> Self:
        """Ajoute le nom sans accent ni majuscule, écrit comme celui des bénéficiaires."""
        return self.annotate(cle_recherche=CLE_RECHERCHE)


@pghistory.track()
class Orientation(models.Model):
    """Un prescripteur propose une personne à une structure. Elle devient un bénéficiaire quand la structure l'accepte."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    prescripteur = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(
        Organisation,
        verbose_name="structure facilitatrice",
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"profil": Profil.FACILITATEUR},
    )
    etat = models.CharField(max_length=10, choices=EtatOrientation, default=EtatOrientation.BROUILLON)
    # la personne
    prenom = models.CharField("prénom", max_length=80)
    nom_naissance = models.CharField("nom de naissance", max_length=80)
    nom_usage = models.CharField("nom d’usage", max_length=80, blank=True)
    date_naissance = models.DateField("date de naissance")
    sexe = models.CharField("sexe", max_length=1, choices=Sexe)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune", max_length=100)
    niveau_formation = models.PositiveSmallIntegerField(
        "niveau de formation", choices=choix_niveaux, null=True, blank=True
    )
    identifiant_france_travail = models.CharField(
        "identifiant France Travail", max_length=11, blank=True, validators=[valider_identifiant_france_travail]
    )
    # sa situation
    pass_iae = models.CharField("PASS IAE en cours", max_length=8, choices=PassIae, default=PassIae.INCONNU)
    # son projet et ses freins
    metiers = models.ManyToManyField(MetierRome, verbose_name="métiers recherchés", blank=True, related_name="+")
    freins = ArrayField(
        models.CharField(max_length=24, choices=choix_freins), verbose_name="freins repérés", default=list, blank=True
    )
    projet = models.TextField("projet", max_length=600, blank=True, validators=[sans_nir])
    # la réponse
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    repondue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motif_refus = models.CharField("raison", max_length=14, choices=MotifRefusOrientation, blank=True)
    message_reponse = models.TextField("message au prescripteur", max_length=600, blank=True, validators=[sans_nir])
    beneficiaire = models.ForeignKey(
        Beneficiaire, on_delete=models.PROTECT, null=True, blank=True, related_name="orientations"
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        verbose_name = "orientation"
        ordering = ["-envoyee_le", "-cree_le"]
        indexes = [
            models.Index(fields=["structure", "etat", "envoyee_le"], name="orientation_a_traiter"),
            models.Index(fields=["prescripteur", "etat"], name="orientation_du_prescripteur"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat=EtatOrientation.REFUSEE) | ~Q(motif_refus=""),
                name="orientation_refus_motive",
                violation_error_message="Un refus donne sa raison.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatOrientation.ACCEPTEE) | Q(beneficiaire__isnull=False),
                name="orientation_acceptee_a_un_beneficiaire",
                violation_error_message="Une orientation acceptée mène à une personne suivie.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatOrientation.BROUILLON) | Q(envoyee_le__isnull=False),
                name="orientation_envoyee_datee",
                violation_error_message="Une orientation envoyée a une date d’envoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Orientation {str(self.pk)[:8]}"

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom_usage or self.nom_naissance}"


@pghistory.track()
class CritereOriente(models.Model):
    """Un critère coché par le prescripteur, avec la date de la pièce qu'il a vue."""

    orientation = models.ForeignKey(Orientation, on_delete=models.CASCADE, related_name="criteres")
    critere = models.CharField("critère", max_length=20, choices=choix_criteres)
    date_piece = models.DateField("date de la pièce", null=True, blank=True)

    class Meta:
        verbose_name = "critère coché"
        constraints = [
            models.UniqueConstraint(
                fields=["orientation", "critere"],
                name="critere_oriente_unique",
                violation_error_message="Ce critère est déjà coché.",
            ),
        ]

    def __str__(self) -> str:
        return f"Critère {self.pk}"


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
