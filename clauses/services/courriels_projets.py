"""Prévenir l'autre partie d'un marché à venir : une organisation, un lien, jamais l'objet ni le nom d'une personne."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from clauses.models import ProjetMarche
from clauses.services.envois import adresses_des_organisations
from comptes.models import Adhesion, Profil, Utilisateur

journal = logging.getLogger(__name__)
SUJETS = {
    "demande": "Un avis vous est demandé sur un marché à venir",
    "message": "Un message sur un marché à venir",
    "avis": "L’avis de votre facilitateur est rendu",
}


def prevenir(*, projet: ProjetMarche, quoi: str, par: Utilisateur) -> bool:
    """Écrit à l'autre partie : la structure, ou l'acheteur qui a annoncé le marché. Rend si le courriel est parti."""
    vers_acheteur = par.profil == Profil.FACILITATEUR
    adresses = _adresses_de_l_acheteur(projet) if vers_acheteur else _adresses(projet.structure_id)
    if not adresses:
        return False
    contexte = {
        "quoi": quoi,
        "de": projet.structure if vers_acheteur else projet.acheteur,
        "publication": projet.publication_prevue,
        "lien": settings.ADRESSE_PUBLIQUE + reverse("clauses:projet_detail", args=[projet.pk]),
    }
    corps = render_to_string("clauses/courriels/projet.txt", contexte)
    try:
        EmailMessage(SUJETS[quoi], corps, to=adresses[:1], cc=adresses[1:]).send()
    except OSError:
        journal.exception("Courriel non parti : %s", projet)
        return False
    return True


def _adresses(organisation) -> list[str]:
    return adresses_des_organisations([organisation]).get(organisation, [])


def _adresses_de_l_acheteur(projet: ProjetMarche) -> list[str]:
    """Qui a annoncé le marché, s'il est toujours chez l'acheteur ; sinon l'acheteur."""
    sien = Adhesion.objects.en_cours().filter(
        organisation=projet.acheteur_id, utilisateur=projet.cree_par_id, utilisateur__is_active=True
    )
    return list(sien.values_list("utilisateur__email", flat=True)[:1]) or _adresses(projet.acheteur_id)
