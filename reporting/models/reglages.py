"""Quand une structure veut voir ses échéances."""

from collections.abc import Mapping
from types import MappingProxyType

import pghistory
from django.db import models
from django.db.models import F, Q

from clauses.regles.echeances import DELAIS_ECHEANCES, SEUILS_ECHEANCES, DelaisEcheances, SeuilsEcheances
from comptes.models import Organisation
from reporting.models.sortes import SeuilAlerte

TRANCHES = {SeuilAlerte.J30: "j30", SeuilAlerte.J60: "j60", SeuilAlerte.J90: "j90"}
JOURS = ("decision_jours", "heures_jours", "suivi_jours", "orientation_jours", "piece_jours")


@pghistory.track()
class ReglageEcheances(models.Model):
    """Les seuils et les délais d'une structure. Sans ligne : 90, 60 et 30 jours, et les délais d'usage."""

    structure = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seuil_loin = models.PositiveSmallIntegerField("premier rappel", default=SEUILS_ECHEANCES.loin)
    seuil_moyen = models.PositiveSmallIntegerField("deuxième rappel", default=SEUILS_ECHEANCES.moyen)
    seuil_proche = models.PositiveSmallIntegerField("dernier rappel", default=SEUILS_ECHEANCES.proche)
    decision_jours = models.PositiveSmallIntegerField(
        "embauche sans décision favorable", default=DELAIS_ECHEANCES.decision
    )
    heures_jours = models.PositiveSmallIntegerField("mois sans heures", default=DELAIS_ECHEANCES.heures)
    suivi_jours = models.PositiveSmallIntegerField("suivi à faire", default=DELAIS_ECHEANCES.suivi)
    orientation_jours = models.PositiveSmallIntegerField(
        "orientation sans réponse", default=DELAIS_ECHEANCES.orientation
    )
    piece_jours = models.PositiveSmallIntegerField("pièce bientôt trop ancienne", default=DELAIS_ECHEANCES.piece)
    rythme_pourcent = models.PositiveSmallIntegerField("retard sur le calendrier", default=DELAIS_ECHEANCES.rythme)

    class Meta:
        verbose_name = "réglage des échéances"
        constraints = [
            models.CheckConstraint(
                condition=Q(seuil_proche__gte=1, seuil_loin__lte=365)
                & Q(seuil_proche__lt=F("seuil_moyen"), seuil_moyen__lt=F("seuil_loin")),
                name="reglage_seuils_ordonnes",
                violation_error_message="Les seuils vont de 365 à 1\u00a0jour, du plus lointain au plus proche.",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{champ}__range": (1, 365) for champ in JOURS}),
                name="reglage_delais_plausibles",
                violation_error_message="Chaque délai va de 1 à 365\u00a0jours.",
            ),
            models.CheckConstraint(
                condition=Q(rythme_pourcent__range=(1, 100)),
                name="reglage_rythme_plausible",
                violation_error_message="La part de l’attendu va de 1 à 100\u00a0%.",
            ),
        ]

    def __str__(self) -> str:
        return f"Réglage des échéances {str(self.pk)[:8]}"

    @classmethod
    def de(cls, structure: Organisation) -> "ReglageEcheances":
        """Celui de la structure, ou les valeurs d'usage, pas encore enregistrées."""
        return cls.objects.filter(structure=structure).first() or cls(structure=structure)

    @property
    def seuils(self) -> SeuilsEcheances:
        return SeuilsEcheances(self.seuil_proche, self.seuil_moyen, self.seuil_loin)

    @property
    def delais(self) -> DelaisEcheances:
        return DelaisEcheances(
            decision=self.decision_jours,
            heures=self.heures_jours,
            suivi=self.suivi_jours,
            orientation=self.orientation_jours,
            piece=self.piece_jours,
            rythme=self.rythme_pourcent,
        )

    @property
    def libelles(self) -> Mapping[str, str]:
        """Le nom de chaque tranche avec les seuils de cette structure : « Dans 61 à 90 jours », « 30 jours ou moins »."""
        noms = self.seuils.libelles
        dits = {seuil: noms[code] for seuil, code in TRANCHES.items()}
        dits[SeuilAlerte.J90] = f"Dans {dits[SeuilAlerte.J90]}"
        return MappingProxyType({seuil.value: dits.get(seuil, seuil.label) for seuil in SeuilAlerte})
