"""Les suspensions d'un PASS IAE : pour quel motif, quand, et jusqu'à quand.

Source : plateforme « les emplois de l'inclusion », code public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Duree, Periode, decaler, periode_depuis
from comptes.formats import INSECABLE, date_longue, enumeration
from comptes.regles import Refus
from parcours.regles.pass_iae import fin_connue

SUSPENSION_MAXIMUM: Final = Duree(mois=36)
SUSPENSION_RETROACTIVE_JOURS: Final = 365


@dataclass(frozen=True, slots=True)
class MotifSuspension:
    """Un motif de la liste de la plateforme ; `structures` : types d'employeur admis (None : tous)."""

    code: str
    libelle: str
    structures: frozenset[str] | None = None
    est_ouvert: bool = True


_MOTIFS: Final = (
    MotifSuspension("CONTRACT_SUSPENDED", f"Contrat de travail suspendu depuis plus de 15{INSECABLE}jours"),
    MotifSuspension("CONTRACT_BROKEN", "Contrat de travail rompu"),
    MotifSuspension("FINISHED_CONTRACT", "Contrat de travail terminé"),
    MotifSuspension("APPROVAL_BETWEEN_CTA_MEMBERS", "Situation faisant l’objet d’un accord entre les acteurs du CTA"),
    MotifSuspension("CONTRAT_PASSERELLE", "Bascule dans un contrat passerelle", structures=frozenset({"ACI", "EI"})),
    MotifSuspension("SICKNESS", "Arrêt pour longue maladie", est_ouvert=False),
    MotifSuspension("MATERNITY", "Congé de maternité", est_ouvert=False),
    MotifSuspension("INCARCERATION", "Incarcération", est_ouvert=False),
    MotifSuspension("TRIAL_OUTSIDE_IAE", "Période d’essai hors de l’IAE", est_ouvert=False),
    MotifSuspension("DETOXIFICATION", "Cure", est_ouvert=False),
    MotifSuspension("FORCE_MAJEURE", "Force majeure", est_ouvert=False),
)
MOTIFS_SUSPENSION: Final[Mapping[str, MotifSuspension]] = MappingProxyType({m.code: m for m in _MOTIFS})


def controler_motif_suspension(motif: str, *, type_structure: str = "", deja_enregistre: bool = False) -> Refus | None:
    """Contrôle le motif d'une suspension : dans la liste, encore ouvert, et admis pour ce type d'employeur.

    `deja_enregistre` : la suspension portait déjà ce motif ; un motif fermé depuis se garde, il ne se choisit plus.
    """
    regle = MOTIFS_SUSPENSION.get(motif)
    if regle is None:
        return Refus("Choisissez le motif de la suspension.", "suspension_motif")
    if not regle.est_ouvert and not deja_enregistre:
        return Refus(f"{regle.libelle}\u00a0: ce motif n’est plus ouvert. Choisissez-en un autre.", "suspension_motif")
    if regle.structures is not None and type_structure.upper() not in regle.structures:
        return Refus(
            f"{regle.libelle}\u00a0: ce motif est réservé aux structures {enumeration(sorted(regle.structures))}.",
            "suspension_structure",
        )
    return None


def controler_suspension(
    suspension: Periode,
    *,
    debut_pass: date,
    fin_pass: date,
    autres: Sequence[Periode],
    aujourd_hui: date,
    saisie_le: date | None = None,
) -> Refus | None:
    """Contrôle une suspension : 36 mois au plus, commencée dans le PASS, pas dans le futur, pas plus de 365 jours en arrière, et
    sans jour commun avec une autre. Une suspension sans fin est refusée.

    `fin_pass` : la fin du PASS sans cette suspension. `saisie_le` : le jour où son début a été enregistré, s'il n'a pas changé
    depuis ; le recul de 365 jours se compte de ce jour-là (par défaut, d'aujourd'hui).
    """
    if suspension.fin is None:
        return Refus("Indiquez la fin de la suspension, même prévue.", "suspension_sans_fin")
    if not Periode(debut_pass, fin_pass).contient(suspension.debut):
        return Refus(
            f"La suspension commence hors du PASS IAE, qui court du {date_longue(debut_pass)} au {date_longue(fin_pass)}.",
            "suspension_hors_pass",
        )
    if suspension.debut > aujourd_hui:
        return Refus(
            "Une suspension ne commence pas dans le futur\u00a0: enregistrez-la le jour venu.", "suspension_future"
        )
    if suspension.debut < decaler(saisie_le or aujourd_hui, -SUSPENSION_RETROACTIVE_JOURS):
        return Refus(
            f"Une suspension commence au plus {SUSPENSION_RETROACTIVE_JOURS}\u00a0jours en arrière.",
            "suspension_ancienne",
        )
    limite = fin_maximale_suspension(suspension.debut)
    if suspension.fin > limite:
        return Refus(
            f"Une suspension dure 36\u00a0mois au plus\u00a0: celle-ci finit au plus tard le {date_longue(limite)}.",
            "suspension_longue",
        )
    if double := next((autre for autre in autres if suspension.chevauche(autre)), None):
        return Refus(
            f"Cette suspension a au moins un jour commun avec {_dite(double)}. Corrigez l’une des deux.",
            "suspension_double",
        )
    return None


def controler_suspensions_gardees(
    debut_pass: date, fin_pass: date, suspensions: Sequence[Periode], *, est_ecrite: bool = False
) -> Refus | None:
    """Contrôle que chaque suspension gardée commence encore dans le PASS, une fois celui-ci changé ou une autre retirée.

    `fin_pass` : la fin du PASS, toutes suspensions comprises ; une suspension ne se justifie pas par ses propres jours, ni par
    ceux des suivantes. `est_ecrite` : cette fin est celle du document, qui borne tout.
    """
    rangees = sorted(suspensions, key=lambda s: s.debut)
    pousses = [0 if est_ecrite else (fin_connue(s) - s.debut).days for s in rangees]
    for rang, suspension in enumerate(rangees):
        if not debut_pass <= suspension.debut <= decaler(fin_pass, -sum(pousses[rang:])):
            return Refus(
                f"Le PASS IAE ne contiendrait plus {_dite(suspension)}. Corrigez ou retirez d’abord celle-ci.",
                "suspension_hors_pass",
            )
    return None


def fin_maximale_suspension(debut: date) -> date:
    """Rend le dernier jour possible d'une suspension : début + 36 mois − 1 jour (29/02/2024 → 27/02/2027)."""
    return fin_connue(periode_depuis(debut, SUSPENSION_MAXIMUM))


def _dite(suspension: Periode) -> str:
    return f"celle qui commence le {date_longue(suspension.debut)}"
