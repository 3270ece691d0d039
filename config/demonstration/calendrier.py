"""Les dates de la démonstration se disent par rapport à un jour de référence : le récit reste vrai quel que soit ce jour."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from beneficiaires.periodes import ajouter_mois, decaler

# Un repère : une date fixe, un nombre de jours depuis la référence, ou (mois depuis la référence, quantième).
Repere = date | int | tuple[int, int]


@dataclass(frozen=True)
class Calendrier:
    """Traduit les repères des tables en dates."""

    reference: date

    def jour(self, repere: Repere) -> date:
        """Donne la date d'un repère ; un quantième trop grand est ramené au dernier jour du mois."""
        if isinstance(repere, date):
            return repere
        if isinstance(repere, int):
            return decaler(self.reference, repere)
        mois, quantieme = repere
        premier = ajouter_mois(self.reference.replace(day=1), mois)
        return premier.replace(day=min(quantieme, monthrange(premier.year, premier.month)[1]))

    def jour_ou_rien(self, repere: Repere | None) -> date | None:
        return None if repere is None else self.jour(repere)


def moment(jour: date, heure: int, minute: int) -> datetime:
    """Donne un instant de ce jour, à l'heure de Paris."""
    return timezone.make_aware(datetime.combine(jour, time(heure, minute)))
