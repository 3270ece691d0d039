"""Le paysage des écrans du comité technique : une séance, une personne que le partenaire a orientée, une autre que non."""

import copy

import pytest
import time_machine

from tests.fabriques import BeneficiaireFactory, Paysage
from tests.parcours.ecrans_comites.gestes import creer_seance


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le 24 novembre 2026 : une séance ce jour-là, et deux personnes, Théodulie que le partenaire a orientée et Gontran que non."""
    with time_machine.travel("2026-11-24T10:12:00+01:00", tick=False):
        paysage = Paysage()
        paysage.sienne = BeneficiaireFactory(
            structure=paysage.structure,
            prescripteur=paysage.prescripteur,
            prenom="Théodulie",
            nom_naissance="Aspremont",
            nom_usage="",
        )
        paysage.autre = BeneficiaireFactory(
            structure=paysage.structure, prenom="Gontran", nom_naissance="Quatremère", nom_usage=""
        )
        paysage.comite = creer_seance(paysage)
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-24T10:12:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


@pytest.fixture
def partenaire(client, paysage):
    client.force_login(paysage.compte_prescripteur)
    return client
