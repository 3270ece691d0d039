"""Exporter une liste : ce qu'un tableur y lit."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import django_tables2 as tables
import pytest
import time_machine
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from comptes.exports import ecrire_classeur, ecrire_csv, exporter, format_demande

LIGNES = [
    ["Nom", "Heures", "Le", "Vu à"],
    ["Bâti-Rhône ; Lyon", Decimal("1421.50"), date(2026, 11, 6), datetime(2026, 11, 6, 13, 30, tzinfo=UTC)],
    ["=LIEN(A1)", Decimal("-12"), None, None],
]


def lire_csv(contenu: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(contenu.decode("utf-8-sig")), delimiter=";"))


def lire_classeur(contenu: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(contenu)).get_sheet_by_index(0).to_python()


def test_le_csv_suit_l_usage_francais():
    """Point-virgule, virgule décimale, dates en jour/mois/année, heure de Paris, et l'encodage annoncé."""
    contenu = ecrire_csv(LIGNES)
    assert contenu.startswith(b"\xef\xbb\xbf")
    assert lire_csv(contenu)[1] == ["Bâti-Rhône ; Lyon", "1421,50", "06/11/2026", "06/11/2026 14:30"]


@pytest.mark.parametrize(
    "texte", ["=1+1", "+33639981247", "-2+3", "@SOMME(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"]
)
def test_le_csv_desarme_une_formule(texte):
    """Un texte qui ouvrirait une formule est précédé d'une apostrophe ; un nombre négatif reste un nombre."""
    assert lire_csv(ecrire_csv([["Nom", "Heures"], [texte, Decimal(-12)]]))[1] == [f"'{texte}", "-12"]


def test_le_classeur_garde_les_types_et_n_a_aucune_formule():
    """Dans le classeur, un nombre est un nombre, une date une date, et « =LIEN(…) » un texte tel quel."""
    lignes = lire_classeur(ecrire_classeur(LIGNES, "Heures : [liste]"))
    assert lignes[1] == ["Bâti-Rhône ; Lyon", 1421.5, date(2026, 11, 6), datetime(2026, 11, 6, 14, 30)]
    assert lignes[2][:2] == ["=LIEN(A1)", -12]


def test_une_liste_vide_garde_ses_titres():
    """Exporter une liste sans ligne donne un fichier qui s'ouvre, avec ses seuls titres."""
    assert lire_csv(ecrire_csv(LIGNES[:1])) == [LIGNES[0]]
    assert lire_classeur(ecrire_classeur(LIGNES[:1], "Vide")) == [LIGNES[0]]


class Tableau(tables.Table):
    nom = tables.Column("Nom", exclude_from_export=True)
    texte = tables.Column("Nom complet", accessor="nom", visible=False)
    heures = tables.Column("Heures")


@time_machine.travel("2026-11-17 09:00+01:00")
def test_une_table_s_exporte_entiere_sans_ce_qu_elle_exclut():
    """Toutes les pages sont dans le fichier ; les colonnes dessinées en sont absentes, leurs valeurs en clair présentes."""
    table = Tableau([{"nom": f"Lot {n}", "heures": Decimal(n)} for n in range(60)], order_by="-heures")
    table.paginate(per_page=25)
    fichier = exporter(table, "csv", "Opérations du territoire")
    assert fichier["Content-Disposition"] == 'attachment; filename="operations-du-territoire-2026-11-17.csv"'
    lignes = lire_csv(fichier.content)
    assert lignes[0] == ["Nom complet", "Heures"]
    assert (len(lignes), lignes[1]) == (61, ["Lot 59", "59"])
    assert len(lire_classeur(exporter(table, "xlsx", "Opérations").content)) == 61


@pytest.mark.parametrize(("adresse", "attendu"), [("/?export=csv", "csv"), ("/?export=exe", ""), ("/", "")])
def test_seuls_deux_formats_s_exportent(adresse, attendu):
    """Une adresse fantaisiste montre la liste, sans erreur."""
    assert format_demande(RequestFactory().get(adresse)) == attendu
