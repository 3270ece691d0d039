"""Le SQL de l'import : deux tables de passage, remplies par COPY, d'où l'offre est versée, sans ses doubles, jointe à ses structures."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from parcours.offre.lecture import COLONNES

# Ce que le service ne dit pas, sa structure le dit.
_DE_LA_STRUCTURE: Final = {
    "structure_nom": "nom",
    "structure_siret": "siret",
    "telephone": "telephone",
    "courriel": "courriel",
}
_VERSEES: Final = tuple(colonne for colonne in COLONNES if colonne != "structure_id")
_LUES: Final = ", ".join(COLONNES)


def ouvrir(curseur: CursorWrapper) -> None:
    """Les tables de passage n'existent que pour cette transaction."""
    curseur.execute("DROP TABLE IF EXISTS pg_temp.etape_services_lus, pg_temp.etape_structures_lues")
    curseur.execute(
        "CREATE TEMP TABLE etape_services_lus ON COMMIT DROP AS SELECT 0::bigint AS rang, ''::text AS structure_id, s.* "
        "FROM parcours_serviceinsertion s WITH NO DATA"
    )
    curseur.execute(
        "CREATE TEMP TABLE etape_structures_lues (identifiant text, nom text, siret text, telephone text, courriel text) "
        "ON COMMIT DROP"
    )


def copier_services(curseur: CursorWrapper, lignes: Iterable[tuple[object, ...]]) -> None:
    with curseur.copy(f"COPY etape_services_lus (rang, {_LUES}) FROM STDIN") as copie:
        for ligne in lignes:
            copie.write_row(ligne)


def copier_structures(curseur: CursorWrapper, lignes: Iterable[tuple[object, ...]]) -> None:
    with curseur.copy("COPY etape_structures_lues (identifiant, nom, siret, telephone, courriel) FROM STDIN") as copie:
        for ligne in lignes:
            copie.write_row(ligne)


def doubles(curseur: CursorWrapper, detailles: int) -> tuple[int, list[tuple[int, str]]]:
    """Combien de lignes répètent un identifiant, et les premières : la fiche la plus récente reste, sinon la première lue."""
    curseur.execute("SELECT count(*) - count(DISTINCT identifiant) FROM etape_services_lus")
    nombre = curseur.fetchone()[0]
    if not nombre:
        return 0, []
    curseur.execute(
        "SELECT rang, identifiant FROM (SELECT rang, identifiant, row_number() OVER "
        "(PARTITION BY identifiant ORDER BY date_maj DESC NULLS LAST, rang) AS n FROM etape_services_lus) numerotes "
        "WHERE n > 1 ORDER BY rang LIMIT %s",
        [detailles],
    )
    return nombre, curseur.fetchall()


def verser(curseur: CursorWrapper, importation: UUID) -> int:
    """Donne les services lus à l'import, un par identifiant, et rend leur nombre."""
    curseur.execute("ANALYZE etape_structures_lues")
    curseur.execute(
        # Rien que des noms de colonnes, les nôtres.
        f"INSERT INTO parcours_serviceinsertion (import_services_id, {', '.join(_VERSEES)}) "  # noqa: S608
        f"SELECT %s, {', '.join(_expression(colonne) for colonne in _VERSEES)} "
        "FROM (SELECT DISTINCT ON (identifiant) * FROM etape_services_lus ORDER BY identifiant, date_maj DESC NULLS LAST, rang) lu "
        "LEFT JOIN (SELECT DISTINCT ON (identifiant) * FROM etape_structures_lues ORDER BY identifiant, nom) structure "
        "ON structure.identifiant = lu.structure_id",
        [importation],
    )
    return curseur.rowcount


def _expression(colonne: str) -> str:
    if colonne in _DE_LA_STRUCTURE:
        return f"COALESCE(NULLIF(lu.{colonne}, ''), structure.{_DE_LA_STRUCTURE[colonne]}, '')"
    return f"lu.{colonne}"


def retirer_les_anciens(curseur: CursorWrapper, importation: UUID, departement: str) -> None:
    """Retire de l'offre ce que l'import remplace : tout, ou ce département et les services qu'il apporte à son tour."""
    if not departement:
        curseur.execute("DELETE FROM parcours_serviceinsertion WHERE import_services_id <> %s", [importation])
        return
    curseur.execute(
        "DELETE FROM parcours_serviceinsertion ancien USING parcours_importservices import "
        "WHERE ancien.import_services_id = import.id AND import.id <> %s "
        "AND (import.departement = %s OR ancien.departement = %s OR EXISTS (SELECT FROM parcours_serviceinsertion nouveau "
        "WHERE nouveau.import_services_id = %s AND nouveau.identifiant = ancien.identifiant))",
        [importation, departement, departement, importation],
    )
