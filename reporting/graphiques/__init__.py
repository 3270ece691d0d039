"""Les graphiques d'Étape : SVG faits ici seulement, les mêmes à l'écran et dans le PDF.

Les unités sont celles de la `viewBox`. Aucun calcul d'heure ni de date : on dessine ce que les règles ont rendu.
"""

from reporting.graphiques.barres import barres_mensuelles
from reporting.graphiques.barres_empilees import BarreEmpilee, barres_empilees, legende_empilee
from reporting.graphiques.courbe import Evenement, PointCourbe, courbe_cumulee, graduations
from reporting.graphiques.frise import LEGENDE_DES_ETAPES, Barre, Rangee, frise, legende, tient

__all__ = [
    "LEGENDE_DES_ETAPES",
    "Barre",
    "BarreEmpilee",
    "Evenement",
    "PointCourbe",
    "Rangee",
    "barres_empilees",
    "barres_mensuelles",
    "courbe_cumulee",
    "frise",
    "graduations",
    "legende",
    "legende_empilee",
    "tient",
]
