"""Proposer une personne à une offre, répondre, retirer, s'écrire. Toute écriture tient d'abord l'offre, puis la candidature."""

import logging
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from clauses.models import Candidature, MessageCandidature, Offre
from clauses.regles.candidatures import (
    EN_COURS,
    VIVANTES,
    Cote,
    EtatCandidature,
    controler_motif,
    controler_passage,
    controler_rencontre,
)
from clauses.regles.offres import EtatOffre, controler_ouverture, etat_selon_les_postes
from clauses.services.annonces import annoncer
from clauses.services.offres import verrouiller_offre
from comptes.ecriture import enregistrer, exiger
from comptes.models import Utilisateur
from comptes.regles import Refus

journal = logging.getLogger(__name__)
FIL_CLOS = Refus("Cette candidature est finie\u00a0: son fil ne reçoit plus de message.", "fil_clos")
POSTES_PRIS = Refus("Tous les postes de cette offre viennent d’être pourvus. Rien n’a changé.", "postes_pris")


def cote_de(utilisateur: Utilisateur) -> Cote:
    return Cote(utilisateur.profil)


@transaction.atomic
def proposer(
    *,
    offre: Offre,
    beneficiaire: Beneficiaire,
    presentation: str,
    disponible_le: date,
    par: Utilisateur,
    le: datetime,
    aujourd_hui: date,
) -> Candidature:
    """Envoie la candidature. Lève ValidationError si l'offre vient de se fermer, ou si la personne n'est pas à proposer ici."""
    actuelle = verrouiller_offre(offre)
    exiger(controler_ouverture(actuelle.etat, fin=actuelle.date_fin, aujourd_hui=aujourd_hui))
    exiger(_orientee(actuelle, beneficiaire, par), "beneficiaire")
    candidature = Candidature(
        offre=actuelle,
        beneficiaire=beneficiaire,
        prescripteur=par.organisation,
        auteur=par,
        presentation=presentation.strip(),
        disponible_le=disponible_le,
        consentie_le=le,
        envoyee_le=le,
    )
    enregistrer(candidature)
    annoncer(candidature, "etat:envoyee", par)
    return candidature


def _orientee(offre: Offre, beneficiaire: Beneficiaire, par: Utilisateur) -> Refus | None:
    if beneficiaire.prescripteur_id == par.organisation.pk and beneficiaire.structure_id == offre.structure.pk:
        return None
    return Refus(
        f"Cette offre est suivie par {offre.structure.nom}\u00a0: orientez-lui d’abord la personne, puis attendez sa réponse.",
        "a_orienter",
    )


@transaction.atomic
def repondre(
    *,
    candidature: Candidature,
    vers: str,
    par: Utilisateur,
    le: datetime,
    aujourd_hui: date,
    motif: str = "",
    rencontre_le: date | None = None,
    message: str = "",
) -> Candidature:
    """Mène la candidature à un autre état, avec un mot dans son fil s'il y en a un.

    Le dernier poste pris rend l'offre pourvue, et sans suite les autres candidatures.

    Lève ValidationError, sans rien écrire, si quelqu'un vient de répondre, si ce geste n'est pas à ce côté, ou s'il manque la raison.
    """
    offre = verrouiller_offre(candidature.offre)
    actuelle = _verrouiller(candidature)
    cote = cote_de(par)
    for refus in (
        controler_passage(actuelle.etat, vers, cote, est_placee=actuelle.est_placee),
        _poste_libre(offre, vers),
    ):
        _exiger(refus, actuelle, vers)
    exiger(controler_motif(vers, motif), "motif")
    envoyee_le = timezone.localdate(actuelle.envoyee_le)
    exiger(
        controler_rencontre(vers, rencontre_le=rencontre_le, envoyee_le=envoyee_le, aujourd_hui=aujourd_hui),
        "rencontre_le",
    )
    actuelle.etat = EtatCandidature(vers)
    if cote != Cote.PRESCRIPTEUR:
        actuelle.signe_le = le
    if actuelle.etat == EtatCandidature.RENCONTRE:
        actuelle.rencontre_le = rencontre_le
    else:
        actuelle.decidee_le, actuelle.decidee_par = le, par
        actuelle.motif_refus = motif if actuelle.etat == EtatCandidature.REFUSEE else ""
    enregistrer(actuelle)
    if message.strip():
        _ajouter_au_fil(actuelle, message, par, le)
    annoncer(actuelle, f"etat:{actuelle.etat}", par)
    _accorder_l_offre(offre, par, le)
    return actuelle


def _poste_libre(offre: Offre, vers: str) -> Refus | None:
    if vers != EtatCandidature.RETENUE:
        return None
    return None if _retenues(offre) < offre.postes and offre.etat == EtatOffre.PUBLIEE else POSTES_PRIS


def _retenues(offre: Offre) -> int:
    return Candidature.objects.filter(offre=offre, etat=EtatCandidature.RETENUE).count()


def _accorder_l_offre(offre: Offre, par: Utilisateur, le: datetime) -> None:
    """Pourvue avec son dernier poste, et les autres candidatures le disent ; rouverte quand un poste se libère."""
    etat = etat_selon_les_postes(offre.etat, postes=offre.postes, retenues=_retenues(offre))
    if etat == offre.etat:
        return
    offre.etat = etat
    enregistrer(offre)
    if etat != EtatOffre.POURVUE:
        return
    autres = Candidature.objects.select_for_update(of=("self",), no_key=True).filter(offre=offre, etat__in=EN_COURS)
    for autre in autres.order_by("pk"):
        autre.etat, autre.decidee_le, autre.decidee_par = EtatCandidature.SANS_SUITE, le, par
        enregistrer(autre)
        annoncer(autre, f"etat:{autre.etat}", par)


@transaction.atomic
def ecrire_message(*, candidature: Candidature, texte: str, par: Utilisateur, le: datetime) -> MessageCandidature:
    """Ajoute un message au fil ; celui de l'entreprise rompt son silence. Lève ValidationError si la candidature est finie."""
    actuelle = _verrouiller(candidature)
    exiger(None if actuelle.etat in VIVANTES else FIL_CLOS)
    message = _ajouter_au_fil(actuelle, texte, par, le)
    if cote_de(par) == Cote.ENTREPRISE:
        actuelle.signe_le = le
        enregistrer(actuelle)
    annoncer(actuelle, f"message:{message.pk}", par)
    return message


def _ajouter_au_fil(candidature: Candidature, texte: str, par: Utilisateur, le: datetime) -> MessageCandidature:
    message = MessageCandidature(
        candidature=candidature, organisation=par.organisation, auteur=par, texte=texte.strip(), le=le
    )
    enregistrer(message)
    return message


def _verrouiller(candidature: Candidature) -> Candidature:
    return (
        Candidature.objects.select_for_update(of=("self",), no_key=True)
        .avec_placement()
        .select_related("offre__engagement")
        .get(pk=candidature.pk)
    )


def _exiger(refus: Refus | None, candidature: Candidature, vers: str) -> None:
    """Un geste arrivé trop tard laisse une ligne au journal, sans rien d'une personne."""
    if refus is not None:
        journal.info("Candidature %s, vers « %s » : rien ne change (%s)", candidature.pk, vers, refus.code)
    exiger(refus)
