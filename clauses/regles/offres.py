"""Une offre d'une entreprise : ses dates, ses postes, quand elle est ouverte. Les deux bornes d'une mission sont comprises."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from clauses.regles.placements import controler_dates_contrat, controler_type_contrat
from comptes.formats import date_longue, quantite
from comptes.regles import Avertissement, Refus

# Source : usage. Au-delà, le nombre est sans doute mal tapé.
POSTES_AU_PLUS: Final = 200


class EtatOffre(StrEnum):
    BROUILLON = "brouillon"
    PUBLIEE = "publiee"
    POURVUE = "pourvue"
    RETIREE = "retiree"


LIBELLES_OFFRE: Final[Mapping[EtatOffre, str]] = MappingProxyType(
    {
        EtatOffre.BROUILLON: "Brouillon",
        EtatOffre.PUBLIEE: "Publiée",
        EtatOffre.POURVUE: "Pourvue",
        EtatOffre.RETIREE: "Retirée",
    }
)


def controler_offre(*, type_contrat: str, debut: date, fin: date | None, aujourd_hui: date) -> Sequence[Refus]:
    """Contrôle les dates d'une offre : possibles, dans l'ordre, telles que le type de contrat les veut, et pas déjà finies.

    Les règles sont celles du contrat qui suivra : un début dans plus d'un an, ou plus de quatre ans de mission, se refusent ici.
    """
    constats = [
        *controler_dates_contrat(debut=debut, fin=fin, naissance=None, aujourd_hui=aujourd_hui),
        *controler_type_contrat(type_contrat, date_fin=fin, type_employeur=None),
    ]
    refus = [Refus(c.phrase, c.code) if isinstance(c, Avertissement) else c for c in constats]
    if fin is not None and debut <= fin < aujourd_hui:
        refus.append(Refus(f"Cette mission a fini le {date_longue(fin)}. Vérifiez ses dates.", "mission_finie"))
    return refus


def controler_ouverture(etat: EtatOffre | str, *, fin: date | None, aujourd_hui: date) -> Refus | None:
    """Dit pourquoi une offre ne reçoit plus de candidat ; None tant qu'elle en reçoit, son dernier jour compris."""
    match EtatOffre(etat):
        case EtatOffre.BROUILLON:
            return Refus("Cette offre n’est pas encore publiée.", "offre_brouillon")
        case EtatOffre.POURVUE:
            return Refus("Tous les postes de cette offre sont pourvus.", "offre_pourvue")
        case EtatOffre.RETIREE:
            return Refus("L’entreprise a retiré cette offre.", "offre_retiree")
    if fin is not None and fin < aujourd_hui:
        return Refus(f"Cette mission a fini le {date_longue(fin)}.", "offre_finie")
    return None


def controler_postes(postes: int, retenues: int) -> Refus | None:
    """Une offre garde au moins autant de postes que de personnes retenues."""
    if postes < retenues:
        return Refus(
            f"{quantite(retenues, 'personne est déjà retenue,personnes sont déjà retenues')}\u00a0: "
            "gardez au moins ce nombre de postes.",
            "postes_pris",
        )
    return None


def etat_selon_les_postes(etat: EtatOffre | str, *, postes: int, retenues: int) -> EtatOffre:
    """Le dernier poste pris rend l'offre pourvue ; un poste rendu la rouvre. Un brouillon ou une offre retirée ne change pas."""
    if etat not in (EtatOffre.PUBLIEE, EtatOffre.POURVUE):
        return EtatOffre(etat)
    return EtatOffre.POURVUE if retenues >= postes else EtatOffre.PUBLIEE


def postes_libres(postes: int, retenues: int) -> int:
    return max(0, postes - retenues)
