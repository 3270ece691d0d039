"""`manage.py importer_services FICHIER` : l'offre d'insertion de data·inclusion, mise en service d'un coup."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from comptes.formats import nombre, quantite
from parcours.models import ImportServices
from parcours.offre.illisible import FichierIllisible
from parcours.services.offre import ImportRefuse, importer_services

ECARTS_DITS = 20


class Command(BaseCommand):
    help = "Importe l'offre d'insertion publiée par data·inclusion (JSON, JSON par lignes ou parquet, schéma v1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER", help="les services")
        parser.add_argument("--structures", type=Path, metavar="FICHIER", help="les structures, si elles sont à part")
        parser.add_argument(
            "--departement",
            type=_departement,
            metavar="NN",
            help="seulement ce département, par exemple 69",
        )
        parser.add_argument(
            "--accepter-baisse",
            action="store_true",
            help="accepter un fichier deux fois plus court que l'offre en service",
        )

    def handle(
        self,
        *,
        fichier: Path,
        structures: Path | None,
        departement: str | None,
        accepter_baisse: bool,
        **options: object,
    ) -> None:
        try:
            importation = importer_services(
                fichier,
                aujourd_hui=timezone.localdate(),
                departement=departement or "",
                structures=structures,
                accepter_baisse=accepter_baisse,
                attendre=lambda: self.stdout.write("Un autre import est en cours\u00a0: celui-ci attend sa fin."),
            )
        except (FichierIllisible, ImportRefuse) as raison:
            raise CommandError(str(raison)) from raison
        self._conclure(importation)

    def _conclure(self, importation: ImportServices) -> None:
        for ecart in importation.ecarts[:ECARTS_DITS]:
            qui = f" ({ecart['identifiant']})" if ecart["identifiant"] else ""
            self.stdout.write(f"  n°\u00a0{nombre(ecart['ligne'])}{qui} écarté\u00a0: {ecart['raison']}.")
        for remarque in importation.remarques:
            self.stdout.write(
                f"  {quantite(remarque['nombre'], 'valeur')}, {remarque['raison']} (par exemple {remarque['exemple']})."
            )
        self.stdout.write(
            f"{quantite(importation.services_gardes, 'service')} en service, "
            f"{quantite(importation.lignes_ecartees, 'ligne écartée')}, "
            f"{quantite(importation.valeurs_ecartees, 'valeur écartée')}, sur {quantite(importation.lignes_lues, 'ligne lue')}."
        )


def _departement(texte: str) -> str:
    code = texte.strip().upper().zfill(2)
    if not re.fullmatch(r"\d[\dAB]|9[78]\d", code):
        raise ArgumentTypeError("un département s'écrit 69, 2A ou 974")
    return code
