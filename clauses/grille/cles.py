"""La clé d'une case, « 8f1a…-t-202610 » : une affectation, la première lettre de la nature, un mois. Et les mois que l'on saisit."""

import re
from datetime import date
from uuid import UUID

from beneficiaires.periodes import ajouter_mois, premier_du_mois
from clauses.models import NatureHeures
from comptes.formats import MOIS

LETTRES = {NatureHeures.TRAVAIL: "t", NatureHeures.FORMATION: "f"}
NATURES = {lettre: nature for nature, lettre in LETTRES.items()}
CLE = re.compile(r"([0-9a-f]{32})-([tf])-([0-9]{4})(0[1-9]|1[0-2])")
# Une heure se juge parmi celles des mois d'à côté : aux bords du calendrier, il n'y en a pas.
ANNEES = range(1900, 3000)
# À partir du 25, on saisit le mois en cours ; avant, le mois qui vient de finir.
JOUR_DE_BASCULE = 25


def cle_de_ligne(affectation: UUID, nature: str) -> str:
    """« 8f1a…-t » : une affectation et la première lettre de la nature."""
    return f"{affectation.hex}-{LETTRES[NatureHeures(nature)]}"


def cle_de_case(affectation: UUID, nature: str, mois: date) -> str:
    """« 8f1a…-t-202610 » : l'identifiant d'une case dans la page et dans le formulaire."""
    return f"{cle_de_ligne(affectation, nature)}-{mois:%Y%m}"


def lire_cle(cle: str) -> tuple[UUID, str, date] | None:
    """Rend l'affectation, la nature et le mois d'une clé de case, ou rien si elle n'en est pas une."""
    trouve = CLE.fullmatch(cle)
    if trouve is None or int(trouve[3]) not in ANNEES:
        return None
    return UUID(trouve[1]), NATURES[trouve[2]].value, date(int(trouve[3]), int(trouve[4]), 1)


def mois_par_defaut(aujourd_hui: date) -> date:
    """Le mois que l'on vient saisir : celui qui finit, sinon celui qui vient de finir."""
    courant = premier_du_mois(aujourd_hui)
    return courant if aujourd_hui.day >= JOUR_DE_BASCULE else ajouter_mois(courant, -1)


def est_a_saisir(mois: date, aujourd_hui: date) -> bool:
    """Dit si les heures de ce mois s'attendent déjà : il est fini, ou il finit. Avant, rien n'y manque."""
    return mois <= mois_par_defaut(aujourd_hui)


def nom_de_mois(jour: date, reference: date) -> str:
    """« octobre », ou « octobre 2025 » quand ce n'est pas l'année de référence."""
    return MOIS[jour.month - 1] if jour.year == reference.year else f"{MOIS[jour.month - 1]} {jour.year}"
