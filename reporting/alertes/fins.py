"""Ce qui finit : éligibilités, agréments, contrats, marchés, situations. Chacune de ces fins est une date gardée par un service.

Ce qui se signale, ce sont les objets encore en vigueur dont la fin tombe entre `premiere` et `derniere`, et que rien ne suit : un
agrément, un contrat ou une situation que continue un autre, qui finit plus tard, n'a plus rien à signaler.
"""

from beneficiaires.models import Beneficiaire, Situation
from clauses.models import Contrat, Eligibilite, Lot, Marche, Operation
from parcours.models import Agrement

# Les noms de tables viennent des modèles, les valeurs passent en paramètres.
ELIGIBILITES = f"""
    SELECT e.id AS objet, b.structure_id, e.beneficiaire_id, e.operation_id, e.date_fin AS date_echeance, e.date_fin AS repere
      FROM {Eligibilite._meta.db_table} e
      JOIN {Beneficiaire._meta.db_table} b ON b.id = e.beneficiaire_id
     WHERE e.est_courante AND e.reponse = 'eligible' AND e.date_fin BETWEEN %(premiere)s AND %(derniere)s
"""  # noqa: S608
AGREMENTS = f"""
    SELECT a.id AS objet, b.structure_id, a.beneficiaire_id, NULL::uuid AS operation_id,
           a.date_fin AS date_echeance, a.date_fin AS repere
      FROM {Agrement._meta.db_table} a
      JOIN {Beneficiaire._meta.db_table} b ON b.id = a.beneficiaire_id
     WHERE a.type_agrement = %(type)s AND a.date_fin BETWEEN %(premiere)s AND %(derniere)s
       AND NOT EXISTS (
           SELECT 1 FROM {Agrement._meta.db_table} suivant
            WHERE suivant.beneficiaire_id = a.beneficiaire_id AND suivant.type_agrement = a.type_agrement
              AND suivant.date_fin > a.date_fin)
"""  # noqa: S608
CONTRATS = f"""
    SELECT c.id AS objet, b.structure_id, c.beneficiaire_id, NULL::uuid AS operation_id,
           COALESCE(c.date_rupture, c.date_fin) AS date_echeance, COALESCE(c.date_rupture, c.date_fin) AS repere
      FROM {Contrat._meta.db_table} c
      JOIN {Beneficiaire._meta.db_table} b ON b.id = c.beneficiaire_id
     WHERE COALESCE(c.date_rupture, c.date_fin) BETWEEN %(premiere)s AND %(derniere)s
       AND NOT EXISTS (
           SELECT 1 FROM {Contrat._meta.db_table} suivant
            WHERE suivant.beneficiaire_id = c.beneficiaire_id AND suivant.id <> c.id
              AND COALESCE(suivant.date_rupture, suivant.date_fin, 'infinity') > COALESCE(c.date_rupture, c.date_fin))
"""  # noqa: S608
# Un marché dont tous les lots sont clos est fini, quelle que soit sa date.
MARCHES = f"""
    SELECT m.id AS objet, o.structure_id, NULL::uuid AS beneficiaire_id, m.operation_id,
           m.date_fin AS date_echeance, m.date_fin AS repere
      FROM {Marche._meta.db_table} m
      JOIN {Operation._meta.db_table} o ON o.id = m.operation_id
     WHERE m.date_fin BETWEEN %(premiere)s AND %(derniere)s
       AND (EXISTS (SELECT 1 FROM {Lot._meta.db_table} l WHERE l.marche_id = m.id AND l.clos_le IS NULL)
            OR NOT EXISTS (SELECT 1 FROM {Lot._meta.db_table} l WHERE l.marche_id = m.id))
"""  # noqa: S608
SITUATIONS = f"""
    SELECT s.id AS objet, b.structure_id, s.beneficiaire_id, NULL::uuid AS operation_id,
           s.date_fin AS date_echeance, s.date_fin AS repere
      FROM {Situation._meta.db_table} s
      JOIN {Beneficiaire._meta.db_table} b ON b.id = s.beneficiaire_id
     WHERE s.date_fin BETWEEN %(premiere)s AND %(derniere)s
       AND NOT EXISTS (
           SELECT 1 FROM {Situation._meta.db_table} suivante
            WHERE suivante.beneficiaire_id = s.beneficiaire_id AND suivante.critere = s.critere
              AND suivante.id <> s.id AND COALESCE(suivante.date_fin, 'infinity') > s.date_fin)
"""  # noqa: S608
