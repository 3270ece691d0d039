"""Les courriels d'une candidature : chaque réponse et chaque message se dit aux autres parties, sans rien d'une personne."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from clauses.models import Candidature
from clauses.regles.candidatures import EtatCandidature
from clauses.services.envois import adresses_des_organisations
from comptes.models import Organisation, Utilisateur

UNE_SEMAINE = 7 * 24 * 3600
MESSAGE: Final = "message"
FAITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        EtatCandidature.ENVOYEE: "Une personne est proposée à cette offre.",
        EtatCandidature.RENCONTRE: "L’entreprise veut rencontrer la personne proposée.",
        EtatCandidature.RETENUE: "L’entreprise retient la personne proposée.",
        EtatCandidature.REFUSEE: "L’entreprise ne retient pas la personne proposée. La raison est sur la page.",
        EtatCandidature.RETIREE: "Le prescripteur a retiré sa proposition.",
        EtatCandidature.SANS_SUITE: "Tous les postes de l’offre sont pourvus\u00a0: la candidature est sans suite.",
        MESSAGE: "Un message vous attend.",
    }
)


def annoncer(candidature: Candidature, fait: str, par: Utilisateur) -> None:
    """Une fois la transaction gardée, confie le courriel au worker. `fait` : « etat:retenue », « message:<identifiant> »."""
    from clauses.tasks import annoncer_candidature

    arguments = (str(candidature.pk), fait, str(par.organisation.pk))
    transaction.on_commit(lambda: annoncer_candidature.delay(*arguments))


def envoyer(candidature_id: str, fait: str, auteur_id: str) -> None:
    """Écrit aux parties, sauf à celle qui a agi : un courriel par adresse, une seule fois. L'échec remonte, pour que la tâche réessaie."""
    candidature = Candidature.objects.avec_ses_parties().select_related("auteur").filter(pk=candidature_id).first()
    auteur = Organisation.objects.filter(pk=auteur_id).first()
    if candidature is None or auteur is None:
        return
    for adresse in _destinataires(candidature, auteur):
        # Le témoin dit à qui c'est parti : rejouée, la tâche n'écrit qu'à ceux qui n'ont encore rien reçu.
        temoin = f"candidature-annoncee:{candidature_id}:{fait}:{adresse}"
        if not cache.add(temoin, 1, UNE_SEMAINE):
            continue
        try:
            composer(candidature, fait, auteur, adresse).send()
        except Exception:
            cache.delete(temoin)
            raise


def composer(candidature: Candidature, fait: str, auteur: Organisation, adresse: str) -> EmailMessage:
    contexte = {
        "offre": candidature.offre,
        "auteur": auteur,
        "phrase": FAITS[fait.partition(":")[2]] if fait.startswith("etat:") else FAITS[MESSAGE],
        "page": settings.ADRESSE_PUBLIQUE + reverse("clauses:candidature_detail", args=[candidature.pk]),
    }
    return EmailMessage(
        render_to_string("clauses/courriels/candidature_sujet.txt", contexte).strip(),
        render_to_string("clauses/courriels/candidature.txt", contexte),
        to=[adresse],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _destinataires(candidature: Candidature, auteur: Organisation) -> list[str]:
    """L'auteur de la candidature s'il a toujours son compte, l'entreprise, la structure ; jamais l'organisation qui vient d'agir."""
    parties = {candidature.offre.entreprise.pk, candidature.offre.structure.pk, candidature.prescripteur_id} - {
        auteur.pk
    }
    adresses = adresses_des_organisations(parties)
    membres = candidature.auteur.adhesions.en_cours().filter(organisation=candidature.prescripteur_id)
    if candidature.prescripteur_id in parties and candidature.auteur.is_active and membres.exists():
        adresses[candidature.prescripteur_id] = [candidature.auteur.email]
    return sorted({adresse for siennes in adresses.values() for adresse in siennes})
