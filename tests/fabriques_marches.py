"""Fabriques d’un marché : de l’opération aux heures relevées, avec des dates fixes."""

from datetime import date
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from beneficiaires.periodes import Periode
from clauses.models import (
    Affectation,
    Contrat,
    DroitPartage,
    Eligibilite,
    Engagement,
    Lot,
    Marche,
    Operation,
    PartageOperation,
    RegleClause,
    ReleveHeures,
    ReponseEligibilite,
    Titulaire,
    TypeContrat,
)
from clauses.regles import DatesFenetre, Decision, Fait, ParametresRegle, Raison, Reponse
from tests.fabriques_personnes import (
    AcheteurFactory,
    BeneficiaireFactory,
    EntrepriseFactory,
    StructureFactory,
    UtilisateurFactory,
)


class OperationFactory(DjangoModelFactory):
    class Meta:
        model = Operation

    structure = factory.SubFactory(StructureFactory)
    nom = factory.Sequence(lambda n: f"Opération {n}")
    maitre_ouvrage = factory.SubFactory(AcheteurFactory)
    commune = "Villerive"
    date_debut = date(2026, 1, 14)
    date_fin = date(2027, 6, 30)


class PartageFactory(DjangoModelFactory):
    """Une proposition qui attend. `accepte_le` et `accepte_par` en font un partage en cours."""

    class Meta:
        model = PartageOperation

    operation = factory.SubFactory(OperationFactory)
    porteuse = factory.SelfAttribute("operation.structure")
    structure = factory.SubFactory(StructureFactory)
    droit = DroitPartage.LECTURE
    propose_par = factory.SubFactory(UtilisateurFactory)
    propose_le = factory.LazyFunction(timezone.now)

    class Params:
        en_cours = factory.Trait(
            accepte_le=factory.LazyFunction(timezone.now), accepte_par=factory.SubFactory(UtilisateurFactory)
        )


class MarcheFactory(DjangoModelFactory):
    class Meta:
        model = Marche

    operation = factory.SubFactory(OperationFactory)
    acheteur = factory.SelfAttribute("operation.maitre_ouvrage")
    reference = factory.Sequence(lambda n: f"2026-T{n:04d}")
    objet = "Travaux de réhabilitation"
    article = "9.3"
    date_attribution = date(2026, 1, 14)
    date_notification = date(2026, 1, 20)
    date_debut = date(2026, 3, 2)
    date_fin = date(2027, 6, 30)
    montant_ht_euros = Decimal(1_000_000)


class RegleClauseFactory(DjangoModelFactory):
    """La règle par défaut : 24 mois depuis l'embauche, situation appréciée au jour de l'attribution."""

    class Meta:
        model = RegleClause
        django_get_or_create = ("marche", "version")

    marche = factory.SubFactory(MarcheFactory)
    version = 1
    criteres = ["RSA", "DELD", "DETLD", "JEUNE", "SENIOR", "TH", "QPV"]


class LotFactory(DjangoModelFactory):
    class Meta:
        model = Lot

    marche = factory.SubFactory(MarcheFactory)
    numero = factory.Sequence(lambda n: str(n + 1))
    intitule = "Gros œuvre"


class TitulaireFactory(DjangoModelFactory):
    class Meta:
        model = Titulaire

    lot = factory.SubFactory(LotFactory)
    entreprise = factory.SubFactory(EntrepriseFactory)


class EngagementFactory(DjangoModelFactory):
    class Meta:
        model = Engagement

    titulaire = factory.SubFactory(TitulaireFactory)
    heures_initiales = Decimal(1000)
    heures_dues = factory.SelfAttribute("heures_initiales")


def decision_prise(o) -> Decision:
    """Ce que la règle par défaut a répondu : un critère (RSA) vu à l'attribution, fenêtre ouverte à l'embauche si elle l'est."""
    attribution = date(2026, 1, 14)
    return Decision(
        reponse=Reponse(str(o.reponse)),
        jour_appreciation=attribution,
        date_decision=o.date_decision,
        parametres=ParametresRegle(criteres=("RSA", "DELD", "JEUNE", "SENIOR", "TH", "QPV"), article="9.3"),
        dates=DatesFenetre(
            attribution=attribution,
            notification=date(2026, 1, 20),
            validation=o.date_decision,
            embauche=o.date_debut,
        ),
        fenetre=Periode(o.date_debut, o.date_fin) if o.date_debut else None,
        ouverture=o.date_debut,
        raisons=(Raison("Bénéficiaire du RSA, au 14 janvier 2026.", "RSA", attribution, "CCAP, article 9.3"),),
        faits=(
            Fait(
                critere="RSA",
                libelle="Bénéficiaire du RSA",
                piece="attestation RSA",
                date_piece=date(2026, 1, 6),
                vue_le=date(2026, 1, 9),
                vue_par="Claire Morel",
                organisme="",
                precision="",
            ),
        ),
    )


class EligibiliteFactory(DjangoModelFactory):
    """Une décision favorable dont la fenêtre court du 02/03/2026 au 01/03/2028."""

    class Meta:
        model = Eligibilite

    operation = factory.SubFactory(OperationFactory)
    beneficiaire = factory.SubFactory(BeneficiaireFactory, structure=factory.SelfAttribute("..operation.structure"))
    regle = factory.SubFactory(
        RegleClauseFactory, marche=factory.SubFactory(MarcheFactory, operation=factory.SelfAttribute("...operation"))
    )
    reponse = ReponseEligibilite.ELIGIBLE
    date_decision = date(2026, 2, 12)
    decide_par = factory.SubFactory(UtilisateurFactory)
    date_debut = date(2026, 3, 2)
    date_fin = date(2028, 3, 1)
    decision = factory.LazyAttribute(lambda o: decision_prise(o).vers_json())


class ContratFactory(DjangoModelFactory):
    class Meta:
        model = Contrat

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    type_contrat = TypeContrat.CDD
    employeur = factory.SubFactory(EntrepriseFactory)
    date_debut = date(2026, 3, 2)
    date_fin = date(2027, 3, 1)
    heures_hebdo = Decimal(35)


class AffectationFactory(DjangoModelFactory):
    class Meta:
        model = Affectation

    # Les personnes d'une opération sont à sa structure, sauf partage.
    contrat = factory.SubFactory(
        ContratFactory,
        beneficiaire__structure=factory.SelfAttribute("...engagement.titulaire.lot.marche.operation.structure"),
    )
    engagement = factory.SubFactory(EngagementFactory)
    eligibilite = factory.SubFactory(
        EligibiliteFactory,
        beneficiaire=factory.SelfAttribute("..contrat.beneficiaire"),
        operation=factory.SelfAttribute("..engagement.titulaire.lot.marche.operation"),
        regle__marche=factory.SelfAttribute("...engagement.titulaire.lot.marche"),
    )


class ReleveHeuresFactory(DjangoModelFactory):
    class Meta:
        model = ReleveHeures

    affectation = factory.SubFactory(AffectationFactory)
    mois = date(2026, 4, 1)
    date_debut = factory.SelfAttribute("mois")
    date_fin = factory.LazyAttribute(lambda r: r.mois.replace(day=28))
    heures = Decimal(100)
    saisi_par = factory.SubFactory(UtilisateurFactory)
    saisi_le = factory.LazyFunction(timezone.now)
