"""La sortie d'un parcours, les missions qui la font, et ses suivis."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from beneficiaires.models import sans_nir
from clauses.models import Contrat
from comptes.models import Organisation
from parcours.models.parcours import Parcours
from parcours.models.visibilite import DossierQuerySet, DuParcoursQuerySet
from parcours.regles import LIBELLES_REPONSE_SUIVI, DepartSuivi, RegleSuivi
from parcours.regles import ClasseSortie as ClasseDeLaRegle
from parcours.regles import NatureSortie as NatureDeLaRegle


class NatureSortie(models.TextChoices):
    """Ce que fait la personne à la sortie : les natures de la règle, avec leur nom."""

    CDI = NatureDeLaRegle.CDI.value, "CDI"
    CDD = NatureDeLaRegle.CDD.value, "CDD"
    ALTERNANCE = NatureDeLaRegle.ALTERNANCE.value, "Apprentissage ou professionnalisation"
    CONTRAT_AIDE = NatureDeLaRegle.CONTRAT_AIDE.value, "Contrat aidé"
    INTERIM = NatureDeLaRegle.INTERIM.value, "Missions d’intérim"
    SAISONNIER = NatureDeLaRegle.SAISONNIER.value, "Travail saisonnier"
    CREATION = NatureDeLaRegle.CREATION.value, "Création d’entreprise"
    ASSOCIATION_INTERMEDIAIRE = NatureDeLaRegle.ASSOCIATION_INTERMEDIAIRE.value, "Association intermédiaire"
    AUTRE_SIAE = NatureDeLaRegle.AUTRE_SIAE.value, "Autre structure de l’IAE"
    FORMATION_QUALIFIANTE = NatureDeLaRegle.FORMATION_QUALIFIANTE.value, "Formation qualifiante"
    AUTRE_FORMATION = NatureDeLaRegle.AUTRE_FORMATION.value, "Autre formation"
    RETRAITE = NatureDeLaRegle.RETRAITE.value, "Retraite"
    DEMENAGEMENT = NatureDeLaRegle.DEMENAGEMENT.value, "Déménagement"
    SANTE = NatureDeLaRegle.SANTE.value, "Santé"
    ABANDON = NatureDeLaRegle.ABANDON.value, "Abandon"
    FIN_DU_PARCOURS = NatureDeLaRegle.FIN_DU_PARCOURS.value, "Fin du parcours sans emploi ni formation"
    DECES = NatureDeLaRegle.DECES.value, "Décès"


class ClasseSortie(models.TextChoices):
    """La réponse de la règle."""

    DURABLE = ClasseDeLaRegle.DURABLE.value, "Emploi durable"
    TRANSITION = ClasseDeLaRegle.TRANSITION.value, "Emploi de transition"
    POSITIVE = ClasseDeLaRegle.POSITIVE.value, "Sortie positive"
    AUTRE = ClasseDeLaRegle.AUTRE.value, "Autre sortie"
    A_CONFIRMER = ClasseDeLaRegle.A_CONFIRMER.value, "À confirmer"
    A_COMPLETER = ClasseDeLaRegle.A_COMPLETER.value, "À compléter"


@pghistory.track()
class Sortie(models.Model):
    """La sortie d'un parcours. `classe` est une copie de ce que dit la règle au jour `classee_au`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    parcours = models.OneToOneField(Parcours, on_delete=models.CASCADE, related_name="sortie")
    nature = models.CharField("à la sortie", max_length=26, choices=NatureSortie)
    date_sortie = models.DateField("sortie du parcours le")
    contrat = models.ForeignKey(Contrat, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    employeur = models.CharField("employeur ou organisme", max_length=160, blank=True)
    date_debut = models.DateField("commence le", null=True, blank=True)
    date_fin = models.DateField("fin prévue", null=True, blank=True)
    date_rupture = models.DateField("quitté le", null=True, blank=True)
    quotite_pourcent = models.PositiveSmallIntegerField(
        "temps de travail, en\u00a0% d’un temps plein",
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    est_temps_choisi = models.BooleanField("temps partiel choisi", default=True)
    est_atteste = models.BooleanField("emploi attesté par une pièce vue", default=False)
    plusieurs_employeurs_choisis = models.BooleanField("plusieurs entreprises, par choix", default=False)
    certification_le = models.DateField("certification obtenue le", null=True, blank=True)
    classe = models.CharField("classe", max_length=11, choices=ClasseSortie, editable=False)
    classee_au = models.DateField("classée au", editable=False)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = DuParcoursQuerySet.as_manager()

    class Meta:
        verbose_name = "sortie"
        ordering = ["-date_sortie"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_debut__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="sortie_dates_ordonnees",
                violation_error_message="La fin prévue ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(date_rupture__isnull=True)
                | Q(date_debut__isnull=True)
                | Q(date_rupture__gte=F("date_debut")),
                name="sortie_rupture_apres_debut",
                violation_error_message="On ne quitte pas un emploi avant de l’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Sortie {str(self.pk)[:8]}"


class DeLaSortieQuerySet(DossierQuerySet):
    chemin = "sortie__parcours__beneficiaire"


@pghistory.track()
class MissionSortie(models.Model):
    """Une mission d'intérim ou une saison, parmi celles qui font la sortie."""

    sortie = models.ForeignKey(Sortie, on_delete=models.CASCADE, related_name="missions")
    employeur = models.CharField("entreprise", max_length=160)
    date_debut = models.DateField("du")
    date_fin = models.DateField("au, inclus")

    objects = DeLaSortieQuerySet.as_manager()

    class Meta:
        verbose_name = "mission"
        ordering = ["date_debut"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__gte=F("date_debut")),
                name="mission_dates_ordonnees",
                violation_error_message="La mission ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Mission {self.pk}"


class ReponseSuivi(models.TextChoices):
    """Ce que l'on a appris ; « non joint » en est une."""

    EN_EMPLOI = "en_emploi", LIBELLES_REPONSE_SUIVI["en_emploi"]
    EN_FORMATION = "en_formation", LIBELLES_REPONSE_SUIVI["en_formation"]
    SANS_EMPLOI = "sans_emploi", LIBELLES_REPONSE_SUIVI["sans_emploi"]
    AUTRE = "autre", LIBELLES_REPONSE_SUIVI["autre"]
    NON_JOINT = "non_joint", LIBELLES_REPONSE_SUIVI["non_joint"]


class SuiviQuerySet(DeLaSortieQuerySet):
    def sans_reponse(self) -> Self:
        return self.filter(reponse="")


@pghistory.track()
class Suivi(models.Model):
    """Un suivi après la sortie. `date_prevue` est une copie : la règle la donne, elle suit la sortie corrigée."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sortie = models.ForeignKey(Sortie, on_delete=models.CASCADE, related_name="suivis")
    jalon_mois = models.PositiveSmallIntegerField("suivi à, en mois")
    date_prevue = models.DateField("prévu le")
    reponse = models.CharField("situation", max_length=12, choices=ReponseSuivi, blank=True)
    fait_le = models.DateField("fait le", null=True, blank=True)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField("remarque", max_length=300, blank=True, validators=[sans_nir])

    objects = SuiviQuerySet.as_manager()

    class Meta:
        verbose_name = "suivi"
        ordering = ["date_prevue"]
        indexes = [models.Index(fields=["date_prevue"], name="suivi_a_faire", condition=Q(reponse=""))]
        constraints = [
            models.UniqueConstraint(
                fields=["sortie", "jalon_mois"],
                name="suivi_unique",
                violation_error_message="Ce suivi est déjà prévu.",
            ),
            models.CheckConstraint(
                condition=Q(reponse="") ^ Q(fait_le__isnull=False),
                name="suivi_repondu_date",
                violation_error_message="Un suivi fait, et lui seul, a une date.",
            ),
        ]

    def __str__(self) -> str:
        return f"Suivi {str(self.pk)[:8]}"


@pghistory.track()
class ReglageSuivi(models.Model):
    """Comment une structure compte ses suivis. Sans ligne : à 6 et 18 mois de la sortie."""

    structure = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    depart = models.CharField(
        "compter depuis",
        max_length=8,
        choices=[(DepartSuivi.SORTIE.value, "La sortie du parcours"), (DepartSuivi.EMBAUCHE.value, "L’embauche")],
        default=DepartSuivi.SORTIE.value,
    )
    a_3_mois = models.BooleanField("aussi à 3\u00a0mois", default=False)
    a_12_mois = models.BooleanField("aussi à 12\u00a0mois", default=False)

    class Meta:
        verbose_name = "réglage des suivis"

    def __str__(self) -> str:
        return f"Réglage des suivis {str(self.pk)[:8]}"

    @property
    def regle(self) -> RegleSuivi:
        choisis = ((3, self.a_3_mois), (12, self.a_12_mois))
        return RegleSuivi(DepartSuivi(self.depart), tuple(mois for mois, choisi in choisis if choisi))
