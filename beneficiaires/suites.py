"""Ce qu'est devenue une orientation, en un mot et une phrase : les mêmes pour le prescripteur et pour la structure."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from beneficiaires.models import EtatOrientation, Orientation
from beneficiaires.regles import DELAI_REPONSE_JOURS, date_limite_reponse
from comptes.formats import dans_jours, date_longue


@dataclass(frozen=True, slots=True)
class Suite:
    """`teinte`, `mot` et `symbole` font la puce ; `phrase` dit quand, et la suite attendue."""

    teinte: str
    mot: str
    phrase: str
    symbole: str = ""
    est_en_retard: bool = False


def suite_de(orientation: Orientation, aujourd_hui: date) -> Suite:
    """Rend où en est l'orientation à cette date."""
    match orientation.etat:
        case EtatOrientation.BROUILLON:
            return Suite("neutre", "Brouillon", "à finir avant de l’envoyer")
        case EtatOrientation.ACCEPTEE:
            return Suite("valide", "Acceptée", f"le {date_longue(_jour(orientation.repondue_le))}")
        case EtatOrientation.REFUSEE:
            phrase = f"le {date_longue(_jour(orientation.repondue_le))}\u00a0: {orientation.get_motif_refus_display()}"
            return Suite("refus", "Refusée", phrase)
    envoyee_le = _jour(orientation.envoyee_le)
    limite = date_limite_reponse(envoyee_le)
    if aujourd_hui > limite:
        return Suite(
            "refus",
            "Sans réponse",
            f"depuis plus de {DELAI_REPONSE_JOURS}\u00a0jours, envoyée {dans_jours(envoyee_le, aujourd_hui)}",
            symbole="triangle",
            est_en_retard=True,
        )
    phrase = f"envoyée {dans_jours(envoyee_le, aujourd_hui)}, réponse promise au plus tard le {date_longue(limite)}"
    return Suite("attente", "Sans réponse", phrase)


def _jour(instant) -> date:
    return timezone.localdate(instant)
