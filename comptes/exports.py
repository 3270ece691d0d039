"""Exporter une liste : les lignes d'une table django-tables2, telles que filtrées et triées à l'écran, en CSV ou en classeur.

Une cellule de texte n'est jamais une formule : un nom saisi « =LIEN(…) » s'ouvre comme un texte (CSV : apostrophe devant ; XLSX :
chaîne). Les nombres restent des nombres et les dates des dates. Le CSV suit l'usage français (point-virgule, virgule décimale,
UTF-8 annoncé), celui qu'un tableur ouvre d'un double clic.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django_tables2 import Table

CSV = "csv"
XLSX = "xlsx"
FORMATS = (CSV, XLSX)
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DEBUTS_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LONGUEUR_MAXIMALE = 32_767  # d'une cellule de classeur
LARGEUR_MAXIMALE = 60

Cellule = str | int | float | Decimal | date | datetime | None


def format_demande(request: HttpRequest) -> str:
    """Rend « csv » ou « xlsx » quand l'adresse demande un export (`?export=`), sinon rien."""
    demande = request.GET.get("export", "")
    return demande if demande in FORMATS else ""


def exporter(table: Table, format_: str, nom: str) -> HttpResponse:
    """Rend le fichier de toutes les lignes de la table, sans s'arrêter à la page, colonnes `exclude_from_export` exceptées.

    Une colonne `visible=False` est exportée : c'est ainsi qu'une table donne en clair ce qu'elle dessine à l'écran.
    `nom` : le sujet, « Opérations » donne « operations-2026-11-17.csv ».
    """
    return reponse(table.as_values(), format_, nom)


def reponse(lignes: Iterable[Sequence[Cellule]], format_: str, nom: str) -> HttpResponse:
    """Rend le fichier de ces lignes, la première portant les titres."""
    contenu = ecrire_csv(lignes) if format_ == CSV else ecrire_classeur(lignes, nom)
    fichier = f"{slugify(nom)}-{timezone.localdate():%Y-%m-%d}.{format_}"
    return HttpResponse(
        contenu,
        content_type=TYPES[format_],
        headers={"Content-Disposition": f'attachment; filename="{fichier}"', "Cache-Control": "no-store"},
    )


def ecrire_csv(lignes: Iterable[Sequence[Cellule]]) -> bytes:
    tampon = io.StringIO()
    plume = csv.writer(tampon, delimiter=";", lineterminator="\r\n")
    plume.writerows([_en_texte(cellule) for cellule in ligne] for ligne in lignes)
    return tampon.getvalue().encode("utf-8-sig")


def ecrire_classeur(lignes: Iterable[Sequence[Cellule]], nom: str) -> bytes:
    tampon = io.BytesIO()
    options = {
        "in_memory": True,
        "remove_timezone": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(tampon, options) as classeur:
        feuille = classeur.add_worksheet(_nom_de_feuille(nom))
        formats = {
            "titre": classeur.add_format({"bold": True, "bottom": 1}),
            "date": classeur.add_format({"num_format": "dd/mm/yyyy"}),
            "instant": classeur.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            "nombre": classeur.add_format({"num_format": "#,##0.##"}),
        }
        largeurs: dict[int, int] = {}
        rang = 0
        for rang, ligne in enumerate(lignes):
            for colonne, cellule in enumerate(ligne):
                _ecrire_cellule(feuille, rang, colonne, cellule, formats)
                largeurs[colonne] = max(largeurs.get(colonne, 0), len(_en_texte(cellule)))
        for colonne, largeur in largeurs.items():
            feuille.set_column(colonne, colonne, min(largeur, LARGEUR_MAXIMALE) + 2)
        feuille.freeze_panes(1, 0)
        if largeurs:
            feuille.autofilter(0, 0, rang, max(largeurs))
    return tampon.getvalue()


def neutraliser(texte: str) -> str:
    """Met une apostrophe devant un texte qu'un tableur prendrait pour une formule, même précédée d'espaces."""
    return f"'{texte}" if texte.lstrip(" \u00a0").startswith(DEBUTS_DE_FORMULE) else texte


def _en_texte(cellule: Cellule) -> str:
    match cellule:
        case None:
            return ""
        case bool():
            return "oui" if cellule else "non"
        case datetime():
            return f"{_heure_locale(cellule):%d/%m/%Y %H:%M}"
        case date():
            return f"{cellule:%d/%m/%Y}"
        case int() | float() | Decimal():
            return f"{cellule:f}".replace(".", ",") if not isinstance(cellule, int) else str(cellule)
        case _:
            return neutraliser(str(cellule))


def _ecrire_cellule(feuille, rang: int, colonne: int, cellule: Cellule, formats: dict) -> None:
    if rang == 0:
        feuille.write_string(rang, colonne, str(cellule), formats["titre"])
        return
    match cellule:
        case None | "":
            feuille.write_blank(rang, colonne, None)
        case bool():
            feuille.write_string(rang, colonne, "oui" if cellule else "non")
        case datetime():
            feuille.write_datetime(rang, colonne, _heure_locale(cellule).replace(tzinfo=None), formats["instant"])
        case date():
            feuille.write_datetime(rang, colonne, cellule, formats["date"])
        case int() | float() | Decimal():
            feuille.write_number(rang, colonne, cellule, formats["nombre"])
        case _:
            feuille.write_string(rang, colonne, str(cellule)[:LONGUEUR_MAXIMALE])


def _heure_locale(instant: datetime) -> datetime:
    return timezone.localtime(instant) if timezone.is_aware(instant) else instant


def _nom_de_feuille(nom: str) -> str:
    return "".join(lettre for lettre in nom if lettre not in "[]:*?/\\")[:31] or "Liste"
