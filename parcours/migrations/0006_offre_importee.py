"""Import de l’offre d’insertion : ce qui est écarté se compte, un service dit son département ; index de la recherche."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parcours', '0001_socle'),
    ]

    operations = [
        migrations.AddField(
            model_name='importservices',
            name='motif_echec',
            field=models.CharField(blank=True, max_length=400, verbose_name='raison de l’échec'),
        ),
        migrations.AddField(
            model_name='importservices',
            name='remarques',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='importservices',
            name='valeurs_ecartees',
            field=models.PositiveIntegerField(default=0, verbose_name='valeurs écartées'),
        ),
        migrations.AddField(
            model_name='serviceinsertion',
            name='departement',
            field=models.CharField(blank=True, max_length=3),
        ),
        migrations.AddField(
            model_name='serviceinsertion',
            name='frais_precisions',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='serviceinsertion',
            name='mobilisation_precisions',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='serviceinsertion',
            name='publics_precisions',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='importservices',
            name='departement',
            field=models.CharField(blank=True, max_length=3, verbose_name='département'),
        ),
        migrations.AddIndex(
            model_name='serviceinsertion',
            index=models.Index(fields=['code_postal'], name='service_code_postal'),
        ),
        migrations.AddIndex(
            model_name='serviceinsertion',
            index=models.Index(fields=['identifiant'], name='service_identifiant'),
        ),
        migrations.AddIndex(
            model_name='serviceinsertion',
            index=django.contrib.postgres.indexes.GinIndex(fields=['modes_accueil'], name='service_modes_accueil'),
        ),
    ]
