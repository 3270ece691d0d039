"""Trouver la commune que l'on a tapée, et la distance d'une ligne à un point, en SQL."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, FloatField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from beneficiaires.communes import cle_commune
from beneficiaires.distances import RAYON_TERRE_KM, Lieu
from beneficiaires.models import Commune

PROPOSITIONS = 12
ECRITURE = re.compile(r"(?P<nom>.*?)\s*\((?P<code>\d[\dAB]\d{3})\)")
CODE_POSTAL = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True)
class Trouvaille:
    """La commune reconnue ou, s'il y en a plusieurs, celles entre lesquelles choisir, écrites comme le champ les comprend."""

    lieu: Lieu | None = None
    propositions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cherche:
    """Ce que l'on a compris du texte : un code INSEE, ou un nom et un code postal, l'un des deux parfois vide."""

    code: str = ""
    nom: str = ""
    postal: str = ""


def _aucun(cherche: Cherche) -> list[Lieu]:
    return []


def trouver_lieu(texte: str, code_postal: str = "", *, sinon: Callable[[Cherche], list[Lieu]] = _aucun) -> Trouvaille:
    """Comprend « Villerive », « 96000 », « 96000 Villerive » et « Villerive (96001) », où le code est celui de l'INSEE.

    `sinon` : d'autres lieux, quand le référentiel des communes n'en connaît aucun.
    """
    cherche = comprendre(texte.replace("\0", ""), code_postal)
    if cherche == Cherche():
        return Trouvaille()
    lieux = [_lieu(commune) for commune in _communes(cherche)[: PROPOSITIONS + 1]] or sinon(cherche)
    if len(lieux) == 1:
        return Trouvaille(lieux[0])
    return Trouvaille(None, tuple(ecrire_lieu(lieu) for lieu in lieux[:PROPOSITIONS]))


def comprendre(texte: str, code_postal: str = "") -> Cherche:
    if ecrit := ECRITURE.fullmatch(texte.strip()):
        return Cherche(code=ecrit["code"])
    postal = code_postal or "".join(CODE_POSTAL.findall(texte)[:1])
    return Cherche(nom=CODE_POSTAL.sub(" ", texte).strip(), postal=postal)


def ecrire_lieu(lieu: Lieu) -> str:
    return f"{lieu.nom} ({lieu.code})"


def _communes(cherche: Cherche):
    if cherche.code:
        return Commune.objects.filter(code=cherche.code)
    if cherche.nom:
        return (
            Commune.objects.nommees(cherche.nom, cherche.postal) if cle_commune(cherche.nom) else Commune.objects.none()
        )
    communes = Commune.objects.filter(codes_postaux__contains=[cherche.postal])
    return communes if communes.exists() else Commune.objects.filter(code=cherche.postal)


def _lieu(commune: Commune) -> Lieu:
    return Lieu(commune.code, commune.nom, commune.departement, commune.epci, commune.latitude, commune.longitude)


def eloignement(latitude: float | Combinable, longitude: float | Combinable) -> Combinable:
    """La formule de haversine de beneficiaires.distances.distance_km, en SQL : d'un point à la position de la ligne, en kilomètres."""
    latitude, longitude = (
        valeur if isinstance(valeur, Combinable) else Value(valeur, FloatField()) for valeur in (latitude, longitude)
    )
    demi_latitude = Sin(Radians(F("latitude") - latitude) / 2.0)
    demi_longitude = Sin(Radians(F("longitude") - longitude) / 2.0)
    carre = Power(demi_latitude, 2.0) + Cos(Radians(latitude)) * Cos(Radians(F("latitude"))) * Power(
        demi_longitude, 2.0
    )
    return Value(2 * RAYON_TERRE_KM, FloatField()) * ASin(Least(Value(1.0, FloatField()), Sqrt(carre)))
