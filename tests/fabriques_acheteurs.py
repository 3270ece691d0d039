"""Le paysage des marchés à venir : un brouillon, un avis demandé, un avis rendu, un marché publié."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory

from clauses.models import AvisFacilitateur, ClauseCitee, MessageProjet, ProjetMarche, VersionClause
from tests.fabriques_marches import OperationFactory

DEMANDE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


class ProjetFactory(factory.django.DjangoModelFactory):
    """Le million d'euros de travaux de la source : 833 h en bas de la fourchette. L'avis est demandé le 3 novembre 2026."""

    class Meta:
        model = ProjetMarche

    objet = factory.Sequence(lambda n: f"Réhabilitation de la résidence {n}")
    ccag = "travaux"
    nature = "travaux"
    montant_ht_euros = Decimal(1_000_000)
    duree_mois = 12
    commune = "Villerive"
    question = "Combien d’heures pour ce marché\u00a0?"
    publication_prevue = date(2027, 2, 1)
    calibrage = factory.LazyFunction(
        lambda: {"montant_ht_euros": "1000000", "duree_mois": "12", "nature": "travaux", "cout_horaire_euros": "30"}
    )
    demande_le = DEMANDE
    attente = "facilitateur"
    attente_depuis = DEMANDE


class BrouillonFactory(ProjetFactory):
    demande_le = None
    attente = ""
    attente_depuis = None


class VersionClauseFactory(factory.django.DjangoModelFactory):
    """La première version d'une structure : le suivi des heures, avec un délai de dix jours."""

    class Meta:
        model = VersionClause

    code = "suivi"
    numero = 1
    titre = "Déclarer les heures"
    texte = "Le titulaire déclare ses heures chaque mois à {facilitateur}, dans les dix jours."
    motif = "Un délai de dix jours"
    le = DEMANDE


def completer_les_marches_a_venir(paysage) -> None:
    qui = {"acheteur": paysage.acheteur, "structure": paysage.structure, "cree_par": paysage.compte_acheteur}
    paysage.projet_brouillon = BrouillonFactory(**qui)
    paysage.projet = ProjetFactory(**qui)
    fini = qui | {"attente": "", "attente_depuis": None}
    paysage.projet_rendu = ProjetFactory(**fini)
    paysage.projet_suivi = ProjetFactory(**fini, operation=OperationFactory(structure=paysage.structure))
    paysage.version_clause = VersionClauseFactory(structure=paysage.structure, par=paysage.facilitateur)
    for projet in (paysage.projet_rendu, paysage.projet_suivi):
        avis = AvisFacilitateur.objects.create(
            projet=projet,
            dispositif="execution",
            heures=Decimal(833),
            texte="Une clause sur le lot 1.",
            par=paysage.facilitateur,
            le=DEMANDE,
        )
        version = paysage.version_clause
        ClauseCitee.objects.create(
            avis=avis, rang=1, code=version.code, numero=version.numero, titre=version.titre, texte=version.texte
        )
        MessageProjet.objects.create(
            projet=projet,
            organisation=paysage.structure,
            auteur=paysage.facilitateur,
            texte="Le lot 2 est-il réservé\u00a0?",
            le=DEMANDE,
        )
