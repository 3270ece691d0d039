"""Les marchés dont un avenant a déjà changé la durée : leur fin n'avait pas bougé d'elle-même, celle qu'ils portent reste.

Elle devient une fin écrite sur la fiche, sauf quand c'est déjà celle que donne la durée. Un marché sans fin prend celle-ci.
"""

from django.db import migrations

SUIVRE = """
    WITH dernier AS (
        SELECT DISTINCT ON (a.marche_id) a.marche_id, a.duree_mois
          FROM clauses_avenant a
         WHERE a.duree_mois IS NOT NULL
         ORDER BY a.marche_id, a.date_notification DESC, a.numero DESC
    ), calcul AS (
        SELECT m.id, CASE WHEN d.duree_mois BETWEEN 1 AND 1200 THEN
                 (coalesce(m.date_debut, m.date_notification) + make_interval(months => d.duree_mois))::date - 1 END AS fin
          FROM dernier d JOIN clauses_marche m ON m.id = d.marche_id
    )
    UPDATE clauses_marche m
       SET fin_suit_avenants = true,
           date_fin_initiale = m.date_fin,
           date_fin_ecrite = CASE WHEN m.date_fin IS DISTINCT FROM c.fin THEN m.date_fin END,
           date_fin = coalesce(m.date_fin, CASE WHEN c.fin <= DATE '2100-12-31' THEN c.fin END)
      FROM calcul c
     WHERE c.id = m.id
"""


class Migration(migrations.Migration):
    dependencies = [("clauses", "0011_fin_suit_les_avenants")]
    operations = [migrations.RunSQL(SUIVRE, migrations.RunSQL.noop)]
