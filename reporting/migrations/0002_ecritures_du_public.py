"""Un compteur qui avance à chaque écriture dont dépendent les comptes du public : `reporting/memoire.py` dit comment il sert.

Une séquence ne fait attendre personne : elle n'appartient à aucune transaction. Les triggers voient aussi les écritures en masse.
"""

from django.db import migrations

TABLES = (
    "clauses_releveheures",
    "clauses_affectation",
    "clauses_contrat",
    "clauses_eligibilite",
    "beneficiaires_beneficiaire",
    "comptes_organisation",
)
COMPTEUR = """
CREATE SEQUENCE reporting_ecritures_du_public;
CREATE FUNCTION reporting_noter_ecriture_du_public() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('reporting_ecritures_du_public');
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER ecriture_du_public AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION reporting_noter_ecriture_du_public();
"""
RETRAIT = """
DROP FUNCTION reporting_noter_ecriture_du_public() CASCADE;
DROP SEQUENCE reporting_ecritures_du_public;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0001_initial"),
        ("beneficiaires", "0003_metiers_rome"),
        ("clauses", "0001_initial"),
        ("comptes", "0001_initial"),
    ]
    operations = [migrations.RunSQL(COMPTEUR + "".join(TRIGGER.format(table=table) for table in TABLES), RETRAIT)]
