"""La part d'un mois où des heures se saisissent, telle que la donnent les règles, ou pourquoi rien ne s'y saisit."""

from datetime import date

from beneficiaires.periodes import Periode, mois_de
from clauses.models import Affectation
from clauses.regles import periode_saisissable
from clauses.services.faits_heures import faits_de, lot_est_clos


class Calendrier:
    """Les jours d'une affectation, lus une fois pour tous ses mois."""

    def __init__(self, affectation: Affectation, *, est_prorata: bool, aujourd_hui: date) -> None:
        self.contrat, self.fenetre, self.execution = faits_de(affectation)
        self.lot_clos = lot_est_clos(affectation, aujourd_hui)
        self.est_prorata = est_prorata
        self.aujourd_hui = aujourd_hui

    def part(self, mois: date) -> tuple[Periode | None, str]:
        """Rend les jours où des heures se saisissent ce mois-là ; sinon None, et pourquoi en deux mots."""
        part = periode_saisissable(mois, self.contrat, self.fenetre, self.execution, est_prorata=self.est_prorata)
        empechement = self._empechement(mois, part)
        return (None if empechement else part), empechement

    def _empechement(self, mois: date, part: Periode | None) -> str:
        entier = mois_de(mois)
        if not entier.chevauche(self.contrat):
            return "hors contrat"
        if self.lot_clos:
            return "lot clos"
        if self.execution is not None and not entier.chevauche(self.execution):
            return "hors du lot"
        if (part or entier).debut > self.aujourd_hui:
            return "à venir"
        return "" if part else "non éligible"
