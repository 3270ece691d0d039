"""Un agrément tel qu'on l'enregistre : ses faits, sa fin, dates possibles, pas deux du même type à la fois, carence, état du jour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois
from comptes.formats import date_longue
from comptes.regles import Refus
from parcours.regles.pass_iae import (
    LIBELLES_ETAT_PASS,
    EtatPass,
    controler_nouveau_pass,
    est_en_carence,
    etat_pass,
    fin_carence,
    fin_pass,
)
from parcours.regles.plie import REGLE_PLIE, ReglePlie, fin_plie

TYPE_IAE: Final = "pass_iae"
TYPE_PLIE: Final = "plie"
NOMS: Final[Mapping[str, str]] = MappingProxyType({TYPE_IAE: "PASS IAE", TYPE_PLIE: "parcours PLIE"})
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
class SuspensionDite:
    """Une suspension gardée : ses jours, tous deux compris, et son motif en mots."""

    periode: Periode
    motif: str = ""


@dataclass(frozen=True, slots=True)
class ProlongationDite:
    """Une prolongation : ses jours, son motif en mots, son état (« demandee », « accordee », « refusee »), l'avis ou le refus en mots."""

    periode: Periode
    motif: str = ""
    etat: str = "accordee"
    precision: str = ""

    @property
    def est_accordee(self) -> bool:
        return self.etat == "accordee"


@dataclass(frozen=True, slots=True)
class RenouvellementDit:
    """Un renouvellement de PLIE : ses mois, et l'avis motivé en mots."""

    mois: int
    avis: str = ""


@dataclass(frozen=True, slots=True)
class FaitsAgrement:
    """Tout ce dont vient la fin d'un agrément. `fin_officielle` : la date écrite sur le document, qui l'emporte."""

    type_agrement: str
    debut: date
    fin_officielle: date | None = None
    suspensions: tuple[SuspensionDite, ...] = ()
    prolongations: tuple[ProlongationDite, ...] = ()
    renouvellements: tuple[RenouvellementDit, ...] = ()
    regle_plie: ReglePlie = REGLE_PLIE

    @property
    def fin(self) -> date:
        """Le dernier jour de l'agrément, compris."""
        return self.fin_officielle or self.fin_calculee

    @property
    def fin_calculee(self) -> date:
        """La fin que donne la règle, même quand une date est écrite sur le document."""
        return fin_agrement(
            self.type_agrement,
            debut=self.debut,
            suspensions=[s.periode for s in self.suspensions],
            prolongations=[p.periode for p in self.prolongations if p.est_accordee],
            renouvellements=[r.mois for r in self.renouvellements],
            regle_plie=self.regle_plie,
        )


def fin_agrement(
    type_agrement: str,
    *,
    debut: date,
    fin_officielle: date | None = None,
    suspensions: Sequence[Periode] = (),
    prolongations: Sequence[Periode] = (),
    renouvellements: Sequence[int] = (),
    regle_plie: ReglePlie = REGLE_PLIE,
) -> date:
    """Rend le dernier jour, compris, d'un agrément « pass_iae » ou « plie » ; la date écrite sur le document l'emporte.

    Le PASS IAE lit suspensions et prolongations accordées (`fin_pass`), le PLIE ses réglages et les mois de ses renouvellements
    (`fin_plie`) : rien ne passe de l'un à l'autre. Lève ValueError pour un autre type.
    """
    if type_agrement == TYPE_IAE:
        return fin_pass(debut, suspensions=suspensions, prolongations=prolongations, fin_officielle=fin_officielle)
    if type_agrement == TYPE_PLIE:
        return fin_plie(debut, regle=regle_plie, renouvellements=renouvellements, fin_officielle=fin_officielle)
    raise ValueError(f"Type d’agrément inconnu\u00a0: {type_agrement}.")


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


def controler_carence_levee(
    debut: date, fins_precedentes: Sequence[date], *, prescripteur_habilite: str
) -> Refus | None:
    """Contrôle qu'un PASS IAE ne commence pas pendant la carence d'un autre, sauf demande d'un prescripteur habilité.

    `fins_precedentes` : les fins des PASS de la personne ; `prescripteur_habilite` : son nom, vide s'il n'y en a pas.
    """
    passees = [fin for fin in fins_precedentes if fin < debut]
    if not passees:
        return None
    return controler_nouveau_pass(max(passees), debut, par_prescripteur_habilite=bool(prescripteur_habilite.strip()))


def etat_agrement(
    type_agrement: str, *, debut: date, fin: date, jour: date, suspensions: Sequence[Periode] = ()
) -> EtatAgrement:
    """Rend l'état de l'agrément ce jour-là, bornes comprises ; un PASS expiré dit sa carence tant qu'elle court."""
    code = etat_pass(debut, fin, suspensions, jour)
    if type_agrement != TYPE_IAE:
        return EtatAgrement(code, LIBELLES_ETAT_PLIE[code])
    return EtatAgrement(code, LIBELLES_ETAT_PASS[code], fin_carence(fin) if est_en_carence(fin, jour) else None)
