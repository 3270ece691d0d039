"""Les communes : code, intercommunalité, codes postaux et centre, pour chercher près de l’une d’elles."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaires', '0002_socle'),
    ]

    operations = [
        migrations.CreateModel(
            name='Commune',
            fields=[
                ('code', models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name='code INSEE')),
                ('nom', models.CharField(max_length=120, verbose_name='nom')),
                ('cle', models.CharField(editable=False, max_length=120)),
                ('departement', models.CharField(max_length=3, verbose_name='département')),
                ('epci', models.CharField(blank=True, max_length=9, verbose_name='intercommunalité')),
                ('codes_postaux', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), blank=True, default=list, size=None, verbose_name='codes postaux')),
                ('latitude', models.FloatField(verbose_name='latitude du centre')),
                ('longitude', models.FloatField(verbose_name='longitude du centre')),
            ],
            options={
                'verbose_name': 'commune',
                'ordering': ['nom', 'code'],
                'indexes': [models.Index(fields=['cle'], name='commune_cle'), django.contrib.postgres.indexes.GinIndex(fields=['codes_postaux'], name='commune_codes_postaux')],
            },
        ),
    ]
