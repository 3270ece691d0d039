"""Lire une valeur d'un fichier de data·inclusion : ce qui se comprend est pris, le reste dit pourquoi il ne l'est pas."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

DATE_MIN: Final = date(2000, 1, 1)
ELEMENTS_MAX: Final = 500  # d'une liste : une zone d'éligibilité compte au plus quelques centaines de communes
COURRIEL: Final = re.compile(r"[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:.]+")
LIEN: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(slots=True)
class Cahier:
    """Les valeurs d'une ligne qui n'ont pas été prises telles quelles, chacune avec sa raison."""

    remarques: list[str] = field(default_factory=list)

    def noter(self, raison: str) -> None:
        self.remarques.append(raison)

    def texte(self, brut: object, nom: str, longueur: int) -> str:
        """Un texte sans blanc autour ni caractère interdit, coupé à `longueur`. Un nombre se lit comme un texte."""
        if brut is None or (isinstance(brut, float) and math.isnan(brut)):
            return ""
        if isinstance(brut, int | float) and not isinstance(brut, bool):
            brut = f"{brut:.0f}" if isinstance(brut, float) and brut.is_integer() else str(brut)
        if not isinstance(brut, str):
            self.noter(f"{nom}\u00a0: ce n’est pas un texte")
            return ""
        # Ni octet nul, que PostgreSQL refuse, ni moitié de caractère, qui ne s'écrit pas en UTF-8.
        propre = brut.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()
        if len(propre) < len(brut.strip()):
            self.noter(f"{nom}\u00a0: caractère interdit retiré")
        if len(propre) > longueur:
            self.noter(f"{nom}\u00a0: texte trop long, coupé")
            propre = propre[: longueur - 1].rstrip() + "…"
        return propre

    def code(self, brut: object, nom: str, forme: re.Pattern[str], longueur: int = 0) -> str:
        """Un code qui a cette forme ; `longueur` rend les zéros de tête qu'un nombre a perdus."""
        texte = self.texte(brut, nom, 40).replace(" ", "")
        if longueur and isinstance(brut, int | float):
            texte = texte.zfill(longueur)
        if texte and not forme.fullmatch(texte):
            self.noter(f"{nom}\u00a0: code illisible")
            return ""
        return texte

    def liste(self, brut: object, nom: str, longueur: int) -> list[str]:
        """Les textes d'une liste, une fois chacun ; un texte seul est une liste d'un."""
        if brut is None or (isinstance(brut, float) and math.isnan(brut)):
            return []
        elements = [brut] if isinstance(brut, str) else brut
        if not isinstance(elements, list | tuple):
            self.noter(f"{nom}\u00a0: ce n’est pas une liste")
            return []
        if len(elements) > ELEMENTS_MAX:
            self.noter(f"{nom}\u00a0: liste trop longue, coupée")
        textes = (self.texte(element, nom, longueur) for element in elements[:ELEMENTS_MAX])
        return list(dict.fromkeys(texte for texte in textes if texte))

    def choix(self, brut: object, nom: str, admis: Mapping[str, str]) -> str:
        texte = self.texte(brut, nom, 160)
        if texte and texte not in admis:
            self.noter(f"{nom}\u00a0: valeur inconnue")
            return ""
        return texte

    def choix_multiples(self, brut: object, nom: str, admis: Mapping[str, str]) -> list[str]:
        textes = self.liste(brut, nom, 160)
        retenus = [texte for texte in textes if texte in admis]
        for _ in range(len(textes) - len(retenus)):
            self.noter(f"{nom}\u00a0: valeur inconnue")
        return retenus

    def courriel(self, brut: object, nom: str) -> str:
        texte = self.texte(brut, nom, 254)
        if texte and not COURRIEL.fullmatch(texte):
            self.noter(f"{nom}\u00a0: adresse illisible")
            return ""
        return texte

    def lien(self, brut: object, nom: str) -> str:
        """Une adresse http ou https, elle seule : la page en fait un lien."""
        texte = self.texte(brut, nom, 2_000)
        if texte and (len(texte) > 500 or not LIEN.fullmatch(texte)):
            self.noter(f"{nom}\u00a0: lien illisible")
            return ""
        return texte

    def jour(self, brut: object, nom: str, aujourd_hui: date) -> date | None:
        """« 2025-02-14 », une date, ou les millisecondes depuis 1970 qu'écrit la version JSON du jeu de données."""
        if brut is None or brut == "" or (isinstance(brut, float) and math.isnan(brut)):
            return None
        jour = _jour(brut)
        if jour is None:
            self.noter(f"{nom}\u00a0: date illisible")
        elif not DATE_MIN <= jour <= aujourd_hui + timedelta(days=1):
            self.noter(f"{nom}\u00a0: date impossible")
            return None
        return jour

    def position(self, latitude: object, longitude: object) -> tuple[float, float] | None:
        """La latitude et la longitude, ou rien si elles ne désignent pas un lieu."""
        if latitude is None and longitude is None:
            return None
        lat, lon = _nombre(latitude), _nombre(longitude)
        if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
            self.noter("latitude et longitude\u00a0: position impossible")
            return None
        return lat, lon


def _jour(brut: object) -> date | None:
    if isinstance(brut, datetime):
        return brut.date()
    if isinstance(brut, date):
        return brut
    try:
        if isinstance(brut, str):
            return date.fromisoformat(brut.strip()[:10])
        if isinstance(brut, int | float) and not isinstance(brut, bool):
            return datetime.fromtimestamp(brut / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _nombre(brut: object) -> float | None:
    if isinstance(brut, bool):
        return None
    try:
        nombre = float(brut) if isinstance(brut, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return nombre if math.isfinite(nombre) else None
