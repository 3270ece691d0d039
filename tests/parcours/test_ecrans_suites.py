"""Les écrans des agréments : lire « Pourquoi ? », suspendre, prolonger, renouveler, régler un PLIE."""

import copy
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire, EtatOrientation
from parcours.models import Agrement, Plie, Prolongation, Renouvellement, Suspension
from tests.fabriques import AgrementFactory, OrientationFactory, Paysage
from tests.lire_html import texte

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le paysage au 17 novembre 2026 : le PASS IAE de la personne court du 01/03/2025 au 28/02/2027."""
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        paysage = Paysage()
        Agrement.objects.update(date_debut=date(2025, 3, 1), date_fin=date(2027, 2, 28))
        paysage.agrement.refresh_from_db()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


def adresse(nom: str, objet) -> str:
    return reverse(f"parcours:{nom}", args=[objet.pk])


def lire(client, compte, url: str) -> str:
    client.force_login(compte)
    reponse = client.get(url)
    assert reponse.status_code == 200
    return texte(reponse.content.decode()).replace("\u00a0", " ")


def suspension(**ecarts) -> dict[str, str]:
    return {"motif": "CONTRACT_BROKEN", "date_debut": "01/10/2026", "date_fin": "30/12/2026"} | ecarts


def fin(agrement) -> date:
    return Agrement.objects.get(pk=agrement.pk).date_fin


def test_la_page_explique_et_propose_les_suites(client, paysage):
    """Le facilitateur lit la fin et son calcul, et trouve où suspendre et prolonger."""
    url = adresse("agrement_liste", paysage.beneficiaire)
    lu = lire(client, paysage.facilitateur, url)
    assert "en cours jusqu’au 28 février 2027 inclus, estimation" in lu
    assert "730 jours" in lu
    page = client.get(url).content.decode()
    assert adresse("suspension_creer", paysage.agrement) in page
    assert adresse("prolongation_creer", paysage.agrement) in page


def test_le_prescripteur_lit_sans_rien_changer(client, paysage):
    """Celui qui a orienté la personne lit la même explication, l'avis compris ; aucun bouton, aucun formulaire."""
    Prolongation.objects.create(
        agrement=paysage.agrement,
        motif="RQTH",
        date_debut=date(2027, 2, 28),
        date_fin=date(2027, 8, 31),
        date_demande=date(2026, 11, 2),
        etat="accordee",
        avis_prescripteur="CAP_EMPLOI",
        avis_organisme="Cap emploi du Rhône",
        avis_date=date(2026, 11, 3),
        avis_texte="Projet d’emploi adapté.",
    )
    url = adresse("agrement_liste", paysage.beneficiaire)
    lu = lire(client, paysage.compte_prescripteur, url)
    assert "en cours jusqu’au" in lu
    assert "Projet d’emploi adapté." in lu
    page = client.get(url).content.decode()
    for geste in ("modifier/", "creer/", "supprimer/"):
        assert f"/agrements/{paysage.agrement.pk}/{geste}" not in page
        assert f"/prolongations/{paysage.agrement.prolongations.get().pk}/{geste}" not in page


def test_suspendre_revient_aux_agrements_et_dit_la_fin(client, paysage):
    """90 jours de suspension : la fin estimée passe au 29 mai 2027, l'écran le dit, la fiche montre « Suspendu »."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("suspension_creer", paysage.agrement), suspension(), follow=True)
    assert reponse.redirect_chain[-1][0].startswith(adresse("agrement_liste", paysage.beneficiaire))
    assert "Fin estimée\u00a0: 29 mai 2027 inclus" in reponse.content.decode()
    assert fin(paysage.agrement) == date(2027, 5, 29)
    fiche = lire(client, paysage.facilitateur, reverse("reporting:personne_fiche", args=[paysage.beneficiaire.pk]))
    assert "Suspendu" in fiche
    assert "hachures : suspendu" in fiche


def test_l_apercu_dit_la_fin_sans_rien_garder(client, paysage):
    """Pendant la saisie : « La fin passerait du 28 février au 29 mai 2027 », et rien n'est écrit."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("suspension_creer", paysage.agrement), suspension(estimer="1"))
    lu = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert "La fin passerait du 28 février 2027 au 29 mai 2027 inclus" in lu
    assert not Suspension.objects.exists()
    assert fin(paysage.agrement) == date(2027, 2, 28)


def test_un_refus_garde_la_saisie(client, paysage):
    """Une suspension future : la phrase est au champ, la saisie reste, rien n'est gardé."""
    client.force_login(paysage.facilitateur)
    envoi = suspension(date_debut="18/11/2026", date_fin="31/12/2026")
    reponse = client.post(adresse("suspension_creer", paysage.agrement), envoi)
    page = reponse.content.decode()
    assert "ne commence pas dans le futur" in page
    assert 'value="18/11/2026"' in page
    assert "<title>Erreur" in page
    assert not Suspension.objects.exists()


@pytest.mark.parametrize(
    "envoi",
    [
        {"motif": "", "date_debut": "", "date_fin": ""},
        {"motif": "INCONNU", "date_debut": "32/13/2026", "date_fin": "demain"},
        {"motif": "CONTRACT_BROKEN", "date_debut": "01/01/9999", "date_fin": "31/12/9999"},
        {"motif": "CONTRACT_BROKEN", "date_debut": "01/01/0001", "date_fin": "02/01/0001"},
        {"motif": "CONTRACT_BROKEN", "date_debut": "30/12/2026", "date_fin": "01/10/2026"},
    ],
)
def test_une_saisie_impossible_est_une_phrase(client, paysage, envoi):
    """Champs vides, motif inventé, dates hors du calendrier ou à l'envers : des phrases, jamais une page d'erreur."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("suspension_creer", paysage.agrement), envoi)
    assert reponse.status_code == 200
    assert "message-refus" in reponse.content.decode()
    assert not Suspension.objects.exists()


@pytest.mark.parametrize(("debut", "fin_"), [("28/02/2027", "31/12/9999"), ("01/01/0001", "31/08/2027"), ("", "")])
def test_une_prolongation_impossible_est_une_phrase(client, paysage, debut, fin_):
    """De même pour une prolongation."""
    client.force_login(paysage.facilitateur)
    envoi = {
        "motif": "COMPLETE_TRAINING",
        "date_demande": "02/11/2026",
        "date_debut": debut,
        "date_fin": fin_,
        "etat": "accordee",
    }
    reponse = client.post(adresse("prolongation_creer", paysage.agrement), envoi)
    assert reponse.status_code == 200
    assert "message-refus" in reponse.content.decode()
    assert not Prolongation.objects.exists()


def test_prolonger_puis_noter_la_reponse(client, paysage):
    """Le début est proposé ; demandée, la fin ne bouge pas ; la réponse accordée la recule et se lit."""
    client.force_login(paysage.facilitateur)
    url = adresse("prolongation_creer", paysage.agrement)
    assert 'value="28/02/2027"' in client.get(url).content.decode()
    envoi = {
        "motif": "COMPLETE_TRAINING",
        "date_demande": "02/11/2026",
        "date_debut": "28/02/2027",
        "date_fin": "31/08/2027",
        "etat": "demandee",
    }
    client.post(url, envoi)
    demande = Prolongation.objects.get()
    assert fin(paysage.agrement) == date(2027, 2, 28)
    lu = lire(client, paysage.facilitateur, adresse("agrement_liste", paysage.beneficiaire))
    assert "elle ne compte pas tant que la réponse manque" in lu
    client.post(adresse("prolongation_modifier", demande), envoi | {"etat": "accordee"})
    assert fin(paysage.agrement) == date(2027, 8, 31)


def test_retirer_demande_confirmation_et_rend_la_fin(client, paysage):
    """La page de confirmation n'efface rien ; le bouton retire et dit la fin revenue."""
    client.force_login(paysage.facilitateur)
    client.post(adresse("suspension_creer", paysage.agrement), suspension())
    url = adresse("suspension_supprimer", Suspension.objects.get())
    assert "Retirer cette suspension" in client.get(url).content.decode()
    assert Suspension.objects.exists()
    reponse = client.post(url, follow=True)
    assert "28 février 2027 inclus" in reponse.content.decode()
    assert not Suspension.objects.exists()


def test_un_retrait_refuse_dit_pourquoi(client, paysage):
    """Une suspension dont une autre dépend : la page le dit, les deux restent."""
    autres = [(date(2025, 6, 1), date(2025, 8, 30)), (date(2027, 4, 1), date(2027, 4, 30))]
    premiere, _ = (
        Suspension.objects.create(agrement=paysage.agrement, motif="CONTRACT_BROKEN", date_debut=d, date_fin=f)
        for d, f in autres
    )
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("suspension_supprimer", premiere))
    assert reponse.status_code == 422
    assert "ne contiendrait plus" in reponse.content.decode()
    assert Suspension.objects.count() == 2


def test_une_fin_ecrite_est_annoncee(client, paysage):
    """Quand le document porte sa fin, l'écran dit qu'elle l'emporte, et la confirmation qu'elle n'a pas bougé."""
    Agrement.objects.update(fin_officielle=date(2027, 3, 5), date_fin=date(2027, 3, 5))
    url = adresse("suspension_creer", paysage.agrement)
    assert "elle l’emporte sur le calcul" in lire(client, paysage.facilitateur, url)
    reponse = client.post(url, suspension(), follow=True)
    assert "reste le 5 mars 2027" in reponse.content.decode()


def test_regler_un_plie_puis_renouveler(client, paysage):
    """Un PLIE de 36 mois, renouvelable deux fois de 6 : son parcours dure 36 mois et se renouvelle de 6."""
    client.force_login(paysage.facilitateur)
    reglages = {
        "nom": "PLIE du Confluent",
        "duree_mois": "36",
        "renouvellement_mois": "6",
        "renouvellements_maximum": "2",
    }
    client.post(reverse("parcours:plie_creer"), reglages)
    plie = Plie.objects.get()
    assert plie.structure == paysage.structure
    client.post(
        adresse("agrement_creer", paysage.beneficiaire),
        {"type_agrement": "plie", "plie": plie.pk, "date_debut": "01/01/2024"},
    )
    parcours = Agrement.objects.get(type_agrement="plie")
    assert (parcours.date_fin, parcours.porteur) == (date(2026, 12, 31), "PLIE du Confluent")
    avis = {"avis_organisme": "Comité du PLIE", "avis_date": "10/11/2026", "avis_texte": "Formation à finir."}
    reponse = client.post(adresse("renouvellement_creer", parcours), avis, follow=True)
    assert "Renouveler de 6 mois" not in reponse.content.decode()
    assert fin(parcours) == date(2027, 6, 30)
    liste = adresse("agrement_liste", paysage.beneficiaire)
    assert "encore 1 fois" in lire(client, paysage.facilitateur, liste)
    assert adresse("renouvellement_creer", parcours) in client.get(liste).content.decode()
    Plie.objects.update(renouvellements_maximum=1)
    assert "il n’en reste pas" in lire(client, paysage.facilitateur, liste)
    assert adresse("renouvellement_creer", parcours) not in client.get(liste).content.decode()
    client.post(adresse("renouvellement_supprimer", Renouvellement.objects.get()))
    assert fin(parcours) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("duree", "phrase"), [("0", "120"), ("121", "120"), ("", "Indiquez la durée"), ("deux", "nombre")]
)
def test_un_reglage_faux_est_une_phrase(client, paysage, duree, phrase):
    """Une durée nulle, trop longue, vide ou en lettres : refusée en français."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(
        reverse("parcours:plie_creer"),
        {"nom": "PLIE", "duree_mois": duree, "renouvellement_mois": "12", "renouvellements_maximum": "1"},
    )
    assert reponse.status_code == 200
    assert phrase in texte(reponse.content.decode())
    assert not Plie.objects.exists()


def test_le_plie_d_une_autre_structure_ne_se_choisit_pas(client, paysage):
    """La liste du formulaire n'a que les PLIE de la structure ; un identifiant glissé est refusé."""
    ailleurs = Plie.objects.create(structure=paysage.autre_structure, nom="PLIE voisin")
    Plie.objects.create(structure=paysage.structure, nom="PLIE du Confluent")
    client.force_login(paysage.facilitateur)
    url = adresse("agrement_creer", paysage.beneficiaire)
    assert "PLIE voisin" not in client.get(url).content.decode()
    client.post(url, {"type_agrement": "plie", "plie": ailleurs.pk, "date_debut": "01/01/2024"})
    assert not Agrement.objects.filter(type_agrement="plie").exists()


def test_la_page_lit_en_un_nombre_fixe_de_requetes(client, paysage, nombre_de_requetes):
    """Cinq agréments se lisent en autant de requêtes qu'un."""
    url = adresse("agrement_liste", paysage.beneficiaire)
    client.force_login(paysage.facilitateur)
    client.get(url)
    with nombre_de_requetes() as un:
        client.get(url)
    for annee in (2015, 2017, 2019, 2021):
        passe = AgrementFactory(
            beneficiaire=paysage.beneficiaire, date_debut=date(annee, 1, 1), date_fin=date(annee + 1, 12, 30)
        )
        Suspension.objects.create(
            agrement=passe, motif="CONTRACT_BROKEN", date_debut=date(annee, 6, 1), date_fin=date(annee, 6, 30)
        )
    with nombre_de_requetes() as cinq:
        client.get(url)
    assert len(un) == len(cinq) < 15


def test_le_prescripteur_trouve_les_agrements_depuis_son_orientation(client, paysage):
    """Une orientation acceptée mène à ses agréments ; pas celle dont la personne est suivie par un autre prescripteur."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ACCEPTEE,
        beneficiaire=paysage.beneficiaire,
        repondue_le=timezone.now(),
        repondue_par=paysage.facilitateur,
    )
    url = reverse("beneficiaires:orientation_detail", args=[orientation.pk])
    client.force_login(paysage.compte_prescripteur)
    assert adresse("agrement_liste", paysage.beneficiaire) in client.get(url).content.decode()
    Beneficiaire.objects.update(prescripteur=paysage.autre_prescripteur)
    assert adresse("agrement_liste", paysage.beneficiaire) not in client.get(url).content.decode()
