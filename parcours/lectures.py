"""Les agréments d'une personne, avec leur état du jour : ce que montre sa fiche."""

from dataclasses import dataclass
from datetime import date

from beneficiaires.models import Beneficiaire
from comptes.formats import date_longue
from parcours.models import Agrement, TypeAgrement
from parcours.regles import EtatPass, formater_numero_pass, jours_restants_pass
from parcours.regles.agrements import EtatAgrement, etat_agrement

TEINTES = {
    EtatPass.FUTUR: "info",
    EtatPass.VALIDE: "valide",
    EtatPass.SUSPENDU: "attente",
    EtatPass.EXPIRE: "neutre",
}


@dataclass(frozen=True)
class AgrementDuJour:
    """Un agrément et son état ce jour-là. `jours_restants` : 0 le dernier jour et après."""

    agrement: Agrement
    etat: EtatAgrement
    jours_restants: int

    @property
    def nom(self) -> str:
        """« PASS IAE 99999 24 00718 », « PLIE du Confluent »."""
        if self.agrement.type_agrement == TypeAgrement.PASS_IAE:
            return f"PASS IAE {formater_numero_pass(self.agrement.numero)}".strip()
        return self.agrement.porteur or self.agrement.get_type_agrement_display()

    @property
    def teinte(self) -> str:
        return TEINTES[self.etat.code]

    @property
    def fin(self) -> str:
        """« 29 décembre 2026 inclus », « 29 décembre 2026 inclus, estimation »."""
        suite = ", estimation" if self.agrement.est_estime else ""
        return f"{date_longue(self.agrement.date_fin)} inclus{suite}"


def agrements_du_jour(beneficiaire: Beneficiaire, jour: date) -> list[AgrementDuJour]:
    """Les agréments de la personne, du plus récent au plus ancien, en une requête."""
    return [
        AgrementDuJour(
            agrement,
            etat_agrement(agrement.type_agrement, debut=agrement.date_debut, fin=agrement.date_fin, jour=jour),
            jours_restants_pass(agrement.date_debut, agrement.date_fin, (), jour),
        )
        for agrement in beneficiaire.agrements.all()
    ]
