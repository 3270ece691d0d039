"""Réécrit les libellés du répertoire ROME avec leurs apostrophes et leurs ligatures, depuis `beneficiaires/donnees/rome.csv`."""

import csv
from pathlib import Path

from django.db import migrations


def reecrire(apps, schema_editor):
    fichier = Path(__file__).parent.parent / "donnees" / "rome.csv"
    MetierRome = apps.get_model("beneficiaires", "MetierRome")
    with fichier.open(encoding="utf-8-sig", newline="") as flux:
        libelles = {ligne["code"]: ligne["libelle"] for ligne in csv.DictReader(flux)}
    changes = [m for m in MetierRome.objects.filter(code__in=libelles) if m.libelle != libelles[m.code]]
    for metier in changes:
        metier.libelle = libelles[metier.code]
    MetierRome.objects.bulk_update(changes, ["libelle"])


class Migration(migrations.Migration):
    dependencies = [("beneficiaires", "0004_tri_organisme_pieces_consultations")]

    operations = [migrations.RunPython(reecrire, migrations.RunPython.noop)]
