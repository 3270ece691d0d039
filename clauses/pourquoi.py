"""« Pourquoi ? » d'une décision gardée : le bloc que montrent l'écran de décision, la fiche de la personne et le PDF.

Le gabarit est `clauses/eligibilites/pourquoi.html` ; il attend ici un `Pourquoi` sous le nom `bloc`.
"""

from dataclasses import dataclass

from clauses.models import Eligibilite
from clauses.regles import Decision, Explication, Reponse, rediger_explication

TEINTES = {Reponse.ELIGIBLE: "valide", Reponse.NON_ELIGIBLE: "refus", Reponse.A_COMPLETER: "attente"}


@dataclass(frozen=True)
class Pourquoi:
    """Une explication et sa teinte. `source` : sans le mot « Source », que le composant écrit."""

    etat: str
    explication: Explication

    @property
    def source(self) -> str:
        return self.explication.source.removeprefix("Source\u00a0: ")


def pourquoi(decision: Decision, *, operation: str, personne: str, est_apercu: bool = False) -> Pourquoi:
    """Explique une décision prise ou, au conditionnel, celle que l'écran propose de prendre."""
    explication = rediger_explication(decision, operation=operation, personne=personne, est_apercu=est_apercu)
    return Pourquoi(TEINTES[decision.reponse], explication)


def pourquoi_de(eligibilite: Eligibilite, *, personne: str = "") -> Pourquoi:
    """Explique une décision gardée, avec ce qu'elle porte seulement : ni la règle du jour ni les faits d'aujourd'hui.

    Lit `operation` et, si `personne` est vide, `beneficiaire` : les joindre pour une liste. Ce bloc dit les critères : il ne
    va ni à une entreprise ni à un acheteur.
    """
    return pourquoi(
        Decision.depuis_json(eligibilite.decision),
        operation=eligibilite.operation.nom,
        personne=personne or eligibilite.beneficiaire.nom_complet,
    )
