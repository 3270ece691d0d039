"""manage.py peupler : les données de démonstration, dans une base vide."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from comptes.arguments import jour
from config.demonstration.peuplement import PREMIERE_REFERENCE, base_est_vide, peupler

GRAINE = 2024


class Command(BaseCommand):
    help = "Crée les données de démonstration (organisations, personnes et heures inventées) dans une base vide."

    def add_arguments(self, parser):
        parser.add_argument("--si-vide", action="store_true", help="ne rien faire, sans erreur, si la base sert déjà")
        parser.add_argument(
            "--graine", type=int, default=GRAINE, help="nombre d’où vient le hasard (défaut\u00a0: 2024)"
        )
        parser.add_argument("--date", type=jour, help="jour de référence, AAAA-MM-JJ (défaut\u00a0: aujourd’hui)")

    def handle(self, *, si_vide=False, graine=GRAINE, verbosity=1, **options):
        reference = options.get("date") or timezone.localdate()
        if not base_est_vide():
            if si_vide:
                return
            raise CommandError(
                "Cette base contient déjà des données\u00a0: la démonstration ne se mêle jamais à elles. "
                "Utilisez une base vide (DATABASE_URL)."
            )
        if reference < PREMIERE_REFERENCE:
            raise CommandError(
                f"La démonstration commence au {PREMIERE_REFERENCE:%d/%m/%Y}\u00a0: donnez une date plus récente."
            )
        peupler(graine=graine, reference=reference)
        if verbosity:
            self.stdout.write(
                f"Données de démonstration créées au {reference:%d/%m/%Y}. Comptes\u00a0: manage.py comptes_demo"
            )
