"""La base que chaque processus de test clone, faite une fois par état des migrations.

bin/test la prépare pendant ses autres vérifications (python -m tests.base_modele), pour qu'aucun processus ne l'attende.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

VERROU_DES_MODELES = 20_260_131  # numéro arbitraire : un seul processus à la fois fabrique ou clone une base modèle


@contextlib.contextmanager
def modeles_retenus() -> Iterator:
    """Donne un curseur hors de toute base ; les autres processus attendent qu'il se referme."""
    connection.close()
    with connection._nodb_cursor() as curseur:
        curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU_DES_MODELES])
        yield curseur


def modele_a_jour(curseur) -> str:
    """Donne le nom de la base modèle de ces migrations, en la fabriquant si elle manque."""
    modele = f"etape_modele_{_empreinte_des_migrations()}"
    curseur.execute("SELECT datname FROM pg_database WHERE datname LIKE 'etape\\_modele\\_%%'")
    existantes = {nom for (nom,) in curseur.fetchall()}
    if modele in existantes:
        return modele
    for ancienne in existantes:
        curseur.execute(f'DROP DATABASE "{ancienne}" WITH (FORCE)')
    chantier = f"{modele}_chantier"
    curseur.execute(f'CREATE DATABASE "{chantier}"')
    base = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = chantier
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = base
    curseur.execute(f'ALTER DATABASE "{chantier}" RENAME TO "{modele}"')
    return modele


def _empreinte_des_migrations() -> str:
    empreinte = hashlib.sha256(django.get_version().encode())
    for application in sorted(apps.get_app_configs(), key=lambda a: a.label):
        for fichier in sorted(Path(application.path).glob("migrations/*.py")):
            empreinte.update(f"{application.label}/{fichier.name}".encode() + fichier.read_bytes())
    return empreinte.hexdigest()[:16]


if __name__ == "__main__":
    django.setup()
    with modeles_retenus() as pour_preparer:
        modele_a_jour(pour_preparer)
