"""Les contacts d'une entreprise pour une structure : les changer retire les liens que l'ancienne adresse pouvait ouvrir."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clauses.models import ContactEntreprise, LienDeclaration
from comptes.ecriture import enregistrer
from comptes.models import Utilisateur


@transaction.atomic
def enregistrer_contacts(
    *, structure: UUID, entreprise: UUID, contacts: Mapping[str, Mapping[str, str] | None], par: Utilisateur
) -> None:
    """Garde les contacts donnés par rôle ; None retire celui qui y était. Une adresse changée ne passe plus pour revenue."""
    actuels = {
        c.role: c
        for c in ContactEntreprise.objects.filter(structure=structure, entreprise=entreprise).select_for_update()
    }
    for role, valeurs in contacts.items():
        actuel = actuels.get(role)
        if valeurs is None:
            if actuel is not None:
                _retirer_ses_liens(actuel, par)
                actuel.delete()
            continue
        contact = actuel or ContactEntreprise(structure_id=structure, entreprise_id=entreprise, role=role)
        if actuel is not None and actuel.courriel != valeurs["courriel"]:
            _retirer_ses_liens(actuel, par)
            contact.en_echec_le = None
        for champ, valeur in valeurs.items():
            setattr(contact, champ, valeur)
        enregistrer(contact)


def _retirer_ses_liens(contact: ContactEntreprise, par: Utilisateur) -> None:
    LienDeclaration.objects.qui_servent().filter(contact=contact).update(revoque_le=timezone.now(), revoque_par=par)
