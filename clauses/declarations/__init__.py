"""La boucle mensuelle : qui doit déclarer quoi (`attendues`), où en est chaque mois (`etats`), et la feuille à remplir (`feuille`)."""
