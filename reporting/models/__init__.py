"""Ce qu'Étape rapporte : échéances à regarder, courriels et agenda qui les annoncent, travaux de fond, bilans."""

from reporting.models.abonnements import AbonnementCourriel, Agenda, EnvoiRecapitulatif
from reporting.models.alertes import Alerte, AlerteQuerySet
from reporting.models.avis import DecisionPenalite, ReponseVisa, VisaBilan
from reporting.models.bilans import Bilan, EtatBilan
from reporting.models.executions import ExecutionTache
from reporting.models.reglages import ReglageEcheances
from reporting.models.sortes import AGREMENTS, FINS, TACHES, SeuilAlerte, TypeAlerte

__all__ = [
    "AGREMENTS",
    "FINS",
    "TACHES",
    "AbonnementCourriel",
    "Agenda",
    "Alerte",
    "AlerteQuerySet",
    "Bilan",
    "DecisionPenalite",
    "EnvoiRecapitulatif",
    "EtatBilan",
    "ExecutionTache",
    "ReglageEcheances",
    "ReponseVisa",
    "SeuilAlerte",
    "TypeAlerte",
    "VisaBilan",
]
