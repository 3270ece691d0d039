"""Charge le répertoire ROME, données ouvertes de France Travail, depuis `beneficiaires/donnees/rome.csv`."""

import csv
from pathlib import Path

from django.db import migrations


def charger(apps, schema_editor):
    fichier = Path(__file__).parent.parent / "donnees" / "rome.csv"
    MetierRome = apps.get_model("beneficiaires", "MetierRome")
    with fichier.open(encoding="utf-8-sig", newline="") as flux:
        MetierRome.objects.bulk_create(
            [MetierRome(code=ligne["code"], libelle=ligne["libelle"]) for ligne in csv.DictReader(flux)],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [("beneficiaires", "0002_personnes")]

    operations = [migrations.RunPython(charger, migrations.RunPython.noop)]
