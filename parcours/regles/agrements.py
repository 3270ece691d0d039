"""Un agrément tel qu'on l'enregistre : dates possibles, pas deux du même type à la fois, état du jour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois
from comptes.formats import date_longue
from comptes.regles import Refus
from parcours.regles.pass_iae import LIBELLES_ETAT_PASS, EtatPass, est_en_carence, etat_pass, fin_carence

TYPE_IAE: Final = "pass_iae"
NOMS: Final[Mapping[str, str]] = MappingProxyType({TYPE_IAE: "PASS IAE", "plie": "parcours PLIE"})
# Les premiers PLIE datent de 1993 ; le PASS IAE remplace l'agrément en 2021, et reprend des agréments plus anciens.
PREMIERE_ANNEE: Final = 1993
ANTICIPATION_MOIS: Final = 12
# Le plus long : un PASS IAE de 24 mois, prolongé de dix ans pour un CDI d'inclusion.
DUREE_PLAUSIBLE_MOIS: Final = 144

LIBELLES_ETAT_PLIE: Final[Mapping[EtatPass, str]] = MappingProxyType(
    {
        EtatPass.FUTUR: "À venir",
        EtatPass.VALIDE: "En cours",
        EtatPass.SUSPENDU: "Suspendu",
        EtatPass.EXPIRE: "Fini",
    }
)


@dataclass(frozen=True, slots=True)
class EtatAgrement:
    """L'état d'un agrément un jour donné. `carence_jusqu_au` : dernier jour de la carence d'un PASS expiré, sinon None."""

    code: EtatPass
    libelle: str
    carence_jusqu_au: date | None = None


def controler_agrement(
    type_agrement: str, *, debut: date, fin_officielle: date | None, aujourd_hui: date
) -> Refus | None:
    """Contrôle qu'un agrément est possible : début entre 1993 et un an d'ici, fin écrite après le début, douze ans au plus."""
    nom = NOMS[type_agrement]
    if debut.year < PREMIERE_ANNEE or debut > ajouter_mois(aujourd_hui, ANTICIPATION_MOIS):
        return Refus(f"Un {nom} qui commence le {date_longue(debut)}\u00a0: vérifiez l’année.", "debut_implausible")
    if fin_officielle is None:
        return None
    if fin_officielle < debut:
        return Refus(
            f"Le {nom} finirait le {date_longue(fin_officielle)}, avant son début du {date_longue(debut)}. "
            "Corrigez l’une des deux dates.",
            "fin_avant_debut",
        )
    if fin_officielle > ajouter_mois(debut, DUREE_PLAUSIBLE_MOIS):
        return Refus(
            f"Le {nom} durerait plus de {DUREE_PLAUSIBLE_MOIS // 12}\u00a0ans, jusqu’au {date_longue(fin_officielle)}. "
            "Vérifiez l’année.",
            "fin_implausible",
        )
    return None


def controler_succession(type_agrement: str, tenue: Periode, autres: Sequence[Periode]) -> Refus | None:
    """Refuse deux agréments du même type qui ont un jour commun. `autres` : ceux que la personne a déjà."""
    commun = next((autre for autre in autres if tenue.chevauche(autre)), None)
    if commun is None:
        return None
    fin = f"jusqu’au {date_longue(commun.fin)} inclus" if commun.fin else "sans fin connue"
    return Refus(
        f"La personne a déjà un {NOMS[type_agrement]} depuis le {date_longue(commun.debut)}, {fin}. "
        "Modifiez celui-là, ou corrigez les dates.",
        "agrement_simultane",
    )


def etat_agrement(
    type_agrement: str, *, debut: date, fin: date, jour: date, suspensions: Sequence[Periode] = ()
) -> EtatAgrement:
    """Rend l'état de l'agrément ce jour-là, bornes comprises ; un PASS expiré dit sa carence tant qu'elle court."""
    code = etat_pass(debut, fin, suspensions, jour)
    if type_agrement != TYPE_IAE:
        return EtatAgrement(code, LIBELLES_ETAT_PLIE[code])
    return EtatAgrement(code, LIBELLES_ETAT_PASS[code], fin_carence(fin) if est_en_carence(fin, jour) else None)
