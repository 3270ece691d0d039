"""Règles des agréments : PASS IAE et PLIE. Fonctions pures, sans Django ni horloge ; un fichier par sujet.

Rien ici n'entre dans l'éligibilité à une clause (fiche A3 : ne pas confondre l'agrément et la clause).
"""

from datetime import date

from comptes.regles import Avertissement, Refus
from parcours.regles.diagnostic import NIVEAU_2_EXIGES, criteres_iae_suffisants, validite_diagnostic
from parcours.regles.pass_iae import (
    DUREE_PASS,
    LIBELLES_ETAT_PASS,
    EtatPass,
    controler_nouveau_pass,
    controler_numero_pass,
    controler_suspension,
    est_en_carence,
    etat_pass,
    fin_carence,
    fin_maximale_suspension,
    fin_pass,
    formater_numero_pass,
    jours_restants_pass,
    normaliser_numero_pass,
)
from parcours.regles.plie import REGLE_PLIE, ReglePlie, controler_renouvellement_plie, fin_plie
from parcours.regles.prolongations import (
    MOTIFS_PROLONGATION,
    MotifProlongation,
    controler_prolongation,
    fenetre_prolongation,
    fin_maximale_en_tout,
    fin_maximale_prolongation,
)

__all__ = [
    "DUREE_PASS",
    "LIBELLES_ETAT_PASS",
    "MOTIFS_PROLONGATION",
    "NIVEAU_2_EXIGES",
    "REGLE_PLIE",
    "Avertissement",
    "EtatPass",
    "MotifProlongation",
    "Refus",
    "ReglePlie",
    "controler_nouveau_pass",
    "controler_numero_pass",
    "controler_prolongation",
    "controler_renouvellement_plie",
    "controler_suspension",
    "criteres_iae_suffisants",
    "est_en_carence",
    "etat_pass",
    "fenetre_prolongation",
    "fin_agrement",
    "fin_carence",
    "fin_maximale_en_tout",
    "fin_maximale_prolongation",
    "fin_maximale_suspension",
    "fin_pass",
    "fin_plie",
    "formater_numero_pass",
    "jours_restants_pass",
    "normaliser_numero_pass",
    "validite_diagnostic",
]


def fin_agrement(type_agrement: str, *, debut: date, fin_officielle: date | None = None) -> date:
    """Rend la fin d'un agrément simple, sans suspension ni renouvellement : « pass_iae » ou « plie »."""
    if type_agrement == "pass_iae":
        return fin_pass(debut, fin_officielle=fin_officielle)
    if type_agrement == "plie":
        return fin_plie(debut, fin_officielle=fin_officielle)
    raise ValueError(f"Type d’agrément inconnu\u00a0: {type_agrement}.")
