"""Les services embarqués : ils démarrent seuls, ne se rencontrent pas et ne touchent à aucun dossier existant."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

from config import services_embarques as services


@pytest.fixture(scope="module")
def racine_accessible():
    """Un dossier neuf qu'un compte sans droits peut traverser, comme l'est un dossier ordinaire de /var/lib."""
    with tempfile.TemporaryDirectory(prefix="etape-services-", dir="/tmp") as nom:
        racine = Path(nom)
        racine.chmod(0o755)
        yield racine


@pytest.fixture(scope="module")
def deux_instances(racine_accessible):
    """Deux copies d'Étape en marche en même temps."""
    dossiers = [racine_accessible / "un", racine_accessible / "deux"]
    yield [(dossier, *services.urls_des_services(dossier, rapide=True)) for dossier in dossiers]
    for dossier in dossiers:
        services.arreter(dossier)


def permissions(dossier: Path) -> dict[Path, tuple[int, int, int]]:
    """Relève les permissions et le propriétaire d'un dossier et de tous ceux qui le contiennent."""
    return {d: (d.stat().st_mode, d.stat().st_uid, d.stat().st_gid) for d in (dossier, *dossier.parents)}


def test_deux_copies_ne_se_rencontrent_pas(deux_instances):
    """Ce qu'une copie écrit dans sa base et dans sa file, l'autre ne le voit pas et ne peut pas y entrer."""
    (_, base_1, redis_1), (_, base_2, redis_2) = deux_instances
    with psycopg.connect(base_1, autocommit=True) as un, psycopg.connect(base_2, autocommit=True) as deux:
        un.execute("CREATE TABLE temoin (n int)")
        assert deux.execute("SELECT to_regclass('temoin')").fetchone() == (None,)
        un.execute("DROP TABLE temoin")
    with redis.from_url(redis_1) as un, redis.from_url(redis_2) as deux:
        un.set("temoin", "1")
        assert deux.get("temoin") is None

    port_2 = base_2.rsplit(":", 1)[1]
    entree_par_erreur = base_1.rsplit(":", 1)[0] + ":" + port_2
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(entree_par_erreur)


def test_aucune_permission_existante_ne_change(racine_accessible):
    """Démarrer ne change ni les permissions ni le propriétaire d'un dossier qui existait."""
    ancien = racine_accessible / "existant"
    ancien.mkdir()
    ancien.chmod(0o751)
    suivis = [ancien, services.COPIE, Path.home(), Path(sys.prefix)]
    avant = [permissions(d) for d in suivis]
    services.urls_des_services(ancien / "donnees", rapide=True)
    try:
        assert [permissions(d) for d in suivis] == avant
    finally:
        services.arreter(ancien / "donnees")
    assert [permissions(d) for d in suivis] == avant


def test_sous_root_un_dossier_ferme_est_refuse_sans_etre_ouvert(tmp_path, monkeypatch):
    """Sous root, un dossier que le compte sans droits ne peut pas atteindre donne une phrase claire, et reste fermé."""
    monkeypatch.setattr(services, "_est_root", lambda: True)
    ferme = tmp_path / "ferme"
    ferme.mkdir(mode=0o700)
    with pytest.raises(services.ServicesIndisponibles, match="Indiquez dans ETAPE_DONNEES"):
        services.urls_des_services(ferme / "donnees")
    assert ferme.stat().st_mode & 0o777 == 0o700


def test_un_second_appel_se_rattache_en_moins_de_50_ms(deux_instances):
    """Quand les serveurs tournent, obtenir leurs adresses est immédiat et n'en lance pas d'autres."""
    dossier, base, redis_url = deux_instances[0]
    debut = time.perf_counter()
    assert services.urls_des_services(dossier) == (base, redis_url)
    assert time.perf_counter() - debut < 0.05


def test_plusieurs_processus_qui_demarrent_ensemble_partagent_les_memes_serveurs(racine_accessible):
    """Site, worker et beat lancés au même instant s'entendent sur un seul PostgreSQL et un seul Valkey."""
    dossier = racine_accessible / "ensemble"
    programme = "import sys; from pathlib import Path; from config.services_embarques import urls_des_services; "
    programme += "print(urls_des_services(Path(sys.argv[1]), rapide=True))"
    commande = [sys.executable, "-c", programme, str(dossier)]
    lances = [subprocess.Popen(commande, stdout=subprocess.PIPE, text=True, cwd=services.COPIE) for _ in range(3)]
    try:
        sorties = {processus.communicate(timeout=60)[0] for processus in lances}
        assert len(sorties) == 1
        assert "postgresql://" in sorties.pop()
    finally:
        services.arreter(dossier)


def test_les_donnees_survivent_a_un_redemarrage(racine_accessible):
    """Arrêter puis relancer garde ce qui était enregistré, dans la base comme dans la file."""
    dossier = racine_accessible / "durable"
    base, file = services.urls_des_services(dossier)
    with psycopg.connect(base, autocommit=True) as connexion:
        connexion.execute("CREATE TABLE temoin AS SELECT 'Étape' AS mot")
    with redis.from_url(file) as client:
        client.set("temoin", "1")
    assert services.arreter(dossier)
    assert services.lire_etat(dossier) is None
    try:
        base, file = services.urls_des_services(dossier)
        with psycopg.connect(base) as connexion:
            assert connexion.execute("SELECT mot FROM temoin").fetchone() == ("Étape",)
        with redis.from_url(file) as client:
            assert client.get("temoin") == b"1"
    finally:
        services.arreter(dossier)


def test_la_base_connait_les_accents_et_les_extensions_utiles(deux_instances):
    """La base met « é » en majuscule et offre les extensions utiles, quelle que soit la langue de la machine."""
    with psycopg.connect(deux_instances[0][1]) as connexion:
        assert connexion.execute("SELECT upper('éligibilité'), current_setting('server_encoding')").fetchone() == (
            "ÉLIGIBILITÉ",
            "UTF8",
        )
        for extension in ("btree_gist", "pg_trgm", "unaccent"):
            connexion.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")


def test_un_numero_de_processus_resservi_ne_trompe_pas(deux_instances):
    """Un état périmé qui désigne un autre programme n'est ni cru ni arrêté."""
    dossier, *_ = deux_instances[0]
    etat = services.lire_etat(dossier)
    autre = subprocess.Popen(["sleep", "60"])
    try:
        assert not services.tuer(autre.pid, etat["postgresql"]["marque"], 15)
        assert autre.poll() is None
    finally:
        autre.kill()
        autre.wait()


def test_les_mots_de_passe_ne_se_lisent_pas_dans_la_liste_des_processus(deux_instances):
    """La ligne de commande des serveurs, visible de tous les comptes de la machine, ne porte aucun mot de passe."""
    etat = services.lire_etat(deux_instances[0][0])
    for service in (etat["postgresql"], etat["valkey"]):
        ligne = services._ligne_de_commande(service["pid"])
        assert service["marque"] in ligne
        assert service["mot_de_passe"] not in ligne
