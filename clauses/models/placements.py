"""Décisions d'éligibilité, contrats de travail, et leur affectation aux engagements."""

from typing import Self
from uuid import uuid4

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When

from beneficiaires.models import Beneficiaire, MetierRome, choix_organismes, sans_nir
from beneficiaires.periodes import Periode
from clauses.models.engagements import Engagement
from clauses.models.marches import RegleClause
from clauses.models.operations import Operation, ouverte_a_la_structure
from clauses.regles.choix import PERIMETRES_PARTAGES, ChangementEntreprise, PointDepart
from comptes.models import Organisation, Profil, Utilisateur


class ReponseEligibilite(models.TextChoices):
    ELIGIBLE = "eligible", "Éligible"
    NON_ELIGIBLE = "non_eligible", "Non éligible"
    A_COMPLETER = "a_completer", "À compléter"


class EligibiliteQuerySet(models.QuerySet["Eligibilite"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(beneficiaire__structure=utilisateur.organisation)
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(beneficiaire__prescripteur=utilisateur.organisation)
        return self.none()

    def courantes(self) -> Self:
        return self.filter(est_courante=True)

    def favorables(self) -> Self:
        """Les décisions en vigueur qui permettent de placer la personne."""
        return self.courantes().filter(reponse=ReponseEligibilite.ELIGIBLE)


_PART_DE_LA_PREMIERE_HEURE = Q(decision__parametres__point_depart=PointDepart.PREMIERE_HEURE.value)


def _lue_dans_la_decision(condition: Q) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Case(When(condition, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )


@pghistory.track(exclude=["part_de_la_premiere_heure", "a_fenetre_particuliere"])
class Eligibilite(models.Model):
    """La décision prise pour une personne et une opération, gardée telle qu'elle a été prise.

    `decision` est le résultat de `regles.evaluer_eligibilite` (faits, raisons, articles, dates). La fenêtre
    (`date_debut`, `date_fin`) est vide tant qu'elle attend l'embauche ; le service l'ouvre avec les paramètres
    gardés dans `decision`, jamais avec la règle d'aujourd'hui.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.PROTECT, related_name="eligibilites")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="eligibilites")
    regle = models.ForeignKey(RegleClause, on_delete=models.PROTECT, related_name="+")
    reponse = models.CharField(max_length=12, choices=ReponseEligibilite)
    criteres_retenus = models.JSONField(default=list)
    date_decision = models.DateField("décidée le")
    decide_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, related_name="+")
    date_debut = models.DateField("heures comptées du", null=True, blank=True)
    date_fin = models.DateField("éligible jusqu’au", null=True, blank=True)
    decision = models.JSONField()
    motif = models.TextField("remarque", max_length=1000, blank=True, validators=[sans_nir])
    # Renouvellement : la décision prolongée, et l'avis motivé qui le permet.
    renouvelle = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renouvellements"
    )
    avis_organisme = models.CharField("organisme qui donne l’avis", max_length=10, choices=choix_organismes, blank=True)
    avis_date = models.DateField("avis du", null=True, blank=True)
    avis_texte = models.TextField("avis motivé", max_length=1000, blank=True, validators=[sans_nir])
    est_courante = models.BooleanField(default=True)
    # Lues dans `decision` une fois écrites : les listes les demandent à des milliers de lignes.
    part_de_la_premiere_heure = _lue_dans_la_decision(_PART_DE_LA_PREMIERE_HEURE)
    # Ce n'est pas (`date_debut`, `date_fin`) : elle part de la première heure, ou chaque entreprise ou marché a la sienne.
    a_fenetre_particuliere = _lue_dans_la_decision(
        _PART_DE_LA_PREMIERE_HEURE
        | Q(decision__parametres__changement_entreprise=ChangementEntreprise.NOUVELLE_FENETRE.value)
        | Q(decision__parametres__perimetre__in=[perimetre.value for perimetre in PERIMETRES_PARTAGES])
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = EligibiliteQuerySet.as_manager()

    class Meta:
        verbose_name = "éligibilité"
        ordering = ["-date_decision", "-cree_le"]
        indexes = [
            models.Index(fields=["operation", "date_fin"], name="eligibilite_echeance"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiaire", "operation"],
                condition=Q(est_courante=True),
                name="eligibilite_courante_unique",
                violation_error_message="Une décision est déjà en vigueur pour cette personne et cette opération.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_debut__isnull=False, date_fin__gte=F("date_debut")),
                name="eligibilite_fenetre_ordonnee",
                violation_error_message="La fenêtre d’éligibilité ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(renouvelle__isnull=True)
                | (~Q(avis_organisme="") & ~Q(avis_texte="") & Q(avis_date__isnull=False)),
                name="eligibilite_renouvelee_sur_avis",
                violation_error_message="Un renouvellement demande un avis motivé, sa date et l’organisme qui le donne.",
            ),
        ]

    def __str__(self) -> str:
        return f"Éligibilité {str(self.pk)[:8]}"

    @property
    def fenetre(self) -> Periode | None:
        """Les jours où les heures comptent, bornes comprises ; None tant que la fenêtre attend l'embauche."""
        return None if self.date_debut is None else Periode(self.date_debut, self.date_fin)

    @property
    def est_eligible(self) -> bool:
        return self.reponse == ReponseEligibilite.ELIGIBLE


class TypeContrat(models.TextChoices):
    """Types de contrat (référentiel des emplois de l'inclusion, domaine § 5)."""

    CDI = "cdi", "CDI"
    CDI_CHANTIER = "cdi_chantier", "CDI de chantier"
    CDD = "cdd", "CDD"
    CDDU = "cddu", "CDD d’usage"
    CDDI = "cddi", "CDD d’insertion (CDDI)"
    CDI_INCLUSION = "cdi_inclusion", "CDI inclusion"
    CDD_TREMPLIN = "cdd_tremplin", "CDD tremplin"
    CTTI = "ctti", "Contrat de travail temporaire d’insertion (CTTI)"
    INTERIM = "interim", "Mission d’intérim"
    APPRENTISSAGE = "apprentissage", "Apprentissage"
    PROFESSIONNALISATION = "professionnalisation", "Professionnalisation"
    AUTRE = "autre", "Autre contrat"


class ContratQuerySet(models.QuerySet["Contrat"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(contrat_ouvert(utilisateur))


def contrat_ouvert(utilisateur: Utilisateur, chemin: str = "") -> Q:
    """Condition : le contrat d'une de ses personnes, ou celui où son entreprise emploie ou utilise la personne.

    `chemin` mène au contrat : « contrat__ » pour une affectation.
    """
    organisation = utilisateur.organisation
    match utilisateur.profil:
        case Profil.FACILITATEUR:
            return Q(**{f"{chemin}beneficiaire__structure": organisation})
        case Profil.PRESCRIPTEUR:
            return Q(**{f"{chemin}beneficiaire__prescripteur": organisation})
        case Profil.ENTREPRISE:
            return Q(**{f"{chemin}employeur": organisation}) | Q(**{f"{chemin}entreprise_utilisatrice": organisation})
        case _:
            return Q(pk__in=())


@pghistory.track()
class Contrat(models.Model):
    """Un contrat de travail. L'employeur n'est pas toujours le titulaire : ETTI, AI ou GEIQ nomment l'entreprise servie."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.PROTECT, related_name="contrats")
    type_contrat = models.CharField("type de contrat", max_length=20, choices=TypeContrat)
    employeur = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"profil": Profil.ENTREPRISE}
    )
    entreprise_utilisatrice = models.ForeignKey(
        Organisation,
        verbose_name="entreprise utilisatrice",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"profil": Profil.ENTREPRISE},
    )
    metier = models.ForeignKey(
        MetierRome, verbose_name="métier (ROME)", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    date_debut = models.DateField("embauche")
    date_fin = models.DateField("fin prévue", null=True, blank=True)
    date_rupture = models.DateField("fin anticipée", null=True, blank=True)
    heures_hebdo = models.DecimalField(
        "heures par semaine",
        max_digits=4,
        decimal_places=2,
        validators=[
            MinValueValidator(1, "Indiquez au moins 1 h par semaine."),
            MaxValueValidator(48, "48 h par semaine au plus (code du travail, L3121-20)."),
        ],
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = ContratQuerySet.as_manager()

    class Meta:
        verbose_name = "contrat"
        ordering = ["-date_debut"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="contrat_dates_ordonnees",
                violation_error_message="Le contrat ne peut pas finir avant l’embauche.",
            ),
            models.CheckConstraint(
                condition=Q(date_rupture__isnull=True) | Q(date_rupture__gte=F("date_debut")),
                name="contrat_rupture_apres_embauche",
                violation_error_message="La fin anticipée ne peut pas précéder l’embauche.",
            ),
        ]

    def __str__(self) -> str:
        return f"Contrat {str(self.pk)[:8]}"

    @property
    def derniere_date(self):
        """Dernier jour travaillé possible : fin anticipée, sinon fin prévue, sinon aucune (CDI)."""
        return self.date_rupture or self.date_fin

    @property
    def periode(self) -> Periode:
        """Les jours du contrat, bornes comprises ; sans fin pour un CDI."""
        return Periode(self.date_debut, self.derniere_date)


class ModeExecution(models.TextChoices):
    """Comment les heures sont faites (domaine § 2.2) ; la règle du marché dit si, et combien, chacune compte."""

    DIRECTE = "directe", "Embauche directe"
    MISE_A_DISPOSITION = "mise_a_disposition", "Mise à disposition (ETTI, AI, GEIQ, EATT)"
    INTERIM = "interim", "Intérim ordinaire (ETT)"
    SIAE = "siae", "Sous-traitance ou cotraitance à une EI, un ACI, une régie"
    EA_ESAT = "ea_esat", "Sous-traitance à une EA ou un ESAT"
    ALTERNANCE = "alternance", "Alternance"
    STAGE = "stage", "Stage, immersion"
    TUTORAT = "tutorat", "Tutorat"


class AffectationQuerySet(models.QuerySet["Affectation"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Le facilitateur voit celles de ses personnes, sur toute opération : les personnes restent à leur structure.

        L'entreprise voit les personnes qu'elle emploie ou utilise, sur ses engagements ou par mise à disposition.
        """
        return self.filter(contrat_ouvert(utilisateur, "contrat__"))

    def saisissables_par(self, utilisateur: Utilisateur) -> Self:
        """Celles dont il saisit les heures. Un partage fini laisse au facilitateur les heures déjà déclarées, pas de nouvelles."""
        siennes = self.pour(utilisateur)
        if utilisateur.profil != Profil.FACILITATEUR:
            return siennes
        operation = "engagement__titulaire__lot__marche__operation__"
        return siennes.filter(ouverte_a_la_structure(utilisateur.organisation, operation))


@pghistory.track()
class Affectation(models.Model):
    """Un contrat sert un engagement, au titre d'une décision d'éligibilité. Luna (fiche A3) en a trois pour un contrat."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contrat = models.ForeignKey(Contrat, on_delete=models.CASCADE, related_name="affectations")
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="affectations")
    eligibilite = models.ForeignKey(Eligibilite, on_delete=models.PROTECT, related_name="affectations")
    mode_execution = models.CharField(
        "mode d’exécution", max_length=18, choices=ModeExecution, default=ModeExecution.DIRECTE
    )
    est_hors_site = models.BooleanField(
        "heures faites hors du site", default=False, help_text="En atelier ou sur un autre site, si le marché l’admet."
    )

    objects = AffectationQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.UniqueConstraint(
                fields=["contrat", "engagement"],
                name="affectation_unique",
                violation_error_message="Ce contrat sert déjà cet engagement.",
            ),
        ]

    def __str__(self) -> str:
        return f"Affectation {str(self.pk)[:8]}"
