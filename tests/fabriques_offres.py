"""Fabriques des offres et des candidatures, et le paysage où chacune est à un moment de son chemin."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from beneficiaires.communes import cle_commune
from clauses.models import AlerteOffre, Candidature, EnvoiOffres, MessageCandidature, Offre
from clauses.regles.candidatures import EtatCandidature
from clauses.regles.offres import EtatOffre
from clauses.services.alertes_offres import adresse_d_arret
from tests.fabriques_marches import EngagementFactory
from tests.fabriques_personnes import BeneficiaireFactory, PrescripteurFactory, UtilisateurFactory

PRESENTATION = "A déjà monté des murs en parpaings, cherche un poste proche de chez elle."


class OffreFactory(DjangoModelFactory):
    class Meta:
        model = Offre

    engagement = factory.SubFactory(EngagementFactory)
    metier_id = "F1703"
    commune = "Villerive"
    cle_commune = factory.LazyAttribute(lambda o: cle_commune(o.commune))
    date_debut = date(2026, 12, 1)
    date_fin = date(2027, 2, 26)
    type_contrat = "cdd"
    heures_hebdo = Decimal(35)
    postes = 2
    etat = EtatOffre.PUBLIEE
    publiee_le = factory.LazyFunction(timezone.now)
    cree_par = factory.SubFactory(UtilisateurFactory)


class CandidatureFactory(DjangoModelFactory):
    """La personne a été orientée par le prescripteur vers la structure de l'offre."""

    class Meta:
        model = Candidature

    offre = factory.SubFactory(OffreFactory)
    prescripteur = factory.SubFactory(PrescripteurFactory)
    auteur = factory.SubFactory(UtilisateurFactory)
    beneficiaire = factory.SubFactory(
        BeneficiaireFactory,
        structure=factory.SelfAttribute("..offre.structure"),
        prescripteur=factory.SelfAttribute("..prescripteur"),
    )
    presentation = PRESENTATION
    disponible_le = date(2026, 12, 1)
    envoyee_le = factory.LazyFunction(timezone.now)
    consentie_le = factory.SelfAttribute("envoyee_le")
    decidee_le = factory.LazyAttribute(
        lambda o: None if o.etat in (EtatCandidature.ENVOYEE, EtatCandidature.RENCONTRE) else timezone.now()
    )
    etat = EtatCandidature.ENVOYEE


def completer_les_offres(paysage) -> None:
    """Une offre publiée, une en brouillon ; une candidature qui attend, une rencontrée, une retenue dont le contrat n'est pas fait."""
    paysage.offre = OffreFactory(engagement=paysage.engagement, cree_par=paysage.compte_entreprise)
    paysage.offre_brouillon = OffreFactory(
        engagement=paysage.engagement, cree_par=paysage.compte_entreprise, etat=EtatOffre.BROUILLON, publiee_le=None
    )
    qui = {"offre": paysage.offre, "prescripteur": paysage.prescripteur, "auteur": paysage.compte_prescripteur}
    paysage.candidature = CandidatureFactory(**qui)
    paysage.candidature_rencontree = CandidatureFactory(etat=EtatCandidature.RENCONTRE, signe_le=il_y_a(2), **qui)
    paysage.candidature_retenue = CandidatureFactory(etat=EtatCandidature.RETENUE, **qui)
    MessageCandidature.objects.create(
        candidature=paysage.candidature,
        organisation=paysage.entreprise,
        auteur=paysage.compte_entreprise,
        texte="A-t-elle le permis B ?",
        le=timezone.now(),
    )
    paysage.alerte_offre = AlerteOffre.objects.create(
        utilisateur=paysage.compte_prescripteur, commune="Villerive", cle_commune="villerive"
    )
    paysage.jeton_offres = adresse_d_arret(paysage.compte_prescripteur).rstrip("/").rsplit("/", 1)[1]
    EnvoiOffres.objects.create(utilisateur=paysage.compte_prescripteur, jour=date(2026, 11, 16))


def il_y_a(jours: int) -> datetime:
    return timezone.now() - timedelta(days=jours)
