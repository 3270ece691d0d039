from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0002_import_decp'),
    ]

    operations = [
        migrations.AlterField(
            model_name='regleclause',
            name='duree_mois',
            field=models.PositiveSmallIntegerField(blank=True, default=24, help_text='24 par principe. Vide\xa0: toute la durée de l’opération.', null=True, verbose_name='durée d’éligibilité, en mois'),
        ),
        migrations.AlterField(
            model_name='regleclauseevent',
            name='duree_mois',
            field=models.PositiveSmallIntegerField(blank=True, default=24, help_text='24 par principe. Vide\xa0: toute la durée de l’opération.', null=True, verbose_name='durée d’éligibilité, en mois'),
        ),
    ]
