"""Les agréments d'une personne, avec leur état du jour et leur explication : ce que montrent ses pages."""

from dataclasses import dataclass
from datetime import date

from beneficiaires.models import Beneficiaire
from comptes.formats import date_longue
from parcours.models import Agrement, TypeAgrement
from parcours.regles import (
    EtatAgrement,
    EtatPass,
    ExplicationAgrement,
    FaitsAgrement,
    expliquer_agrement,
    formater_numero_pass,
    jours_restants_pass,
    renouvellements_restants,
)
from parcours.services.faits import faits_agrement

TEINTES = {
    EtatPass.FUTUR: "info",
    EtatPass.VALIDE: "valide",
    EtatPass.SUSPENDU: "attente",
    EtatPass.EXPIRE: "neutre",
}


@dataclass(frozen=True)
class AgrementDuJour:
    """Un agrément, ses faits et ce qu'en disent les règles ce jour-là. `jours_restants` : 0 le dernier jour et après."""

    agrement: Agrement
    faits: FaitsAgrement
    explication: ExplicationAgrement
    jours_restants: int

    @property
    def etat(self) -> EtatAgrement:
        return self.explication.etat

    @property
    def nom(self) -> str:
        return nom_agrement(self.agrement)

    @property
    def teinte(self) -> str:
        return TEINTES[self.etat.code]

    @property
    def peut_se_renouveler(self) -> bool:
        """Dit si le PLIE admet encore un renouvellement de ce parcours."""
        return renouvellements_restants(len(self.faits.renouvellements), self.faits.regle_plie) != 0

    @property
    def fin(self) -> str:
        """« 29 décembre 2026 inclus », « 29 décembre 2026 inclus, estimation »."""
        suite = ", estimation" if self.agrement.est_estime else ""
        return f"{date_longue(self.agrement.date_fin)} inclus{suite}"


def nom_agrement(agrement: Agrement) -> str:
    """« PASS IAE 99999 24 00718 », « PLIE du Confluent »."""
    if agrement.type_agrement == TypeAgrement.PASS_IAE:
        return f"PASS IAE {formater_numero_pass(agrement.numero)}".strip()
    return agrement.porteur or agrement.get_type_agrement_display()


def agrement_du_jour(agrement: Agrement, jour: date) -> AgrementDuJour:
    """Ce que disent les règles de cet agrément ce jour-là."""
    faits = faits_agrement(agrement)
    return AgrementDuJour(
        agrement,
        faits,
        expliquer_agrement(faits, nom=nom_agrement(agrement), jour=jour),
        jours_restants_pass(faits.debut, faits.fin, [s.periode for s in faits.suspensions], jour),
    )


def agrements_du_jour(beneficiaire: Beneficiaire, jour: date) -> list[AgrementDuJour]:
    """Les agréments de la personne, du plus récent au plus ancien, en quatre requêtes au plus."""
    return [agrement_du_jour(agrement, jour) for agrement in beneficiaire.agrements.avec_faits()]
