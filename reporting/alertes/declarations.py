"""Ce qui empêche un mois d'arriver : un contact dont un courriel est revenu, un autre que deux relances n'ont pas fait répondre."""

from clauses.models import ContactEntreprise, Declaration, EnvoiDeclaration, Marche, Operation

# L'objet est le contact, jusqu'à ce que son adresse soit corrigée.
COURRIELS_REVENUS = f"""
    SELECT c.id AS objet, c.structure_id, NULL::uuid AS beneficiaire_id, NULL::uuid AS operation_id,
           c.en_echec_le AS date_echeance, c.en_echec_le AS repere
      FROM {ContactEntreprise._meta.db_table} c
     WHERE c.en_echec_le IS NOT NULL
"""  # noqa: S608
# L'objet est la relance de trop : la deuxième partie à cette adresse pour un mois dont un marché n'est toujours pas reçu.
CONTACTS_SANS_REPONSE = f"""
    WITH relances AS (
        SELECT e.id, e.structure_id, e.entreprise_id, e.mois, e.prevu_le,
               row_number() OVER (PARTITION BY e.contact_id, e.mois ORDER BY e.prevu_le, e.id) AS rang
          FROM {EnvoiDeclaration._meta.db_table} e
          JOIN {ContactEntreprise._meta.db_table} c ON c.id = e.contact_id AND c.courriel = e.courriel
         WHERE e.etape = 'relance' AND e.envoye_le IS NOT NULL AND e.revenu_le IS NULL
    )
    SELECT r.id AS objet, r.structure_id, NULL::uuid AS beneficiaire_id, NULL::uuid AS operation_id,
           r.prevu_le AS date_echeance, r.prevu_le AS repere
      FROM relances r
     WHERE r.rang = %(silences)s
       AND EXISTS (
           SELECT 1 FROM {Declaration._meta.db_table} d
             JOIN {Marche._meta.db_table} m ON m.id = d.marche_id
             JOIN {Operation._meta.db_table} o ON o.id = m.operation_id
            WHERE d.entreprise_id = r.entreprise_id AND o.structure_id = r.structure_id
              AND d.mois = r.mois AND d.recue_le IS NULL)
"""  # noqa: S608
