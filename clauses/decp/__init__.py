"""Lire un fichier DECP (données essentielles de la commande publique), marché par marché, sans jamais tout refuser.

Fonctions pures : ni Django, ni base, ni horloge. `lire` rend ce qui se lit, et une remarque pour chaque valeur écartée ou
douteuse. Ce qu'Étape en fait est dans `clauses.services.decp`.
"""

from clauses.decp.fichier import (
    LIMITES_COMMANDE,
    LIMITES_ENVOI,
    Enregistrement,
    FichierIllisible,
    Lecture,
    Limites,
    controler_taille,
    lire,
)
from clauses.decp.marche import AvenantLu, Consideration, IdentiteLue, MarcheLu, SousTraitantLu
from clauses.decp.valeurs import Gravite, Remarque

__all__ = [
    "LIMITES_COMMANDE",
    "LIMITES_ENVOI",
    "AvenantLu",
    "Consideration",
    "Enregistrement",
    "FichierIllisible",
    "Gravite",
    "IdentiteLue",
    "Lecture",
    "Limites",
    "MarcheLu",
    "Remarque",
    "SousTraitantLu",
    "controler_taille",
    "lire",
]
