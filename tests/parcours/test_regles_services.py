"""La règle de recherche d'un service : zone, distance, à distance, publics, ordre. Valeurs calculées à la main."""

from dataclasses import dataclass, field
from datetime import date
from math import cos, degrees, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.distances import RAYON_KM, RAYON_TERRE_KM, Lieu, distance_km, encadrer
from parcours.regles.services import (
    Criteres,
    Place,
    codes_de_zone,
    est_a_verifier,
    est_dans_la_zone,
    est_ouvert_a,
    ordonner,
    placer,
)

VILLERIVE = Lieu("96001", "Villerive", "96", "249600011", 45.0, 4.0)
UN_DEGRE = 111.195  # kilomètres de méridien : 6371,0088 × π ÷ 180


@dataclass(frozen=True)
class Service:
    identifiant: str = "a"
    thematiques: tuple = ()
    publics: tuple = ()
    modes_accueil: tuple = ("en-presentiel",)
    zone_eligibilite: tuple | None = None
    latitude: float | None = 45.0
    longitude: float | None = 4.0
    inutile: list = field(default_factory=list)


def a(km: float) -> float:
    """La latitude d'un point à tant de kilomètres au nord de Villerive."""
    return 45.0 + km / UN_DEGRE


@pytest.mark.parametrize(
    ("depart", "arrivee", "km"),
    [
        ((45.0, 4.0), (45.0, 4.0), 0.0),
        ((45.0, 4.0), (46.0, 4.0), 111.195),
        ((0.0, 0.0), (0.0, 180.0), 20015.114),  # d'un bord de la Terre à l'autre
        ((0.0, 179.5), (0.0, -179.5), 111.195),  # à travers le 180e méridien
        ((48.8566, 2.3522), (45.764, 4.8357), 391.499),  # Paris, Lyon
    ],
)
def test_la_distance_est_a_vol_d_oiseau(depart, arrivee, km):
    assert distance_km(*depart, *arrivee) == pytest.approx(km, abs=0.002)


@pytest.mark.parametrize(
    ("zone", "attendu"),
    [
        (None, True),
        ((), False),
        (("96001",), True),
        (("96002",), False),
        (("96",), True),
        (("69", "38"), False),
        (("249600011",), True),
        (("249600029",), False),
        (("99100",), True),
        (("france",), True),
        (("96002", "france"), True),
    ],
)
def test_la_zone_prend_la_commune_le_departement_l_intercommunalite_ou_la_france(zone, attendu):
    assert est_dans_la_zone(zone, VILLERIVE) is attendu


def test_une_intercommunalite_inconnue_n_ouvre_aucune_zone():
    sans_epci = Lieu("96001", "Villerive", "96", "", 45.0, 4.0)
    assert codes_de_zone(sans_epci) == ("96001", "96", "99100", "france")
    assert not est_dans_la_zone(("",), sans_epci)


@pytest.mark.parametrize(
    ("publics", "demandes", "attendu"),
    [
        ((), (), True),
        (("jeunes",), (), True),
        (("jeunes",), ("jeunes",), True),
        (("jeunes", "femmes"), ("femmes", "seniors"), True),
        (("tous-publics",), ("jeunes",), True),
        (("seniors",), ("jeunes",), False),
        ((), ("jeunes",), False),
        (("seniors",), ("tous-publics",), True),
        ((), ("jeunes", "tous-publics"), True),
    ],
)
def test_tous_publics_convient_toujours(publics, demandes, attendu):
    assert est_ouvert_a(publics, demandes) is attendu


@pytest.mark.parametrize(
    ("service", "place"),
    [
        (Service(), Place("a", 0)),
        (Service(latitude=a(12.4)), Place("a", 12)),
        (Service(latitude=a(12.6)), Place("a", 13)),
        (Service(latitude=a(49.9)), Place("a", 50)),
        (Service(latitude=a(50.1)), None),
        (Service(latitude=a(49.9), modes_accueil=()), Place("a", None)),
        (Service(modes_accueil=("a-distance",)), Place("a", None)),
        (Service(latitude=a(300), modes_accueil=("a-distance",)), Place("a", None)),
        (Service(latitude=a(300), modes_accueil=("a-distance", "en-presentiel")), Place("a", None)),
        (Service(latitude=a(3), modes_accueil=("a-distance", "en-presentiel")), Place("a", 3)),
        (Service(latitude=None), None),
        (Service(latitude=None, longitude=None, modes_accueil=("a-distance",)), Place("a", None)),
        (Service(zone_eligibilite=("69",)), None),
        (Service(zone_eligibilite=("69",), modes_accueil=("a-distance",)), None),
    ],
)
def test_cinquante_kilometres_ou_a_distance(service, place):
    """La distance ne se dit que de ce qui se fait sur place, dans le rayon."""
    assert placer(service, VILLERIVE, Criteres()) == place


@pytest.mark.parametrize(
    ("service", "criteres", "retenu"),
    [
        (Service(thematiques=("mobilite",)), Criteres(thematiques=("mobilite", "numerique")), True),
        (Service(thematiques=("sante",)), Criteres(thematiques=("mobilite",)), False),
        (Service(), Criteres(thematiques=("mobilite",)), False),
        (Service(publics=("seniors",)), Criteres(publics=("jeunes",)), False),
        (Service(publics=("tous-publics",)), Criteres(publics=("jeunes",)), True),
        (Service(), Criteres(modes_accueil=("a-distance",)), False),
        (Service(), Criteres(modes_accueil=("en-presentiel",)), True),
        (Service(latitude=a(9.9)), Criteres(rayon_km=10), True),
        (Service(latitude=a(10.1)), Criteres(rayon_km=10), False),
        (Service(), Criteres(rayon_km=0), True),  # au même point : le rayon est compris
        (Service(latitude=a(0.1)), Criteres(rayon_km=0), False),
        (Service(latitude=a(10.1), modes_accueil=("a-distance",)), Criteres(rayon_km=10), True),
    ],
)
def test_chaque_critere_ecarte(service, criteres, retenu):
    assert (placer(service, VILLERIVE, criteres) is not None) is retenu


def test_le_plus_proche_d_abord_puis_l_identifiant_ce_qui_est_a_distance_a_la_fin():
    services = [
        Service("z", modes_accueil=("a-distance",)),
        Service("d", latitude=a(12.4)),
        Service("c", latitude=a(11.6)),  # douze kilomètres aussi, une fois arrondi
        Service("b", modes_accueil=("a-distance",)),
        Service("loin", latitude=a(80)),
        Service("e", latitude=a(2)),
        Service("g"),
    ]
    assert ordonner(services, VILLERIVE, Criteres()) == [
        Place("g", 0),
        Place("e", 2),
        Place("c", 12),
        Place("d", 12),
        Place("b", None),
        Place("z", None),
    ]


@given(
    st.floats(-89, 89),
    st.floats(-180, 180),
    st.floats(-0.6, 0.6),
    st.floats(-1.2, 1.2),
    st.sampled_from([5, 10, 20, RAYON_KM]),
)
def test_le_cadre_contient_le_cercle(latitude, longitude, ecart_latitude, ecart_longitude, rayon):
    """Tout point du cercle est dans le rectangle que l'index trie : aucun service n'est oublié, où que l'on soit."""
    autre_latitude = max(-90.0, min(90.0, latitude + ecart_latitude))
    autre_longitude = (longitude + ecart_longitude / max(cos(radians(latitude)), 0.02) + 540) % 360 - 180
    cadre = encadrer(latitude, longitude, rayon)
    if distance_km(latitude, longitude, autre_latitude, autre_longitude) <= rayon:
        assert cadre.latitude_min <= autre_latitude <= cadre.latitude_max
        assert cadre.longitude_min <= autre_longitude <= cadre.longitude_max


def test_le_cadre_est_serre():
    """À 45° de latitude, 50 km font 0,45° de latitude et 0,636° de longitude."""
    cadre = encadrer(45.0, 4.0)
    assert cadre.latitude_max - 45.0 == pytest.approx(degrees(50 / RAYON_TERRE_KM), rel=0.002)
    assert cadre.longitude_max - 4.0 == pytest.approx(0.636, abs=0.001)
    assert (cadre.longitude_min + cadre.longitude_max) / 2 == pytest.approx(4.0)
    assert cadre.latitude_max - 45.0 > degrees(50 / RAYON_TERRE_KM)  # jamais en deçà du cercle
    assert cadre.longitude_max - 4.0 > 0.6359  # arc sinus de (sin 0,44966° ÷ cos 45°)
    assert encadrer(89.9, 4.0).longitude_max == 180.0
    assert encadrer(89.7, 4.0).longitude_max == 180.0  # à 33 km du pôle, qui est dans le cercle
    assert encadrer(-14.3, 179.9).longitude_min == -180.0
    assert encadrer(-14.3, -179.9).longitude_max == 180.0


@pytest.mark.parametrize(
    ("date_maj", "attendu"),
    [
        (None, True),
        (date(2025, 11, 16), True),
        (date(2025, 11, 17), False),
        (date(2026, 11, 17), False),
    ],
)
def test_une_fiche_de_plus_d_un_an_est_a_verifier(date_maj, attendu):
    assert est_a_verifier(date_maj, date(2026, 11, 17)) is attendu
