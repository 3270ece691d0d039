"""Le partage d'une opération entre deux structures : où en est l'accord, et ce qui empêche d'en proposer un.

Les personnes restent à leur structure : un partage n'ouvre que l'opération, ses marchés et ses totaux.
"""

from collections.abc import Hashable
from enum import StrEnum

from comptes.regles import Refus


class EtatPartage(StrEnum):
    PROPOSE = "propose"
    EN_COURS = "en_cours"
    REFUSE = "refuse"
    RETIRE = "retire"
    FINI = "fini"

    @property
    def libelle(self) -> str:
        return _LIBELLES[self]


_LIBELLES = {
    EtatPartage.PROPOSE: "Attend une réponse",
    EtatPartage.EN_COURS: "En cours",
    EtatPartage.REFUSE: "Refusé",
    EtatPartage.RETIRE: "Retiré",
    EtatPartage.FINI: "Fini",
}


def etat_du_partage(*, est_accepte: bool, est_fini: bool, fini_par_l_invitee: bool) -> EtatPartage:
    """Rend l'état d'un partage. Fini sans avoir été accepté, il est refusé par l'invitée, ou retiré par qui le proposait."""
    if not est_fini:
        return EtatPartage.EN_COURS if est_accepte else EtatPartage.PROPOSE
    if est_accepte:
        return EtatPartage.FINI
    return EtatPartage.REFUSE if fini_par_l_invitee else EtatPartage.RETIRE


def controler_proposition(
    *, porteuse: Hashable, invitee: Hashable, droit: str, droit_en_cours: str, attend_une_reponse: bool
) -> Refus | None:
    """Ce qui empêche de proposer un partage. `droit_en_cours` : celui qu'a déjà l'invitée sur l'opération, vide si aucun.

    Un autre droit que celui en cours se propose : il attend, lui aussi, l'accord de l'invitée.
    """
    if porteuse == invitee:
        return Refus("Une opération se partage avec une autre structure que la vôtre.", "partage_avec_soi")
    if attend_une_reponse:
        return Refus(
            "Une proposition attend déjà la réponse de cette structure. Retirez-la pour en faire une autre.",
            "partage_en_attente",
        )
    if droit == droit_en_cours:
        return Refus("Cette structure a déjà ce droit sur l’opération.", "partage_en_cours")
    return None


def controler_reponse(etat: EtatPartage) -> Refus | None:
    """On ne répond qu'à une proposition qui attend encore."""
    if etat == EtatPartage.PROPOSE:
        return None
    return Refus("Cette proposition n’attend plus de réponse.", "partage_repondu")


def controler_fin(etat: EtatPartage) -> Refus | None:
    """On ne met fin qu'à un partage proposé ou en cours."""
    if etat in (EtatPartage.PROPOSE, EtatPartage.EN_COURS):
        return None
    return Refus("Ce partage est déjà fini.", "partage_fini")
