"""Les offres des entreprises, les candidatures à tous les stades, et l'alerte d'une conseillère."""

from datetime import datetime
from decimal import Decimal

from beneficiaires.lieux import trouver_lieu
from beneficiaires.periodes import decaler
from clauses.models import AlerteOffre, Candidature, MessageCandidature, Offre
from clauses.regles.candidatures import EN_COURS, EtatCandidature
from clauses.services.offres import situer
from comptes.models import Utilisateur
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.construire_organisations import declarant
from config.demonstration.tables.besoins import ALERTE, BESOINS, LigneBesoin, LigneCandidature
from config.demonstration.tables.personnes import PERSONNES

STRUCTURE = "confluent"
PRESCRIPTEURS = {ligne.cle: ligne.prescripteur for ligne in PERSONNES}


def construire_besoins(atelier: Atelier) -> None:
    """Après les communes : une offre garde la position de la sienne."""
    for ligne in BESOINS:
        offre = _offre(atelier, ligne)
        offre.save()
        for candidature in ligne.candidatures:
            _proposer(atelier, offre, ligne, candidature)
    compte, commune, rayon, metiers = ALERTE
    alerte = AlerteOffre(
        id=atelier.id("alerte_offre", compte),
        utilisateur=atelier.comptes[compte],
        rayon_km=rayon,
        vues_jusqu_a=_instant(atelier, -1, 7),
    )
    situer(alerte, commune, trouver_lieu(commune).lieu)
    alerte.save()
    alerte.metiers.set(metiers)


def _offre(atelier: Atelier, ligne: LigneBesoin) -> Offre:
    offre = Offre(
        id=atelier.id("besoin", ligne.cle),
        engagement=atelier.engagements[ligne.engagement],
        metier_id=ligne.metier,
        date_debut=decaler(atelier.reference, ligne.debut),
        date_fin=decaler(atelier.reference, ligne.fin),
        postes=ligne.postes,
        type_contrat=ligne.type_contrat,
        heures_hebdo=Decimal(ligne.heures),
        conditions=ligne.conditions.replace(" ;", "\u00a0;").replace(" :", "\u00a0:"),
        etat=ligne.etat,
        publiee_le=None if ligne.publiee is None else _instant(atelier, ligne.publiee, 9),
        cree_par=_compte(atelier, ligne, "entreprise", ""),
    )
    situer(offre, ligne.commune, trouver_lieu(ligne.commune).lieu)
    return offre


def _proposer(atelier: Atelier, offre: Offre, besoin: LigneBesoin, ligne: LigneCandidature) -> None:
    personne = atelier.personnes[ligne.personne]
    envoyee = _instant(atelier, ligne.envoyee, 10)
    repondue = None if ligne.decidee is None else _instant(atelier, ligne.decidee, 15)
    est_decidee = ligne.etat not in EN_COURS
    par = "prescripteur" if ligne.etat == EtatCandidature.RETIREE else "entreprise"
    candidature = Candidature.objects.create(
        id=atelier.id("candidature", besoin.cle, ligne.personne),
        offre=offre,
        beneficiaire=personne,
        prescripteur=personne.prescripteur,
        auteur=_compte(atelier, besoin, "prescripteur", ligne.personne),
        etat=ligne.etat,
        presentation=ligne.presentation,
        disponible_le=offre.date_debut,
        consentie_le=envoyee,
        envoyee_le=envoyee,
        signe_le=repondue if par == "entreprise" else None,
        rencontre_le=None if ligne.rencontre is None else decaler(atelier.reference, ligne.rencontre),
        decidee_le=repondue if est_decidee else None,
        decidee_par=_compte(atelier, besoin, par, ligne.personne) if est_decidee else None,
        motif_refus=ligne.motif,
    )
    for rang, (auteur, jour, texte) in enumerate(ligne.messages):
        compte = _compte(atelier, besoin, auteur, ligne.personne)
        MessageCandidature.objects.create(
            id=atelier.id("message_candidature", candidature.pk, rang),
            candidature=candidature,
            organisation=compte.adhesions.order_by("cree_le").first().organisation,
            auteur=compte,
            texte=texte.replace(" ?", "\u00a0?"),
            le=_instant(atelier, jour, 16),
        )


def _compte(atelier: Atelier, besoin: LigneBesoin, cote: str, personne: str) -> Utilisateur:
    """Qui agit de ce côté ; une entreprise sans compte passe par son facilitateur."""
    if cote == "prescripteur":
        return atelier.membre(PRESCRIPTEURS[personne], 0)
    entreprise = besoin.engagement.rsplit("/", 1)[1]
    return (cote == "entreprise" and declarant(atelier, entreprise)) or atelier.membre(STRUCTURE, 0)


def _instant(atelier: Atelier, jour: int, heure: int) -> datetime:
    return moment(decaler(atelier.reference, jour), heure, 0)


def dater_les_besoins(atelier: Atelier) -> None:
    """Une offre est créée le jour où elle se publie ; un brouillon, la veille."""
    veille = _instant(atelier, -1, 9)
    offres = list(Offre.objects.all())
    for offre in offres:
        offre.cree_le = offre.publiee_le or veille
    Offre.objects.bulk_update(offres, ["cree_le"])
    AlerteOffre.objects.update(cree_le=_instant(atelier, -30, 9))
