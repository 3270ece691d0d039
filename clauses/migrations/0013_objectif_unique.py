"""Un objectif particulier ne s'enregistre qu'une fois. Deux objectifs de même nom, s'il y en a, se distinguent par un numéro."""

from django.db import migrations, models

NUMEROTER = """
    UPDATE clauses_sousobjectif o
       SET intitule = left(o.intitule, 110) || ' (' || r.rang || ')'
      FROM (SELECT id, row_number() OVER (PARTITION BY marche_id, lot_id, intitule ORDER BY id) AS rang
              FROM clauses_sousobjectif) r
     WHERE r.id = o.id AND r.rang > 1
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0012_fins_deja_ecrites'),
    ]

    operations = [
        migrations.RunSQL(NUMEROTER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='sousobjectif',
            constraint=models.UniqueConstraint(fields=('marche', 'lot', 'intitule'), name='sous_objectif_unique', nulls_distinct=False, violation_error_message='Cet objectif est déjà enregistré. Un autre porte un autre intitulé.'),
        ),
    ]
