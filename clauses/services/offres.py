"""Publier le besoin d'une entreprise, le changer, le retirer. Qui touche à une offre la verrouille d'abord, puis ses candidatures."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.communes import cle_commune
from beneficiaires.distances import Lieu
from clauses.models import AlerteOffre, Candidature, Offre
from clauses.regles.candidatures import EN_COURS, EtatCandidature, MotifRefus
from clauses.regles.offres import EtatOffre, controler_offre, controler_postes, etat_selon_les_postes
from clauses.services.annonces import annoncer
from comptes.ecriture import enregistrer, exiger
from comptes.models import Utilisateur
from comptes.regles import Refus

LOT_CLOS = Refus("Ce lot est clos\u00a0: il ne reçoit plus d’heures, donc plus d’offre.", "lot_clos")
CHAMPS_DES_REFUS = {
    "fin_absente": "date_fin",
    "fin_de_cdi": "date_fin",
    "annee_fin": "date_fin",
    "fin_avant_debut": "date_fin",
    "mission_finie": "date_fin",
    "contrat_long": "date_fin",
    "annee_embauche": "date_debut",
    "embauche_lointaine": "date_debut",
}


def situer(objet: Offre | AlerteOffre, texte: str, lieu: Lieu | None) -> None:
    """Note la commune : son code et son centre si elle est reconnue, sinon le nom tapé, qui se comparera sans accent ni majuscule."""
    objet.commune = lieu.nom if lieu else texte.strip()
    objet.cle_commune = cle_commune(objet.commune)
    objet.code_commune = lieu.code if lieu else ""
    objet.latitude, objet.longitude = (lieu.latitude, lieu.longitude) if lieu else (None, None)


@transaction.atomic
def enregistrer_offre(*, offre: Offre, aujourd_hui: date) -> Offre:
    """Garde une offre neuve ou changée. Lève ValidationError si ses dates, son lot ou ses postes ne vont pas."""
    _controler(offre, aujourd_hui)
    if not offre._state.adding:
        actuelle = verrouiller_offre(offre)
        exiger(_deja_retiree(actuelle))
        retenues = actuelle.candidatures.filter(etat=EtatCandidature.RETENUE).count()
        exiger(controler_postes(offre.postes, retenues), "postes")
        offre.publiee_le = actuelle.publiee_le
        offre.etat = etat_selon_les_postes(actuelle.etat, postes=offre.postes, retenues=retenues)
    enregistrer(offre)
    return offre


@transaction.atomic
def publier(*, offre: Offre, le: datetime, aujourd_hui: date) -> Offre:
    """Montre l'offre à tous les prescripteurs. Retirée, elle revient comme une offre neuve."""
    actuelle = verrouiller_offre(offre)
    if actuelle.etat in (EtatOffre.PUBLIEE, EtatOffre.POURVUE):
        raise ValidationError("Cette offre est déjà publiée. Rien n’a changé.", code="deja_publiee")
    _controler(actuelle, aujourd_hui)
    retenues = actuelle.candidatures.filter(etat=EtatCandidature.RETENUE).count()
    actuelle.publiee_le = le
    actuelle.etat = etat_selon_les_postes(EtatOffre.PUBLIEE, postes=actuelle.postes, retenues=retenues)
    enregistrer(actuelle)
    return actuelle


@transaction.atomic
def retirer_offre(*, offre: Offre, par: Utilisateur, le: datetime) -> Offre:
    """Retire l'offre. Les candidatures qui attendaient reçoivent une réponse : le besoin a changé."""
    actuelle = verrouiller_offre(offre)
    exiger(_deja_retiree(actuelle))
    actuelle.etat = EtatOffre.RETIREE
    enregistrer(actuelle)
    en_cours = Candidature.objects.select_for_update(of=("self",), no_key=True).filter(
        offre=actuelle, etat__in=EN_COURS
    )
    for candidature in en_cours.order_by("pk"):
        candidature.etat, candidature.motif_refus = EtatCandidature.REFUSEE, MotifRefus.BESOIN
        candidature.decidee_le, candidature.decidee_par = le, par
        enregistrer(candidature)
        annoncer(candidature, f"etat:{candidature.etat}", par)
    return actuelle


def verrouiller_offre(offre: Offre) -> Offre:
    """Relit l'offre et la tient jusqu'à la fin de la transaction."""
    return Offre.objects.select_for_update(of=("self",), no_key=True).avec_ses_parties().get(pk=offre.pk)


def _controler(offre: Offre, aujourd_hui: date) -> None:
    exiger(LOT_CLOS if offre.engagement.titulaire.lot.clos_le else None, "engagement")
    for refus in controler_offre(
        type_contrat=offre.type_contrat, debut=offre.date_debut, fin=offre.date_fin, aujourd_hui=aujourd_hui
    ):
        exiger(refus, champs=CHAMPS_DES_REFUS)


def _deja_retiree(offre: Offre) -> Refus | None:
    if offre.etat != EtatOffre.RETIREE:
        return None
    return Refus("Cette offre est retirée\u00a0: publiez-la de nouveau avant de la changer.", "offre_retiree")
