"""Règles des agréments : PASS IAE tel que le calcule la plateforme qui l'émet, et PLIE.

Fonctions pures : ni Django, ni horloge. Rien ici n'entre dans l'éligibilité à une clause (fiche A3 : ne pas confondre).
Source du PASS IAE : plateforme « les emplois de l'inclusion », code public ; du PLIE : fiche A3 et réglages de chaque PLIE.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.criteres import CRITERES
from beneficiaires.periodes import Duree, Periode, ajouter_mois, decaler, periode_depuis
from comptes.formats import date_longue, quantite
from comptes.regles import Refus

DUREE_PASS: Final = Duree(jours=730)
CARENCE_MOIS: Final = 24
SUSPENSION_MAXIMUM: Final = Duree(mois=36)
SUSPENSION_RETROACTIVE_JOURS: Final = 365
PROLONGATION_AVANT_MOIS: Final = 12
PROLONGATION_APRES_MOIS: Final = 6
DIAGNOSTIC_PRESCRIPTEUR: Final = Duree(mois=6)
DIAGNOSTIC_EMPLOYEUR: Final = Duree(jours=92)
# Critères de niveau 2 demandés à l'employeur quand aucun n'est de niveau 1, par type de structure.
NIVEAU_2_EXIGES: Final[Mapping[str, int]] = MappingProxyType({"AI": 2, "ETTI": 2, "ACI": 3, "EI": 3, "EITI": 3})


class EtatPass(StrEnum):
    """L'état d'un PASS IAE un jour donné."""

    FUTUR = "futur"
    VALIDE = "valide"
    SUSPENDU = "suspendu"
    EXPIRE = "expire"


LIBELLES_ETAT_PASS: Final[Mapping[EtatPass, str]] = MappingProxyType(
    {
        EtatPass.FUTUR: "Valide, non démarré",
        EtatPass.VALIDE: "Valide",
        EtatPass.SUSPENDU: "Suspendu",
        EtatPass.EXPIRE: "Expiré",
    }
)


@dataclass(frozen=True, slots=True)
class MotifProlongation:
    """Un motif : jours par demande, jours en tout (None : sans maximum), avis d'un prescripteur, structures admises."""

    code: str
    libelle: str
    jours_par_demande: int
    jours_en_tout: int | None
    exige_avis: bool
    structures: frozenset[str] | None = None
    est_ouvert: bool = True


_MOTIFS: Final = (
    MotifProlongation("SENIOR_CDI", "CDI d’inclusion, 57\u00a0ans et plus", 3650, None, False),
    MotifProlongation("COMPLETE_TRAINING", "Fin d’une formation", 365, None, False),
    MotifProlongation("RQTH", "RQTH", 365, 1095, True),
    MotifProlongation("SENIOR", "50\u00a0ans et plus", 365, 1825, True),
    MotifProlongation(
        "PARTICULAR_DIFFICULTIES", "Difficultés particulières", 365, 1095, True, structures=frozenset({"AI", "ACI"})
    ),
    MotifProlongation("HEALTH_CONTEXT", "Contexte sanitaire", 365, None, False, est_ouvert=False),
)
MOTIFS_PROLONGATION: Final[Mapping[str, MotifProlongation]] = MappingProxyType({m.code: m for m in _MOTIFS})


def fin_pass(
    debut: date,
    *,
    suspensions: Sequence[Periode] = (),
    prolongations: Sequence[Periode] = (),
    fin_officielle: date | None = None,
) -> date:
    """Rend le dernier jour du PASS, compris : 730 jours, plus « fin − début » jours par suspension et par prolongation.

    La date imprimée par la plateforme l'emporte toujours. La suspension du 01/09 au 30/11 repousse de 90 jours, et non de
    91 : c'est ainsi que la plateforme compte. Lève ValueError si une suspension ou une prolongation n'a pas de fin.
    """
    if fin_officielle is not None:
        return fin_officielle
    base = _fin(periode_depuis(debut, DUREE_PASS))
    return decaler(base, sum((_fin(ajout) - ajout.debut).days for ajout in (*suspensions, *prolongations)))


def etat_pass(debut: date, fin: date, suspensions: Sequence[Periode], jour: date) -> EtatPass:
    """Rend l'état du PASS ce jour-là ; une suspension vaut ses deux bornes comprises, et la fin est un jour valide."""
    if jour > fin:
        return EtatPass.EXPIRE
    if any(suspension.contient(jour) for suspension in suspensions):
        return EtatPass.SUSPENDU
    return EtatPass.VALIDE if debut <= jour else EtatPass.FUTUR


def jours_restants_pass(debut: date, fin: date, suspensions: Sequence[Periode], jour: date) -> int:
    """Rend les jours qui restent, comme la plateforme : fin − jour, moins ce qui reste à courir des suspensions ; jamais négatif."""
    reste = _reste(Periode(debut, fin), jour) if fin >= debut else 0
    return max(reste - sum(_reste(suspension, jour) for suspension in suspensions), 0)


def fin_carence(fin: date) -> date:
    """Rend le dernier jour de la carence : deux ans après la fin du PASS."""
    return ajouter_mois(fin, CARENCE_MOIS)


def est_en_carence(fin: date, jour: date) -> bool:
    """Dit si la personne est en carence ce jour-là : après la fin, et jusqu'à deux ans après, compris."""
    return fin < jour <= fin_carence(fin)


def controler_nouveau_pass(fin_precedente: date, jour: date, *, par_prescripteur_habilite: bool) -> Refus | None:
    """Contrôle qu'un nouveau PASS peut être demandé : pas pendant le précédent, ni en carence sauf prescripteur habilité."""
    if jour <= fin_precedente:
        return Refus(f"Le PASS IAE court encore, jusqu’au {date_longue(fin_precedente)} inclus.", "pass_en_cours")
    if est_en_carence(fin_precedente, jour) and not par_prescripteur_habilite:
        return Refus(
            f"Carence jusqu’au {date_longue(fin_carence(fin_precedente))} inclus\u00a0: avant, un nouveau PASS IAE "
            "passe par un prescripteur habilité.",
            "carence",
        )
    return None


def controler_suspension(
    suspension: Periode, *, debut_pass: date, fin_pass: date, autres: Sequence[Periode], aujourd_hui: date
) -> Refus | None:
    """Contrôle une suspension : 36 mois au plus, dans le PASS, pas dans le futur, pas plus de 365 jours en arrière, et sans
    jour commun avec une autre. Une suspension sans fin est refusée."""
    if suspension.fin is None:
        return Refus("Indiquez la fin de la suspension, même prévue.", "suspension_sans_fin")
    limite = fin_maximale_suspension(suspension.debut)
    pass_iae = Periode(debut_pass, fin_pass)
    constats = (
        (
            not pass_iae.contient(suspension.debut),
            f"La suspension commence hors du PASS IAE, qui court du {date_longue(debut_pass)} au {date_longue(fin_pass)}.",
            "suspension_hors_pass",
        ),
        (
            suspension.debut > aujourd_hui,
            "Une suspension ne commence pas dans le futur\u00a0: enregistrez-la le jour venu.",
            "suspension_future",
        ),
        (
            suspension.debut < decaler(aujourd_hui, -SUSPENSION_RETROACTIVE_JOURS),
            f"Une suspension commence au plus {SUSPENSION_RETROACTIVE_JOURS}\u00a0jours en arrière.",
            "suspension_ancienne",
        ),
        (
            suspension.fin > limite,
            f"Une suspension dure 36\u00a0mois au plus\u00a0: celle-ci finit au plus tard le {date_longue(limite)}.",
            "suspension_longue",
        ),
        (
            any(suspension.chevauche(autre) for autre in autres),
            "Cette suspension a au moins un jour commun avec une autre. Corrigez l’une des deux.",
            "suspension_double",
        ),
    )
    return next((Refus(phrase, code) for est_vrai, phrase, code in constats if est_vrai), None)


def fin_maximale_suspension(debut: date) -> date:
    """Rend le dernier jour possible d'une suspension : début + 36 mois − 1 jour (29/02/2024 → 27/02/2027)."""
    return _fin(periode_depuis(debut, SUSPENSION_MAXIMUM))


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
) -> Refus | None:
    """Contrôle une prolongation : motif ouvert, date de demande, début = fin du PASS, durée, avis et type de structure.

    La durée est « fin − début » jours. `deja_accordes_jours` : jours déjà accordés pour ce motif.
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
            f"{regle.libelle}\u00a0: ce motif est réservé aux structures {_ou(regle.structures or ())}.",
            "prolongation_structure",
        ),
        (
            regle.exige_avis and not avis_prescripteur,
            f"{regle.libelle}\u00a0: il faut l’accord d’un prescripteur habilité.",
            "prolongation_avis",
        ),
    )
    return next((Refus(phrase, code) for est_vrai, phrase, code in constats if est_vrai), None)


def controler_numero_pass(texte: str) -> Refus | None:
    """Contrôle le numéro du PASS IAE : 12 lettres ou chiffres, espaces admises."""
    if re.fullmatch(r"[0-9A-Z]{12}", normaliser_numero_pass(texte)):
        return None
    return Refus("Le numéro du PASS IAE compte 12 caractères, par exemple 99999 24 00718.", "numero_pass")


def normaliser_numero_pass(texte: str) -> str:
    """Rend le numéro en capitales, sans espaces."""
    return re.sub(r"\s", "", texte).upper()


def formater_numero_pass(texte: str) -> str:
    """Rend « 99999 24 00718 » (espaces insécables) ; rend le texte inchangé s'il n'a pas 12 caractères."""
    numero = normaliser_numero_pass(texte)
    return "\u00a0".join((numero[:5], numero[5:7], numero[7:])) if len(numero) == 12 else texte


def validite_diagnostic(jour: date, *, par_prescripteur: bool) -> Periode:
    """Rend les jours où vaut un diagnostic IAE : 6 mois s'il vient d'un prescripteur, 92 jours d'un employeur."""
    return periode_depuis(jour, DIAGNOSTIC_PRESCRIPTEUR if par_prescripteur else DIAGNOSTIC_EMPLOYEUR)


def criteres_iae_suffisants(codes: Collection[str], type_structure: str) -> bool:
    """Dit si un employeur peut prescrire lui-même : un critère de niveau 1, ou 2 (AI, ETTI) ou 3 (ACI, EI, EITI) de niveau 2.

    Les critères hors liste de l'IAE ne comptent pas. Lève KeyError si la structure n'est pas de l'IAE.
    """
    niveaux = [CRITERES[code].niveau for code in set(codes)]
    return 1 in niveaux or niveaux.count(2) >= NIVEAU_2_EXIGES[type_structure.upper()]


@dataclass(frozen=True, slots=True)
class ReglePlie:
    """Les réglages d'un PLIE : durée en mois, durée d'un renouvellement, nombre de renouvellements (None : sans limite)."""

    duree_mois: int = 24
    renouvellement_mois: int = 12
    renouvellements_maximum: int | None = 1


REGLE_PLIE: Final = ReglePlie()


def fin_plie(
    debut: date, *, regle: ReglePlie = REGLE_PLIE, renouvellements: int = 0, fin_officielle: date | None = None
) -> date:
    """Rend le dernier jour du parcours PLIE, compris : 24 mois de calendrier, plus les renouvellements accordés.

    29/02/2024 → 27/02/2026. La date écrite par le PLIE l'emporte. Source : fiche A3, « 24 mois, renouvelable sur avis motivé ».
    """
    if fin_officielle is not None:
        return fin_officielle
    mois = regle.duree_mois + renouvellements * regle.renouvellement_mois
    return _fin(periode_depuis(debut, Duree(mois=mois)))


def controler_renouvellement_plie(
    *, deja_accordes: int, avis_motive: str, organisme: str, regle: ReglePlie = REGLE_PLIE
) -> Refus | None:
    """Contrôle un renouvellement : il demande un avis motivé écrit, son auteur, et que le PLIE en admette encore un."""
    if regle.renouvellements_maximum is not None and deja_accordes >= regle.renouvellements_maximum:
        accordes = quantite(regle.renouvellements_maximum, "renouvellement")
        return Refus(f"Ce PLIE admet {accordes} au plus\u00a0: il n’en reste pas.", "plie_renouvellements")
    if not avis_motive.strip():
        return Refus("Un renouvellement demande un avis motivé écrit.", "plie_avis")
    if not organisme.strip():
        return Refus("Indiquez l’organisme qui donne l’avis motivé.", "plie_organisme")
    return None


def fin_agrement(type_agrement: str, *, debut: date, fin_officielle: date | None = None) -> date:
    """Rend la fin d'un agrément simple, sans suspension ni renouvellement : « pass_iae » ou « plie »."""
    if type_agrement == "pass_iae":
        return fin_pass(debut, fin_officielle=fin_officielle)
    if type_agrement == "plie":
        return fin_plie(debut, fin_officielle=fin_officielle)
    raise ValueError(f"Type d’agrément inconnu\u00a0: {type_agrement}.")


def _fin(tenue: Periode) -> date:
    if tenue.fin is None:
        raise ValueError("Cette période demande une date de fin.")
    return tenue.fin


def _reste(tenue: Periode, jour: date) -> int:
    return max((_fin(tenue) - jour).days, 0) - max((tenue.debut - jour).days, 0)


def _en_tout(regle: MotifProlongation) -> str:
    return "" if regle.jours_en_tout is None else f", {quantite(regle.jours_en_tout, 'jour')} en tout"


def _ou(noms: Collection[str]) -> str:
    return " et ".join(sorted(noms))
