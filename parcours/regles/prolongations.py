"""Les prolongations d'un PASS IAE : quand les demander, pour quel motif, pour combien de jours.

Source : table des prolongations de la plateforme « les emplois de l'inclusion », code public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois, decaler
from comptes.formats import date_longue, enumeration, quantite
from comptes.regles import Refus

PROLONGATION_AVANT_MOIS: Final = 12
PROLONGATION_APRES_MOIS: Final = 6


@dataclass(frozen=True, slots=True)
class MotifProlongation:
    """Un motif : jours par demande, jours en tout (None : sans maximum), avis d'un prescripteur, structures admises, âge."""

    code: str
    libelle: str
    jours_par_demande: int
    jours_en_tout: int | None
    exige_avis: bool
    structures: frozenset[str] | None = None
    est_ouvert: bool = True
    age_minimum: int | None = None


_MOTIFS: Final = (
    MotifProlongation("SENIOR_CDI", "CDI d’inclusion, 57\u00a0ans et plus", 3650, None, False, age_minimum=57),
    MotifProlongation("COMPLETE_TRAINING", "Fin d’une formation", 365, None, False),
    MotifProlongation("RQTH", "RQTH", 365, 1095, True),
    MotifProlongation("SENIOR", "50\u00a0ans et plus", 365, 1825, True, age_minimum=50),
    MotifProlongation(
        "PARTICULAR_DIFFICULTIES", "Difficultés particulières", 365, 1095, True, structures=frozenset({"AI", "ACI"})
    ),
    MotifProlongation("HEALTH_CONTEXT", "Contexte sanitaire", 365, None, False, est_ouvert=False),
)
MOTIFS_PROLONGATION: Final[Mapping[str, MotifProlongation]] = MappingProxyType({m.code: m for m in _MOTIFS})

MOTIFS_REFUS_PROLONGATION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "IAE": "L’IAE ne correspond plus à la situation de la personne",
        "SIAE": "Ce type de structure ne correspond plus à la situation de la personne",
        "DURATION": "La durée demandée n’est pas adaptée à la situation de la personne",
        "REASON": "Le motif demandé n’est pas adapté à la situation de la personne",
    }
)
# Organismes que la plateforme habilite à prescrire : eux seuls donnent l'avis d'une prolongation ou lèvent une carence.
PRESCRIPTEURS_HABILITES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FT": "France Travail",
        "CAP_EMPLOI": "Cap emploi",
        "ML": "Mission locale",
        "DEPT": "Service social du département",
        "CCAS": "CCAS ou CIAS",
        "PLIE": "PLIE",
        "SPIP": "Service pénitentiaire d’insertion et de probation",
        "PJJ": "Protection judiciaire de la jeunesse",
        "ASE": "Aide sociale à l’enfance",
        "CAF": "Caisse d’allocations familiales",
        "MSA": "Mutualité sociale agricole",
        "CHRS": "Centre d’hébergement et de réinsertion sociale",
        "CIDFF": "Centre d’information sur les droits des femmes et des familles",
        "AFPA": "AFPA",
        "E2C": "École de la deuxième chance",
        "EPIDE": "EPIDE",
        "AUTRE": "Autre organisme habilité par le préfet",
    }
)


def fenetre_prolongation(fin: date) -> Periode:
    """Rend les jours où une prolongation peut être demandée : de 12 mois avant la fin à 6 mois après, compris."""
    return Periode(ajouter_mois(fin, -PROLONGATION_AVANT_MOIS), ajouter_mois(fin, PROLONGATION_APRES_MOIS))


def fin_maximale_prolongation(motif: str, fin: date, *, deja_accordes_jours: int = 0) -> date:
    """Rend la fin la plus lointaine d'une demande pour ce motif : le maximum par demande, dans ce qui reste du total.

    `deja_accordes_jours` : jours déjà accordés pour ce motif. Lève KeyError si le motif est inconnu.
    """
    regle = MOTIFS_PROLONGATION[motif]
    jours = regle.jours_par_demande
    if regle.jours_en_tout is not None:
        jours = min(jours, max(regle.jours_en_tout - deja_accordes_jours, 0))
    return decaler(fin, jours)


def fin_maximale_en_tout(motif: str, fin: date, *, deja_accordes_jours: int = 0) -> date | None:
    """Rend la fin la plus lointaine toutes demandes cumulées pour ce motif, ou None s'il n'a pas de maximum."""
    total = MOTIFS_PROLONGATION[motif].jours_en_tout
    return None if total is None else decaler(fin, max(total - deja_accordes_jours, 0))


def controler_prolongation(
    prolongation: Periode,
    *,
    motif: str,
    fin_pass: date,
    date_demande: date,
    deja_accordes_jours: int = 0,
    avis_prescripteur: bool = False,
    type_structure: str = "",
    age: int | None = None,
) -> Refus | None:
    """Contrôle une prolongation : motif ouvert, date de demande, début = fin du PASS, durée, avis, type de structure et âge.

    La durée est « fin − début » jours. `deja_accordes_jours` : jours déjà accordés pour ce motif. `age` : celui de la personne
    le jour où la prolongation commence (None : il n'est pas contrôlé).
    Source : table des prolongations de la plateforme des emplois de l'inclusion.
    """
    regle = MOTIFS_PROLONGATION.get(motif)
    if regle is None or not regle.est_ouvert:
        return Refus("Ce motif de prolongation n’est plus ouvert.", "prolongation_motif")
    demande = fenetre_prolongation(fin_pass)
    limite = fin_maximale_prolongation(motif, fin_pass, deja_accordes_jours=deja_accordes_jours)
    constats = (
        (
            not demande.contient(date_demande),
            f"Une prolongation se demande du {date_longue(demande.debut)} au {date_longue(demande.fin)}.",
            "prolongation_date_demande",
        ),
        (
            prolongation.debut != fin_pass,
            f"Une prolongation commence le jour où finit le PASS IAE, le {date_longue(fin_pass)}.",
            "prolongation_debut",
        ),
        (
            prolongation.fin is None or prolongation.fin <= prolongation.debut,
            "Indiquez une fin qui suit le début de la prolongation.",
            "prolongation_fin",
        ),
        (
            prolongation.fin is not None and prolongation.fin > limite,
            f"{regle.libelle}\u00a0: cette prolongation finit au plus tard le {date_longue(limite)} "
            f"({quantite(regle.jours_par_demande, 'jour')} par demande{_en_tout(regle)}).",
            "prolongation_longue",
        ),
        (
            regle.structures is not None and type_structure.upper() not in regle.structures,
            f"{regle.libelle}\u00a0: ce motif est réservé aux structures {enumeration(sorted(regle.structures or ()))}.",
            "prolongation_structure",
        ),
        (
            regle.age_minimum is not None and age is not None and age < regle.age_minimum,
            f"{regle.libelle}\u00a0: la personne aura {quantite(age or 0, 'an')} le {date_longue(prolongation.debut)}.",
            "prolongation_age",
        ),
        (
            regle.exige_avis and not avis_prescripteur,
            f"{regle.libelle}\u00a0: il faut l’accord d’un prescripteur habilité.",
            "prolongation_avis",
        ),
    )
    return next((Refus(phrase, code) for est_vrai, phrase, code in constats if est_vrai), None)


def controler_reponse_prolongation(*, etat: str, motif_refus: str) -> Refus | None:
    """Contrôle la réponse à une demande (« demandee », « accordee », « refusee ») : un refus, et lui seul, donne son motif."""
    if etat == "refusee" and motif_refus not in MOTIFS_REFUS_PROLONGATION:
        return Refus("Dites pourquoi la prolongation est refusée.", "prolongation_refus")
    if etat != "refusee" and motif_refus:
        return Refus("Un motif de refus n’a de sens que pour une prolongation refusée.", "prolongation_refus")
    return None


def _en_tout(regle: MotifProlongation) -> str:
    return "" if regle.jours_en_tout is None else f", {quantite(regle.jours_en_tout, 'jour')} en tout"
