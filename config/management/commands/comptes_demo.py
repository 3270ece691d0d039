"""manage.py comptes_demo : un compte par profil, et une coordination, pour essayer Étape."""

from django.core.management.base import BaseCommand, CommandError

from comptes.models import Utilisateur
from config.demonstration.tables.organisations import COMPTES, COMPTES_A_ESSAYER, MOT_DE_PASSE


class Command(BaseCommand):
    help = "Affiche un compte de démonstration par profil, une coordination, et leur mot de passe commun."

    def handle(self, **options):
        lignes = {ligne.cle: ligne for ligne in COMPTES}
        presents = set(
            Utilisateur.objects.filter(email__in=[lignes[cle].email for _, cle in COMPTES_A_ESSAYER]).values_list(
                "email", flat=True
            )
        )
        if not presents:
            raise CommandError(
                "Aucun compte de démonstration ici\u00a0: manage.py peupler les crée, dans une base vide."
            )
        for libelle, cle in COMPTES_A_ESSAYER:
            if lignes[cle].email in presents:
                self.stdout.write(f"{libelle:<13} {lignes[cle].email}")
        self.stdout.write(f"Mot de passe, le même pour tous\u00a0: {MOT_DE_PASSE}")
