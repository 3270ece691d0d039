"""D'où l'on cherche, à quelle distance : fonctions pures. `lieux.py` dit la même distance en SQL ; un test compare les deux."""

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Final

RAYON_KM: Final = 50
RAYON_TERRE_KM: Final = 6371.0088  # rayon moyen (IUGG)


@dataclass(frozen=True, slots=True)
class Lieu:
    """Une commune et son centre. `epci` vide quand il n'est pas connu."""

    code: str
    nom: str
    departement: str
    epci: str
    latitude: float
    longitude: float

    @property
    def codes(self) -> tuple[str, ...]:
        """Les codes connus de la commune, de son département et de son intercommunalité."""
        return tuple(code for code in (self.code, self.departement, self.epci) if code)


def distance_km(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Rend la distance à vol d'oiseau (formule de haversine). À moins de 0,6 % de la distance sur l'ellipsoïde."""
    demi_latitude = radians(latitude_b - latitude_a) / 2
    demi_longitude = radians(longitude_b - longitude_a) / 2
    carre = sin(demi_latitude) ** 2 + cos(radians(latitude_a)) * cos(radians(latitude_b)) * sin(demi_longitude) ** 2
    return 2 * RAYON_TERRE_KM * asin(min(1.0, sqrt(carre)))


@dataclass(frozen=True, slots=True)
class Cadre:
    """Un rectangle qui contient le cercle cherché : un premier tri, que l'index sait faire."""

    latitude_min: float
    latitude_max: float
    longitude_min: float
    longitude_max: float


def encadrer(latitude: float, longitude: float, rayon_km: int = RAYON_KM) -> Cadre:
    """Rend le rectangle de ce rayon ; près d'un pôle ou du 180e méridien, il prend toutes les longitudes."""
    angle = rayon_km / RAYON_TERRE_KM
    marge = degrees(angle) * 1.001
    ouverture = sin(angle) / max(cos(radians(latitude)), 1e-9)
    largeur = 180.0 if ouverture >= 1 else degrees(asin(ouverture)) * 1.001
    if longitude - largeur < -180 or longitude + largeur > 180:
        largeur, longitude = 180.0, 0.0
    return Cadre(latitude - marge, latitude + marge, longitude - largeur, longitude + largeur)
