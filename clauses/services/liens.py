"""Les liens de déclaration : les écrire dans un courriel, les relire, les retirer.

L'adresse ne porte que l'identifiant du lien, signé : rien de personnel, et rien que la base ne puisse fermer.
"""

import logging
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clauses.models import ContactEntreprise, LienDeclaration
from clauses.regles.declarations import REFUS_DE_LIEN, expiration_du_lien, refus_du_lien
from comptes.models import Utilisateur
from comptes.regles import Refus

SEL = "clauses.declaration"
journal = logging.getLogger(__name__)


def jeton_de(lien: LienDeclaration) -> str:
    return signing.Signer(salt=SEL).sign(lien.pk.hex)


def adresse_du_lien(lien: LienDeclaration) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse("clauses:declaration_entrer", args=[jeton_de(lien)])


def lire_jeton(jeton: str, aujourd_hui: date) -> LienDeclaration | Refus:
    """Rend le lien d'un jeton, déjà utilisé ou non ; ou pourquoi il n'ouvre rien. Le journal n'en garde que le code du refus."""
    try:
        pk = UUID(hex=signing.Signer(salt=SEL).unsign(jeton))
    except (signing.BadSignature, ValueError):
        lien = None
    else:
        lien = LienDeclaration.objects.select_related("entreprise", "structure").filter(pk=pk).first()
    refus = REFUS_DE_LIEN["lien_inconnu"] if lien is None else refus_de(lien, aujourd_hui)
    if refus:
        journal.warning("Lien de déclaration refusé : %s", refus.code)
        return refus
    return lien


def refus_de(lien: LienDeclaration, aujourd_hui: date) -> Refus | None:
    """Pourquoi ce lien n'ouvre plus rien. Un lien utilisé s'ouvre encore : il dit que le mois est reçu."""
    return refus_du_lien(expire_le=lien.expire_le, est_revoque=lien.revoque_le is not None, aujourd_hui=aujourd_hui)


def liens_pour(contacts: Collection[ContactEntreprise], mois: date, jour: date) -> dict[UUID, LienDeclaration]:
    """Un lien qui sert par contact, prolongé à chaque courriel ; en écrit un où il manque. Trois requêtes."""
    LienDeclaration.objects.bulk_create(
        [
            LienDeclaration(
                structure_id=contact.structure_id,
                entreprise_id=contact.entreprise_id,
                mois=mois,
                contact=contact,
                expire_le=expiration_du_lien(jour),
            )
            for contact in contacts
        ],
        ignore_conflicts=True,
    )
    servent = LienDeclaration.objects.qui_servent().filter(contact__in=contacts, mois=mois)
    servent.update(expire_le=expiration_du_lien(jour))
    return {lien.contact_id: lien for lien in servent.order_by("pk")}


@transaction.atomic
def revoquer_liens(*, entreprise: UUID, structure: UUID, mois: date, par: Utilisateur) -> int:
    """Retire les liens de ce mois qui servent encore ; rend leur nombre. Celui qui a déjà servi ne fait plus que dire « reçu »."""
    liens = LienDeclaration.objects.qui_servent().filter(entreprise=entreprise, structure=structure, mois=mois)
    return liens.update(revoque_le=timezone.now(), revoque_par=par)
