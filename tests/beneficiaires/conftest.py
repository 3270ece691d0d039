"""Ce que partagent les écrans des personnes : un jour fixe, une structure et ses voisines, des comptes connectés."""

import copy

import pytest
import time_machine
from django.test import Client

from tests.fabriques import Paysage

AUJOURD_HUI = "2026-11-17T10:00:00+01:00"


@pytest.fixture
def jour_fixe():
    """Mardi 17 novembre 2026, 10 h."""
    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield


@pytest.fixture(scope="module")
def _paysage_bati(base_du_fichier):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        return Paysage()


@pytest.fixture
def paysage(_paysage_bati, db, jour_fixe):
    """Bâti une fois par fichier ; ce qu'un test y change ne se voit pas dans le suivant."""
    return copy.deepcopy(_paysage_bati)


def connecte(utilisateur) -> Client:
    client = Client()
    client.force_login(utilisateur)
    return client


@pytest.fixture
def facilitateur(paysage):
    return connecte(paysage.facilitateur)


@pytest.fixture
def prescripteur(paysage):
    return connecte(paysage.compte_prescripteur)


@pytest.fixture
def connecter():
    """connecter(utilisateur) : un navigateur de plus."""
    return connecte


@pytest.fixture
def lire():
    """lire(reponse) : le texte de la page, sans balises ni espaces répétées."""
    import html
    import re

    def texte(reponse) -> str:
        corps = re.sub(r"(?s)<(script|style|svg|datalist)\b.*?</\1>", " ", reponse.content.decode())
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", corps)).replace("\u00a0", " ").split())

    return texte
