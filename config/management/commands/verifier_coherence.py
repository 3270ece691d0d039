"""manage.py verifier_coherence : prouve que chaque copie gardée en base est égale à son recalcul."""

from django.core.management.base import BaseCommand, CommandError

from comptes.formats import quantite
from config.coherence import tous_les_ecarts


class Command(BaseCommand):
    help = "Recalcule cumuls, heures dues, fins d’agrément et fenêtres d’éligibilité\u00a0; dit ce qui diffère, sans rien changer."

    def handle(self, **options):
        nombre = 0
        for ecart in tous_les_ecarts():
            self.stdout.write(str(ecart))
            nombre += 1
        if nombre:
            raise CommandError(f"{quantite(nombre, 'écart')} entre les copies et leur recalcul.")
        self.stdout.write("Tout concorde\u00a0: chaque copie est égale à son recalcul.")
