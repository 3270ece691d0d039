"""L'acheteur répond à un bilan prêt de ses marchés : il le vise, et décide de la pénalité proposée."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from clauses.regles.penalites import montant_decide
from comptes.ecriture import enregistrer, exiger
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus
from reporting.models import Bilan, DecisionPenalite, EtatBilan, VisaBilan

PAS_PRET = Refus("Ce bilan n’est pas encore prêt.", "pas_pret")
SANS_PENALITE = Refus("Ce bilan ne propose pas de pénalité.", "sans_penalite")


def penalite_proposee(bilan: Bilan) -> Decimal | None:
    """Rend le montant en euros que ce bilan imprime, ou None s'il n'en propose pas."""
    proposee = bilan.donnees.get("penalite_euros")
    return None if proposee is None else Decimal(proposee)


def peut_repondre(bilan: Bilan, utilisateur: Utilisateur) -> bool:
    """L'acheteur du marché répond ; le maître d'ouvrage qui n'a pas signé le marché le lit seulement."""
    return utilisateur.profil == Profil.ACHETEUR and bilan.marche.acheteur_id == utilisateur.organisation.pk


@transaction.atomic
def viser(*, bilan: Bilan, reponse: str, commentaire: str, par: Utilisateur) -> VisaBilan:
    """Garde la réponse de l'acheteur. Lève ValidationError si elle est déjà donnée, ou si des réserves ne sont pas motivées."""
    _controler(bilan, par)
    visa = VisaBilan(bilan_id=bilan.pk, reponse=reponse, commentaire=commentaire.strip(), par=par, le=timezone.now())
    enregistrer(visa)
    return visa


@transaction.atomic
def decider_penalite(
    *, bilan: Bilan, issue: str, retenue: Decimal | None, motif: str, par: Utilisateur
) -> DecisionPenalite:
    """Garde ce que l'acheteur retient de la pénalité proposée. Lève ValidationError si c'est déjà fait, ou si le montant ne va pas."""
    _controler(bilan, par)
    proposee = penalite_proposee(bilan)
    if proposee is None:
        exiger(SANS_PENALITE)
    montant = montant_decide(issue, proposee=proposee, retenue=retenue)
    if isinstance(montant, Refus):
        raise ValidationError({"retenue": ValidationError(montant.phrase, code=montant.code)})
    decision = DecisionPenalite(
        bilan_id=bilan.pk,
        issue=issue,
        proposee_euros=proposee,
        retenue_euros=montant,
        motif=motif.strip(),
        par=par,
        le=timezone.now(),
    )
    enregistrer(decision)
    return decision


def _controler(bilan: Bilan, par: Utilisateur) -> None:
    if not peut_repondre(bilan, par):
        raise PermissionDenied
    exiger(None if bilan.etat == EtatBilan.PRET else PAS_PRET)
