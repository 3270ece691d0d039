"""Les membres d'une structure : changer leur rôle ou leur accès, les retirer. La structure garde toujours un administrateur."""

from uuid import UUID

from django.db import transaction

from comptes.ecriture import enregistrer, exiger
from comptes.models import Adhesion, Organisation, Role
from comptes.regles import controler_dernier_administrateur


def _verrouiller(organisation: UUID) -> None:
    """Deux administrateurs qui se retirent l'un l'autre au même instant passent l'un après l'autre : le second est refusé."""
    Organisation.objects.select_for_update().get(pk=organisation)


def _exiger_un_administrateur(adhesion: Adhesion, *, administrera: bool) -> None:
    administrateurs = Adhesion.objects.administrateurs().filter(organisation=adhesion.organisation_id)
    refus = controler_dernier_administrateur(
        administre=administrateurs.filter(pk=adhesion.pk).exists(),
        administrera=administrera,
        autres=administrateurs.exclude(pk=adhesion.pk).count(),
    )
    exiger(refus)


@transaction.atomic
def changer_membre(adhesion: Adhesion, *, role: str, est_active: bool) -> None:
    _verrouiller(adhesion.organisation_id)
    _exiger_un_administrateur(adhesion, administrera=est_active and role == Role.ADMINISTRATEUR)
    adhesion.role, adhesion.est_active = role, est_active
    enregistrer(adhesion)


@transaction.atomic
def retirer_membre(adhesion: Adhesion) -> None:
    """Le compte et tout ce qu'il a écrit restent ; l'histoire garde l'adhésion."""
    _verrouiller(adhesion.organisation_id)
    _exiger_un_administrateur(adhesion, administrera=False)
    adhesion.delete()
