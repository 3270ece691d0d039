"""Le parcours PLIE : 24 mois de calendrier, renouvelables sur avis motivé ; chaque PLIE règle durée et renouvellements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from beneficiaires.periodes import Duree, periode_depuis
from comptes.formats import date_longue, quantite
from comptes.regles import Refus
from parcours.regles.pass_iae import fin_connue


@dataclass(frozen=True, slots=True)
class ReglePlie:
    """Les réglages d'un PLIE : durée en mois, durée d'un renouvellement, nombre de renouvellements (None : sans limite).

    Lève ValueError si une durée n'est pas positive ou si le nombre est négatif.
    """

    duree_mois: int = 24
    renouvellement_mois: int = 12
    renouvellements_maximum: int | None = 1

    def __post_init__(self) -> None:
        if self.duree_mois < 1 or self.renouvellement_mois < 1:
            raise ValueError("Un parcours ou un renouvellement dure au moins un mois.")
        if self.renouvellements_maximum is not None and self.renouvellements_maximum < 0:
            raise ValueError("Le nombre de renouvellements n’est jamais négatif.")


REGLE_PLIE: Final = ReglePlie()


def fin_plie(
    debut: date,
    *,
    regle: ReglePlie = REGLE_PLIE,
    renouvellements: Sequence[int] = (),
    fin_officielle: date | None = None,
) -> date:
    """Rend le dernier jour du parcours PLIE, compris : 24 mois de calendrier, plus les mois de chaque renouvellement accordé.

    29/02/2024 → 27/02/2026. La date écrite par le PLIE l'emporte. Source : fiche A3, « 24 mois, renouvelable sur avis motivé ».
    """
    if fin_officielle is not None:
        return fin_officielle
    mois = regle.duree_mois + sum(renouvellements)
    return fin_connue(periode_depuis(debut, Duree(mois=mois)))


def renouvellements_restants(accordes: int, regle: ReglePlie = REGLE_PLIE) -> int | None:
    """Rend le nombre de renouvellements que le PLIE admet encore, jamais négatif ; None : sans limite."""
    if regle.renouvellements_maximum is None:
        return None
    return max(regle.renouvellements_maximum - accordes, 0)


def controler_renouvellement_plie(
    *,
    deja_accordes: int,
    avis_motive: str,
    organisme: str,
    regle: ReglePlie = REGLE_PLIE,
    debut: date | None = None,
    date_avis: date | None = None,
    aujourd_hui: date | None = None,
) -> Refus | None:
    """Contrôle un renouvellement : un avis motivé écrit, son auteur, sa date, et que le PLIE en admette encore un.

    L'avis se donne pendant le parcours ou après lui, jamais dans le futur (`debut` : celui du parcours).
    """
    if renouvellements_restants(deja_accordes, regle) == 0:
        accordes = quantite(regle.renouvellements_maximum, "renouvellement")
        return Refus(f"Ce PLIE admet {accordes} au plus\u00a0: il n’en reste pas.", "plie_renouvellements")
    if not avis_motive.strip():
        return Refus("Un renouvellement demande un avis motivé écrit.", "plie_avis")
    if not organisme.strip():
        return Refus("Indiquez l’organisme qui donne l’avis motivé.", "plie_organisme")
    return controler_date_avis(date_avis, debut=debut, aujourd_hui=aujourd_hui)


def controler_date_avis(date_avis: date | None, *, debut: date | None, aujourd_hui: date | None) -> Refus | None:
    """Contrôle le jour d'un avis motivé : pas avant le début de l'agrément qu'il concerne, pas après aujourd'hui."""
    if date_avis is None:
        return None
    if aujourd_hui is not None and date_avis > aujourd_hui:
        return Refus("L’avis ne peut pas dater de demain\u00a0: corrigez son jour.", "avis_futur")
    if debut is not None and date_avis < debut:
        return Refus(
            f"L’avis du {date_longue(date_avis)} est antérieur au début, le {date_longue(debut)}. Corrigez l’une des deux dates.",
            "avis_ancien",
        )
    return None
