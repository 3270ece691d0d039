"""« Et si ? » : la même règle sur d'autres faits. Rien n'est écrit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from beneficiaires.models import Beneficiaire
from clauses.models import Marche, RegleClause
from clauses.regles import Decision, FaitSituation, evaluer_eligibilite
from clauses.services.eligibilites import reunir_faits

CleSituation = tuple[str, date]


@dataclass(frozen=True)
class Hypothese:
    """Ce que l'on suppose. `embauche` : None, celle que l'on connaît. `situations` : (critère, début) → autres dates, None écarte."""

    date_decision: date
    embauche: date | None
    situations: Mapping[CleSituation, tuple[date, date | None] | None]


def simuler(*, beneficiaire: Beneficiaire, marche: Marche, regle: RegleClause, hypothese: Hypothese) -> Decision:
    """Rend ce que la règle répondrait : `evaluer_eligibilite`, avec ces faits-là."""
    faits = reunir_faits(
        beneficiaire=beneficiaire, marche=marche, parametres=regle.parametres, date_decision=hypothese.date_decision
    )
    faits["situations"] = [
        supposee for vue in faits["situations"] if (supposee := _supposer(vue, hypothese.situations)) is not None
    ]
    if hypothese.embauche is not None and hypothese.embauche != faits["date_embauche"]:
        # Une autre embauche est une autre histoire : ni les contrats en place, ni leur première heure n'en sont.
        faits |= {"date_embauche": hypothese.embauche, "premiere_heure": None, "contrats": []}
    return evaluer_eligibilite(**faits)


def _supposer(
    vue: FaitSituation, situations: Mapping[CleSituation, tuple[date, date | None] | None]
) -> FaitSituation | None:
    cle = (vue.critere, vue.date_debut)
    if cle not in situations:
        return vue
    dates = situations[cle]
    return None if dates is None else replace(vue, date_debut=dates[0], date_fin=dates[1])
