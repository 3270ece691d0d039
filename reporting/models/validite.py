"""Ce qu'une alerte annonce est-il encore vrai ? Le travail de nuit la clôt ; d'ici là, l'écran relit l'objet lui-même.

Une condition par sorte : l'objet existe, il porte encore cette date, et rien ne l'a réglé depuis.
"""

from functools import cache

from django.db.models import BooleanField, DateField, Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, TruncMonth

from beneficiaires.models import EtatOrientation, Justificatif, Orientation, Situation
from clauses.models import (
    Affectation,
    ContactEntreprise,
    Contrat,
    Declaration,
    Eligibilite,
    Engagement,
    EnvoiDeclaration,
    Marche,
    ReleveHeures,
    ReponseEligibilite,
)
from comptes.sql_ecrit import ExpressionEcrite, ecrire
from parcours.models import Agrement, Suivi
from reporting.models.sortes import AGREMENTS, TypeAlerte

LA_DATE = OuterRef("date_echeance")


@cache
def encore_vraie(alertes: type[Model], *sortes: TypeAlerte) -> ExpressionEcrite:
    """La condition que doit remplir une alerte de ces sortes (toutes, si rien n'est dit) pour se montrer.

    Elle ne dépend de rien d'autre : elle s'écrit une fois.
    """
    return ecrire(alertes, _condition(sortes), BooleanField())


def _condition(sortes: tuple[TypeAlerte, ...]) -> Q:
    condition = Q()
    for types, objets in _objets().items():
        demandes = [type_alerte for type_alerte in types if not sortes or type_alerte in sortes]
        if not demandes:
            continue
        vraie = Q(Exists(objets.filter(pk=OuterRef("objet"))))
        if TypeAlerte.MOIS_SANS_HEURES in demandes:
            vraie &= ~_mois_declare()
        # La sorte d'abord : PostgreSQL ne cherche alors l'objet que dans la table de sa sorte.
        condition |= Q(type_alerte__in=demandes) & vraie
    return condition


def _objets() -> dict[tuple[TypeAlerte, ...], QuerySet]:
    """Ce qu'annoncent ces sortes, tant que c'est vrai."""
    return {
        (TypeAlerte.ELIGIBILITE,): Eligibilite.objects.favorables().filter(date_fin=LA_DATE),
        AGREMENTS: Agrement.objects.filter(date_fin=LA_DATE),
        (TypeAlerte.CONTRAT,): Contrat.objects.alias(fin=Coalesce("date_rupture", "date_fin")).filter(fin=LA_DATE),
        (TypeAlerte.MARCHE,): Marche.objects.filter(date_fin=LA_DATE),
        (TypeAlerte.SITUATION,): Situation.objects.filter(date_fin=LA_DATE),
        (TypeAlerte.DECISION_MANQUANTE,): _decisions(),
        # Sur un lot encore ouvert.
        (TypeAlerte.MOIS_SANS_HEURES,): Affectation.objects.filter(engagement__titulaire__lot__clos_le__isnull=True),
        (TypeAlerte.RYTHME,): Engagement.objects.filter(heures_dues__gt=0),
        (TypeAlerte.SUIVI,): Suivi.objects.sans_reponse().filter(date_prevue=LA_DATE),
        (TypeAlerte.ORIENTATION,): Orientation.objects.filter(etat=EtatOrientation.ENVOYEE),
        (TypeAlerte.PIECE,): _pieces(),
        (TypeAlerte.COURRIEL_REVENU,): ContactEntreprise.objects.filter(en_echec_le=LA_DATE),
        (TypeAlerte.CONTACT_SILENCE,): _silences(),
    }


def _decisions():
    """Décisions en vigueur, pas favorables, dont l'embauche est encore ce jour-là : prévue avec la décision, ou au contrat."""
    contrats = Contrat.objects.filter(
        beneficiaire=OuterRef("beneficiaire"),
        affectations__engagement__titulaire__lot__marche__operation=OuterRef("operation"),
        date_debut=OuterRef(LA_DATE),
    )
    return (
        Eligibilite.objects.courantes()
        .alias(embauche=Cast(KT("decision__dates__embauche"), DateField()))
        .exclude(reponse=ReponseEligibilite.ELIGIBLE)
        .filter(Q(embauche=LA_DATE) | Exists(contrats))
    )


def _mois_declare() -> Q:
    """Des heures, même zéro, sont déclarées pour ce mois de cette affectation."""
    mois = TruncMonth(Cast(LA_DATE, DateField()))
    return Q(Exists(ReleveHeures.objects.filter(affectation=OuterRef("objet"), mois=mois)))


def _silences():
    """Relances restées sans réponse : l'adresse est toujours celle du contact, et un marché du mois n'est pas reçu."""
    attendues = Declaration.objects.du_mois(
        entreprise=OuterRef("entreprise"), structure=OuterRef("structure"), mois=OuterRef("mois")
    ).filter(recue_le__isnull=True)
    return EnvoiDeclaration.objects.filter(
        Exists(attendues), prevu_le=LA_DATE, revenu_le__isnull=True, contact__courriel=F("courriel")
    )


def _pieces():
    """Pièces qu'aucune autre, plus récente, n'a remplacées."""
    plus_recentes = Justificatif.objects.filter(situation=OuterRef("situation"), date_piece__gt=OuterRef("date_piece"))
    return Justificatif.objects.filter(~Exists(plus_recentes))
