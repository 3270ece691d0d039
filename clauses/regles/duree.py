"""La fin d'exécution d'un marché : celle de l'attribution, ce qu'en font ses avenants, et la fin écrite à la main, qui l'emporte.

La durée est celle de tout le marché, en mois, comptée depuis le début d'exécution (à défaut la notification), premier et dernier
jours compris : 12 mois depuis le 1er avril 2025 finissent le 31 mars 2026. Source : les pièces du marché et ses avenants ; schéma
national des données essentielles (« dureeMois », la durée totale après modification).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from beneficiaires.periodes import Duree, periode_depuis
from beneficiaires.regles import controler_date
from comptes.formats import date_chiffres, date_longue, nombre, quantite
from comptes.regles import Refus

DUREE_MAXIMALE_MOIS: Final = 1200
DEPART_ABSENT: Final = "début d’exécution ou notification"
ECRITE_SUR_LA_FICHE: Final = "écrite sur la fiche du marché"


@dataclass(frozen=True, slots=True)
class FaitDelai:
    """Ce qu'un avenant dit du délai : la nouvelle durée totale, en mois, ou la nouvelle fin. Les deux : la fin l'emporte."""

    numero: int
    notifie_le: date
    duree_mois: int | None = None
    fin: date | None = None

    @property
    def est_dit(self) -> bool:
        return self.duree_mois is not None or self.fin is not None


@dataclass(frozen=True, slots=True)
class EtapeFin:
    """Une étape de l'histoire de la fin. `le` : None pour la fin écrite sur la fiche, qui n'a pas d'avenant."""

    nom: str
    le: date | None
    fin_avant: date | None
    fin_apres: date | None
    raison: str

    @property
    def phrase(self) -> str:
        """Rend « fin 31/03/2026 → 30/06/2026, avenant 2, 12/03/2026 » ; « fin inchangée, avenant 2, … » quand rien n'a bougé."""
        fin = "fin inchangée"
        if self.fin_apres != self.fin_avant:
            fin = f"fin {_chiffres(self.fin_avant)} → {_chiffres(self.fin_apres)}"
        return ", ".join([fin, self.nom, *([date_chiffres(self.le)] if self.le else [])])


@dataclass(frozen=True, slots=True)
class FinDuMarche:
    """La fin qui vaut, celle que donnent les avenants, et comment on y est arrivé."""

    fin: date | None
    calculee: date | None
    etapes: tuple[EtapeFin, ...]


def depart_de_la_duree(debut: date | None, notification: date | None) -> date | None:
    """Rend le jour d'où la durée se compte : le début d'exécution, à défaut la notification ; None : à compléter."""
    return debut or notification


def fin_de_la_duree(depart: date | None, duree_mois: int | None) -> date | None:
    """Rend le dernier jour, compris, d'une durée en mois ; None si elle manque ou dépasse l'an 2100."""
    if depart is None or duree_mois is None or duree_mois > DUREE_MAXIMALE_MOIS:
        return None
    fin = periode_depuis(depart, Duree(mois=duree_mois)).fin
    return None if fin is None or controler_date(fin, "La fin") else fin


def fin_du_marche(
    *,
    depart: date | None,
    fin_initiale: date | None,
    avenants: Iterable[FaitDelai] = (),
    fin_ecrite: date | None = None,
) -> FinDuMarche:
    """Rend la fin d'exécution et son histoire, un avenant par étape dans l'ordre des dates ; ceux qui ne disent rien du délai n'y sont pas.

    `depart` : d'où la durée se compte ; s'il manque, une durée ne change rien (« à compléter »). `fin_ecrite` : la date qu'une
    personne a écrite sur la fiche après les avenants.
    """
    etapes: list[EtapeFin] = []
    fin = fin_initiale
    for avenant in sorted(avenants, key=lambda fait: (fait.notifie_le, fait.numero)):
        if avenant.est_dit:
            apres, raison = _apres(avenant, depart, fin)
            etapes.append(EtapeFin(f"avenant {avenant.numero}", avenant.notifie_le, fin, apres, raison))
            fin = apres
    if fin_ecrite is not None and fin_ecrite != fin:
        raison = f"une date écrite l’emporte sur le calcul ({_chiffres(fin)})"
        etapes.append(EtapeFin(ECRITE_SUR_LA_FICHE, None, fin, fin_ecrite, raison))
    return FinDuMarche(fin_ecrite or fin, fin, tuple(etapes))


def controler_delai(*, depart: date | None, duree_mois: int | None, fin: date | None) -> Refus | None:
    """Refuse un délai impossible : une durée hors de 1 à 1 200 mois ou menant au-delà de 2100, une fin d'avant le début."""
    if duree_mois is not None and not 1 <= duree_mois <= DUREE_MAXIMALE_MOIS:
        return Refus(f"La durée va de 1 à {nombre(DUREE_MAXIMALE_MOIS)}\u00a0mois.", "duree")
    if duree_mois is not None and depart is not None and fin_de_la_duree(depart, duree_mois) is None:
        return Refus("Cette durée mène au-delà de l’an 2100. Vérifiez le nombre de mois.", "duree")
    if fin is not None and depart is not None and fin < depart:
        return Refus(
            f"La nouvelle fin, le {date_longue(fin)}, précède le début du marché, le {date_longue(depart)}.", "fin"
        )
    return None


def _apres(avenant: FaitDelai, depart: date | None, fin: date | None) -> tuple[date | None, str]:
    calculee = fin_de_la_duree(depart, avenant.duree_mois)
    if avenant.fin is not None:
        ecartee = (
            f", elle l’emporte sur la durée ({_chiffres(calculee)})" if calculee not in (None, avenant.fin) else ""
        )
        return avenant.fin, f"date écrite dans l’avenant{ecartee}"
    duree = quantite(avenant.duree_mois, "mois")
    if depart is None:
        return fin, f"durée de {duree}, à compléter\u00a0: {DEPART_ABSENT}"
    if calculee is None:
        return fin, f"durée de {duree}, qui mène au-delà de l’an 2100"
    return calculee, f"{duree} depuis le {date_longue(depart)}, dernier jour compris"


def _chiffres(jour: date | None) -> str:
    return date_chiffres(jour) if jour else "à compléter"
