"""Un passage sur toutes les échéances : un ordre SQL par sorte, qui en crée, en fait avancer et en clôt, quel que soit leur nombre.

Le passage peut être relancé, tué ou lancé deux fois ensemble : chaque sorte a sa transaction et son verrou, et rien n'est créé deux fois.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clauses.regles.declarations import SILENCES_AVANT_TACHE
from comptes.formats import enumeration, quantite
from reporting.alertes import declarations, fins, taches
from reporting.alertes.bornes import Reglages, bornes_de, mois_finis, pieces, reponses, retards
from reporting.alertes.ordre import ordre_pour
from reporting.models import TypeAlerte

# Deux passages ensemble s'attendent ici, sorte par sorte ; le numéro est arbitraire, propre à ce travail.
VERROU = 20_261_117


@dataclass(frozen=True, slots=True)
class Compte:
    """Ce qu'un passage a fait : alertes créées, avancées (changées de tranche ou rouvertes), closes."""

    creees: int = 0
    avancees: int = 0
    closes: int = 0


@dataclass(frozen=True, slots=True)
class Resultat:
    """Ce qu'un passage a fait pour chaque sorte d'échéance."""

    jour: date
    par_type: Mapping[TypeAlerte, Compte]

    @property
    def total(self) -> Compte:
        comptes = self.par_type.values()
        return Compte(sum(c.creees for c in comptes), sum(c.avancees for c in comptes), sum(c.closes for c in comptes))


# Chaque sorte, sa source, et ce qu'elle demande de plus aux règles.
Propres = Callable[[date, Reglages, Mapping[str, Any]], Mapping[str, Any]]
SOURCES: Mapping[TypeAlerte, tuple[str, Propres | None]] = MappingProxyType(
    {
        TypeAlerte.ELIGIBILITE: (fins.ELIGIBILITES, None),
        TypeAlerte.PASS_IAE: (fins.AGREMENTS, None),
        TypeAlerte.PLIE: (fins.AGREMENTS, None),
        TypeAlerte.CONTRAT: (fins.CONTRATS, None),
        TypeAlerte.MARCHE: (fins.MARCHES, None),
        TypeAlerte.SITUATION: (fins.SITUATIONS, None),
        TypeAlerte.DECISION_MANQUANTE: (taches.DECISIONS_MANQUANTES, None),
        TypeAlerte.MOIS_SANS_HEURES: (taches.MOIS_SANS_HEURES, lambda jour, _, __: mois_finis(jour)),
        TypeAlerte.RYTHME: (taches.RYTHME, lambda jour, reglages, _: retards(jour, reglages)),
        TypeAlerte.SUIVI: (taches.SUIVIS, None),
        TypeAlerte.ORIENTATION: (taches.ORIENTATIONS, lambda jour, _, __: reponses(jour)),
        TypeAlerte.PIECE: (taches.PIECES, lambda jour, _, b: pieces(jour, b["premiere"], b["derniere"])),
        TypeAlerte.COURRIEL_REVENU: (declarations.COURRIELS_REVENUS, None),
        TypeAlerte.CONTACT_SILENCE: (declarations.CONTACTS_SANS_REPONSE, lambda *_: {"silences": SILENCES_AVANT_TACHE}),
    }
)
# Leur date est celle d'un mois fini, d'un arrêté, d'un courriel : elle est toujours passée sans que rien soit dépassé.
CONSTATS = (
    TypeAlerte.MOIS_SANS_HEURES,
    TypeAlerte.RYTHME,
    TypeAlerte.COURRIEL_REVENU,
    TypeAlerte.CONTACT_SILENCE,
)


def signaler_echeances(*, jour: date, maintenant: datetime | None = None) -> Resultat:
    """Met les alertes d'accord avec les échéances vues de ce jour ; `maintenant` date les alertes créées et closes."""
    communs = {"jour": jour, "maintenant": maintenant or timezone.now()}
    reglages = Reglages.lire()
    return Resultat(jour, {type_alerte: _signaler(type_alerte, communs, reglages) for type_alerte in SOURCES})


@transaction.atomic
def _signaler(type_alerte: TypeAlerte, communs: Mapping[str, Any], reglages: Reglages) -> Compte:
    source, propres = SOURCES[type_alerte]
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
        bornes = bornes_de(type_alerte, reglages, communs["jour"])
        parametres = {**communs, **bornes, "type": type_alerte.value, "se_depasse": type_alerte not in CONSTATS}
        if propres:
            parametres |= propres(communs["jour"], reglages, bornes)
        curseur.execute(ordre_pour(source), parametres)
        return Compte(*curseur.fetchone())


def resumer(resultat: Resultat) -> str:
    """« 3 échéances créées, 1 avancée, aucune close » : ce qu'un passage a fait, en une phrase."""
    total = resultat.total
    if total == Compte():
        return "Rien à changer\u00a0: les échéances signalées sont à jour."
    parties = [
        quantite(total.creees, "échéance créée") if total.creees else "",
        quantite(total.avancees, "avancée d’une tranche,avancées d’une tranche") if total.avancees else "",
        quantite(total.closes, "close") if total.closes else "",
    ]
    return f"{enumeration(partie for partie in parties if partie)}."
