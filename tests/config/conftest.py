"""La démonstration telle que « peupler » l'écrit, une fois pour tout un fichier d'essais."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import TestCase

REFERENCE = date(2026, 11, 17)


@pytest.fixture(scope="module")
def demonstration(base_du_fichier):
    """Peuplée une fois par fichier ; donne les travaux qu'elle a confiés. Ce qu'un essai change se défait après lui."""
    with TestCase.captureOnCommitCallbacks() as confiees:
        call_command("peupler", date=REFERENCE, verbosity=0)
    return confiees
