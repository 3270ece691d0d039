"""manage.py signaler_echeances : le travail de la nuit, à la demande."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from comptes.arguments import jour
from comptes.formats import date_longue, quantite
from reporting.alertes import resumer, signaler_echeances


class Command(BaseCommand):
    help = "Signale ce qui finit (éligibilités, agréments, contrats, marchés, situations) et les tâches qui attendent."

    def add_arguments(self, parser):
        parser.add_argument("--date", type=jour, help="jour vu, AAAA-MM-JJ (défaut\u00a0: aujourd’hui)")

    def handle(self, **options):
        resultat = signaler_echeances(jour=options["date"] or timezone.localdate())
        self.stdout.write(f"Échéances vues du {date_longue(resultat.jour)}. {resumer(resultat)}")
        for type_alerte, compte in resultat.par_type.items():
            self.stdout.write(
                f"  {type_alerte.label}\u00a0: {quantite(compte.creees, 'créée')}, "
                f"{quantite(compte.avancees, 'avancée')}, {quantite(compte.closes, 'close')}"
            )
