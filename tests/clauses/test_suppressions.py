"""Supprimer ce qui n'a pas servi ; dire pourquoi le reste ne se supprime pas."""

from decimal import Decimal

import pytest
from django.urls import reverse

from clauses.models import Engagement, Lot, Marche, Operation, RegleClause, Titulaire
from tests.fabriques import (
    AffectationFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    RegleClauseFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


@pytest.fixture
def operation(structure):
    return OperationFactory(structure=structure, nom="Les Peupliers")


@pytest.fixture
def marche(operation):
    regle = RegleClauseFactory(marche=MarcheFactory(operation=operation, reference="2026-T0012"))
    return regle.marche


@pytest.fixture
def lot(marche):
    return LotFactory(marche=marche, numero="2", intitule="Façades")


@pytest.fixture
def titulaire(lot):
    return EngagementFactory(
        titulaire=TitulaireFactory(lot=lot, entreprise__nom="Isol’Est"), heures_initiales=Decimal(750)
    ).titulaire


def page(client, nom, objet):
    return " ".join(client.get(adresse(nom, objet)).content.decode().replace("\u00a0", " ").split())


def adresse(nom, objet):
    return reverse(f"clauses:{nom}_supprimer", args=[objet.pk])


def test_supprimer_de_bas_en_haut(client, operation, marche, lot, titulaire):
    """Titulaire, lot, marché, opération : chacun se supprime quand plus rien n'en dépend, et la page dit ce qui part avec lui."""
    assert "son engagement de 750 h" in page(client, "titulaire", titulaire)
    fiche = reverse("reporting:operation_fiche", args=[operation.pk])
    assert client.post(adresse("titulaire", titulaire)).url == fiche
    assert client.post(adresse("lot", lot)).url == fiche
    assert "sa règle d’éligibilité" in page(client, "marche", marche)
    assert client.post(adresse("marche", marche)).url == fiche
    assert client.post(adresse("operation", operation)).url == reverse("clauses:operation_liste")
    for modele in (Titulaire, Engagement, Lot, RegleClause, Marche, Operation):
        assert not modele.objects.exists()


def test_demander_la_page_ne_supprime_rien(client, lot):
    """La page de confirmation ne fait que demander."""
    assert "Supprimer le lot 2, Façades ?" in page(client, "lot", lot)
    assert Lot.objects.filter(pk=lot.pk).exists()


@pytest.mark.parametrize(
    ("nom", "phrase"),
    [
        ("operation", "Cette opération porte 1 marché."),
        ("marche", "Ce marché a 1 lot."),
        ("lot", "Ce lot a 1 titulaire."),
    ],
)
def test_ce_qui_porte_autre_chose_reste(client, operation, marche, lot, titulaire, nom, phrase):
    """La page dit pourquoi et n'offre pas de supprimer ; un envoi forgé ne supprime rien."""
    objet = {"operation": operation, "marche": marche, "lot": lot}[nom]
    lue = page(client, nom, objet)
    assert phrase in lue
    assert "Suppression impossible" in lue
    assert phrase in client.post(adresse(nom, objet)).content.decode().replace("\u00a0", " ")
    assert Titulaire.objects.filter(pk=titulaire.pk).exists()


def test_un_titulaire_pour_qui_l_on_travaille_reste(client, titulaire):
    """Un contrat compte pour lui : il reste inscrit, avec ses heures."""
    AffectationFactory(engagement=titulaire.engagement)
    assert "1 contrat de travail compte pour ce titulaire : il reste inscrit sur le lot." in page(
        client, "titulaire", titulaire
    )
    client.post(adresse("titulaire", titulaire))
    assert Titulaire.objects.filter(pk=titulaire.pk).exists()


def test_un_donneur_d_ordre_reste(client, lot, titulaire):
    """Il a un sous-traitant : la phrase dit quoi faire d'abord."""
    TitulaireFactory(lot=lot, role="sous_traitant", donneur_ordre=titulaire)
    assert "Ce titulaire a 1 sous-traitant." in page(client, "titulaire", titulaire)


def test_un_marche_dont_la_regle_a_servi_reste(client, operation, marche):
    """Une décision d'éligibilité cite sa règle : ni le marché ni l'opération ne se suppriment."""
    EligibiliteFactory(operation=operation, regle=marche.regles.get())
    assert "1 décision d’éligibilité a appliqué la règle de ce marché" in page(client, "marche", marche)
    client.post(adresse("marche", marche))
    assert Marche.objects.filter(pk=marche.pk).exists()


def test_une_operation_qui_garde_des_decisions_reste(client, operation):
    """Une décision prise pour elle suffit à la garder, même sans marché."""
    EligibiliteFactory(operation=operation, regle=RegleClauseFactory())
    assert "1 décision d’éligibilité vaut pour cette opération : elle reste enregistrée." in page(
        client, "operation", operation
    )
    client.post(adresse("operation", operation))
    assert Operation.objects.filter(pk=operation.pk).exists()
