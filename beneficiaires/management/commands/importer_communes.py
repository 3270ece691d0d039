"""`manage.py importer_communes FICHIER` : les communes, au format JSON de geo.api.gouv.fr."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from beneficiaires.services.communes import importer_communes
from comptes.formats import quantite

ECARTS_DITS = 20


class Command(BaseCommand):
    help = (
        "Importe les communes d'un fichier JSON de geo.api.gouv.fr, demandé avec "
        "fields=nom,code,codesPostaux,codeDepartement,codeEpci,centre."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER", help="liste JSON de communes")

    def handle(self, *, fichier: Path, **options: object) -> None:
        bilan = importer_communes(_lire(fichier))
        for rang, raison in bilan.ecarts[:ECARTS_DITS]:
            self.stdout.write(f"  n°\u00a0{rang} écartée\u00a0: {raison}.")
        if len(bilan.ecarts) > ECARTS_DITS:
            self.stdout.write(f"  et {quantite(len(bilan.ecarts) - ECARTS_DITS, 'autre')}.")
        if not bilan.gardees:
            raise CommandError(f"{fichier.name} ne contient aucune commune lisible\u00a0: rien n’a changé.")
        self.stdout.write(
            f"{quantite(bilan.gardees, 'commune gardée')}, {quantite(bilan.retirees, 'retirée')}, "
            f"{quantite(len(bilan.ecarts), 'écartée')}."
        )


def _lire(fichier: Path) -> list[object]:
    try:
        contenu = json.loads(fichier.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError as erreur:
        raise CommandError(f"{fichier} ne s’ouvre pas. Vérifiez le chemin et les droits du fichier.") from erreur
    except (ValueError, RecursionError) as erreur:
        raise CommandError(f"{fichier.name} n’est pas du JSON\u00a0: rien n’a changé.") from erreur
    if not isinstance(contenu, list):
        raise CommandError(f"{fichier.name} n’est pas une liste de communes\u00a0: rien n’a changé.")
    return contenu
