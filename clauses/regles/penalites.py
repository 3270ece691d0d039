"""La pénalité : toujours proposée, jamais due. Seul l'acheteur décide."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from comptes.formats import euros, nombre
from comptes.formats import heures as ecrire_heures


@dataclass(frozen=True, slots=True)
class PenaliteProposee:
    """Une proposition : heures non faites, taux, montant en euros, et la phrase à écrire."""

    heures_manquantes: Decimal
    taux_euros_par_heure: Decimal
    montant_euros: Decimal
    est_plafonnee: bool
    phrase: str


def proposer_penalite(
    *,
    heures_dues: Decimal,
    heures_validees: Decimal,
    taux_euros_par_heure: Decimal,
    plafond_euros: Decimal | None = None,
) -> PenaliteProposee:
    """Propose une pénalité : (heures dues − heures validées) × taux, dans la limite du plafond s'il y en a un.

    Entrée : heures et euros. Sortie : montant nul quand les heures sont faites. Lève ValueError si le taux ou le plafond est
    négatif. Source : article « pénalités » du marché ; la décision appartient à l'acheteur.
    """
    if taux_euros_par_heure < 0 or (plafond_euros is not None and plafond_euros < 0):
        raise ValueError("Un taux ou un plafond de pénalité n’est pas négatif.")
    manquantes = max(heures_dues - heures_validees, Decimal(0))
    brut = (manquantes * taux_euros_par_heure).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    est_plafonnee = plafond_euros is not None and brut > plafond_euros
    montant = plafond_euros if est_plafonnee and plafond_euros is not None else brut
    return PenaliteProposee(
        manquantes,
        taux_euros_par_heure,
        montant,
        est_plafonnee,
        _phrase(manquantes, taux_euros_par_heure, montant, est_plafonnee),
    )


def _phrase(manquantes: Decimal, taux: Decimal, montant: Decimal, est_plafonnee: bool) -> str:
    if not manquantes:
        return "Les heures dues sont faites\u00a0: aucune pénalité n’est proposée."
    calcul = f"{ecrire_heures(manquantes)} non faites × {nombre(taux)}\u00a0€"
    plafond = ", plafonnée par le marché" if est_plafonnee else ""
    return f"Pénalité proposée\u00a0: {euros(montant)} ({calcul}{plafond}). Seul l’acheteur décide."
