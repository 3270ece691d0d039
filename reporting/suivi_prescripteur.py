"""L'accueil d'un prescripteur : ce qui a changé pour les personnes qu'il a orientées, ce qui l'attend. Requêtes en nombre constant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire, EtatOrientation, Orientation
from beneficiaires.periodes import decaler
from beneficiaires.regles import DELAI_REPONSE_JOURS
from beneficiaires.suites import suite_de
from clauses.candidats import lire_candidature
from clauses.models import Candidature, Contrat, MessageCandidature
from clauses.regles.candidatures import EN_COURS, EtatCandidature
from comptes.models import Utilisateur

JOURS_REGARDES = 30
CHANGEMENTS_MONTRES = 12


@dataclass(frozen=True)
class Changement:
    """Un fait récent sur une personne : quand, quoi, et la page qui le dit en entier."""

    le: datetime
    nom: str
    teinte: str
    mot: str
    phrase: str
    adresse: str


def changements(utilisateur: Utilisateur, aujourd_hui: date) -> list[Changement]:
    """Les faits des trente derniers jours, le plus récent en tête : réponses, candidatures, messages, embauches."""
    depuis = decaler(aujourd_hui, -JOURS_REGARDES)
    faits = [
        *_orientations(utilisateur, depuis, aujourd_hui),
        *_candidatures(utilisateur, depuis, aujourd_hui),
        *_messages(utilisateur, depuis),
        *_embauches(utilisateur, depuis, aujourd_hui),
    ]
    return sorted(faits, key=lambda fait: fait.le, reverse=True)[:CHANGEMENTS_MONTRES]


def _orientations(utilisateur: Utilisateur, depuis: date, aujourd_hui: date) -> Iterator[Changement]:
    repondues = Orientation.objects.pour(utilisateur).filter(repondue_le__date__gte=depuis)
    for orientation in repondues.order_by("-repondue_le")[:CHANGEMENTS_MONTRES]:
        suite = suite_de(orientation, aujourd_hui)
        acceptee = orientation.etat == EtatOrientation.ACCEPTEE
        motif = orientation.get_motif_refus_display()
        phrase = "Orientation acceptée." if acceptee else f"Orientation refusée\u00a0: {motif[:1].lower()}{motif[1:]}."
        adresse = reverse("beneficiaires:orientation_detail", args=[orientation.pk])
        yield Changement(orientation.repondue_le, orientation.nom_complet, suite.teinte, suite.mot, phrase, adresse)


def _candidatures(utilisateur: Utilisateur, depuis: date, aujourd_hui: date) -> Iterator[Changement]:
    """Ce que les autres en ont dit : ses propres retraits ne lui apprennent rien."""
    bougees = (
        Candidature.objects.pour(utilisateur)
        .avec_ses_parties()
        .filter(Q(decidee_le__date__gte=depuis) | Q(etat=EtatCandidature.RENCONTRE, signe_le__date__gte=depuis))
        .exclude(etat=EtatCandidature.RETIREE)
    )
    for candidature in bougees.order_by("-decidee_le", "-signe_le")[:CHANGEMENTS_MONTRES]:
        statut = lire_candidature(candidature, utilisateur, aujourd_hui).statut
        le = candidature.decidee_le or candidature.signe_le
        yield Changement(
            le, candidature.beneficiaire.nom_complet, statut.teinte, statut.mot, statut.phrase, _page(candidature)
        )


def _messages(utilisateur: Utilisateur, depuis: date) -> Iterator[Changement]:
    recus = (
        MessageCandidature.objects.filter(candidature__prescripteur=utilisateur.organisation, le__date__gte=depuis)
        .exclude(organisation=utilisateur.organisation)
        .select_related("organisation", "candidature__beneficiaire")
    )
    for message in recus.order_by("-le")[:CHANGEMENTS_MONTRES]:
        candidature = message.candidature
        phrase = f"{message.organisation.nom} vous a écrit."
        yield Changement(
            message.le, candidature.beneficiaire.nom_complet, "info", "Message", phrase, _page(candidature)
        )


def _embauches(utilisateur: Utilisateur, depuis: date, aujourd_hui: date) -> Iterator[Changement]:
    contrats = Contrat.objects.pour(utilisateur).filter(date_debut__range=(depuis, aujourd_hui))
    for contrat in contrats.select_related("beneficiaire", "employeur").order_by("-date_debut")[:CHANGEMENTS_MONTRES]:
        le = timezone.make_aware(datetime.combine(contrat.date_debut, time()))
        phrase = f"{contrat.get_type_contrat_display()} chez {contrat.employeur.nom}."
        adresse = reverse("reporting:personne_parcours", args=[contrat.beneficiaire_id])
        yield Changement(le, contrat.beneficiaire.nom_complet, "valide", "Embauche", phrase, adresse)


def _page(candidature: Candidature) -> str:
    return reverse("clauses:candidature_detail", args=[candidature.pk])


def a_faire(utilisateur: Utilisateur, aujourd_hui: date) -> dict[str, int]:
    """Les brouillons à finir, les orientations qui attendent trop, les candidatures en cours et celles que l'on tait."""
    orientations = Orientation.objects.pour(utilisateur).aggregate(
        brouillons=Count("pk", filter=Q(etat=EtatOrientation.BROUILLON)),
        en_attente=Count("pk", filter=Q(etat=EtatOrientation.ENVOYEE)),
        en_retard=Count(
            "pk",
            filter=Q(etat=EtatOrientation.ENVOYEE, envoyee_le__date__lt=decaler(aujourd_hui, -DELAI_REPONSE_JOURS)),
        ),
    )
    return orientations | Candidature.objects.pour(utilisateur).compter(aujourd_hui, settings.SILENCE_CANDIDATURE_JOURS)


def personnes(utilisateur: Utilisateur, aujourd_hui: date) -> QuerySet[Beneficiaire]:
    """Celles qu'il a orientées et qui sont suivies : leur employeur du jour s'il y en a un, leurs candidatures en cours."""
    contrats = Contrat.objects.filter(beneficiaire=OuterRef("pk"), date_debut__lte=aujourd_hui).filter(
        Q(date_rupture__gte=aujourd_hui)
        | Q(date_rupture__isnull=True, date_fin__gte=aujourd_hui)
        | Q(date_rupture__isnull=True, date_fin__isnull=True)
    )
    return (
        Beneficiaire.objects.pour(utilisateur)
        .select_related("structure", "referent")
        .annotate(
            employeur=Subquery(contrats.order_by("-date_debut").values("employeur__nom")[:1]),
            fin_contrat=Subquery(contrats.order_by("-date_debut").values("date_fin")[:1]),
            en_cours=Count("candidatures", filter=Q(candidatures__etat__in=sorted(EN_COURS))),
            retenues=Count("candidatures", filter=Q(candidatures__etat=EtatCandidature.RETENUE)),
        )
        .order_by("cle_tri", "id")
    )
