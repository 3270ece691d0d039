"""Le comité technique de la démonstration : une séance close dont les décisions sont justes, la suivante en préparation."""

from datetime import date

import pytest
from django.core.management import call_command

from comptes.models import Utilisateur
from parcours.models import ComiteTechnique, DecisionPoint, PointComite, SujetPoint
from parcours.ordre_du_jour import proposer

pytestmark = pytest.mark.django_db
REFERENCE = date(2026, 11, 17)


def test_une_seance_close_et_la_suivante_en_preparation():
    """Deux mardis : le 29 septembre, close avec cinq décisions ; le 24 novembre, quatre points et d'autres proposés."""
    call_command("peupler", date=REFERENCE, verbosity=0)
    suivante, close = ComiteTechnique.objects.all()

    assert (close.date_seance, close.est_close) == (date(2026, 9, 29), True)
    assert {point.decision for point in close.points.all()} == set(DecisionPoint.values)
    assert {point.sujet for point in close.points.all()} == set(SujetPoint.values)
    assert {organisation.nom for organisation in close.presents.all()} == {
        "Mission locale du Confluent",
        "France Travail Villerive",
    }
    assert (suivante.date_seance, suivante.est_close) == (date(2026, 11, 24), False)
    assert [point.sujet for point in suivante.points.all()] == ["orientation", "orientation", "renouvellement", "frein"]
    for point in PointComite.objects.all():
        point.full_clean()

    propositions = proposer(suivante, Utilisateur.objects.get(email="c.morel@confluent.example"), REFERENCE)
    assert {p.sujet for p in propositions} >= {SujetPoint.ORIENTATION, SujetPoint.RENOUVELLEMENT, SujetPoint.FREIN}
    reportes = {p.personne: p.reporte_du for p in propositions if p.reporte_du}
    assert reportes == {"Karim Belkacem": date(2026, 9, 29)}, "ajourné en septembre, le sien revient"
