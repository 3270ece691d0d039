"""Les écrans des services d'insertion : chercher, lire une fiche, partir d'un frein, voir d'où vient l'offre."""

import copy
import re
from datetime import date
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from beneficiaires.communes import cle_commune
from beneficiaires.models import Commune
from parcours.models import EtatImport, ImportServices, ServiceInsertion
from tests.fabriques import PaysageComplet
from tests.lire_html import texte

pytestmark = pytest.mark.django_db
AUJOURD_HUI = "2026-11-17T10:00:00+01:00"
KM = 1 / 111.195  # en degrés de latitude


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Mobilité : trois services autour de Villerive, un à distance, un trop loin ; et un d'une autre thématique."""
    with time_machine.travel(AUJOURD_HUI, tick=False):
        p = PaysageComplet()
        ServiceInsertion.objects.all().delete()
        ImportServices.objects.all().delete()
        p.importation = ImportServices.objects.create(
            departement="96", fichier="services-96.json", etat=EtatImport.EN_SERVICE, fini_le="2026-11-16T12:00:00Z"
        )
        for code, nom, latitude in (
            ("96001", "Villerive", 45.0),
            ("96008", "Saint-Aubin", 45.4),
            ("96009", "Saint-Aubin", 44.6),
        ):
            Commune.objects.create(
                code=code,
                nom=nom,
                cle=cle_commune(nom),
                departement="96",
                latitude=latitude,
                longitude=4.0,
                codes_postaux=["96000"],
            )
        p.beneficiaire.commune, p.beneficiaire.code_postal = "VILLERIVE", ""
        p.beneficiaire.save()
        service(
            p,
            "permis",
            "Permis solidaire",
            12.4,
            courriel="auto@ecole.example",
            frais="payant",
            telephone="+33465710137",
        )
        service(p, "garage", "Garage solidaire", 3, date_maj=date(2025, 11, 1), publics=["jeunes"])
        service(p, "loin", "Trop loin", 60)
        service(
            p,
            "aide",
            "Aide à la mobilité",
            None,
            modes_accueil=["a-distance"],
            lien_mobilisation="https://ft.example/aide",
        )
        service(p, "autre", "Atelier numérique", 1, thematiques=["numerique--acquerir-un-equipement"])
        return p


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield copy.deepcopy(_paysage_bati)


def service(p, identifiant: str, nom: str, km: float | None, **champs) -> ServiceInsertion:
    valeurs = {
        "source": "dora",
        "structure_nom": f"Structure {nom}",
        "thematiques": ["mobilite--preparer-un-permis"],
        "publics": ["tous-publics"],
        "modes_accueil": ["en-presentiel"],
        "date_maj": date(2026, 9, 1),
        "latitude": None if km is None else 45.0 + km * KM,
        "longitude": None if km is None else 4.0,
        "commune": "" if km is None else "Villerive",
    }
    return ServiceInsertion.objects.create(
        import_services=p.importation, identifiant=f"dora--{identifiant}", nom=nom, **valeurs | champs
    )


def noms(html: str) -> list[str]:
    return [texte(nom) for nom in re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>', html)]


def ouvrir(client, qui, adresse: str, **parametres) -> str:
    client.force_login(qui)
    reponse = client.get(adresse, parametres)
    assert reponse.status_code == 200
    return reponse.content.decode()


def test_la_liste_va_du_plus_proche_au_plus_lointain_puis_a_distance(client, paysage, nombre_de_requetes):
    """3 km, 12 km, à distance ; le service à 60 km n'y est pas. Le nombre de requêtes ne dépend pas des services."""
    adresse = reverse("parcours:service_liste")
    html = ouvrir(client, paysage.facilitateur, adresse, commune="Villerive", theme="mobilite")
    assert noms(html) == ["Garage solidaire", "Permis solidaire", "Aide à la mobilité"]
    lu = texte(html)
    assert "3\u00a0services près de Villerive" in lu
    assert "12\u00a0km" in lu
    assert "Offre importée le 16 novembre 2026." in lu
    assert "04\u00a065\u00a071\u00a001\u00a037" in lu
    assert 'href="mailto:auto@ecole.example"' in html
    assert 'href="https://ft.example/aide" rel="noopener noreferrer external"' in html
    assert '<option value="50" selected>' in html
    assert "Recherche(" not in html  # la page ne prend pas le nom de ce que montre le bandeau
    with nombre_de_requetes() as avant:
        client.get(adresse, {"commune": "Villerive", "theme": "mobilite"})
    for n in range(30):
        service(paysage, f"plus{n}", f"Service {n}", n)
    with nombre_de_requetes() as apres:
        reponse = client.get(adresse, {"commune": "Villerive", "theme": "mobilite"})
    assert len(apres) == len(avant)
    assert "Page 1 sur 2" in texte(reponse.content.decode())


@pytest.mark.parametrize(
    ("criteres", "attendus"),
    [
        ({"theme": "numerique"}, ["Atelier numérique"]),
        ({"theme": "frein-mobilite", "mode": "a-distance"}, ["Aide à la mobilité"]),
        ({"theme": "frein-mobilite", "rayon": "10"}, ["Garage solidaire", "Aide à la mobilité"]),
        ({"theme": "mobilite--preparer-un-permis", "public": "seniors"}, ["Permis solidaire", "Aide à la mobilité"]),
        ({"theme": "mobilite--financer-ma-mobilite"}, []),
    ],
)
def test_chaque_critere_resserre_la_recherche(client, paysage, criteres, attendus):
    html = ouvrir(client, paysage.facilitateur, reverse("parcours:service_liste"), commune="96001", **criteres)
    assert noms(html) == attendus
    assert attendus or "Aucun service trouvé" in texte(html)


def test_une_fiche_de_plus_d_un_an_est_a_verifier(client, paysage):
    """Le garage n'a pas changé depuis le 1er novembre 2025 : plus d'un an au 17 novembre 2026."""
    html = ouvrir(
        client, paysage.facilitateur, reverse("parcours:service_liste"), commune="Villerive", theme="mobilite"
    )
    assert texte(html).count("À vérifier") == 2  # la ligne, et la légende
    fiche = ouvrir(client, paysage.facilitateur, reverse("parcours:service_fiche", args=["dora--garage"]))
    assert "n’a pas changé depuis le 1er novembre 2025" in texte(fiche)


def test_sans_commune_la_page_en_demande_une(client, paysage):
    """Ce que l'on a tapé reste ; une commune inconnue le dit, deux homonymes se choisissent."""
    adresse = reverse("parcours:service_liste")
    assert "Choisissez une commune" in texte(ouvrir(client, paysage.facilitateur, adresse, theme="mobilite"))
    inconnue = ouvrir(client, paysage.facilitateur, adresse, commune="Nulle-Part", theme="mobilite")
    assert "Aucune commune ne s’écrit ainsi" in texte(inconnue)
    assert 'value="Nulle-Part"' in inconnue
    homonymes = ouvrir(client, paysage.facilitateur, adresse, commune="saint aubin", theme="mobilite")
    assert "Plusieurs communes s’écrivent ainsi" in texte(homonymes)
    lien = re.search(r'href="([^"]*commune=Saint-Aubin[^"]*96009[^"]*)"', homonymes)[1].replace("&amp;", "&")
    assert "47\u00a0km" in texte(client.get(f"{adresse}{lien}").content.decode())


@pytest.mark.parametrize(
    "parametres",
    [
        {"commune": "Villerive", "theme": "inconnu"},
        {"commune": "Villerive", "rayon": "mille"},
        {"commune": "Villerive", "public": "'"},
        {"commune": "é" * 4000},
        {"commune": "Ville\0rive"},
        {"commune": "(((((", "theme": "<script>"},
        {"commune": "Villerive", "page": "-3"},
        {"commune": "Villerive", "page": "zzz"},
    ],
)
def test_une_adresse_fantaisiste_ne_casse_rien(client, paysage, parametres):
    ouvrir(client, paysage.facilitateur, reverse("parcours:service_liste"), **parametres)


def test_depuis_un_frein_la_recherche_est_deja_faite(client, paysage):
    """Sa commune et ses thématiques : le permis, que vise l'objectif 28. « Mobiliser » mène à l'action, l'identifiant avec."""
    adresse = reverse("parcours:frein_services", args=[paysage.frein.pk])
    html = ouvrir(client, paysage.facilitateur, adresse)
    assert noms(html)[:2] == ["Garage solidaire", "Permis solidaire"]
    assert 'value="Villerive (96001)"' in html
    assert "Ce frein\u00a0: Mobilité" in texte(html)
    action = reverse("parcours:action_creer", args=[paysage.frein.pk])
    assert f'href="{action}?service=dora--permis"' in html
    fiche = ouvrir(
        client, paysage.facilitateur, reverse("parcours:frein_service", args=[paysage.frein.pk, "dora--permis"])
    )
    assert f'href="{action}?service=dora--permis"' in fiche


def test_rien_pour_l_objectif_la_page_propose_tout_le_frein(client, paysage):
    """Réparer son véhicule (objectif 27) : aucun service. Un lien cherche tout ce qui lève le frein, et trouve le reste."""
    paysage.frein.objectifs = [27]
    paysage.frein.save()
    html = ouvrir(client, paysage.facilitateur, reverse("parcours:frein_services", args=[paysage.frein.pk]))
    assert "Aucun service trouvé" in html
    (suite,) = re.findall(r'href="(\?[^"]*theme=frein-mobilite[^"]*)"', html)
    tout = ouvrir(
        client, paysage.facilitateur, reverse("parcours:frein_services", args=[paysage.frein.pk]) + unescape(suite)
    )
    assert noms(tout) == ["Garage solidaire", "Permis solidaire", "Aide à la mobilité"]


def test_l_adresse_ne_dit_rien_de_la_personne(client, paysage):
    html = ouvrir(client, paysage.facilitateur, reverse("parcours:frein_services", args=[paysage.frein.pk]))
    adresses = " ".join(re.findall(r'(?:href|action)="([^"]*)"', html))
    for secret in (paysage.beneficiaire.nom_naissance, paysage.beneficiaire.prenom, "VILLERIVE"):
        assert secret not in adresses


def test_la_commune_inconnue_de_la_personne_se_demande(client, paysage):
    paysage.beneficiaire.commune = "Nulle-Part"
    paysage.beneficiaire.save()
    html = ouvrir(client, paysage.facilitateur, reverse("parcours:frein_services", args=[paysage.frein.pk]))
    assert "Aucune commune ne s’écrit ainsi" in texte(html)
    assert noms(html) == []


def test_le_prescripteur_cherche_sans_mobiliser(client, paysage):
    html = ouvrir(client, paysage.compte_prescripteur, reverse("parcours:frein_services", args=[paysage.frein.pk]))
    assert "Permis solidaire" in noms(html)
    assert "Mobiliser\u00a0:" not in texte(html)
    assert reverse("parcours:import_services_liste") not in html


def test_une_panne_de_l_offre_en_ligne_se_dit_et_l_offre_importee_repond(client, paysage, settings):
    settings.DATA_INCLUSION = {"jeton": "jeton", "adresse": "http://127.0.0.1:9/api/v1"}
    html = ouvrir(
        client, paysage.facilitateur, reverse("parcours:service_liste"), commune="Villerive", theme="mobilite"
    )
    assert "data·inclusion ne répond pas. Voici l’offre importée le 16 novembre 2026." in texte(html)
    assert noms(html) == ["Garage solidaire", "Permis solidaire", "Aide à la mobilité"]


def test_rien_d_importe_se_dit(client, paysage):
    ServiceInsertion.objects.all().delete()
    ImportServices.objects.all().delete()
    html = ouvrir(client, paysage.facilitateur, reverse("parcours:service_liste"), commune="Villerive")
    assert "L’offre d’insertion n’est pas encore importée." in texte(html)
    html = ouvrir(client, paysage.facilitateur, reverse("parcours:import_services_liste"))
    assert "Aucun import pour l’instant" in texte(html)


def test_un_service_retire_de_l_offre_est_introuvable(client, paysage):
    client.force_login(paysage.facilitateur)
    for inconnu in ("dora--disparu", "a\0b", "x" * 400, "../../etc"):
        assert client.get(reverse("parcours:service_fiche", args=[inconnu])).status_code == 404
    ImportServices.objects.update(etat=EtatImport.REMPLACE)
    assert client.get(reverse("parcours:service_fiche", args=["dora--permis"])).status_code == 404


def test_un_texte_hostile_d_une_fiche_reste_du_texte(client, paysage):
    service(
        paysage, "x", "<script>alert(1)</script>", 1, description="<img src=x onerror=alert(1)>", structure_nom="<b>"
    )
    for adresse in (reverse("parcours:service_liste"), reverse("parcours:service_fiche", args=["dora--x"])):
        html = ouvrir(client, paysage.facilitateur, adresse, commune="Villerive")
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_la_page_des_imports_dit_ce_qui_est_garde_et_pourquoi_le_reste_ne_l_est_pas(client, paysage):
    importation = paysage.importation
    importation.lignes_lues, importation.services_gardes, importation.lignes_ecartees = 1406, 1204, 202
    importation.ecarts = [{"ligne": 7, "identifiant": "dora--7", "raison": "il n’a pas de nom"}]
    importation.remarques = [{"raison": "frais\u00a0: valeur inconnue", "nombre": 31, "exemple": "dora--9"}]
    importation.save()
    liste = texte(ouvrir(client, paysage.facilitateur, reverse("parcours:import_services_liste")))
    assert "5\u00a0services en service, dont 4 avec une adresse située." in liste
    assert "services-96.json" in liste
    assert "1\u00a0204" in liste
    detail = texte(
        ouvrir(client, paysage.facilitateur, reverse("parcours:import_services_detail", args=[importation.pk]))
    )
    assert "Le détail s’arrête à 1\u00a0ligne." in detail
    for attendu in ("1\u00a0406", "il n’a pas de nom", "dora--7", "frais\u00a0: valeur inconnue", "31", "dora--9"):
        assert attendu in detail
    echec = ImportServices.objects.create(
        departement="", fichier="x.json", etat=EtatImport.ECHEC, motif_echec="Il est coupé."
    )
    assert "Il est coupé." in texte(
        ouvrir(client, paysage.facilitateur, reverse("parcours:import_services_detail", args=[echec.pk]))
    )


def test_du_frein_au_service_puis_a_l_action(client, paysage):
    """La page du frein mène à la recherche ; « Mobiliser » ouvre l'action, le nom du service et sa structure déjà écrits."""
    frein = ouvrir(client, paysage.facilitateur, reverse("parcours:frein_detail", args=[paysage.frein.pk]))
    recherche = reverse("parcours:frein_services", args=[paysage.frein.pk])
    assert f'href="{recherche}">Trouver un service' in frein
    action = reverse("parcours:action_creer", args=[paysage.frein.pk])
    html = ouvrir(client, paysage.facilitateur, action, service="dora--permis")
    assert 'value="Permis solidaire"' in html
    assert 'value="Structure Permis solidaire"' in html
    assert ouvrir(client, paysage.facilitateur, action, service="dora--\0inconnu")
