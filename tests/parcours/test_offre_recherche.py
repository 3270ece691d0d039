"""Chercher un service : le SQL dit ce que dit la règle ; la commune se trouve ; l'interface en ligne, et ses pannes."""

import json
import random
import threading
import time
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from beneficiaires.communes import cle_commune
from beneficiaires.distances import Lieu
from beneficiaires.lieux import Trouvaille, ecrire_lieu
from beneficiaires.models import Commune
from parcours.lieux import trouver_lieu
from parcours.models import EtatImport, ImportServices, ServiceInsertion
from parcours.offre.api import Client, Indisponible
from parcours.recherche_offre import chercher, chercher_localement, trouver_service
from parcours.regles.services import Criteres, ordonner

pytestmark = pytest.mark.django_db

VILLERIVE = Lieu("96001", "Villerive", "96", "249600011", 45.36, 4.81)
THEMATIQUES = ["mobilite--preparer-un-permis", "sante--addictions", "mobilite"]
PUBLICS = ["jeunes", "seniors", "tous-publics"]
MODES = ["en-presentiel", "a-distance"]
ZONES = [None, ["96"], ["96001"], ["96002"], ["249600011"], ["69", "38"], ["france"], ["99100", "69"], []]


def en_service(etat: str = EtatImport.EN_SERVICE, departement: str = "96") -> ImportServices:
    return ImportServices.objects.create(departement=departement, fichier="essai.json", etat=etat)


def service(importation, identifiant: str, **champs) -> ServiceInsertion:
    valeurs = {"source": "dora", "nom": identifiant, "modes_accueil": ["en-presentiel"]} | champs
    return ServiceInsertion(import_services=importation, identifiant=identifiant, **valeurs)


def quelques(tirage: random.Random, choix: list[str]) -> list[str]:
    return [x for x in choix if tirage.random() < 0.5]


def services_au_hasard(importation, nombre: int) -> list[ServiceInsertion]:
    """Autour de Villerive pour la plupart, quelques-uns au loin, sans position, ou l'un sur l'autre."""
    tirage = random.Random(20261117)  # noqa: S311
    services = []
    for n in range(nombre):
        portee = tirage.choice([0.02, 0.3, 0.7, 0.7, 8])
        position = (
            VILLERIVE.latitude + tirage.uniform(-portee, portee),
            VILLERIVE.longitude + tirage.uniform(-portee, portee),
        )
        if n % 11 == 0:
            position = (None, None)
        services.append(
            service(
                importation,
                f"{tirage.choice('AaéZz-')}--{n}",
                latitude=position[0],
                longitude=position[1],
                thematiques=quelques(tirage, THEMATIQUES),
                publics=quelques(tirage, PUBLICS),
                modes_accueil=quelques(tirage, MODES),
                zone_eligibilite=tirage.choice(ZONES),
            )
        )
    return services


def test_le_sql_rend_ce_que_dit_la_regle(nombre_de_requetes):
    """600 services tirés au hasard, quatre lieux, toutes les combinaisons de critères : mêmes services, distances et ordre."""
    services = services_au_hasard(en_service(), 600)
    ServiceInsertion.objects.bulk_create(services)
    ServiceInsertion.objects.bulk_create(services_au_hasard(en_service(EtatImport.EN_COURS), 20))
    lieux = [
        VILLERIVE,
        Lieu("96002", "Montreval", "96", "", 45.48, 4.96),
        Lieu("69123", "Lyon", "69", "200046977", 45.758, 4.835),
        Lieu("98611", "Alo", "986", "", -14.31, -178.11),
    ]
    recherches = [
        Criteres(thematiques, publics, modes, rayon)
        for thematiques in [(), ("mobilite", "sante--addictions")]
        for publics in [(), ("jeunes",), ("jeunes", "tous-publics")]
        for modes in [(), ("a-distance",), ("en-presentiel",)]
        for rayon in (10, 50)
    ]
    retenus = 0
    for lieu in lieux:
        for criteres in recherches:
            attendus = [(place.identifiant, place.distance) for place in ordonner(services, lieu, criteres)]
            trouves = chercher_localement(lieu, criteres).values_list("identifiant", "distance")
            assert list(trouves) == attendus
            retenus += len(attendus)
    assert retenus > 5_000
    with nombre_de_requetes() as requetes:
        recherche = chercher(VILLERIVE, Criteres())
        assert len(recherche.resultats) == len(ordonner(services, VILLERIVE, Criteres()))
        assert len(recherche.resultats[:20]) == 20
    assert len(requetes) == 2


# --- la commune ------------------------------------------------------------------------------------------------------


@pytest.fixture
def communes():
    lignes = [
        ("96001", "Villerive", ["96000", "96100"], 45.36, 4.81),
        ("96008", "Saint-Aubin", ["96310"], 45.3, 4.4),
        ("96009", "Saint-Aubin", ["96400"], 45.5, 4.5),
    ]
    Commune.objects.bulk_create(
        Commune(
            code=code,
            nom=nom,
            cle=cle_commune(nom),
            codes_postaux=postaux,
            departement="96",
            epci="249600011",
            latitude=latitude,
            longitude=longitude,
        )
        for code, nom, postaux, latitude, longitude in lignes
    )


@pytest.mark.usefixtures("communes")
@pytest.mark.parametrize(
    ("texte", "postal", "trouvee"),
    [
        ("Villerive", "", "96001"),
        ("VILLERIVE CEDEX", "", "96001"),
        ("96100", "", "96001"),
        ("96001", "", "96001"),
        ("96000 villerive", "", "96001"),
        ("Villerive (96001)", "", "96001"),
        ("Villerive (96001)", "69000", "96001"),
        ("St Aubin", "96400", "96009"),
        ("96310 Saint-Aubin", "", "96008"),
        ("Saint-Aubin (96009)", "", "96009"),
    ],
)
def test_une_commune_se_trouve_par_son_nom_son_code_postal_ou_son_code(texte, postal, trouvee):
    trouvaille = trouver_lieu(texte, postal)
    assert trouvaille.lieu.code == trouvee
    assert trouver_lieu(ecrire_lieu(trouvaille.lieu)) == trouvaille


@pytest.mark.usefixtures("communes")
def test_des_homonymes_se_proposent():
    assert trouver_lieu("saint aubin") == Trouvaille(None, ("Saint-Aubin (96008)", "Saint-Aubin (96009)"))


@pytest.mark.usefixtures("communes")
@pytest.mark.parametrize("texte", ["", "   ", "Nulle-Part", "00000", "Rien (96999)", "()", "é" * 500, "Cedex"])
def test_une_commune_inconnue_ne_propose_rien(texte):
    assert trouver_lieu(texte) == Trouvaille()


def test_sans_le_referentiel_le_centre_est_celui_des_services():
    """Deux services à Port-Ambroise : leur milieu. Ceux qui ne sont pas en service ne comptent pas."""
    la = {"commune": "Port-Ambroise", "code_insee": "96003", "code_postal": "96120"}
    importation = en_service()
    ServiceInsertion.objects.bulk_create(
        [
            *(service(importation, f"a{n}", latitude=45.0 + n, longitude=4.0, **la) for n in (0, 1)),
            service(en_service(EtatImport.EN_COURS), "b", latitude=10.0, longitude=10.0, **la),
        ]
    )
    attendu = Lieu("96003", "Port-Ambroise", "96", "", 45.5, 4.0)
    assert trouver_lieu("port-ambroise") == Trouvaille(attendu)
    assert trouver_lieu("96120") == Trouvaille(attendu)
    assert trouver_lieu("Port-Ambroise (96003)") == Trouvaille(attendu)


# --- l'interface en ligne, devant un serveur de la machine ------------------------------------------------------------


class Serveur:
    """Répond les réponses données, l'une après l'autre, puis la dernière ; garde les demandes reçues."""

    def __init__(self, reponses):
        self.reponses = list(reponses)
        self.demandes = []
        serveur = self

        class Guichet(BaseHTTPRequestHandler):
            def do_GET(self):
                serveur.demandes.append((self.path, self.headers["Authorization"]))
                reponse = serveur.reponses.pop(0) if len(serveur.reponses) > 1 else serveur.reponses[0]
                code, corps, entetes = (*reponse, {})[:3]
                if corps is None:
                    time.sleep(1.5)
                    return
                self.send_response(code)
                for nom, valeur in entetes.items():
                    self.send_header(nom, valeur)
                self.end_headers()
                self.wfile.write(corps if isinstance(corps, bytes) else json.dumps(corps).encode())

            def log_message(self, *_):
                """Rien à dire."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Guichet)
        self.adresse = f"http://127.0.0.1:{self.http.server_port}/api/v1"


@contextmanager
def servir(*reponses):
    serveur = Serveur(reponses)
    fil = threading.Thread(target=serveur.http.serve_forever, args=[0.01])
    fil.start()
    try:
        yield serveur
    finally:
        serveur.http.shutdown()
        serveur.http.server_close()
        fil.join()


def client(serveur, **champs) -> Client:
    return Client(serveur.adresse, "jeton-secret", **({"pause": 0.01, "delai": 0.4, "en_tout": 3.0} | champs))


TROUVE = {
    "service": {"id": "dora--1", "source": "dora", "nom": "Permis solidaire", "modes_accueil": ["en-presentiel"]},
    "distance": 3,
}


@pytest.fixture
def en_ligne(settings):
    """Règle le jeton et l'adresse d'un serveur."""

    def regler(serveur):
        settings.DATA_INCLUSION = {"jeton": "jeton-secret", "adresse": serveur.adresse}

    return regler


def test_une_recherche_en_ligne_envoie_les_criteres_et_garde_la_reponse_une_heure(en_ligne):
    """Aucune donnée de personne : la commune et ce que l'on cherche. La seconde recherche ne demande rien."""
    with servir((200, {"items": [TROUVE, TROUVE, {"service": {"id": "sans-nom"}}, 3]})) as serveur:
        en_ligne(serveur)
        criteres = Criteres(thematiques=("mobilite",), publics=("jeunes",), modes_accueil=("en-presentiel",))
        for _ in range(2):
            recherche = chercher(VILLERIVE, criteres)
            assert [(t.service.nom, t.distance) for t in recherche.resultats] == [("Permis solidaire", 3)]
            assert (recherche.est_en_ligne, recherche.panne) == (True, "")
        ((chemin, jeton),) = serveur.demandes
    assert jeton == "Bearer jeton-secret"
    assert urlsplit(chemin).path == "/api/v1/search/services"
    assert parse_qs(urlsplit(chemin).query) == {
        "code_commune": ["96001"],
        "thematiques": ["mobilite"],
        "publics": ["jeunes"],
        "modes_accueil": ["en-presentiel"],
        "page": ["1"],
        "size": ["200"],
    }


def test_une_panne_est_dite_et_l_offre_importee_repond(en_ligne):
    """Trois essais, puis plus rien pendant une minute : la seconde recherche n'attend pas."""
    ServiceInsertion.objects.bulk_create([service(en_service(), "local", latitude=45.36, longitude=4.81)])
    with servir((503, b"")) as serveur:
        en_ligne(serveur)
        for _ in range(2):
            recherche = chercher(VILLERIVE, Criteres())
            assert [t.service.identifiant for t in recherche.resultats] == ["local"]
            assert recherche.panne == "data·inclusion ne répond pas."
        assert len(serveur.demandes) == 3


def test_sans_jeton_rien_n_est_demande(settings):
    with servir((200, {"items": []})) as serveur:
        settings.DATA_INCLUSION = {"jeton": "", "adresse": serveur.adresse}
        assert not chercher(VILLERIVE, Criteres()).est_en_ligne
        assert trouver_service("dora--1") is None
        assert serveur.demandes == []


@pytest.mark.parametrize(
    ("reponses", "demandes"),
    [
        ([(503, b""), (200, {"items": []})], 2),
        ([(429, b""), (500, b""), (200, {"items": []})], 3),
        ([(0, None), (200, {"items": []})], 2),  # trop lent
    ],
)
def test_un_essai_manque_se_refait(reponses, demandes):
    with servir(*reponses) as serveur:
        assert client(serveur).chercher({}) == {"items": []}
        assert len(serveur.demandes) == demandes


@pytest.mark.parametrize(
    ("reponse", "phrase", "demandes"),
    [
        ((401, b""), "refuse le jeton", 1),
        ((403, b""), "refuse le jeton", 1),
        ((422, {"detail": "x"}), "n’accepte pas cette recherche", 1),
        ((302, b"", {"Location": "http://127.0.0.1:1/ailleurs"}), "n’accepte pas cette recherche", 1),
        ((200, b"<html>"), "ne comprend pas", 1),
        ((502, b""), "ne répond pas", 3),
    ],
)
def test_une_reponse_refusee_se_dit(reponse, phrase, demandes):
    """Un renvoi n'est pas suivi : le jeton n'ira pas ailleurs."""
    with servir(reponse) as serveur:
        with pytest.raises(Indisponible, match=phrase):
            client(serveur).chercher({})
        assert len(serveur.demandes) == demandes


def test_un_serveur_absent_ou_lent_ne_fait_pas_attendre():
    with servir((0, None)) as serveur:
        debut = time.monotonic()
        with pytest.raises(Indisponible, match="ne répond pas"):
            client(serveur, delai=0.2, en_tout=0.5).chercher({})
        assert time.monotonic() - debut < 2
        adresse = serveur.adresse
    with pytest.raises(Indisponible, match="ne répond pas"):
        Client(adresse, "jeton", pause=0.01).chercher({})


def test_le_jeton_ne_part_pas_en_clair():
    with pytest.raises(Indisponible, match="https"):
        Client("http://data.example/api/v1", "jeton").chercher({})


@pytest.mark.parametrize("reponse", [{"items": None}, [], 3, b"null"])
def test_une_reponse_sans_liste_est_une_panne(en_ligne, reponse):
    with servir((200, reponse)) as serveur:
        en_ligne(serveur)
        recherche = chercher(VILLERIVE, Criteres())
    assert (len(recherche.resultats), recherche.est_en_ligne) == (0, False)
    assert "ne comprend pas" in recherche.panne


def test_un_service_se_retrouve_en_ligne_s_il_n_est_pas_importe(en_ligne):
    """L'identifiant est tout entier dans l'adresse ; un service inconnu n'existe pas, sans panne."""
    with servir((200, {"id": "dora--A/1:2", "nom": "En ligne", "date_maj": "2026-02-14"}), (404, b"")) as serveur:
        en_ligne(serveur)
        trouve = trouver_service("dora--A/1:2")
        assert (trouve.nom, trouve.date_maj) == ("En ligne", date(2026, 2, 14))
        assert trouver_service("inconnu") is None
        assert [chemin for chemin, _ in serveur.demandes] == [
            "/api/v1/services/dora--A%2F1%3A2",
            "/api/v1/services/inconnu",
        ]
