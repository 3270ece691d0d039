"""L'offre d'insertion de data·inclusion : lire ses fichiers et son interface en ligne, y chercher un service."""
