"""Les contrôles à l'écran : dans la grille, avant et après l'envoi."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.models import Constat, ReleveHeures
from clauses.services.marches import changer_regle
from tests.fabriques import ContratFactory, Paysage, ReleveHeuresFactory
from tests.lire_html import texte

AUJOURD_HUI = "2026-11-17T10:00:00+01:00"
# Octobre 2026 : 31 jours et 22 jours ouvrés ; un contrat de 35 h y fait 155 h au plus.
MOIS = "202610"


@pytest.fixture
def paysage(db):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        paysage = Paysage()
        ReleveHeures.objects.all().delete()
        yield paysage


def _case(paysage, heures, version="0:"):
    cle = f"{paysage.affectation.pk.hex}-t-{MOIS}"
    return {f"h-{cle}": heures, f"lu-{cle}": version}


def _controler(client, paysage, heures, utilisateur=None):
    client.force_login(utilisateur or paysage.facilitateur)
    return client.post(reverse("clauses:heures_controler"), _case(paysage, heures), headers={"HX-Request": "true"})


def _grille(paysage):
    return f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois=2026-10"


# --- avant l'envoi ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heures", "extrait"),
    [
        ("155,01", "Avertissement\u00a0: 155,01\u00a0h du 1er au 31 octobre 2026"),
        ("400", "Bloquant, ne s’enregistrera pas\u00a0: 400\u00a0h en octobre 2026"),
        ("abc", "Bloquant, ne s’enregistrera pas\u00a0: «\u00a0abc\u00a0» n’est pas un nombre d’heures"),
        ("-3", "ne peut pas être négatif"),
        ("35,123", "deux décimales au plus"),
    ],
)
def test_la_case_se_controle_sans_s_enregistrer(client, paysage, heures, extrait):
    """Le fragment dit le niveau en toutes lettres et la phrase ; rien n'est écrit."""
    reponse = _controler(client, paysage, heures)
    assert reponse.status_code == 200
    assert extrait in texte(reponse.content.decode())
    assert not ReleveHeures.objects.exists()
    assert not Constat.objects.exists()


def test_rien_a_dire_rend_un_fragment_vide(client, paysage):
    """Des heures ordinaires, déclarées par l'entreprise : aucune remarque."""
    assert not _controler(client, paysage, "140", paysage.compte_entreprise).content.strip()


def test_l_entreprise_ne_lit_pas_ce_qui_est_reserve(client, paysage):
    """Un autre temps plein de la personne se dit au facilitateur, jamais à l'entreprise."""
    second = ContratFactory(beneficiaire=paysage.beneficiaire, employeur=paysage.autre_entreprise)
    ReleveHeuresFactory(
        affectation__contrat=second, mois="2026-10-01", date_debut="2026-10-01", date_fin="2026-10-31", heures=10
    )
    assert "Voltéo" in texte(_controler(client, paysage, "100").content.decode())
    assert "Voltéo" not in texte(_controler(client, paysage, "100", paysage.compte_entreprise).content.decode())


def test_sans_htmx_la_reponse_se_lit_dans_la_page(client, paysage):
    """Appelé comme une page, le contrôle dit ses remarques en messages."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(reverse("clauses:heures_controler"), _case(paysage, "400"), follow=True)
    assert "Bloquant\u00a0: 400\u00a0h en octobre 2026" in texte(reponse.content.decode())


def test_une_demande_sans_case_n_existe_pas(client, paysage):
    """Ni champ d'heures, ni clé de case : 404."""
    client.force_login(paysage.facilitateur)
    assert client.post(reverse("clauses:heures_controler"), {"h-x": "3"}).status_code == 404


# --- après l'envoi ---------------------------------------------------------------------------------------------------


def test_apres_l_envoi_la_remarque_reste_sous_la_ligne(client, paysage):
    """Sans script : la case est gardée, la page revenue montre l'avertissement, et la case le nomme."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(_grille(paysage), _case(paysage, "160"), follow=True)
    page = texte(reponse.content.decode())
    assert "1\u00a0case enregistrée, 160\u00a0h." in page
    assert (
        "Avertissement\u00a0: 160\u00a0h du 1er au 31 octobre 2026\u00a0: le contrat est de 35\u00a0h par semaine"
        in page
    )
    cle = f"{paysage.affectation.pk.hex}-t-{MOIS}"
    assert f'aria-describedby="e-{cle} c-{cle}"' in reponse.content.decode()
    assert f'id="c-{cle}"' in reponse.content.decode()


def test_la_reponse_d_une_case_porte_ses_remarques(client, paysage):
    """Avec htmx : la case enregistrée revient avec la remarque à ranger sous sa ligne."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(reverse("clauses:heures_case"), _case(paysage, "160"), headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    assert f'id="c-{paysage.affectation.pk.hex}-t-{MOIS}"' in reponse.content.decode()
    assert ReleveHeures.objects.get().heures == Decimal(160)


def test_un_bloquant_du_marche_garde_ce_qui_est_tape(client, paysage):
    """Rendu bloquant par le marché : 422, la phrase, et 160 reste dans la case."""
    changer_regle(
        marche=paysage.marche, sections={"controles": {"plus_que_le_contrat": "bloquant"}}, par=paysage.facilitateur
    )
    client.force_login(paysage.facilitateur)
    reponse = client.post(_grille(paysage), _case(paysage, "160"))
    assert reponse.status_code == 422
    assert "soit 155\u00a0h sur ces jours" in texte(reponse.content.decode())
    assert 'value="160"' in reponse.content.decode()
    assert not ReleveHeures.objects.exists()


def test_une_ligne_validee_ne_montre_plus_ses_remarques(client, paysage):
    """Décidée, la case n'appelle plus rien : la remarque se lit dans son histoire."""
    client.force_login(paysage.facilitateur)
    client.post(_grille(paysage), _case(paysage, "160"))
    ReleveHeures.objects.update(etat="valide")
    assert "Avertissement" not in texte(client.get(_grille(paysage)).content.decode())
