"""Heures déclarées mois par mois, et leurs cumuls par engagement."""

from decimal import Decimal
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Greatest

from beneficiaires.periodes import Periode, mois_de
from clauses.models.declarations import LienDeclaration
from clauses.models.engagements import Engagement
from clauses.models.marches import RegleClause
from clauses.models.placements import Affectation, contrat_ouvert
from comptes.models import Organisation, Utilisateur


class NatureHeures(models.TextChoices):
    TRAVAIL = "travail", "Travail"
    FORMATION = "formation", "Formation"


class EtatReleve(models.TextChoices):
    """Le mot dit à l'utilisateur ; les passages permis sont dans `regles.TRANSITIONS`."""

    DECLARE = "declare", "À vérifier"
    RECTIFIE = "rectifie", "Rectifié"
    VERIFIE = "verifie", "Vérifié"
    VALIDE = "valide", "Validé"
    REFUSE = "refuse", "Refusé"
    CONTESTE = "conteste", "Contesté"


# Contestées, des heures n'attendent pas le facilitateur : elles attendent la fin d'un litige, et se comptent à part.
ETATS_EN_ATTENTE = (EtatReleve.DECLARE, EtatReleve.RECTIFIE, EtatReleve.VERIFIE)
ETATS_SANS_COMPTE = (EtatReleve.REFUSE, EtatReleve.CONTESTE)


class SourceReleve(models.TextChoices):
    FACILITATEUR = "facilitateur", "Saisi par le facilitateur"
    ENTREPRISE = "entreprise", "Déclaré par l’entreprise"


class ReleveHeuresQuerySet(models.QuerySet["ReleveHeures"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(contrat_ouvert(utilisateur, "affectation__contrat__"))

    def en_attente(self) -> Self:
        return self.filter(etat__in=ETATS_EN_ATTENTE)


class PeriodeSql(Func):
    """`daterange` aux deux bornes comprises."""

    function = "daterange"
    output_field = models.TextField()


_HEURES = models.DecimalField(max_digits=6, decimal_places=2)
# Ce que `clauses.comptage` recalcule : une copie n'a pas d'histoire à elle.
COPIES_DU_COMPTE = (
    "heures_imputees",
    "heures_ecartees",
    "heures_comptees",
    "motif_ecart",
    "compte_etp",
    "regle_comptee",
)


@pghistory.track(exclude=COPIES_DU_COMPTE)
class ReleveHeures(models.Model):
    """Les heures d'une affectation sur un mois (ou la part du mois qui compte), travail ou formation.

    `version` augmente à chaque écriture : qui enregistre sur une version dépassée reçoit un conflit. `heures` est ce qui est déclaré,
    `heures_comptees` ce qui compte pour l'engagement, une fois retiré ce que la règle écarte et ce qu'une convention impute ailleurs.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    affectation = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="releves")
    mois = models.DateField("mois")
    date_debut = models.DateField("du")
    date_fin = models.DateField("au")
    nature = models.CharField(max_length=10, choices=NatureHeures, default=NatureHeures.TRAVAIL)
    heures = models.DecimalField("heures", max_digits=6, decimal_places=2)
    etat = models.CharField("état", max_length=9, choices=EtatReleve, default=EtatReleve.DECLARE)
    motif = models.CharField("motif", max_length=400, blank=True)
    # Relevées par le facilitateur quand il voit le bulletin de paie du mois.
    heures_bulletin = models.DecimalField(
        "heures du bulletin de paie", max_digits=5, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(max_length=12, choices=SourceReleve, default=SourceReleve.FACILITATEUR)
    version = models.PositiveIntegerField(default=1)
    # L'entreprise qui a déclaré ; vide quand le facilitateur a saisi à sa place.
    declarant = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Un compte, ou l'entreprise par le lien qu'elle a reçu.
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saisi_par_lien = models.ForeignKey(
        LienDeclaration, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    saisi_le = models.DateTimeField("saisi le")
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)
    heures_imputees = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    heures_ecartees = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    heures_comptees = models.GeneratedField(
        expression=Greatest(
            F("heures") - F("heures_imputees") - F("heures_ecartees"), Value(Decimal(0)), output_field=_HEURES
        ),
        output_field=_HEURES,
        db_persist=True,
    )
    motif_ecart = models.CharField(max_length=20, blank=True, editable=False)
    compte_etp = models.BooleanField(default=True, editable=False)
    # La version de la règle qui valait à la validation : la suivante ne change rien à des heures validées.
    regle_comptee = models.ForeignKey(
        RegleClause, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ReleveHeuresQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé d’heures"
        ordering = ["-mois", "affectation"]
        indexes = [
            models.Index(fields=["affectation", "mois"], name="releve_grille"),
            # La liste s'ouvre par les derniers mois : une page se lit sans trier les autres.
            models.Index(fields=["-mois", "-date_debut", "id"], name="releve_derniers"),
            models.Index(
                fields=["saisi_le"],
                name="releve_en_attente",
                condition=Q(etat__in=[e.value for e in ETATS_EN_ATTENTE]),
            ),
            models.Index(fields=["affectation"], name="releve_avec_ecart", condition=Q(heures_ecartees__gt=0)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(heures__gte=0) & Q(heures__lte=744),
                name="releve_heures_plausibles",
                violation_error_message="Un mois compte de 0 à 744 heures.",
            ),
            models.CheckConstraint(
                condition=Q(heures_bulletin__isnull=True) | Q(heures_bulletin__gte=0) & Q(heures_bulletin__lte=744),
                name="releve_bulletin_plausible",
                violation_error_message="Un bulletin de paie compte de 0 à 744 heures.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__gte=F("date_debut")) & Q(mois__lte=F("date_debut")),
                name="releve_dates_ordonnees",
                violation_error_message="La période ne peut pas finir avant d’avoir commencé.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatReleve.REFUSE) | ~Q(motif=""),
                name="releve_refus_motive",
                violation_error_message="Un refus donne son motif.",
            ),
            models.CheckConstraint(
                condition=Q(saisi_par__isnull=False, saisi_par_lien__isnull=True)
                | Q(saisi_par__isnull=True, saisi_par_lien__isnull=False, source=SourceReleve.ENTREPRISE),
                name="releve_saisi_par_quelqu_un",
            ),
            ExclusionConstraint(
                name="releve_sans_chevauchement",
                expressions=[
                    (F("affectation"), RangeOperators.EQUAL),
                    (F("nature"), RangeOperators.EQUAL),
                    (
                        PeriodeSql(F("date_debut"), F("date_fin"), Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Ces jours portent déjà des heures pour ce contrat et cet engagement.",
            ),
        ]

    def __str__(self) -> str:
        return f"Relevé {str(self.pk)[:8]}"

    @property
    def auteur(self) -> str:
        """Qui a saisi ces heures : le nom du compte, ou l'entreprise qui a répondu par son lien."""
        return self.saisi_par.get_full_name() if self.saisi_par else f"{self.saisi_par_lien.entreprise.nom}, par lien"

    @property
    def est_partiel(self) -> bool:
        """Dit si le relevé ne porte que sur une part du mois (fin de contrat, de fenêtre ou de lot)."""
        return mois_de(self.mois) != Periode(self.date_debut, self.date_fin)

    @property
    def qui_comptent(self) -> Decimal:
        """Les heures qui comptent, ou compteraient une fois validées ; aucune quand elles sont refusées ou contestées."""
        return Decimal(0) if self.etat in ETATS_SANS_COMPTE else self.heures_comptees

    @property
    def compte_autrement(self) -> bool:
        """Dit si ces heures, ni refusées ni contestées, ne comptent pas toutes ici : la règle ou une convention en décide autrement."""
        return self.etat not in ETATS_SANS_COMPTE and self.heures_comptees != self.heures


class CumulMensuel(models.Model):
    """Ce que comptent les relevés d'un engagement pour un mois : copie tenue par `services` dans la même transaction.

    `validees_heures` : validées et comptées, faites ici ou venues d'ailleurs par convention. `ecartees_heures` : validées mais que la
    règle ne compte pas. `en_attente_heures`, `refusees_heures` et `contestees_heures` sont déclarées ; `en_attente_comptees_heures` :
    ce qui en compterait.

    Elle rend les listes et l'accueil aussi rapides avec 3 000 personnes qu'avec 300 ; `manage.py verifier_coherence`
    la compare aux relevés.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="cumuls")
    mois = models.DateField()
    validees_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    en_attente_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    refusees_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    contestees_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    formation_validees_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    en_attente_nombre = models.PositiveIntegerField(default=0)
    ecartees_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    etp_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    en_attente_comptees_heures = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = "cumul mensuel"
        constraints = [models.UniqueConstraint(fields=["engagement", "mois"], name="cumul_unique")]

    def __str__(self) -> str:
        return f"Cumul {self.mois:%m/%Y}"
