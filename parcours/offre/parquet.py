"""Lire un fichier parquet par paquets, si DuckDB est installé : c'est un complément, la version JSON se lit sans lui."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from parcours.offre.illisible import FichierIllisible

SIGNATURE: Final = b"PAR1"
LIGNES: Final = 2_000
SANS_DUCKDB: Final = (
    "Ce fichier est au format parquet, et DuckDB n’est pas installé. Installez le complément («\u00a0uv pip install duckdb\u00a0»), "
    "ou prenez la version JSON du même jeu de données."
)


def lire_parquet(chemin: Path) -> Iterator[dict[str, object]]:
    """Rend les lignes du fichier, une par une. Lève FichierIllisible."""
    try:
        import duckdb
    except ImportError as erreur:
        raise FichierIllisible(SANS_DUCKDB) from erreur
    try:
        with duckdb.connect(
            config={
                "memory_limit": "512MB",
                "threads": "1",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        ) as base:
            lignes = base.execute("SELECT * FROM read_parquet(?)", [str(chemin)])
            colonnes = [colonne[0] for colonne in lignes.description]
            while paquet := lignes.fetchmany(LIGNES):
                for ligne in paquet:
                    yield dict(zip(colonnes, ligne, strict=True))
    except duckdb.Error as erreur:
        raise FichierIllisible("Ce fichier parquet est abîmé\u00a0: téléchargez-le de nouveau.") from erreur
