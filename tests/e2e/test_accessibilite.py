"""axe sur chaque page de chaque profil, au téléphone et dans le thème sombre ; les autres essais la passent à 1280 px, en clair."""

import re

import pytest
import time_machine
from playwright.sync_api import expect

from tests.fabriques import AUJOURD_HUI, PaysageComplet
from tests.test_droits import LIGNES, PROFILS

SANS_PAGE = {
    "comptes:sante",
    "reporting:bilan_fichier",
    "clauses:preuve_fichier",
    "reporting:diagnostic_pdf",
    "reporting:comite_compte_rendu",
    "reporting:agenda",
}  # ni page ni texte
# Les pages publiques se lisent une fois, sans compte ; celles de tout compte, avec le facilitateur.
LECTEURS = "·FPAE"
MORCEAUX = 4  # le facilitateur a dix fois plus de pages que les autres : elles se lisent en parallèle


def pages_de(lettre: str) -> list:
    """Les lignes de la table que ce profil ouvre et qu'un lecteur d'avant n'a pas lues."""
    ouvertes = [ligne for ligne in LIGNES if "GET" in ligne.methodes and ligne.droit[lettre] == "o"]
    communes = {ligne.nom for ligne in LIGNES if ligne.droit["s"] == "o" and lettre in "PAE"}
    return [x for x in ouvertes if x.nom not in SANS_PAGE | communes and (lettre == "·" or x.droit["·"] != "o")]


def lots_de_pages() -> list:
    return [
        pytest.param(lettre, rang, id=f"{PROFILS[lettre] or 'public'}-{rang}")
        for lettre in LECTEURS
        for rang in range(MORCEAUX if lettre == "F" else 1)
    ]


@pytest.fixture
def paysage(transactional_db):
    with time_machine.travel(AUJOURD_HUI):
        paysage = PaysageComplet()
        paysage.code_bilan = paysage.bilan.code_verification
        yield paysage


@pytest.mark.parametrize(("lettre", "rang"), lots_de_pages())
def test_chaque_page_est_accessible_au_telephone_en_sombre(
    lettre, rang, nouvelle_page, connecter, verifier_axe, paysage
):
    """Aucune anomalie, et rien ne déborde de l'écran d'un téléphone."""
    page = nouvelle_page(390, "dark")
    if PROFILS[lettre]:
        connecter(page, getattr(paysage, PROFILS[lettre]))
    pages = pages_de(lettre)
    pages = pages[rang::MORCEAUX] if lettre == "F" else pages
    assert pages
    anomalies = []
    for ligne in pages:
        reponse = page.goto(ligne.adresse(paysage))
        assert reponse.status == 200, page.url
        try:
            verifier_axe(page)
        except AssertionError as erreur:
            anomalies.append(str(erreur))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            anomalies.append(f"{page.url} déborde de 390 px")
    assert not anomalies, "\n".join(anomalies)


@pytest.mark.parametrize("largeur", [390, 1280])
def test_les_pages_d_un_lien_recu_sont_accessibles(largeur, nouvelle_page, verifier_axe, paysage):
    """La table ne peut les ouvrir sans le lien : la feuille, un refus, la relecture et le mois reçu, en sombre."""
    page = nouvelle_page(largeur, "dark")
    page.goto(f"/declarer/{paysage.jeton_declaration}/")
    travail = page.get_by_label(re.compile("^Heures de travail"))
    for tape, titre in (
        ("", "Déclarer les heures"),
        ("trop", "Déclarer les heures"),
        ("35", "Relisez"),
        (None, "Octobre 2026"),
    ):
        if tape:
            travail.fill(tape)
            page.get_by_role("button", name="Enregistrer et relire").click()
        elif tape is None:
            page.get_by_role("button", name="Confirmer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(titre)
        verifier_axe(page)
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_une_anomalie_est_vue(nouvelle_page, verifier_axe, db):
    """Un bouton sans nom dans une page sans langue ni titre : axe le dit."""
    page = nouvelle_page()
    page.set_content("<main><button></button></main>")
    with pytest.raises(AssertionError, match="button-name"):
        verifier_axe(page)


def test_une_anomalie_du_seul_theme_sombre_est_vue(page_affichage, verifier_axe, db):
    """Un texte lisible en clair, noir sur noir en sombre : axe le dit, à chaque largeur."""
    page_affichage.set_content(
        "<!doctype html><html lang='fr'><title>Essai</title><style>:root { color-scheme: light dark }"
        "body { color: #111; background: light-dark(#fff, #000) }</style><main><h1>Marchés</h1></main></html>"
    )
    with pytest.raises(AssertionError, match=r"en sombre(?s:.*)color-contrast"):
        verifier_axe(page_affichage)
