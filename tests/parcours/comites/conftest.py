"""Le paysage des services du comité technique : une séance, et une personne en parcours."""

import copy
from datetime import date

import pytest
import time_machine

from parcours.models import Parcours
from tests.fabriques import BeneficiaireFactory, Paysage
from tests.parcours.comites.gestes import AUJOURD_HUI, MAINTENANT, creer_seance


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le 24 novembre 2026, jour de la séance. Une personne sans contrat ni agrément a un parcours depuis le 2 février."""
    with time_machine.travel(MAINTENANT, tick=False):
        paysage = Paysage()
        paysage.beneficiaire = BeneficiaireFactory(structure=paysage.structure, prescripteur=paysage.prescripteur)
        paysage.parcours = Parcours.objects.create(beneficiaire=paysage.beneficiaire, date_debut=date(2026, 2, 2))
        paysage.comite = creer_seance(paysage, AUJOURD_HUI)
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel(MAINTENANT, tick=False):
        yield copy.deepcopy(_paysage_bati)
