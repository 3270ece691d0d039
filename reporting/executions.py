"""Les travaux programmés : leur cadence, la trace de chaque passage, et ce qu'en dit la page de l'administrateur."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max, Q
from django.utils import timezone

from clauses.regles.rappels import Cadence
from reporting.models import EnvoiRecapitulatif, ExecutionTache

RECLASSER, SIGNALER, RECAPITULER = "reclasser_les_sorties", "signaler_echeances", "envoyer_recapitulatifs"
DECLARER, ANNONCER_LES_OFFRES = "suivre_les_declarations", "annoncer_les_offres"
GARDE = timedelta(days=90)
# Au-delà, un passage sans fin n'en aura plus : le worker arrête lui-même une tâche trop longue.
DUREE_MAXIMUM = timedelta(minutes=10)


@dataclass(frozen=True)
class Travail:
    """Un travail programmé, comme on le dit et comme il est prévu. `comptes` : ce que dit un passage, dans cet ordre."""

    nom: str
    libelle: str
    quand: str
    comptes: tuple[str, ...]
    cadence: Cadence


TRAVAUX: Mapping[str, Travail] = MappingProxyType(
    {
        travail.nom: travail
        for travail in (
            Travail(
                RECLASSER,
                "Relire les sorties",
                "chaque nuit à 2\u00a0h\u00a010",
                ("reclassées",),
                Cadence(time(2, 10), jours_ouvres=False, marge=timedelta(hours=2)),
            ),
            Travail(
                SIGNALER,
                "Signaler les échéances",
                "chaque nuit à 2\u00a0h\u00a030",
                ("créées", "avancées", "closes"),
                Cadence(time(2, 30), jours_ouvres=False, marge=timedelta(hours=2)),
            ),
            Travail(
                RECAPITULER,
                "Envoyer les courriels du matin",
                "à 7\u00a0h, les jours ouvrés",
                ("à envoyer",),
                Cadence(time(7, 0), jours_ouvres=True, marge=timedelta(hours=1)),
            ),
            Travail(
                DECLARER,
                "Ouvrir le mois et relancer les entreprises",
                "chaque jour à 6\u00a0h\u00a030",
                ("ouvertes", "à envoyer"),
                Cadence(time(6, 30), jours_ouvres=False, marge=timedelta(hours=2)),
            ),
            Travail(
                ANNONCER_LES_OFFRES,
                "Envoyer les nouvelles offres aux prescripteurs",
                "à 7\u00a0h\u00a015, les jours ouvrés",
                ("à envoyer",),
                Cadence(time(7, 15), jours_ouvres=True, marge=timedelta(hours=1)),
            ),
        )
    }
)


def executer(nom: str, travail: Callable[[], Mapping[str, int]]) -> None:
    """Fait un travail et garde la trace de son passage : ses comptes, ou la classe de son erreur, qui remonte.

    La trace s'écrit avant et après, hors de la transaction du travail : un passage tué se voit.
    """
    maintenant = timezone.now()
    passage = ExecutionTache.objects.create(nom=nom, debut=maintenant)
    try:
        resultats = travail()
    except Exception as erreur:
        ExecutionTache.objects.filter(pk=passage.pk).update(fin=timezone.now(), erreur=type(erreur).__name__)
        raise
    ExecutionTache.objects.filter(pk=passage.pk).update(fin=timezone.now(), resultats=dict(resultats))
    ExecutionTache.objects.filter(debut__lt=maintenant - GARDE).delete()
    EnvoiRecapitulatif.objects.filter(cree_le__lt=maintenant - GARDE).delete()


@dataclass(frozen=True)
class EtatTravail:
    """Un travail et ses derniers passages, du plus récent au plus ancien."""

    travail: Travail
    passages: Sequence[ExecutionTache]
    derniere_reussite: datetime | None
    est_en_retard: bool
    maintenant: datetime

    @property
    def dernier(self) -> ExecutionTache | None:
        return self.passages[0] if self.passages else None

    def etat(self, passage: ExecutionTache) -> tuple[str, str]:
        """La teinte et le mot d'un passage."""
        if passage.erreur:
            return "refus", "En échec"
        if passage.fin is not None:
            return "valide", "Réussi"
        if self.maintenant - passage.debut < DUREE_MAXIMUM and passage is self.dernier:
            return "attente", "En cours"
        return "refus", "Interrompu"

    @property
    def lignes(self) -> list[tuple[ExecutionTache, str, str, list[tuple[str, int]]]]:
        """Chaque passage, la teinte et le mot de son état, ses comptes."""
        return [(passage, *self.etat(passage), self._comptes(passage)) for passage in self.passages]

    def _comptes(self, passage: ExecutionTache) -> list[tuple[str, int]]:
        return [(mot, passage.resultats[mot]) for mot in self.travail.comptes if mot in passage.resultats]


def etats(maintenant: datetime, combien: int = 10) -> list[EtatTravail]:
    """L'état de chaque travail, avec ses derniers passages. Deux requêtes par travail.

    La mise en service : celle de la version installée, car un travail ajouté par elle n'était pas prévu avant.
    """
    depuis = MigrationRecorder.Migration.objects.aggregate(le=Max("applied"))["le"]
    return [_etat(travail, maintenant, depuis, combien) for travail in TRAVAUX.values()]


def _etat(travail: Travail, maintenant: datetime, depuis: datetime | None, combien: int) -> EtatTravail:
    passages = ExecutionTache.objects.filter(nom=travail.nom)
    reussite = passages.filter(fin__isnull=False, erreur="").aggregate(le=Max("debut"))["le"]
    en_retard = travail.cadence.est_en_retard(timezone.localtime(maintenant), reussite, depuis)
    return EtatTravail(travail, list(passages[:combien]), reussite, en_retard, maintenant)


def courriels_du(jour: date) -> dict[str, int]:
    """Les courriels du matin : partis, en attente, en échec."""
    return EnvoiRecapitulatif.objects.filter(jour=jour).aggregate(
        partis=Count("pk", filter=Q(envoye_le__isnull=False)),
        en_attente=Count("pk", filter=Q(envoye_le__isnull=True, erreur="")),
        en_echec=Count("pk", filter=Q(envoye_le__isnull=True) & ~Q(erreur="")),
    )
