"""Les échéances : ce qui se signale (`fins`, `taches`), l'ordre qui l'écrit (`ordre`), le passage (`signaler`), ce qu'on en fait
(`suites`), et comment on le dit (`mots`)."""

from reporting.alertes.signaler import Compte, Resultat, resumer, signaler_echeances
from reporting.alertes.suites import confier, reporter, traiter

__all__ = ["Compte", "Resultat", "confier", "reporter", "resumer", "signaler_echeances", "traiter"]
