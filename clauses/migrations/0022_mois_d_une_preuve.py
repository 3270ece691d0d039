"""Le mois d’une preuve se contrôle aussi quand elle n’en a pas."""

import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0021_marche_annonce_une_fois'),
        ('comptes', '0003_coordination'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='preuve',
            name='preuve_mois_selon_la_sorte',
        ),
        migrations.AddConstraint(
            model_name='preuve',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mois__isnull', True), ('sorte__in', ['contrat'])), models.Q(models.Q(('sorte__in', ['contrat']), _negated=True), django.db.models.lookups.Exact(django.db.models.functions.datetime.ExtractDay(django.db.models.functions.comparison.Cast('mois', models.DateField())), 1)), _connector='OR'), name='preuve_mois_selon_la_sorte', violation_error_message='Un contrat se dépose sans mois\xa0; toute autre pièce dit le mois qu’elle prouve.'),
        ),
    ]
