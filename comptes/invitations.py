"""Inviter dans une structure : écrire l'invitation, son courriel, la relire, l'accepter une seule fois.

L'adresse du lien ne porte que l'identifiant de l'invitation, signé : rien de personnel, et rien que la base ne puisse fermer.
"""

import logging
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from comptes.ecriture import enregistrer, exiger
from comptes.models import Adhesion, Invitation, Organisation, Utilisateur
from comptes.regles import (
    JOURS_D_INVITATION,
    REFUS_D_INVITATION,
    Refus,
    expiration_de_l_invitation,
    refus_de_l_invitation,
)

SEL = "comptes.invitation"
journal = logging.getLogger(__name__)


def compte_de(email: str) -> Utilisateur | None:
    return Utilisateur.objects.filter(email__iexact=email).first()


@transaction.atomic
def inviter(*, organisation: Organisation, email: str, role: str, par: Utilisateur) -> Invitation | Adhesion:
    """Un compte qui existe devient membre tout de suite ; sinon une invitation l'attend. Une invitation expirée repart."""
    Organisation.objects.select_for_update().get(
        pk=organisation.pk
    )  # deux envois du même formulaire : l'un après l'autre
    compte = compte_de(email)
    if compte is not None:
        return _ajouter(compte, organisation, role)
    jour = timezone.localdate()
    invitation = Invitation.objects.en_attente().filter(organisation=organisation, email=email).first()
    if invitation is None or invitation.expire_le >= jour:
        invitation = Invitation(organisation=organisation, email=email)
    invitation.role, invitation.invite_par = role, par
    invitation.expire_le = expiration_de_l_invitation(jour)
    enregistrer(invitation)
    return invitation


def _ajouter(compte: Utilisateur, organisation: Organisation, role: str) -> Adhesion:
    """Ajoute l'adhésion. Refusé à qui l'a déjà, même suspendue : la rouvrir se fait depuis la liste des membres."""
    if not compte.is_active:
        exiger(Refus("Ce compte est fermé\u00a0: il ne peut rejoindre aucune structure.", "compte_ferme"))
    deja = organisation.adhesions.filter(utilisateur=compte).first()
    if deja is not None:
        suite = "." if deja.est_active else "\u00a0: rouvrez son accès depuis la liste."
        raise ValidationError(f"Cette personne est déjà membre de votre structure{suite}", code="deja_membre")
    adhesion = Adhesion(utilisateur=compte, organisation=organisation, role=role)
    enregistrer(adhesion)
    return adhesion


def prolonger(invitation: Invitation) -> None:
    invitation.expire_le = expiration_de_l_invitation(timezone.localdate())
    invitation.save(update_fields=["expire_le"])


def jeton_de(invitation: Invitation) -> str:
    return signing.Signer(salt=SEL).sign(invitation.pk.hex)


def lire_jeton(jeton: str, aujourd_hui: date) -> Invitation | Refus:
    try:
        pk = UUID(hex=signing.Signer(salt=SEL).unsign(jeton))
    except (signing.BadSignature, ValueError):
        return _refuser("invitation_inconnue")
    return lire(pk, aujourd_hui)


def lire(pk: UUID, aujourd_hui: date) -> Invitation | Refus:
    """L'invitation, si elle s'accepte encore ; sinon pourquoi non. Le journal ne garde que le code du refus."""
    invitation = Invitation.objects.select_related("organisation").filter(pk=pk).first()
    if invitation is None:
        return _refuser("invitation_inconnue")
    refus = refus_de_l_invitation(
        expire_le=invitation.expire_le, est_acceptee=invitation.acceptee_le is not None, aujourd_hui=aujourd_hui
    )
    return _refuser(refus.code) if refus else invitation


def _refuser(code: str) -> Refus:
    journal.warning("Invitation refusée : %s", code)
    return REFUS_D_INVITATION[code]


@transaction.atomic
def accepter(invitation: Invitation, *, prenom: str = "", nom: str = "", mot_de_passe: str = "") -> None:
    """Crée le compte, ou prend celui que la même adresse a reçu entre-temps, et l'ajoute à la structure. Une seule fois."""
    tenue = Invitation.objects.select_for_update().select_related("organisation").filter(pk=invitation.pk).first()
    if tenue is None:
        return exiger(REFUS_D_INVITATION["invitation_inconnue"])
    exiger(
        refus_de_l_invitation(
            expire_le=tenue.expire_le,
            est_acceptee=tenue.acceptee_le is not None,
            aujourd_hui=timezone.localdate(),
        )
    )
    compte = compte_de(tenue.email)
    if compte is None:
        compte = Utilisateur(email=tenue.email, prenom=prenom, nom=nom)
        compte.set_password(mot_de_passe)
        enregistrer(compte)
    _ajouter(compte, tenue.organisation, tenue.role)
    tenue.acceptee_le = timezone.now()
    tenue.save(update_fields=["acceptee_le"])


def annoncer(entree: Invitation | Adhesion) -> bool:
    """Envoie le courriel de l'invitation, ou celui qui dit un nouvel accès. Rend s'il est parti."""
    if isinstance(entree, Invitation):
        gabarit, adresse = "invitation", entree.email
        lien = reverse("comptes:invitation_entrer", args=[jeton_de(entree)])
    else:
        gabarit, adresse, lien = "acces", entree.utilisateur.email, reverse("account_login")
    contexte = {"entree": entree, "lien": settings.ADRESSE_PUBLIQUE + lien, "jours": JOURS_D_INVITATION}
    sujet = render_to_string(f"comptes/courriels/{gabarit}_sujet.txt", contexte).strip()
    try:
        send_mail(sujet, render_to_string(f"comptes/courriels/{gabarit}.txt", contexte), None, [adresse])
    except OSError:
        journal.exception("Courriel de %s non parti : %s", gabarit, entree)
        return False
    return True
