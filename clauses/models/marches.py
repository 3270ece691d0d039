"""Le marché qui porte la clause, et sa règle versionnée."""

from decimal import Decimal
from typing import Self
from uuid import uuid4

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import choix_criteres
from clauses.models.operations import Operation, ouverte_a_la_structure
from clauses.regles.parametres import ParametresRegle, choix_appreciations, choix_modeles, choix_points_depart
from clauses.regles.section_eligibilite import COLONNES_DE_PARAMETRES, lire_parametres
from comptes.models import Organisation, Profil, Utilisateur


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


class MarcheQuerySet(models.QuerySet["Marche"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.ENTREPRISE:
            siens = self.model.objects.filter(lots__titulaires__entreprise=utilisateur.organisation)
            return self.filter(pk__in=siens.order_by().values("pk"))
        return self.filter(marche_ouvert(utilisateur))

    def lisibles_par(self, utilisateur: Utilisateur) -> Self:
        """Ceux des opérations qu'il peut lire, même partagées en lecture."""
        if utilisateur.profil != Profil.FACILITATEUR:
            return self.pour(utilisateur)
        return self.filter(marche_ouvert(utilisateur, lecture=True))

    def tenus_par(self, utilisateur: Utilisateur) -> Self:
        return self.filter(operation__in=Operation.objects.tenues_par(utilisateur).order_by().values("pk"))


def marche_ouvert(utilisateur: Utilisateur, chemin: str = "", *, lecture: bool = False) -> Q:
    """Condition : un facilitateur agit sur le marché, ou le lit (`lecture`) ; un acheteur y achète ou y fait construire.

    `chemin` mène au marché : « lot__marche__ » pour un titulaire. Personne d'autre n'y a droit par le marché.
    """
    organisation = utilisateur.organisation
    match utilisateur.profil:
        case Profil.FACILITATEUR:
            return ouverte_a_la_structure(organisation, f"{chemin}operation__", lecture=lecture)
        case Profil.ACHETEUR:
            return Q(**{f"{chemin}acheteur": organisation}) | Q(**{f"{chemin}operation__maitre_ouvrage": organisation})
        case _:
            return Q(pk__in=())


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
    accord_cadre = models.ForeignKey(
        "self",
        verbose_name="marché subséquent de",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subsequents",
        help_text="L’accord-cadre dont ce marché est issu. Un marché subséquent a ses propres heures dues.",
    )
    # Dès qu'un avenant parle du délai, `date_fin` le suit : c'est une copie (clauses.services.fins). Elle part de la fin d'avant les
    # avenants, et une fin écrite ensuite sur la fiche l'emporte.
    fin_suit_avenants = models.BooleanField(default=False, editable=False)
    date_fin_initiale = models.DateField("fin d’avant les avenants", null=True, blank=True, editable=False)
    date_fin_ecrite = models.DateField("fin écrite sur la fiche", null=True, blank=True, editable=False)
    # Dernier jour arrêté par un bilan publié : ce qui change avant lui ouvre un rectificatif.
    fige_au = models.DateField("figé au", null=True, blank=True, editable=False)
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
        help_text="24 par principe. Vide\u00a0: toute la durée de l’opération.",
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
    # Le reste de la règle, une section par sujet, lue par clauses.regles ; une section absente a ses valeurs par défaut.
    options = models.JSONField("options", default=dict, blank=True)
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
        return lire_parametres(
            modele=self.modele,
            colonnes={nom: getattr(self, nom) for nom in COLONNES_DE_PARAMETRES},
            options=self.options,
            version=self.version,
            document=self.marche.document,
            article=self.marche.article,
        )
