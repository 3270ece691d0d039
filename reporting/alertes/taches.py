"""Ce qui attend quelqu'un : une décision avant l'embauche, des heures, un titulaire en retard, un suivi, une réponse, une pièce.

Les listes de dates (mois finis, jours limites, derniers jours utiles) viennent de `clauses.regles.echeances`, en tableaux.
"""

from beneficiaires.models import Beneficiaire, Justificatif, Orientation, Situation
from clauses.models import (
    Affectation,
    Contrat,
    Eligibilite,
    Engagement,
    Lot,
    Marche,
    Operation,
    ReleveHeures,
    Titulaire,
)
from parcours.models import Parcours, Sortie, Suivi

# Une embauche, prévue avec une décision « à compléter », ou écrite au contrat et à venir, sur une opération où la décision en vigueur
# n'est pas favorable. L'objet est cette décision.
DECISIONS_MANQUANTES = f"""
    WITH embauches AS (
        SELECT e.id, MIN(c.date_debut) AS jour
          FROM {Eligibilite._meta.db_table} e
          JOIN {Contrat._meta.db_table} c ON c.beneficiaire_id = e.beneficiaire_id AND c.date_debut >= %(jour)s
          JOIN {Affectation._meta.db_table} a ON a.contrat_id = c.id
          JOIN {Engagement._meta.db_table} g ON g.id = a.engagement_id
          JOIN {Titulaire._meta.db_table} t ON t.id = g.titulaire_id
          JOIN {Lot._meta.db_table} l ON l.id = t.lot_id
          JOIN {Marche._meta.db_table} m ON m.id = l.marche_id AND m.operation_id = e.operation_id
         WHERE e.est_courante AND e.reponse <> 'eligible'
         GROUP BY e.id
         UNION ALL
        SELECT e.id, (e.decision -> 'dates' ->> 'embauche')::date
          FROM {Eligibilite._meta.db_table} e
         WHERE e.est_courante AND e.reponse = 'a_completer'
           AND (e.decision -> 'dates' ->> 'embauche')::date BETWEEN %(premiere)s AND %(derniere)s
    )
    SELECT e.id AS objet, b.structure_id, e.beneficiaire_id, e.operation_id, MIN(x.jour) AS date_echeance, MIN(x.jour) AS repere
      FROM embauches x
      JOIN {Eligibilite._meta.db_table} e ON e.id = x.id
      JOIN {Beneficiaire._meta.db_table} b ON b.id = e.beneficiaire_id
     GROUP BY e.id, b.structure_id
"""  # noqa: S608
# Un contrat en cours et une fenêtre ouverte pendant un mois fini, sur un lot pas clos, sans rien de déclaré, même zéro heure.
MOIS_SANS_HEURES = f"""
    SELECT a.id AS objet, b.structure_id, c.beneficiaire_id, m.operation_id,
           mois.fin AS date_echeance, mois.fin AS repere
      FROM unnest(%(mois_debuts)s::date[], %(mois_fins)s::date[]) AS mois (debut, fin)
      JOIN {Contrat._meta.db_table} c
        ON c.date_debut <= mois.fin AND COALESCE(c.date_rupture, c.date_fin, 'infinity') >= mois.debut
      JOIN {Beneficiaire._meta.db_table} b ON b.id = c.beneficiaire_id
      JOIN {Affectation._meta.db_table} a ON a.contrat_id = c.id
      JOIN {Eligibilite._meta.db_table} e
        ON e.id = a.eligibilite_id AND e.date_debut <= mois.fin AND COALESCE(e.date_fin, 'infinity') >= mois.debut
      JOIN {Engagement._meta.db_table} g ON g.id = a.engagement_id
      JOIN {Titulaire._meta.db_table} t ON t.id = g.titulaire_id
      JOIN {Lot._meta.db_table} l ON l.id = t.lot_id AND l.clos_le IS NULL
      JOIN {Marche._meta.db_table} m ON m.id = l.marche_id
     WHERE NOT EXISTS (
           SELECT 1 FROM {ReleveHeures._meta.db_table} r WHERE r.affectation_id = a.id AND r.mois = mois.debut)
"""  # noqa: S608
# Les titulaires en retard sont lus avec l'avancement, comme sur l'accueil ; `engagements` porte celui du titulaire, ou du mandataire.
RYTHME = f"""
    SELECT g.id AS objet, o.structure_id, NULL::uuid AS beneficiaire_id, o.id AS operation_id,
           %(arrete_au)s::date AS date_echeance, %(arrete_au)s::date AS repere
      FROM unnest(%(engagements)s::uuid[]) AS retard (id)
      JOIN {Engagement._meta.db_table} g ON g.id = retard.id
      JOIN {Titulaire._meta.db_table} t ON t.id = g.titulaire_id
      JOIN {Lot._meta.db_table} l ON l.id = t.lot_id
      JOIN {Marche._meta.db_table} m ON m.id = l.marche_id
      JOIN {Operation._meta.db_table} o ON o.id = m.operation_id
"""  # noqa: S608
SUIVIS = f"""
    SELECT s.id AS objet, b.structure_id, p.beneficiaire_id, NULL::uuid AS operation_id,
           s.date_prevue AS date_echeance, s.date_prevue AS repere
      FROM {Suivi._meta.db_table} s
      JOIN {Sortie._meta.db_table} x ON x.id = s.sortie_id
      JOIN {Parcours._meta.db_table} p ON p.id = x.parcours_id
      JOIN {Beneficiaire._meta.db_table} b ON b.id = p.beneficiaire_id
     WHERE s.reponse = '' AND s.date_prevue <= %(derniere)s
"""  # noqa: S608
ORIENTATIONS = f"""
    SELECT o.id AS objet, o.structure_id, NULL::uuid AS beneficiaire_id, NULL::uuid AS operation_id,
           limite.au AS date_echeance, limite.envoi AS repere
      FROM {Orientation._meta.db_table} o
      JOIN unnest(%(envois)s::date[], %(limites)s::date[]) AS limite (envoi, au)
        ON limite.envoi = (o.envoyee_le AT TIME ZONE 'Europe/Paris')::date
     WHERE o.etat = 'envoyee'
"""  # noqa: S608
# La dernière pièce d'une situation en cours, pour qui attend une décision : « à compléter », ou parcours ouvert sans éligibilité en
# vigueur. Elle se signale avant son dernier jour utile, et dès que l'embauche prévue vient après lui.
PIECES = f"""
    WITH attente AS (
        SELECT e.beneficiaire_id, MIN((e.decision -> 'dates' ->> 'embauche')::date) AS embauche
          FROM {Eligibilite._meta.db_table} e
         WHERE e.est_courante AND e.reponse = 'a_completer'
         GROUP BY e.beneficiaire_id
         UNION ALL
        SELECT p.beneficiaire_id, NULL
          FROM {Parcours._meta.db_table} p
         WHERE p.date_fin IS NULL AND NOT EXISTS (
               SELECT 1 FROM {Eligibilite._meta.db_table} e
                WHERE e.beneficiaire_id = p.beneficiaire_id AND e.est_courante
                  AND (e.reponse = 'a_completer'
                       OR e.reponse = 'eligible' AND COALESCE(e.date_fin, 'infinity') >= %(jour)s))
    )
    SELECT DISTINCT ON (s.id) j.id AS objet, b.structure_id, s.beneficiaire_id, NULL::uuid AS operation_id,
           validite.fin AS date_echeance,
           CASE WHEN validite.fin < attente.embauche THEN LEAST(validite.fin, %(jour)s) ELSE validite.fin END AS repere
      FROM attente
      JOIN {Situation._meta.db_table} s
        ON s.beneficiaire_id = attente.beneficiaire_id
       AND s.date_debut <= %(jour)s AND COALESCE(s.date_fin, 'infinity') >= %(jour)s
      JOIN {Beneficiaire._meta.db_table} b ON b.id = s.beneficiaire_id
      JOIN unnest(%(criteres)s::text[], %(durees)s::int[]) AS critere (code, mois) ON critere.code = s.critere
      JOIN {Justificatif._meta.db_table} j ON j.situation_id = s.id
      JOIN unnest(%(valables_mois)s::int[], %(valables_du)s::date[], %(valables_au)s::date[]) AS validite (mois, piece, fin)
        ON validite.mois = critere.mois AND validite.piece = j.date_piece
     WHERE NOT EXISTS (
           SELECT 1 FROM {Justificatif._meta.db_table} recent
            WHERE recent.situation_id = s.id AND recent.date_piece > j.date_piece)
     ORDER BY s.id, j.id
"""  # noqa: S608
