"""La grille d'heures d'une opération : ce qu'elle montre, et comment le lire.

Une ligne est une affectation (une personne sur un engagement) et une nature (travail ou formation) ; une case est un mois de cette
ligne. Les lignes se rangent par lot puis par titulaire, et se lisent page par page ; après celles qui se saisissent viennent les
heures qu'une convention apporte, en lecture seule. Les totaux comptent les heures validées de tout le groupe, autres pages et lignes
non affichées comprises, telles qu'elles comptent : une case dont tout ne compte pas le dit. Rien n'est écrit ici, et aucune règle
n'est refaite : la part saisissable d'un mois vient de `clauses.regles`.
"""

from clauses.grille.cles import cle_de_case, lire_cle, mois_par_defaut, nom_de_mois
from clauses.grille.ensemble import Grille, Groupe
from clauses.grille.lecture import construire_grille, rang_de_titulaire, titulaires_de
from clauses.grille.modele import TOUTES_NATURES, VIDE, Case, Demande, somme
from clauses.grille.recues import CaseRecue, LigneRecue

__all__ = [
    "TOUTES_NATURES",
    "VIDE",
    "Case",
    "CaseRecue",
    "Demande",
    "Grille",
    "Groupe",
    "LigneRecue",
    "cle_de_case",
    "construire_grille",
    "lire_cle",
    "mois_par_defaut",
    "nom_de_mois",
    "rang_de_titulaire",
    "somme",
    "titulaires_de",
]
