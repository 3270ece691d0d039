"""Les freins d'un parcours et ce qui est fait pour les lever. Santé : des codes, jamais de texte libre."""

from datetime import date
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Greatest

from beneficiaires.models import choix_freins, sans_nir
from comptes.models import Organisation, Profil
from parcours.models.parcours import Parcours
from parcours.models.visibilite import DossierQuerySet, DuParcoursQuerySet
from parcours.regles.actions import ReponseService as ReponseDeLaRegle
from parcours.regles.actions import ResultatAction as ResultatDeLaRegle
from parcours.regles.freins import LIBELLES_ETAT_FREIN, FaitsFrein, jours_de_levee, limite_de_blocage
from parcours.regles.freins import EtatFrein as EtatDeLaRegle
from parcours.regles.referentiel_freins import objectifs_de, situations_de


class EtatFrein(models.TextChoices):
    """Les états de la règle, avec leur nom."""

    NON_ABORDE = EtatDeLaRegle.NON_ABORDE.value, LIBELLES_ETAT_FREIN[EtatDeLaRegle.NON_ABORDE]
    REPERE = EtatDeLaRegle.REPERE.value, LIBELLES_ETAT_FREIN[EtatDeLaRegle.REPERE]
    EN_COURS = EtatDeLaRegle.EN_COURS.value, LIBELLES_ETAT_FREIN[EtatDeLaRegle.EN_COURS]
    LEVE = EtatDeLaRegle.LEVE.value, LIBELLES_ETAT_FREIN[EtatDeLaRegle.LEVE]
    SANS_OBJET = EtatDeLaRegle.SANS_OBJET.value, LIBELLES_ETAT_FREIN[EtatDeLaRegle.SANS_OBJET]


DATES_D_UNE_ACTION = ("date_debut", "date_fin", "envoyee_le", "repondue_le")


class FreinQuerySet(DuParcoursQuerySet):
    def a_lever(self) -> Self:
        return self.filter(etat__in=[EtatFrein.REPERE, EtatFrein.EN_COURS])

    def avec_dernier_signe(self, jour: date) -> Self:
        """Ajoute `dernier_signe` et `fin_prevue`, ce que lit `est_bloque`, pour toute la liste en une requête."""
        passees = [
            Max(f"actions__{champ}", filter=Q(**{f"actions__{champ}__lte": jour})) for champ in DATES_D_UNE_ACTION
        ]
        return self.annotate(dernier_signe=Greatest(F("date_etat"), *passees), fin_prevue=Max("actions__date_fin"))

    def bloques(self, *, jour: date, seuil_jours: int) -> Self:
        """Ceux de la règle `est_bloque`, en SQL : repérés ou en cours, sans changement ni action depuis plus de `seuil_jours`."""
        return (
            self.a_lever()
            .avec_dernier_signe(jour)
            .filter(
                Q(fin_prevue__isnull=True) | Q(fin_prevue__lt=jour),
                dernier_signe__lt=limite_de_blocage(jour, seuil_jours),
            )
        )


@pghistory.track()
class Frein(models.Model):
    """Un frein à l’emploi dans un parcours. `date_etat` : depuis quand il est dans cet état ; `repere_le` et `leve_le` : sa durée."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    parcours = models.ForeignKey(Parcours, on_delete=models.CASCADE, related_name="freins")
    rubrique = models.CharField("frein", max_length=24, choices=choix_freins)
    etat = models.CharField("état", max_length=10, choices=EtatFrein, default=EtatFrein.NON_ABORDE)
    date_etat = models.DateField("depuis le")
    repere_le = models.DateField("repéré le", null=True, blank=True)
    leve_le = models.DateField("levé le", null=True, blank=True)
    # Codes de la table « contraintes » de France Travail, nommés par parcours/regles/referentiel_freins.py.
    situations = ArrayField(models.PositiveSmallIntegerField(), verbose_name="situations", default=list, blank=True)
    objectifs = ArrayField(models.PositiveSmallIntegerField(), verbose_name="objectifs", default=list, blank=True)
    precision = models.CharField("précision", max_length=160, blank=True, validators=[sans_nir])

    objects = FreinQuerySet.as_manager()

    class Meta:
        verbose_name = "frein"
        ordering = ["rubrique"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcours", "rubrique"],
                name="frein_unique",
                violation_error_message="Ce frein est déjà suivi dans ce parcours.",
            ),
            models.CheckConstraint(
                condition=~Q(rubrique="sante") | Q(precision=""),
                name="frein_sante_sans_texte",
                violation_error_message="La santé se dit par des codes, sans texte libre.",
            ),
            models.CheckConstraint(
                condition=Q(leve_le__isnull=True) | Q(repere_le__isnull=False, leve_le__gte=F("repere_le")),
                name="frein_dates_ordonnees",
                violation_error_message="Un frein ne peut pas être levé avant d’avoir été repéré.",
            ),
            models.CheckConstraint(
                condition=Q(leve_le__isnull=True) ^ Q(etat=EtatFrein.LEVE),
                name="frein_leve_date",
                violation_error_message="Un frein levé, et lui seul, a une date de levée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Frein {str(self.pk)[:8]}"

    @property
    def faits(self) -> FaitsFrein:
        """Ce que lisent les règles."""
        etat = EtatDeLaRegle(self.etat)
        depuis = None if etat == EtatDeLaRegle.NON_ABORDE else self.date_etat
        return FaitsFrein(etat, depuis, self.repere_le, self.leve_le)

    @property
    def est_a_lever(self) -> bool:
        return self.etat in (EtatFrein.REPERE, EtatFrein.EN_COURS)

    @property
    def jours_de_levee(self) -> int | None:
        return jours_de_levee(self.repere_le, self.leve_le)

    @property
    def situations_dites(self) -> list[str]:
        return [libelle for code, libelle in situations_de(self.rubrique).items() if code in self.situations]

    @property
    def objectifs_dits(self) -> list[str]:
        return [libelle for code, libelle in objectifs_de(self.rubrique).items() if code in self.objectifs]


class ResultatAction(models.TextChoices):
    """Les résultats de la règle, avec leur nom."""

    EN_COURS = ResultatDeLaRegle.EN_COURS.value, "En cours"
    ABOUTIE = ResultatDeLaRegle.ABOUTIE.value, "Aboutie"
    SANS_EFFET = ResultatDeLaRegle.SANS_EFFET.value, "Sans effet"
    ABANDONNEE = ResultatDeLaRegle.ABANDONNEE.value, "Abandonnée"


class ReponseService(models.TextChoices):
    """Où en est l'orientation vers le service : les réponses de la règle, avec leur nom."""

    NON_ENVOYEE = ReponseDeLaRegle.NON_ENVOYEE.value, "Pas encore envoyée"
    ENVOYEE = ReponseDeLaRegle.ENVOYEE.value, "Envoyée, sans réponse"
    ACCEPTEE = ReponseDeLaRegle.ACCEPTEE.value, "Acceptée"
    REFUSEE = ReponseDeLaRegle.REFUSEE.value, "Refusée"


class ActionQuerySet(DossierQuerySet):
    chemin = "frein__parcours__beneficiaire"


@pghistory.track()
class Action(models.Model):
    """Ce qui est fait pour lever un frein : un service et sa structure, qui le mobilise, les dates, le résultat.

    Le service vient du référentiel de l'offre d'insertion, que chaque import remplace : l'action en garde l'identifiant et le nom.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    frein = models.ForeignKey(Frein, on_delete=models.CASCADE, related_name="actions")
    intitule = models.CharField("action", max_length=160, validators=[sans_nir])
    service_id = models.CharField("identifiant du service", max_length=160, blank=True, editable=False)
    structure = models.CharField("structure", max_length=160, blank=True)
    mobilisee_par = models.ForeignKey(
        Organisation,
        verbose_name="mobilisée par",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"profil": Profil.PRESCRIPTEUR},
    )
    date_debut = models.DateField("du")
    date_fin = models.DateField("au, inclus", null=True, blank=True)
    resultat = models.CharField("résultat", max_length=10, choices=ResultatAction, default=ResultatAction.EN_COURS)
    # l'orientation vers le service
    reponse = models.CharField("orientation", max_length=11, choices=ReponseService, default=ReponseService.NON_ENVOYEE)
    envoyee_le = models.DateField("envoyée le", null=True, blank=True)
    repondue_le = models.DateField("répondue le", null=True, blank=True)
    motif_refus = models.CharField("raison du refus", max_length=300, blank=True, validators=[sans_nir])
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action"
        ordering = ["date_debut", "cree_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="action_dates_ordonnees",
                violation_error_message="L’action ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(reponse=ReponseService.NON_ENVOYEE) | Q(envoyee_le__isnull=False),
                name="action_envoi_date",
                violation_error_message="Dites quand l’orientation a été envoyée.",
            ),
            models.CheckConstraint(
                condition=Q(repondue_le__isnull=True)
                ^ Q(reponse__in=[ReponseService.ACCEPTEE, ReponseService.REFUSEE]),
                name="action_reponse_datee",
                violation_error_message="Une réponse, et elle seule, a une date.",
            ),
            models.CheckConstraint(
                condition=Q(repondue_le__isnull=True) | Q(repondue_le__gte=F("envoyee_le")),
                name="action_reponse_apres_envoi",
                violation_error_message="La réponse ne peut pas précéder l’envoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Action {str(self.pk)[:8]}"

    @property
    def est_close(self) -> bool:
        return self.resultat != ResultatAction.EN_COURS

    @property
    def attend_reponse(self) -> bool:
        return self.reponse == ReponseService.ENVOYEE
