"""Mesure les pages et le bilan : `python bench/pages.py`. Deux bases temporaires, d'une structure de 300 et de 3 000 personnes.

Chaque page est demandée à tour de rôle dans les deux bases par le client de test de Django, contre PostgreSQL : une machine qui
ralentit ralentit les deux. Le tableau donne les médianes et leur rapport ; ce qui dépasse une limite est marqué « ✗ » et la
commande finit alors avec le code 1. Les bases sont jetées à la fin.
"""

import argparse
import multiprocessing
import os
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
    with tempfile.TemporaryDirectory() as fichiers, Bases(options.personnes) as bases:
        Path(fichiers, "statiques").mkdir()
        mesureurs = lancer(bases, options.personnes, fichiers)
        try:
            attendre_remplis(mesureurs)
            tient = mesurer_pages(mesureurs, options.personnes, options.tours)
            if options.tours_pdf:
                tient = mesurer_pdf(mesureurs[0], options.tours_pdf) and tient
        finally:
            arreter(mesureurs)
    return 0 if tient else 1


class Bases:
    """Deux bases neuves, migrées une fois, jetées en sortant."""

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
        self._executer(f'CREATE DATABASE "{self.noms[1]}" TEMPLATE "{self.noms[0]}"')
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


def mesurer_pages(mesureurs, tailles, tours) -> bool:
    durees = {(rang, i): [] for rang in range(len(PAGES)) for i in range(2)}
    for _ in range(tours):
        for rang in range(len(PAGES)):
            for i, mesureur in enumerate(mesureurs):
                durees[rang, i].append(mesureur.demander("page", rang) * 1000)
    petite, grande = (f"{taille:,}".replace(",", "\u202f") for taille in tailles)
    print(f"Médianes de {tours} mesures alternées, en millisecondes.\n")
    print(f"| Page | {petite} personnes | {grande} personnes | Rapport | Requêtes | |")
    print("|---|--:|--:|--:|--:|---|")
    tout_tient = True
    for rang, (nom, _, _, se_compare) in enumerate(PAGES):
        medianes = [statistics.median(durees[rang, i]) for i in range(2)]
        requetes = [mesureur.requetes[rang] for mesureur in mesureurs]
        rapport = medianes[1] / medianes[0]
        defauts = [
            *([f"plus de {LIMITE_MS} ms"] if max(medianes) > LIMITE_MS else []),
            *([f"rapport > {RAPPORT_PAGES}"] if se_compare and rapport > RAPPORT_PAGES else []),
            *(["requêtes"] if se_compare and (requetes[0] != requetes[1] or requetes[1] >= REQUETES_MAXIMUM) else []),
        ]
        tout_tient = tout_tient and not defauts
        ecrites = str(requetes[0]) if requetes[0] == requetes[1] else f"{requetes[0]} puis {requetes[1]}"
        print(
            f"| {nom} | {medianes[0]:.0f} | {medianes[1]:.0f} | {rapport:.2f} | {ecrites} | "
            f"{'✗ ' + ', '.join(defauts) if defauts else '✓'} |"
        )
    return tout_tient


def mesurer_pdf(mesureur, tours) -> bool:
    """Le bilan de bout en bout contre WeasyPrint seul, à tour de rôle, après un tour de chauffe."""
    durees = {"bilan": [], "weasyprint": []}
    for tour in range(tours + 1):
        for quoi, mesures in durees.items():
            duree = mesureur.demander(quoi)
            if tour:
                mesures.append(duree)
    bilan, seul = (statistics.median(durees[quoi]) for quoi in ("bilan", "weasyprint"))
    tient = bilan / seul <= RAPPORT_PDF
    print(
        f"\nBilan en PDF\u00a0: {bilan:.2f} s\u00a0; WeasyPrint seul sur le même HTML\u00a0: {seul:.2f} s\u00a0; ",
        end="",
    )
    print(f"rapport {bilan / seul:.2f} {'✓' if tient else f'✗ plus de {RAPPORT_PDF}'} ({tours} mesures alternées).")
    return tient


if __name__ == "__main__":
    sys.exit(principal())
