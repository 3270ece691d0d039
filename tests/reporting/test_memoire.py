"""Les comptes gardés de l'accueil de l'acheteur : retrouvés tant que rien n'est écrit, jamais dépassés."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from threading import Thread
from uuid import UUID

import pytest
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from clauses.models import EtatReleve, ReleveHeures
from comptes.models import Organisation
from reporting.indicateurs import compter
from reporting.memoire import comptes_gardes
from tests.reporting.test_indicateurs import ligne

ENGAGEMENT = UUID(int=1)
OCTOBRE = date(2026, 10, 31)
TABLES = import_module("reporting.migrations.0002_ecritures_du_public").TABLES


class Calcul:
    """Compte six personnes et dit combien de fois on le lui a demandé."""

    def __init__(self):
        self.fois = 0

    def __call__(self):
        self.fois += 1
        return compter([ligne(n) for n in range(6)])

    def demander(self, engagements=(ENGAGEMENT,), arrete_au=OCTOBRE):
        return comptes_gardes(engagements, arrete_au=arrete_au, calculer=self)


@pytest.fixture
def calcul():
    return Calcul()


@pytest.mark.django_db(transaction=True)
def test_rien_d_ecrit_les_comptes_se_retrouvent_egaux(calcul):
    """Deux demandes, un calcul ; une autre date ou d'autres engagements ont leurs propres comptes."""
    assert calcul.demander() == calcul.demander()
    assert calcul.fois == 1
    calcul.demander(arrete_au=date(2026, 9, 30))
    calcul.demander(engagements=(ENGAGEMENT, UUID(int=2)))
    assert calcul.fois == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", TABLES)
def test_toute_ecriture_fait_recompter(calcul, table):
    """Heures, affectations, contrats, décisions, personnes, organisations : chacune change un compte."""
    calcul.demander()
    with connection.cursor() as curseur:
        # Le trigger part même sans ligne changée.
        curseur.execute(SQL("UPDATE {} SET id = id WHERE false").format(Identifier(table)))
    calcul.demander()
    assert calcul.fois == 2


@pytest.mark.django_db(transaction=True)
def test_une_ecriture_pas_encore_validee_empeche_de_garder(calcul):
    """Ce qui est compté pendant qu'un autre écrit ne se retrouve pas une fois qu'il a fini."""

    def pendant_ce_temps():
        calcul.demander()
        connection.close()

    with transaction.atomic():
        Organisation.objects.create(nom="Entreprise témoin", profil="entreprise")
        autre = Thread(target=pendant_ce_temps)
        autre.start()
        autre.join()
    calcul.demander()
    assert calcul.fois == 2


@pytest.mark.django_db
def test_une_transaction_qui_a_ecrit_ne_garde_rien(calcul):
    """Ses propres écritures peuvent encore être défaites."""
    Organisation.objects.create(nom="Entreprise témoin", profil="entreprise")
    calcul.demander()
    calcul.demander()
    assert calcul.fois == 2


def test_l_accueil_de_l_acheteur_suit_chaque_validation(client, chantier):
    """600 h validées pour 12 personnes ; un mois refusé, et la page le dit aussitôt."""
    client.force_login(chantier.compte_acheteur)
    assert client.get("/").context["public"].heures == Decimal(600)
    ReleveHeures.objects.filter(etat=EtatReleve.VALIDE, mois=date(2026, 4, 1)).update(
        etat=EtatReleve.REFUSE, motif="Doublon"
    )
    assert client.get("/").context["public"].heures == Decimal(480)
