"""Le PASS IAE tel que le calcule la plateforme qui l'émet : fin, état, jours restants, carence, numéro.

Source : plateforme « les emplois de l'inclusion », code public. Rien ici n'entre dans l'éligibilité à une clause.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Duree, Periode, ajouter_mois, decaler, periode_depuis
from comptes.formats import date_longue
from comptes.regles import Refus

DUREE_PASS: Final = Duree(jours=730)
CARENCE_MOIS: Final = 24


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
    base = fin_connue(periode_depuis(debut, DUREE_PASS))
    return decaler(base, sum((fin_connue(ajout) - ajout.debut).days for ajout in (*suspensions, *prolongations)))


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
            "passe par un prescripteur habilité. Indiquez lequel.",
            "carence",
        )
    return None


def controler_numero_pass(texte: str) -> Refus | None:
    """Contrôle le numéro du PASS IAE : un préfixe de 5 lettres ou chiffres, puis 7 chiffres ; espaces admises."""
    if re.fullmatch(r"[0-9A-Z]{5}[0-9]{7}", normaliser_numero_pass(texte)):
        return None
    return Refus(
        "Le numéro du PASS IAE compte 12 caractères et finit par 7 chiffres, par exemple 99999 24 00718.", "numero_pass"
    )


def normaliser_numero_pass(texte: str) -> str:
    """Rend le numéro en capitales, sans espaces."""
    return re.sub(r"\s", "", texte).upper()


def formater_numero_pass(texte: str) -> str:
    """Rend « 99999 24 00718 » (espaces insécables) ; rend le texte inchangé s'il n'a pas 12 caractères."""
    numero = normaliser_numero_pass(texte)
    return "\u00a0".join((numero[:5], numero[5:7], numero[7:])) if len(numero) == 12 else texte


def fin_connue(tenue: Periode) -> date:
    """Rend la fin d'une période. Lève ValueError si elle n'en a pas."""
    if tenue.fin is None:
        raise ValueError("Cette période demande une date de fin.")
    return tenue.fin


def _reste(tenue: Periode, jour: date) -> int:
    return max((fin_connue(tenue) - jour).days, 0) - max((tenue.debut - jour).days, 0)
