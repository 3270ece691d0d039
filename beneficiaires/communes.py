"""Lire le référentiel des communes (geo.api.gouv.fr) et reconnaître une commune d'après son nom : fonctions pures."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from beneficiaires.ecritures import simplifier

CODE: Final = re.compile(r"\d[\dAB]\d{3}")
CODE_POSTAL: Final = re.compile(r"\d{5}")
EPCI: Final = re.compile(r"\d{9}")
_SAINTS: Final = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@dataclass(frozen=True, slots=True)
class CommuneLue:
    """`epci` : le SIREN de l'intercommunalité, vide hors de toute intercommunalité."""

    code: str
    nom: str
    departement: str
    epci: str
    codes_postaux: tuple[str, ...]
    latitude: float
    longitude: float


def cle_commune(nom: str) -> str:
    """« St-Étienne Cedex 2 » et « Saint-Étienne » ont la même clé ; « Lyon 3e » a celle de Lyon."""
    mots = re.sub(r"\bcedex\b.*|\b\d+\s?(er|e|eme|de)?\b(\sarrondissement)?", " ", simplifier(nom)).split()
    return " ".join(_SAINTS.get(mot, mot) for mot in mots)


def departement_du_code(code: str) -> str:
    """« 69259 » → « 69 », « 2A004 » → « 2A », « 97411 » → « 974 »."""
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def lire_commune(brut: object) -> CommuneLue | str:
    """Rend la commune, ou la raison qui l'écarte."""
    if not isinstance(brut, Mapping):
        return "ce n’est pas une commune"
    code, nom = brut.get("code"), brut.get("nom")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        return "son code INSEE est illisible"
    if not isinstance(nom, str) or not nom.strip() or "\0" in nom or len(nom) > 120:
        return f"le nom de {code} est illisible"
    centre = _centre(brut.get("centre"))
    if centre is None:
        return f"le centre de {code} est absent ou impossible"
    epci, postaux = brut.get("codeEpci"), brut.get("codesPostaux")
    return CommuneLue(
        code=code,
        nom=nom.strip(),
        departement=departement_du_code(code),
        epci=epci if isinstance(epci, str) and EPCI.fullmatch(epci) else "",
        codes_postaux=tuple(
            p for p in (postaux if isinstance(postaux, list) else ()) if isinstance(p, str) and CODE_POSTAL.fullmatch(p)
        ),
        latitude=centre[0],
        longitude=centre[1],
    )


def _centre(brut: object) -> tuple[float, float] | None:
    """(latitude, longitude) d'un point GeoJSON, qui les donne dans l'autre ordre."""
    coordonnees = brut.get("coordinates") if isinstance(brut, Mapping) else None
    if not isinstance(coordonnees, list) or len(coordonnees) != 2:
        return None
    if not all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in coordonnees):
        return None
    longitude, latitude = float(coordonnees[0]), float(coordonnees[1])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
