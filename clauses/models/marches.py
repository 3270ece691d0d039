"""Opérations, marchés et leur règle, lots, titulaires, engagements en heures, avenants."""

from dataclasses import replace
from decimal import Decimal
from typing import Self
from uuid import uuid4

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import choix_criteres
from beneficiaires.periodes import Periode
from clauses.regles.execution import periode_execution
from clauses.regles.parametres import (
    PRESETS,
    JourAppreciation,
    ParametresRegle,
    PointDepart,
    choix_appreciations,
    choix_modeles,
    choix_points_depart,
)
from comptes.models import Organisation, Profil, Utilisateur


class Financement(models.TextChoices):
    AUCUN = "aucun", "Sans programme particulier"
    NPNRU = "npnru", "ANRU, NPNRU"
    ANRU = "anru", "ANRU, autre programme"
    FSE = "fse", "FSE+"
    FEDER = "feder", "FEDER"
    ETAT = "etat", "Dotation de l’État"
    AUTRE = "autre", "Autre programme"


class TypeClause(models.TextChoices):
    """Modes de clause (domaine § 2.1)."""

    EXECUTION = "execution", "Clause d’exécution"
    EXECUTION_CRITERE = "execution_critere", "Clause d’exécution et critère d’attribution"
    CRITERE = "critere", "Critère d’attribution seul"
    RESERVE_EA_ESAT = "reserve_ea_esat", "Réservé aux EA et ESAT"
    RESERVE_SIAE = "reserve_siae", "Réservé aux SIAE"
    RESERVE_MIXTE = "reserve_mixte", "Réservé aux SIAE, EA et ESAT"
    RESERVE_ESS = "reserve_ess", "Réservé à l’ESS"
    SERVICES_INSERTION = "services_insertion", "Marché de services d’insertion"
    FORMATION = "formation", "Clause de formation ou de stage"
    VOLONTAIRE = "volontaire", "Clause volontaire"


class BaseJuridique(models.TextChoices):
    """Textes d'aujourd'hui et anciens textes que citent des marchés encore ouverts (domaine § 2.1)."""

    L2112_2 = "L2112-2", "Code de la commande publique, L2112-2"
    L2112_2_1 = "L2112-2-1", "Code de la commande publique, L2112-2-1"
    L2113_12 = "L2113-12", "Code de la commande publique, L2113-12 (EA, ESAT)"
    L2113_13 = "L2113-13", "Code de la commande publique, L2113-13 (SIAE)"
    L2113_14 = "L2113-14", "Code de la commande publique, L2113-14 (SIAE, EA, ESAT)"
    L2113_15 = "L2113-15", "Code de la commande publique, L2113-15 (ESS)"
    R2152_7 = "R2152-7", "Code de la commande publique, R2152-7 (critère)"
    L3114_2 = "L3114-2", "Code de la commande publique, L3114-2 (concession)"
    ORD_2015_38 = "ord-2015-899-38", "Ordonnance 2015-899, article 38"
    CMP_14 = "cmp-14", "Ancien code des marchés publics, article 14"
    CMP_15 = "cmp-15", "Ancien code des marchés publics, article 15"
    CMP_30 = "cmp-30", "Ancien code des marchés publics, article 30"
    CMP_53 = "cmp-53", "Ancien code des marchés publics, article 53"
    PRIVE = "prive", "Engagement volontaire d’un maître d’ouvrage privé"


class Ccag(models.TextChoices):
    TRAVAUX = "travaux", "Travaux"
    MOE = "moe", "Maîtrise d’œuvre"
    FCS = "fcs", "Fournitures courantes et services"
    MI = "mi", "Marchés industriels"
    PI = "pi", "Prestations intellectuelles"
    TIC = "tic", "Techniques de l’information et de la communication"
    AUCUN = "aucun", "Pas de CCAG"


class OperationQuerySet(models.QuerySet["Operation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Facilitateur : sa structure. Acheteur : où il achète ou fait construire. Entreprise : où elle a un lot."""
        organisation = utilisateur.organisation
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                return self.filter(structure=organisation)
            case Profil.ACHETEUR:
                marches = Marche.objects.filter(acheteur=organisation)
                return self.filter(Q(maitre_ouvrage=organisation) | Q(pk__in=marches.values("operation")))
            case Profil.ENTREPRISE:
                lots = Titulaire.objects.filter(entreprise=organisation)
                return self.filter(pk__in=lots.values("lot__marche__operation"))
            case _:
                return self.none()


@pghistory.track()
class Operation(models.Model):
    """Un chantier, un service, un programme : le cadre où l'éligibilité s'apprécie (fiche A3)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("nom", max_length=200)
    maitre_ouvrage = models.ForeignKey(
        Organisation,
        verbose_name="maître d’ouvrage",
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"profil": Profil.ACHETEUR},
    )
    financement = models.CharField("financement", max_length=8, choices=Financement, default=Financement.AUCUN)
    programme = models.CharField("nom du programme", max_length=120, blank=True)
    commune = models.CharField("commune", max_length=100)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    date_debut = models.DateField("début")
    date_fin = models.DateField("fin prévue", null=True, blank=True)
    heures_qpv_visees = models.DecimalField(
        "heures visées pour les habitants des QPV",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = "opération"
        ordering = ["-date_debut", "nom"]
        indexes = [models.Index(fields=["structure", "-date_debut"], name="operation_liste")]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="operation_dates_ordonnees",
                violation_error_message="L’opération ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class MarcheQuerySet(models.QuerySet["Marche"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        organisation = utilisateur.organisation
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                return self.filter(operation__structure=organisation)
            case Profil.ACHETEUR:
                return self.filter(Q(acheteur=organisation) | Q(operation__maitre_ouvrage=organisation))
            case Profil.ENTREPRISE:
                return self.filter(pk__in=Titulaire.objects.filter(entreprise=organisation).values("lot__marche"))
            case _:
                return self.none()


@pghistory.track()
class Marche(models.Model):
    """Le contrat qui porte la clause. Ses dates et son document fixent la règle d'éligibilité."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="marches")
    acheteur = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ACHETEUR}
    )
    reference = models.CharField("référence", max_length=60)
    objet = models.CharField("objet", max_length=1000)
    type_clause = models.CharField("type de clause", max_length=20, choices=TypeClause, default=TypeClause.EXECUTION)
    base_juridique = models.CharField(
        "base juridique", max_length=16, choices=BaseJuridique, default=BaseJuridique.L2112_2
    )
    ccag = models.CharField("CCAG", max_length=8, choices=Ccag, default=Ccag.TRAVAUX)
    document = models.CharField("document qui porte la clause", max_length=60, default="CCAP")
    article = models.CharField("article de la clause", max_length=40, blank=True)
    technique = models.CharField(
        "forme", max_length=120, blank=True, help_text="Accord-cadre, tranches, bons de commande…"
    )
    code_cpv = models.CharField("code CPV", max_length=10, blank=True)
    date_attribution = models.DateField("attribution", null=True, blank=True)
    date_notification = models.DateField("notification", null=True, blank=True)
    date_debut = models.DateField("début d’exécution", null=True, blank=True)
    date_fin = models.DateField("fin d’exécution", null=True, blank=True)
    montant_ht_euros = models.DecimalField(
        "montant HT", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # Clé nationale d'un contrat des DECP : SIRET de l'acheteur et identifiant. Vide quand le marché a été saisi.
    cle_decp = models.CharField(max_length=80, blank=True, editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = MarcheQuerySet.as_manager()

    class Meta:
        verbose_name = "marché"
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["acheteur", "reference", "operation"],
                name="marche_reference_unique",
                violation_error_message="Ce marché est déjà enregistré dans cette opération.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_debut__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="marche_dates_ordonnees",
                violation_error_message="Le marché ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(date_notification__isnull=True)
                | Q(date_attribution__isnull=True)
                | Q(date_notification__gte=F("date_attribution")),
                name="marche_notifie_apres_attribution",
                violation_error_message="La notification ne peut pas précéder l’attribution.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@pghistory.track()
class RegleClause(models.Model):
    """La règle du marché, versionnée : une décision garde la version qu'elle a appliquée (domaine § 2.4)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="regles")
    version = models.PositiveSmallIntegerField(default=1)
    est_courante = models.BooleanField(default=True)
    modele = models.CharField("modèle", max_length=4, choices=choix_modeles, default="I3")
    duree_mois = models.PositiveSmallIntegerField(
        "durée d’éligibilité, en mois",
        null=True,
        blank=True,
        default=24,
        help_text="24 par principe. Vide : toute la durée de l’opération.",
    )
    point_depart = models.CharField("point de départ", max_length=16, choices=choix_points_depart, default="embauche")
    date_appreciation = models.CharField(
        "jour où la situation s’apprécie", max_length=16, choices=choix_appreciations, default="attribution"
    )
    criteres = ArrayField(
        models.CharField(max_length=20, choices=choix_criteres), verbose_name="critères acceptés", default=list
    )
    validation_prealable = models.BooleanField(
        "la validation doit précéder l’embauche",
        default=True,
        help_text="Sans cela, les heures faites avant la décision ne comptent pas.",
    )
    diviseur_etp = models.DecimalField(
        "heures d’un ETP", max_digits=6, decimal_places=2, default=Decimal(1607), validators=[MinValueValidator(1)]
    )
    plafond_mensuel_heures = models.DecimalField(
        "plafond plausible par mois", max_digits=5, decimal_places=2, default=Decimal(220)
    )
    penalite_euros_par_heure = models.DecimalField(
        "pénalité prévue par heure non faite", max_digits=8, decimal_places=2, null=True, blank=True
    )
    mise_en_demeure_jours = models.PositiveSmallIntegerField(
        "délai de mise en demeure, en jours", null=True, blank=True
    )
    texte = models.TextField("texte de l’article", max_length=4000, blank=True)
    cree_le = models.DateTimeField(auto_now_add=True)
    cree_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "règle du marché"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["marche", "version"], name="regle_version_unique"),
            models.UniqueConstraint(fields=["marche"], condition=Q(est_courante=True), name="regle_courante_unique"),
            models.CheckConstraint(
                condition=Q(duree_mois__isnull=True) | Q(duree_mois__range=(1, 120)),
                name="regle_duree_plausible",
                violation_error_message="La durée va de 1 à 120 mois.",
            ),
        ]

    def __str__(self) -> str:
        return f"Règle {str(self.pk)[:8]} v{self.version}"

    @property
    def parametres(self) -> ParametresRegle:
        """La règle en valeurs, telle que la lisent `clauses.regles` : son modèle, et ce que le marché y change."""
        return replace(
            PRESETS[self.modele],
            duree_mois=self.duree_mois,
            point_depart=PointDepart(self.point_depart),
            date_appreciation=JourAppreciation(self.date_appreciation),
            criteres=tuple(self.criteres),
            validation_prealable=self.validation_prealable,
            version=self.version,
            document=self.marche.document,
            article=self.marche.article,
        )


class LotQuerySet(models.QuerySet["Lot"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.ENTREPRISE:
            return self.filter(pk__in=Titulaire.objects.filter(entreprise=utilisateur.organisation).values("lot"))
        return self.filter(marche__in=Marche.objects.pour(utilisateur))


@pghistory.track()
class Lot(models.Model):
    """Une part du marché. Sans dates propres, il suit celles du marché."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="lots")
    numero = models.CharField("numéro", max_length=12)
    intitule = models.CharField("intitulé", max_length=200)
    montant_ht_euros = models.DecimalField(
        "montant HT", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    date_debut = models.DateField("début", null=True, blank=True)
    date_fin = models.DateField("fin", null=True, blank=True)
    clos_le = models.DateField("clos le", null=True, blank=True, help_text="Un lot clos ne reçoit plus d’heures.")

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = "lot"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["marche", "numero"],
                name="lot_numero_unique",
                violation_error_message="Ce marché a déjà un lot de ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_debut__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="lot_dates_ordonnees",
                violation_error_message="Le lot ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.numero}, {self.intitule}"

    @property
    def periode(self) -> Periode | None:
        """La période d'exécution : dates du lot, à défaut du marché, à défaut de l'opération."""
        operation = self.marche.operation
        return periode_execution(
            (self.date_debut, self.date_fin),
            (self.marche.date_debut, self.marche.date_fin),
            (operation.date_debut, operation.date_fin),
        )


class RoleTitulaire(models.TextChoices):
    TITULAIRE = "titulaire", "Titulaire"
    MANDATAIRE = "mandataire", "Mandataire"
    COTRAITANT = "cotraitant", "Cotraitant"
    SOUS_TRAITANT = "sous_traitant", "Sous-traitant"


class TitulaireQuerySet(models.QuerySet["Titulaire"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.ENTREPRISE:
            return self.filter(entreprise=utilisateur.organisation)
        return self.filter(lot__in=Lot.objects.pour(utilisateur))


@pghistory.track()
class Titulaire(models.Model):
    """Une entreprise sur un lot : seule, mandataire ou cotraitante d'un groupement, ou sous-traitante de l'une d'elles."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="titulaires")
    entreprise = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ENTREPRISE}
    )
    role = models.CharField("rôle", max_length=14, choices=RoleTitulaire, default=RoleTitulaire.TITULAIRE)
    donneur_ordre = models.ForeignKey(
        "self",
        verbose_name="sous-traitant de",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sous_traitants",
    )

    objects = TitulaireQuerySet.as_manager()

    class Meta:
        verbose_name = "titulaire"
        ordering = ["role", "entreprise__nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "entreprise"],
                name="titulaire_unique",
                violation_error_message="Cette entreprise est déjà inscrite sur ce lot.",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(role=RoleTitulaire.MANDATAIRE),
                name="titulaire_mandataire_unique",
                violation_error_message="Ce lot a déjà un mandataire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entreprise.nom}, {self.get_role_display().lower()}"


class ModeEngagement(models.TextChoices):
    SAISI = "saisi", "Nombre d’heures écrit au marché"
    FORMULE = "formule", "Calculé par la formule"


class Arrondi(models.TextChoices):
    """Choix du marché (exemple 1) : 833,33 h donnent 833, 833 ou 834."""

    INFERIEUR = "inferieur", "À l’heure inférieure"
    PROCHE = "proche", "À l’heure la plus proche"
    SUPERIEUR = "superieur", "À l’heure supérieure"


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(titulaire__in=Titulaire.objects.pour(utilisateur))


@pghistory.track()
class Engagement(models.Model):
    """Les heures dues par un titulaire sur un lot. `heures_dues` suit les avenants ; `heures_initiales` ne bouge pas."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    titulaire = models.OneToOneField(Titulaire, on_delete=models.CASCADE, related_name="engagement")
    mode = models.CharField("mode", max_length=8, choices=ModeEngagement, default=ModeEngagement.SAISI)
    montant_ht_euros = models.DecimalField("montant HT", max_digits=14, decimal_places=2, null=True, blank=True)
    part_main_oeuvre = models.DecimalField(
        "part de main-d’œuvre (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    taux_effort = models.DecimalField("effort d’insertion (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    cout_horaire_euros = models.DecimalField("coût d’une heure", max_digits=6, decimal_places=2, null=True, blank=True)
    arrondi = models.CharField("arrondi", max_length=9, choices=Arrondi, default=Arrondi.INFERIEUR)
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
                condition=Q(mode=ModeEngagement.SAISI)
                | Q(
                    montant_ht_euros__isnull=False,
                    part_main_oeuvre__isnull=False,
                    taux_effort__isnull=False,
                    cout_horaire_euros__gt=0,
                ),
                name="engagement_formule_complete",
                violation_error_message="La formule demande le montant, la part de main-d’œuvre, l’effort et le coût horaire.",
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
