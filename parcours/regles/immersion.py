"""Le lien vers Immersion Facilitée, pour chercher une entreprise d'accueil (PMSMP) : la commune et le métier, rien d'autre.

Source : code public d'Immersion Facilitée, page « /recherche », paramètres `place`, `distanceKm`, `rome` et `romeLabel`. Une version
du site qui n'en lirait plus un l'ignore : la page de recherche s'ouvre quand même.
"""

from typing import Final
from urllib.parse import urlencode

RECHERCHE: Final = "https://immersion-facile.beta.gouv.fr/recherche"
DISTANCE_KM: Final = 20


def lien_immersion(commune: str, *, rome: str = "", metier: str = "") -> str:
    """Rend l'adresse de la recherche. `rome` : le code du métier, et `metier` son libellé. Aucune donnée de la personne."""
    parametres = {"place": commune, "distanceKm": str(DISTANCE_KM)}
    if rome:
        parametres |= {"rome": rome, "romeLabel": metier}
    return f"{RECHERCHE}?{urlencode(parametres)}"
