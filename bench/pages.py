"""Mesure les pages et le bilan : `python bench/pages.py`.

Trois bases temporaires : la démonstration, puis elle encore avec 300 et 3 000 personnes dans sa structure. Chaque page est
demandée à tour de rôle dans chacune par le client de test de Django, contre PostgreSQL : une machine qui ralentit les ralentit
toutes. Limites : 200 ms sur la démonstration ; pour les listes et l'accueil, 3 000 personnes ne coûtent pas plus de 1,3 fois 300 ;
pour les listes, le même nombre de requêtes partout, moins de 15 ; pour le bilan, 1,2 fois WeasyPrint seul. Ce qui dépasse une
limite est marqué « ✗ » et la commande finit alors avec le code 1. Les bases sont jetées à la fin.
"""

import argparse
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.mesures import PAGES, servir

LIMITE_MS = 200
RAPPORT_PAGES = 1.3
RAPPORT_PDF = 1.2
REQUETES_MAXIMUM = 15


def principal() -> int:
    parseur = argparse.ArgumentParser(description="Mesure la vitesse des pages et du bilan.")
    parseur.add_argument("--personnes", type=int, nargs=2, default=(300, 3000), metavar=("PETITE", "GRANDE"))
    parseur.add_argument("--tours", type=int, default=21, help="mesures par page et par base")
    parseur.add_argument("--tours-pdf", type=int, default=7, help="mesures du bilan\u00a0; 0 pour s’en passer")
    options = parseur.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # arrêté de l’extérieur, il jette encore ses bases
    tailles = (0, *options.personnes)  # 0 : la démonstration, telle quelle
    with tempfile.TemporaryDirectory() as fichiers, Bases(tailles) as bases:
        Path(fichiers, "statiques").mkdir()
        mesureurs = lancer(bases, tailles, fichiers)
        try:
            attendre_remplis(mesureurs)
            tient = mesurer_pages(mesureurs, tailles, options.tours)
            if options.tours_pdf:
                tient = mesurer_pdf(mesureurs[0], options.tours_pdf) and tient
        finally:
            arreter(mesureurs)
    return 0 if tient else 1


class Bases:
    """Des bases neuves, migrées une fois, jetées en sortant."""

    def __init__(self, tailles) -> None:
        self.noms = [f"etape_bench_{os.getpid()}_{taille}" for taille in tailles]

    def __enter__(self) -> list[str]:
        os.environ |= {"ETAPE_BENCH_BASE": self.noms[0], "ETAPE_BENCH_FICHIERS": "", "ETAPE_JOURNAL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.reglages"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        self._executer(f'CREATE DATABASE "{self.noms[0]}"')
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        connection.close()
        for nom in self.noms[1:]:
            self._executer(f'CREATE DATABASE "{nom}" TEMPLATE "{self.noms[0]}"')
        return self.noms

    def __exit__(self, *_) -> None:
        for nom in self.noms:
            self._executer(f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)')

    @staticmethod
    def _executer(ordre: str) -> None:
        from django.db import connection

        with connection._nodb_cursor() as curseur:
            curseur.execute(ordre)


@dataclass
class Mesureur:
    """Un processus qui mesure dans sa base, et le nombre de requêtes de chaque page."""

    processus: multiprocessing.process.BaseProcess
    tuyau: Connection
    requetes: list[int] = field(default_factory=list)

    def demander(self, quoi: str, rang: int | None = None) -> float:
        self.tuyau.send((quoi, rang))
        return self.tuyau.recv()


def lancer(bases, tailles, fichiers):
    """Un processus par base, qui commence par la remplir."""
    from django.utils import timezone

    contexte = multiprocessing.get_context("spawn")
    mesureurs = []
    for base, taille in zip(bases, tailles, strict=True):
        ici, la_bas = contexte.Pipe()
        processus = contexte.Process(target=servir, args=(base, fichiers, taille, timezone.localdate(), la_bas))
        processus.start()
        la_bas.close()
        mesureurs.append(Mesureur(processus, ici))
    return mesureurs


def attendre_remplis(mesureurs) -> None:
    for mesureur in mesureurs:
        mesureur.requetes = mesureur.tuyau.recv()


def arreter(mesureurs) -> None:
    for mesureur in mesureurs:
        mesureur.processus.terminate()
        mesureur.processus.join()


def mesurer_pages(mesureurs: list[Mesureur], tailles: tuple[int, ...], tours: int) -> bool:
    durees = {(rang, i): [] for rang in range(len(PAGES)) for i in range(len(mesureurs))}
    for _ in range(tours):
        for rang in range(len(PAGES)):
            for i, mesureur in enumerate(mesureurs):
                durees[rang, i].append(mesureur.demander("page", rang) * 1000)
    colonnes = ["Démonstration", *(f"{taille:,} personnes".replace(",", "\u202f") for taille in tailles[1:])]
    print(f"Médianes de {tours} mesures alternées, en millisecondes.\n")
    print(f"| Page | {' | '.join(colonnes)} | Rapport | Requêtes | |")
    print("|---|--:|--:|--:|--:|--:|---|")
    tout_tient = True
    for rang, (nom, _, _, sorte) in enumerate(PAGES):
        medianes = [statistics.median(durees[rang, i]) for i in range(len(mesureurs))]
        requetes = [mesureur.requetes[rang] for mesureur in mesureurs]
        rapport = medianes[-1] / medianes[-2]
        defauts = juger(sorte, medianes[0], rapport, requetes)
        tout_tient = tout_tient and not defauts
        ecrites = "\u00a0; ".join(map(str, dict.fromkeys(requetes)))
        verdict = f"✗ {', '.join(defauts)}" if defauts else "✓"
        print(f"| {nom} | {' | '.join(f'{m:.0f}' for m in medianes)} | {rapport:.2f} | {ecrites} | {verdict} |")
    return tout_tient


def juger(sorte: str, demonstration: float, rapport: float, requetes: list[int]) -> list[str]:
    """Rend les limites que la page dépasse."""
    defauts = []
    if demonstration > LIMITE_MS:
        defauts.append(f"plus de {LIMITE_MS} ms")
    if sorte in {"accueil", "liste"} and rapport > RAPPORT_PAGES:
        defauts.append(f"rapport de plus de {RAPPORT_PAGES}")
    if sorte == "liste" and (len(set(requetes)) > 1 or max(requetes) >= REQUETES_MAXIMUM):
        defauts.append("requêtes")
    return defauts


def mesurer_pdf(mesureur, tours) -> bool:
    """Le bilan de bout en bout contre WeasyPrint seul, à tour de rôle et chacun premier une fois sur deux, après un tour de chauffe.

    Le rapport est la médiane de ceux de chaque tour : une machine dont la vitesse change d'un tour à l'autre ne le change pas.
    """
    durees = {"bilan": [], "weasyprint": []}
    for tour in range(tours + 1):
        for quoi in sorted(durees, reverse=bool(tour % 2)):
            duree = mesureur.demander(quoi)
            if tour:
                durees[quoi].append(duree)
    bilan, seul = (statistics.median(durees[quoi]) for quoi in ("bilan", "weasyprint"))
    rapport = statistics.median(b / w for b, w in zip(durees["bilan"], durees["weasyprint"], strict=True))
    tient = rapport <= RAPPORT_PDF
    print(
        f"\nBilan en PDF\u00a0: {bilan:.2f} s\u00a0; WeasyPrint seul sur le même HTML\u00a0: {seul:.2f} s\u00a0; ",
        end="",
    )
    print(f"rapport {rapport:.2f} {'✓' if tient else f'✗ plus de {RAPPORT_PDF}'} ({tours} mesures alternées).")
    return tient


if __name__ == "__main__":
    sys.exit(principal())
