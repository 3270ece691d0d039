"""Un même marché à venir ne s’annonce pas deux fois."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0020_clauses_types'),
        ('comptes', '0003_coordination'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='projetmarche',
            constraint=models.UniqueConstraint(condition=models.Q(('abandonne_le__isnull', True), ('operation__isnull', True)), fields=('acheteur', 'objet'), name='projet_objet_unique', violation_error_message='Vous avez déjà annoncé ce marché\xa0: reprenez-le dans la liste, ou changez l’objet.'),
        ),
    ]
