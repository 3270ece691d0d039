"""Les données de démonstration : une structure et ses partenaires, inventés, autour des trois personnes de la fiche A3.

`tables/` dit quoi, les modules `construire_…` le font. Tout dépend d'une graine et d'une date de référence, et de rien d'autre :
les mêmes donnent les mêmes lignes, identifiants compris. Les règles et les services du site décident et calculent.
"""
