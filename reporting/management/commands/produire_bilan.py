"""`manage.py produire_bilan REFERENCE --sortie FICHIER.pdf` : le même PDF que l'écran, sans passer par le worker."""

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from beneficiaires.periodes import dernier_mois_clos
from clauses.models import Marche
from comptes.formats import taille
from reporting.bilans import controler_demande, nouveau_code, produire
from reporting.models import Bilan


class Command(BaseCommand):
    help = "Produit le bilan de clause d'un marché, en PDF, dans un fichier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="Référence du marché, telle qu'à l'écran.")
        parser.add_argument("--sortie", required=True, type=Path, help="Fichier PDF à écrire.")
        parser.add_argument(
            "--date", type=date.fromisoformat, help="Date d'arrêté AAAA-MM-JJ ; sinon le dernier mois clos."
        )
        parser.add_argument("--acheteur", default="", help="Nom ou SIRET de l'acheteur, si la référence se répète.")

    def handle(self, *, reference: str, sortie: Path, acheteur: str, **options: object) -> None:
        marche = self._marche(reference, acheteur)
        aujourd_hui = timezone.localdate()
        arrete_au = options["date"] or dernier_mois_clos(aujourd_hui)
        if refus := controler_demande(marche, arrete_au, aujourd_hui):
            raise CommandError(refus.phrase)
        if not sortie.parent.is_dir():
            raise CommandError(f"Le dossier {sortie.parent} n’existe pas.")
        bilan = Bilan.objects.create(
            marche=marche, arrete_au=arrete_au, code_verification=nouveau_code(), demande_par=None
        )
        produire(bilan)
        with bilan.fichier.open("rb") as fichier:
            sortie.write_bytes(fichier.read())
        self.stdout.write(
            f"{sortie} : {bilan.pages} pages, {taille(bilan.taille_octets)}, code {bilan.code_verification}"
        )

    def _marche(self, reference: str, acheteur: str) -> Marche:
        marches = Marche.objects.filter(reference=reference).select_related("operation__structure", "acheteur")
        if acheteur:
            marches = marches.filter(acheteur__nom=acheteur) | marches.filter(acheteur__siret=acheteur)
        trouves = list(marches[:2])
        if not trouves:
            raise CommandError(f"Aucun marché ne porte la référence « {reference} ».")
        if len(trouves) > 1:
            raise CommandError(f"Plusieurs marchés portent la référence « {reference} » : précisez --acheteur.")
        return trouves[0]
