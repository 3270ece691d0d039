"""Quels services d'insertion répondent à une recherche, à quelle distance, dans quel ordre : la règle de data·inclusion, à l'identique.

Source : code public de data·inclusion, recherche de services (`/api/v1/search/services`). `parcours/offre/recherche.py` dit la même chose
en SQL ; un test compare les deux.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from beneficiaires.distances import RAYON_KM, Lieu, distance_km
from beneficiaires.periodes import ajouter_mois

CODES_FRANCE: Final = ("99100", "france")
A_DISTANCE: Final = "a-distance"
EN_PRESENTIEL: Final = "en-presentiel"
TOUS_PUBLICS: Final = "tous-publics"
MOIS_AVANT_PEREMPTION: Final = 12


class ServiceSitue(Protocol):
    """Ce que la règle lit d'un service ; une zone vaut None quand elle ne restreint rien."""

    @property
    def identifiant(self) -> str: ...
    @property
    def thematiques(self) -> Collection[str]: ...
    @property
    def publics(self) -> Collection[str]: ...
    @property
    def modes_accueil(self) -> Collection[str]: ...
    @property
    def zone_eligibilite(self) -> Collection[str] | None: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Criteres:
    """Ce que l'on demande ; une liste vide n'écarte rien. `thematiques` : sous-thématiques, et catégories elles-mêmes.

    `rayon_km` : au plus 50, la règle ; moins, à la demande. Il n'écarte que ce qui ne se fait pas à distance.
    """

    thematiques: Collection[str] = field(default=())
    publics: Collection[str] = field(default=())
    modes_accueil: Collection[str] = field(default=())
    rayon_km: int = RAYON_KM


def codes_de_zone(lieu: Lieu) -> tuple[str, ...]:
    """Rend les codes qu'une zone d'éligibilité peut porter pour que cette commune en soit."""
    return (*lieu.codes, *CODES_FRANCE)


def est_dans_la_zone(zone: Collection[str] | None, lieu: Lieu) -> bool:
    """Dit si la zone d'éligibilité prend cette commune : absente, ou qui contient la commune, le département, l'EPCI ou la France."""
    return zone is None or not set(zone).isdisjoint(codes_de_zone(lieu))


def est_ouvert_a(publics: Collection[str], demandes: Collection[str]) -> bool:
    """Dit si le service prend l'un des publics demandés ; « tous publics » est toujours pris. Sans demande, tout convient."""
    return not demandes or TOUS_PUBLICS in demandes or not {*demandes, TOUS_PUBLICS}.isdisjoint(publics)


@dataclass(frozen=True, slots=True)
class Place:
    """La place d'un service retenu : sa distance en kilomètres entiers, None pour ce qui se fait à distance."""

    identifiant: str
    distance: int | None

    @property
    def rang(self) -> tuple[bool, int, str]:
        """Le plus proche d'abord, ce qui n'a pas de distance ensuite, puis l'identifiant."""
        return (self.distance is None, self.distance or 0, self.identifiant)


def placer(service: ServiceSitue, lieu: Lieu, criteres: Criteres) -> Place | None:
    """Rend la place du service dans cette recherche, ou None s'il n'y répond pas.

    Retenu : sa zone prend la commune, et il est à 50 km au plus ou se fait à distance. La distance n'est dite que de ce qui se fait sur
    place, dans ce rayon. Source : data·inclusion, recherche de services.
    """
    if not est_dans_la_zone(service.zone_eligibilite, lieu):
        return None
    eloignement = _eloignement(service, lieu)
    est_proche = eloignement is not None and eloignement <= criteres.rayon_km
    if not (est_proche or A_DISTANCE in service.modes_accueil):
        return None
    if criteres.thematiques and set(criteres.thematiques).isdisjoint(service.thematiques):
        return None
    if not est_ouvert_a(service.publics, criteres.publics):
        return None
    if criteres.modes_accueil and set(criteres.modes_accueil).isdisjoint(service.modes_accueil):
        return None
    sur_place = est_proche and EN_PRESENTIEL in service.modes_accueil
    return Place(service.identifiant, round(eloignement) if sur_place and eloignement is not None else None)


def _eloignement(service: ServiceSitue, lieu: Lieu) -> float | None:
    if service.latitude is None or service.longitude is None:
        return None
    return distance_km(lieu.latitude, lieu.longitude, service.latitude, service.longitude)


def ordonner(services: Iterable[ServiceSitue], lieu: Lieu, criteres: Criteres) -> list[Place]:
    """Rend les services retenus, dans l'ordre de la recherche."""
    places = (placer(service, lieu, criteres) for service in services)
    return sorted((place for place in places if place is not None), key=lambda place: place.rang)


def est_a_verifier(date_maj: date | None, aujourd_hui: date) -> bool:
    """Dit si la fiche d'un service n'a pas été revue depuis plus d'un an, ou on ne sait quand. Source : usage."""
    return date_maj is None or ajouter_mois(date_maj, MOIS_AVANT_PEREMPTION) < aujourd_hui
