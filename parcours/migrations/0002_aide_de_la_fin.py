from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parcours', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agrement',
            name='fin_officielle',
            field=models.DateField(blank=True, help_text='Vide\xa0: Étape l’estime et le dit.', null=True, verbose_name='fin écrite sur le document'),
        ),
        migrations.AlterField(
            model_name='agrementevent',
            name='fin_officielle',
            field=models.DateField(blank=True, help_text='Vide\xa0: Étape l’estime et le dit.', null=True, verbose_name='fin écrite sur le document'),
        ),
    ]
