"""Ce qu'un visiteur hostile ou un vieux lien envoie : rien ne casse, rien ne sort d'Étape, et la page reste en français."""

import pytest
from django.urls import reverse

LISTES = [
    "clauses:operation_liste",
    "clauses:entreprise_liste",
    "clauses:releve_liste",
    "beneficiaires:beneficiaire_liste",
    "beneficiaires:orientation_liste",
    "reporting:alerte_liste",
    "reporting:bilan_liste",
    "clauses:offre_liste",
    "clauses:candidature_liste",
    "clauses:preuve_liste",
    "clauses:projet_liste",
]


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


@pytest.mark.parametrize("nom", LISTES)
@pytest.mark.parametrize("par_page", ["0", "-5", "1000000", "9" * 30])
def test_la_longueur_d_une_page_ne_se_regle_pas_dans_l_adresse(facilitateur, nom, par_page):
    """« per_page » dans l'adresse, nul, négatif ou énorme, ne change rien à la liste."""
    assert facilitateur.get(reverse(nom), {"per_page": par_page}).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "999999", "９", "²", "\x00"])
def test_une_page_qui_n_existe_pas_montre_une_page_qui_existe(facilitateur, page):
    """Un numéro de page faux mène à une page de la liste."""
    for nom in LISTES:
        assert facilitateur.get(reverse(nom), {"page": page, "sort": "__class__"}).status_code == 200


def test_un_code_abime_est_un_code_inconnu(client, paysage):
    """La vérification publique d'un code qui porte un signe nul répond qu'aucun bilan ne porte ce code."""
    assert client.get("/verifier/%00AB/").status_code == 404
    assert client.get("/verifier/", {"code": "\x00AB"}, follow=True).status_code == 404


@pytest.mark.parametrize(
    "suite",
    ["ailleurs", "clauses:heures", "https://pirate.example/", "//pirate.example", "/\\pirate.example", "javascript:x"],
)
def test_une_suite_qui_n_est_pas_un_chemin_du_site_est_ignoree(facilitateur, suite):
    """« suite » ne mène qu'à un chemin d'Étape ; sinon l'on revient à l'accueil."""
    assert facilitateur.post(reverse("comptes:theme"), {"suite": suite, "theme": "sombre"}).url == "/"


@pytest.mark.parametrize("page", ["http://[", "pas une adresse", "http://x/?operation=abc&mois=9999-99"])
def test_l_adresse_que_le_navigateur_dit_montrer_peut_etre_fausse(facilitateur, paysage, page):
    """Une case s'enregistre même si l'en-tête HX-Current-URL est abîmé."""
    cle = f"{paysage.affectation.pk.hex}-t-202610"
    reponse = facilitateur.post(
        reverse("clauses:heures_case"),
        {f"h-{cle}": "35", f"lu-{cle}": "0:"},
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL=page,
    )
    assert reponse.status_code == 200


@pytest.mark.parametrize("mois", ["000101", "999912", "000001"])
def test_une_case_d_un_mois_impossible_est_refusee(facilitateur, paysage, mois):
    """Une case d'un mois hors de toute opération reçoit une phrase ou « introuvable »."""
    cle = f"{paysage.affectation.pk.hex}-t-{mois}"
    for nom in ("clauses:heures_case", "clauses:heures", "clauses:heures_lot"):
        adresse = f"{reverse(nom)}?operation={paysage.operation.pk}"
        reponse = facilitateur.post(adresse, {f"h-{cle}": "35", f"lu-{cle}": "0:"}, HTTP_HX_REQUEST="true")
        assert reponse.status_code in (200, 302, 404, 422)


@pytest.mark.parametrize("debut", ["01/01/0001", "31/12/9999", "31/02/2026", "\x00"])
def test_les_lignes_d_heures_supportent_toute_date(facilitateur, debut):
    """Une date impossible dans les filtres des lignes d'heures montre la liste."""
    assert facilitateur.get(reverse("clauses:releve_liste"), {"debut": debut, "fin": debut}).status_code == 200
