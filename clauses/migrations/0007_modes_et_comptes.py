"""Les lignes d'avant : mode d'exécution d'après le contrat et l'employeur, version de la règle des heures validées, cumuls."""

from django.db import migrations

MODES = """
    UPDATE clauses_affectation a
       SET mode_execution = CASE
           WHEN c.type_contrat IN ('apprentissage', 'professionnalisation') THEN 'alternance'
           WHEN o.categorie IN ('etti', 'ai', 'geiq', 'eatt') THEN 'mise_a_disposition'
           WHEN o.categorie = 'ett' THEN 'interim'
           WHEN o.categorie IN ('ei', 'aci', 'regie') THEN 'siae'
           WHEN o.categorie IN ('ea', 'esat') THEN 'ea_esat'
           ELSE 'directe' END
      FROM clauses_contrat c
      JOIN comptes_organisation o ON o.id = c.employeur_id
     WHERE c.id = a.contrat_id
"""
REGLES = """
    UPDATE clauses_releveheures r
       SET regle_comptee_id = g.id
      FROM clauses_affectation a
      JOIN clauses_engagement e ON e.id = a.engagement_id
      JOIN clauses_titulaire t ON t.id = e.titulaire_id
      JOIN clauses_lot l ON l.id = t.lot_id
      JOIN clauses_regleclause g ON g.marche_id = l.marche_id AND g.est_courante
     WHERE a.id = r.affectation_id AND r.etat = 'valide'
"""
CUMULS = "UPDATE clauses_cumulmensuel SET etp_heures = validees_heures, en_attente_comptees_heures = en_attente_heures"


class Migration(migrations.Migration):

    dependencies = [
        ("clauses", "0006_heures_comptees"),
    ]

    operations = [
        migrations.RunSQL(MODES, migrations.RunSQL.noop),
        migrations.RunSQL(REGLES, migrations.RunSQL.noop),
        migrations.RunSQL(CUMULS, migrations.RunSQL.noop),
    ]
