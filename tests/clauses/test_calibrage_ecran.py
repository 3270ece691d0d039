"""L'écran « Calibrer une clause » : un calcul dans l'adresse, chaque valeur se change, rien ne s'écrit."""

import re

import pytest
import time_machine
from django.urls import reverse

from tests.fabriques import AcheteurFactory, StructureFactory, creer_utilisateur
from tests.lire_html import texte

pytestmark = pytest.mark.django_db
MILLION = {"montant_ht_euros": "1 000 000", "duree_mois": "12", "cout_horaire_euros": "30"}


@pytest.fixture(autouse=True)
def un_jour_fixe():
    """Après le 22 août 2026 : la loi Climat s'applique."""
    with time_machine.travel("2026-11-15 09:00+01:00", tick=False):
        yield


@pytest.fixture
def acheteur(client):
    client.force_login(creer_utilisateur(AcheteurFactory(categorie="bailleur")))
    return client


def lire(client, **saisie):
    reponse = client.get(reverse("clauses:calibrer"), saisie)
    assert reponse.status_code == 200
    return texte(reponse.content.decode())


def test_l_exemple_de_la_source_s_affiche(acheteur):
    """833 h en bas, 1 166 h conseillées à 7 %, 1 666 h en haut ; une personne pendant 7,7 mois ; la clause reste un choix."""
    page = lire(acheteur, **MILLION)
    assert "Clause d’exécution, 1\u00a0166\u00a0h conseillées" in page
    assert "Basse 5\u00a0% 833\u00a0h" in page
    assert "Haute 10\u00a0% 1\u00a0666\u00a0h" in page
    assert "1\u00a0personne à temps plein pendant 7,7 mois, soit 0,73 ETP" in page
    assert "Pas obligatoire" in page
    assert "code de la commande publique, L2112-2" in page


def test_un_usage_se_dit_a_confirmer(acheteur):
    """La part de la voirie n'a pas de source publiée : l'écran le dit ; celle de la maçonnerie en a une."""
    assert "Part de main-d’œuvre, voirie et réseaux divers\u00a0: 30\u00a0% À confirmer Usage, à confirmer." in lire(
        acheteur, **MILLION, metier="vrd"
    )
    assert "Part de main-d’œuvre, maçonnerie\u00a0: 50\u00a0% MEF du Sud 77 et LASER emploi." in lire(
        acheteur, **MILLION, metier="maconnerie"
    )


def test_chaque_valeur_se_change(acheteur):
    """500 000 € × 40 % × 10 % ÷ 25 = 800 h ; la valeur tapée reste dans son champ et dans l'adresse."""
    page = acheteur.get(
        reverse("clauses:calibrer"),
        {
            "montant_ht_euros": "500000",
            "duree_mois": "10",
            "part_main_oeuvre": "40",
            "effort": "10",
            "cout_horaire_euros": "25",
        },
    )
    assert "500\u00a0000\u00a0€ × 40\u00a0% × 10\u00a0% ÷ 25\u00a0€/h = 800\u00a0h" in texte(page.content.decode())
    assert re.search(
        r'name="part_main_oeuvre"[^>]* value="40"|value="40"[^>]* name="part_main_oeuvre"', page.content.decode()
    )


def test_une_clause_obligatoire_dit_les_derogations(acheteur):
    """216 000 € de services pour un bailleur : au seuil, obligatoire ; les quatre dérogations se lisent."""
    page = lire(acheteur, montant_ht_euros="216 000", duree_mois="24", nature="services", metier="securite")
    assert "Obligatoire" in page
    assert "Ce sont des travaux de moins de six mois." in page
    # 216 000 × 90 % × 7 % ÷ 40 = 340,2 h.
    assert "340\u00a0h conseillées" in page


def test_un_marche_trop_petit(acheteur):
    """50 000 € sur trois mois de travaux : 43 h ; l'écran dit pourquoi une clause n'a pas de sens, et ce qui se fait à défaut."""
    page = lire(acheteur, montant_ht_euros="50000", duree_mois="3")
    assert "Pas de clause d’heures" in page
    assert "43\u00a0h\u00a0: c’est moins que les 300\u00a0h d’un contrat utile" in page
    assert "Des travaux de 3 mois" in page
    assert "Critère d’attribution seul" in page


def test_l_etat_a_son_propre_seuil(client):
    """Un service de l'État part du seuil de 140 000 € : son type est déjà choisi."""
    client.force_login(creer_utilisateur(AcheteurFactory(categorie="etat")))
    page = client.get(reverse("clauses:calibrer")).content.decode()
    assert '<option value="central" selected>' in page


def test_sans_saisie_la_page_attend(client):
    client.force_login(creer_utilisateur(StructureFactory()))
    page = lire(client)
    assert "Le calcul paraîtra ici" in page
    assert "à corriger" not in page


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"montant_ht_euros": "1e17"}, "notation scientifique"),
        ({"montant_ht_euros": "100000000000000000"}, "dépasse 10\u00a0milliards"),
        ({"montant_ht_euros": "NC"}, "Ce n’est pas un nombre."),
        ({"montant_ht_euros": "-5"}, "Un montant n’est pas négatif."),
        ({"montant_ht_euros": "0"}, "le montant HT doit être supérieur à zéro"),
        ({"montant_ht_euros": ""}, "Indiquez le montant estimé, hors taxes."),
        ({"duree_mois": "NC"}, "Ce n’est pas un nombre entier."),
        ({"duree_mois": "0"}, "La durée va de 1 à 600 mois."),
        ({"duree_mois": "1e3"}, "Ce n’est pas un nombre entier."),
        ({"duree_mois": "99999999999999999999"}, "Ce nombre ne dépasse pas 600."),
        ({"publication": "nan"}, "Cette date n’existe pas."),
        ({"publication": "31/02/2027"}, "Cette date n’existe pas."),
        ({"metier": "autre"}, "écrivez la part de main-d’œuvre"),
        ({"metier": "<script>"}, "Sélectionnez un choix valide"),
        ({"nature": "inconnue"}, "Sélectionnez un choix valide"),
        ({"effort_bas": "20", "effort": "10"}, "entre le bas et le haut"),
        ({"heures_totales": "100", "heures_reprises": "200"}, "plus d’heures que le marché n’en compte"),
        ({"siae": "-1"}, "Ce nombre n’est pas négatif."),
        ({"lots": "0"}, "Un marché a au moins un lot."),
        ({"lots": "a\x00b"}, "Ce n’est pas un nombre entier."),
        ({"montant_ht_euros": "NaN"}, "Ce n’est pas un nombre."),
        ({"duree_mois": "-3"}, "Ce nombre n’est pas négatif."),
        ({"publication": "01/01/0001"}, "Cette date"),
    ],
)
def test_une_saisie_hostile_recoit_une_phrase(acheteur, saisie, phrase):
    """Jamais une panne : une phrase, ce qui est tapé gardé, et pas de résultat."""
    reponse = acheteur.get(reverse("clauses:calibrer"), MILLION | saisie)
    assert reponse.status_code == 200
    lue = texte(reponse.content.decode())
    assert phrase in lue
    assert "Les heures" not in lue
    assert '<script>"' not in reponse.content.decode()


def test_rien_ne_se_lit_en_base(acheteur, django_assert_max_num_queries):
    """La page ne lit que la session, le compte et son adhésion."""
    with django_assert_max_num_queries(4):
        lire(acheteur, **MILLION)
