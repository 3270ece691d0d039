"""Ce que raconte la démonstration, en tables qui se lisent ; les modules voisins en font des lignes de la base."""
