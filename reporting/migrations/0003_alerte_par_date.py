from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_echeances")]

    operations = [
        migrations.AddIndex(
            model_name="alerte",
            index=models.Index(
                condition=models.Q(("close_le__isnull", True)),
                fields=["structure", "date_echeance", "id"],
                name="alerte_par_date",
            ),
        ),
    ]
