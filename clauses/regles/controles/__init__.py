"""Le catalogue des contrôles sur les heures, les contrats et les décisions.

niveaux : ce que fait un contrôle · faits : ce qu'il lit · controle : une ligne du catalogue · refus, decision, duree, contrat,
vraisemblance : les contrôles par sujet · calendrier : jours ouvrables et fériés · catalogue : la table, les niveaux d'un marché.
"""

from clauses.regles.controles.calendrier import heures_du_contrat, jours_feries, jours_ouvrables
from clauses.regles.controles.catalogue import (
    CATALOGUE,
    NIVEAUX_PAR_DEFAUT,
    SUJETS,
    ParametresControles,
    constater,
    heures_ne_comptent_pas,
    refus_de,
)
from clauses.regles.controles.controle import ConstatHeures, Controle
from clauses.regles.controles.faits import (
    AutresHeures,
    Faits,
    FaitsContrat,
    FaitsDecision,
    FaitsEngagement,
    FaitsLot,
    FaitsPass,
    FaitsPreuve,
)
from clauses.regles.controles.niveaux import EFFETS_NIVEAU, LIBELLES_NIVEAU, Niveau

__all__ = [
    "CATALOGUE",
    "EFFETS_NIVEAU",
    "LIBELLES_NIVEAU",
    "NIVEAUX_PAR_DEFAUT",
    "SUJETS",
    "AutresHeures",
    "ConstatHeures",
    "Controle",
    "Faits",
    "FaitsContrat",
    "FaitsDecision",
    "FaitsEngagement",
    "FaitsLot",
    "FaitsPass",
    "FaitsPreuve",
    "Niveau",
    "ParametresControles",
    "constater",
    "heures_du_contrat",
    "heures_ne_comptent_pas",
    "jours_feries",
    "jours_ouvrables",
    "refus_de",
]
