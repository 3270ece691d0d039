"""Quand partent les courriels du matin, ce qui y est nouveau, et quand un travail programmé est en retard."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from beneficiaires.periodes import decaler, lendemain, veille
from clauses.regles.controles.calendrier import SAMEDI, nom_ferie

# Qui n'a encore rien reçu lit ce qui est nouveau depuis une semaine.
PREMIER_ENVOI_JOURS: Final = 7


def est_jour_ouvre(jour: date) -> bool:
    """Dit si l'on travaille ce jour-là : du lundi au vendredi, hors jours fériés (code du travail, L3133-1)."""
    return jour.weekday() < SAMEDI and not nom_ferie(jour)


def nouveau_depuis(dernier_envoi: date | None, jour: date) -> date:
    """Rend le premier jour dont parle le courriel de ce jour : le lendemain du dernier envoi, sept jours en arrière sans envoi."""
    return decaler(jour, -PREMIER_ENVOI_JOURS) if dernier_envoi is None else lendemain(dernier_envoi)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Un travail programmé : son heure, ses jours, et combien de temps on lui laisse avant de le dire en retard."""

    heure: time
    jours_ouvres: bool
    marge: timedelta

    def precedent(self, maintenant: datetime) -> datetime:
        """Rend la dernière fois où il aurait dû commencer, à l'heure de `maintenant`."""
        convient: Callable[[date], bool] = est_jour_ouvre if self.jours_ouvres else lambda _: True
        jour = maintenant.date()
        while not convient(jour) or datetime.combine(jour, self.heure, maintenant.tzinfo) > maintenant:
            jour = veille(jour)
        return datetime.combine(jour, self.heure, maintenant.tzinfo)

    def est_en_retard(
        self, maintenant: datetime, derniere_reussite: datetime | None, en_service_depuis: datetime | None = None
    ) -> bool:
        """Dit si le dernier passage prévu, sa marge écoulée, n'a pas encore réussi. Rien n'était prévu avant la mise en service."""
        prevu = self.precedent(maintenant)
        if maintenant - prevu < self.marge:  # celui-là peut encore finir : c'est le passage d'avant qui compte
            prevu = self.precedent(prevu - timedelta(seconds=1))
        depuis = derniere_reussite or en_service_depuis
        return depuis is None or depuis < prevu
