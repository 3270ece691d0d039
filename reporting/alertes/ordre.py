"""L'ordre SQL qui met les alertes d'une sorte d'accord avec ce qui est vrai : il en crée, en fait avancer, et en clôt.

Une source est une requête qui rend, pour chaque objet à regarder : `objet`, `structure_id`, `beneficiaire_id`, `operation_id`,
`date_echeance`, et `repere`, le jour qui se compare à la borne de sa structure. Aucune date ne s'y calcule : toutes viennent des règles.
"""

from reporting.models import Alerte

_ALERTE = Alerte._meta.db_table
# `bornes` : une ligne par structure. `au` : dernier repère signalé ; `proche` et `moyen`, vides pour une tâche, séparent
# les tranches. Une alerte traitée par quelqu'un le reste : seule une nouvelle date en crée une autre.
SIGNALER = f"""
    WITH bornes AS (
        SELECT * FROM unnest(%(structures)s::uuid[], %(au)s::date[], %(proche)s::date[], %(moyen)s::date[])
            AS b (structure_id, au, proche, moyen)
    ),
    source AS ({{source}}),
    cible AS (
        SELECT s.objet, s.structure_id, s.beneficiaire_id, s.operation_id, s.date_echeance,
               CASE WHEN s.date_echeance < %(jour)s AND %(se_depasse)s THEN 'depassee'
                    WHEN b.proche IS NULL THEN 'a_faire'
                    WHEN s.date_echeance <= b.proche THEN 'j30'
                    WHEN s.date_echeance <= b.moyen THEN 'j60'
                    ELSE 'j90' END AS seuil
          FROM source s JOIN bornes b ON b.structure_id = s.structure_id
         WHERE s.repere <= b.au
    ),
    closes AS (
        UPDATE {_ALERTE} alerte SET close_le = %(maintenant)s
         WHERE alerte.type_alerte = %(type)s AND alerte.close_le IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM cible
                WHERE cible.objet = alerte.objet AND cible.date_echeance = alerte.date_echeance)
        RETURNING 1
    ),
    ecrites AS (
        INSERT INTO {_ALERTE} AS alerte
               (id, structure_id, type_alerte, seuil, objet, beneficiaire_id, operation_id, date_echeance,
                creee_le, signalee_le, note, motif_report)
        SELECT gen_random_uuid(), structure_id, %(type)s, seuil, objet, beneficiaire_id, operation_id, date_echeance,
               %(maintenant)s, %(jour)s, '', ''
          FROM cible
         ORDER BY objet
            ON CONFLICT (type_alerte, objet, date_echeance)
            DO UPDATE SET seuil = excluded.seuil, close_le = NULL, signalee_le = excluded.signalee_le
         WHERE alerte.traitee_par_id IS NULL
           AND (alerte.seuil <> excluded.seuil OR alerte.close_le IS NOT NULL)
        RETURNING xmax = 0 AS est_nouvelle
    )
    SELECT (SELECT count(*) FROM ecrites WHERE est_nouvelle),
           (SELECT count(*) FROM ecrites WHERE NOT est_nouvelle),
           (SELECT count(*) FROM closes)
"""  # noqa: S608


def ordre_pour(source: str) -> str:
    """L'ordre entier d'une source."""
    return SIGNALER.format(source=source)
