"""Le parcours PLIE : 24 mois de calendrier, renouvelables sur avis motivé ; chaque PLIE règle durée et renouvellements."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from beneficiaires.periodes import Duree, periode_depuis
from comptes.formats import quantite
from comptes.regles import Refus
from parcours.regles.pass_iae import fin_connue


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
    return fin_connue(periode_depuis(debut, Duree(mois=mois)))


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
