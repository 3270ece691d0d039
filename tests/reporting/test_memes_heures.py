"""Un même nombre d'heures validées, partout où il se lit."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.cumuls import ecarts, recalculer_tous
from clauses.models import Engagement, EtatReleve, NatureHeures
from clauses.services.marches import changer_regle
from reporting.bilans import contexte_du_bilan, demander_bilan
from tests.fabriques import Paysage, ReleveHeuresFactory
from tests.lire_html import texte

pytestmark = pytest.mark.django_db
AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
LE_17_NOVEMBRE = date(2026, 11, 17)


@pytest.fixture(autouse=True)
def _le_17_novembre():
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        yield


@pytest.fixture
def paysage(client):
    """480 h dues. Travail au coefficient 0,8 : 100 h en comptent 80. Formation plafonnée à 20 %, 96 h : 120 h en comptent 96."""
    paysage = Paysage()
    paysage.releve.delete()
    Engagement.objects.filter(pk=paysage.engagement.pk).update(heures_dues=Decimal(480))
    changer_regle(
        marche=paysage.marche,
        sections={
            "comptage": {"modes": {"formation": {"plafond_pourcent": "20"}, "directe": {"coefficient": "0.8"}}},
        },
        par=paysage.facilitateur,
    )
    commun = {"affectation": paysage.affectation, "etat": EtatReleve.VALIDE, "saisi_par": paysage.facilitateur}
    ReleveHeuresFactory(mois=AVRIL, heures=Decimal(100), nature=NatureHeures.TRAVAIL, **commun)
    ReleveHeuresFactory(mois=MAI, heures=Decimal(120), nature=NatureHeures.FORMATION, **commun)
    recalculer_tous()
    client.force_login(paysage.facilitateur)
    return paysage


def lire(client, adresse):
    return texte(client.get(adresse).content.decode())


def total_de_la_grille(client, paysage, mois):
    page = client.get(f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois={mois}")
    return re.search(r'id="p-v"[^>]*>([^<]*)<', page.content.decode())[1]


@pytest.mark.parametrize("mois", ["2026-06", "2026-11"], ids=["mois affichés", "mois d’avant"])
def test_la_grille_l_operation_le_marche_les_lignes_et_le_bilan_disent_176_heures(client, paysage, mois):
    """80 h de travail et 96 h de formation : 176 h partout, que les mois soient affichés ou passés."""
    assert total_de_la_grille(client, paysage, mois) == "176"
    for nom, objet in (("operation_fiche", paysage.operation), ("marche_fiche", paysage.marche)):
        assert "176\u00a0h validées sur 480\u00a0h dues" in lire(client, reverse(f"reporting:{nom}", args=[objet.pk]))
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={paysage.operation.pk}&etat=valide")
    assert re.search(r"176\sh dans 2\slignes", lignes)
    bilan = demander_bilan(
        marche=paysage.marche, utilisateur=paysage.facilitateur, arrete_au=LE_17_NOVEMBRE, aujourd_hui=LE_17_NOVEMBRE
    )
    assert contexte_du_bilan(bilan)["total"].validees == Decimal(176)
    assert ecarts() == []


def test_la_case_et_la_ligne_disent_les_deux_nombres(client, paysage):
    """« 120 h déclarées, 96 h comptées : plafond de formation 20 % », sous la ligne, dans les lignes et sur la page de la case."""
    grille = lire(client, f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois=2026-06")
    assert "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: plafond de formation 20\u00a0%" in grille
    assert "100\u00a0h déclarées, 80\u00a0h comptées\u00a0: coefficient d’embauche directe 0,8" in grille
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={paysage.operation.pk}")
    assert "Validées\u00a0: 220\u00a0h déclarées, 176\u00a0h comptées." in lignes
    assert "déclarées, 96\u00a0h comptées" in lignes
    formation = paysage.affectation.releves.get(nature=NatureHeures.FORMATION)
    detail = lire(client, reverse("clauses:releve_detail", args=[formation.pk]))
    assert "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: plafond de formation 20\u00a0%" in detail


def test_des_heures_refusees_ne_disent_pas_qu_elles_comptent(client, paysage):
    """Refusées, les 120 h ne se comptent plus : rien ne dit « comptées » à leur sujet."""
    formation = paysage.affectation.releves.get(nature=NatureHeures.FORMATION)
    formation.etat, formation.motif = EtatReleve.REFUSE, "Pas d’attestation"
    formation.save(update_fields=["etat", "motif"])
    recalculer_tous()
    grille = lire(client, f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois=2026-06")
    assert "120\u00a0h déclarées" not in grille
    assert total_de_la_grille(client, paysage, "2026-06") == "80"
