"""Les sortes d'échéances et leurs tranches."""

from django.db import models


class TypeAlerte(models.TextChoices):
    """Des fins, qui ont leurs tranches, puis des tâches à faire. L'éligibilité, le PASS IAE et le PLIE ne se confondent pas."""

    ELIGIBILITE = "eligibilite", "Fin d’éligibilité"
    PASS_IAE = "pass_iae", "Fin de PASS IAE"
    PLIE = "plie", "Fin de parcours PLIE"
    CONTRAT = "contrat", "Fin de contrat"
    MARCHE = "marche", "Fin de marché"
    SITUATION = "situation", "Fin de situation"
    DECISION_MANQUANTE = "decision_manquante", "Embauche sans décision favorable"
    MOIS_SANS_HEURES = "mois_sans_heures", "Mois sans heures"
    RYTHME = "rythme", "Retard sur le calendrier"
    SUIVI = "suivi", "Suivi à faire"
    ORIENTATION = "orientation", "Orientation sans réponse"
    PIECE = "piece", "Pièce trop ancienne"
    COURRIEL_REVENU = "courriel_revenu", "Courriel revenu"
    CONTACT_SILENCE = "contact_silence", "Contact sans réponse"


AGREMENTS = (TypeAlerte.PASS_IAE, TypeAlerte.PLIE)
FINS = (TypeAlerte.ELIGIBILITE, *AGREMENTS, TypeAlerte.CONTRAT, TypeAlerte.MARCHE, TypeAlerte.SITUATION)
TACHES = tuple(type_alerte for type_alerte in TypeAlerte if type_alerte not in FINS)


class SeuilAlerte(models.TextChoices):
    """Les tranches d’une fin, qui ne se recouvrent pas (regles.bornes_echeance), et les tâches. Leur nom suit les seuils réglés."""

    J90 = "j90", "Dans 61 à 90\u00a0jours"
    J60 = "j60", "31 à 60\u00a0jours"
    J30 = "j30", "30\u00a0jours ou moins"
    DEPASSEE = "depassee", "Dépassée"
    A_FAIRE = "a_faire", "À faire"
