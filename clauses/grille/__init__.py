"""La grille d'heures d'une opération : ce qu'elle montre, et comment le lire.

Une ligne est une affectation (une personne sur un engagement) et une nature (travail ou formation) ; une case est un mois de cette
ligne. Les lignes se rangent par lot puis par titulaire. Les totaux comptent les heures validées de tout le groupe, lignes non
affichées comprises, telles qu'elles comptent : une case dont tout ne compte pas le dit. Rien n'est écrit ici, et aucune règle n'est
refaite : la part saisissable d'un mois vient de `clauses.regles`.
"""

from clauses.grille.lecture import construire_grille, rang_de_titulaire
from clauses.grille.modele import (
    CLE,
    TOUTES_NATURES,
    VIDE,
    Case,
    Demande,
    Grille,
    Groupe,
    Ligne,
    Totaux,
    cle_de_case,
    lire_cle,
    mois_par_defaut,
    nom_de_mois,
    somme,
)

__all__ = [
    "CLE",
    "TOUTES_NATURES",
    "VIDE",
    "Case",
    "Demande",
    "Grille",
    "Groupe",
    "Ligne",
    "Totaux",
    "cle_de_case",
    "construire_grille",
    "lire_cle",
    "mois_par_defaut",
    "nom_de_mois",
    "rang_de_titulaire",
    "somme",
]
