"""Ouvrir un fichier de data·inclusion sans le charger en entier : liste JSON, réponse paginée (« items »), JSON par lignes, ou parquet.

Un objet illisible n'arrête pas la lecture : elle reprend à l'objet suivant. Seul le morceau en cours est en mémoire.
"""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from parcours.offre.illisible import FichierIllisible, Illisible
from parcours.offre.parquet import SIGNATURE, lire_parquet

MORCEAU: Final = 1 << 20
# Un objet plus long que cela n'est pas un service : une description en compte au plus 10 000 caractères.
OBJET_MAX: Final = 1 << 20
_JOINT_DE_LISTE: Final = re.compile(r"\}[\s,]*\{")
_JOINT_DE_LIGNES: Final = re.compile(r"\n[\s,]*\{")
_BLANC: Final = re.compile(r"[\s,]*")
_ITEMS: Final = re.compile(r'\s*\{[^{\[]*"items"\s*:\s*\[')
_LISTE: Final = re.compile(r"\s*\[")
_DECODEUR: Final = json.JSONDecoder()
SIGNATURES: Final = {
    b"PK\x03\x04": "un classeur ou une archive",
    b"%PDF": "un PDF",
    b"\x1f\x8b": "une archive compressée",
    b"<": "une page HTML ou du XML",
}


def objets(chemin: Path) -> Iterator[object]:
    """Rend chaque objet du fichier, dans l'ordre, ou un `Illisible` à sa place. Lève FichierIllisible."""
    try:
        with chemin.open("rb") as flux:
            debut = flux.peek(4)[:4]
            if debut == SIGNATURE:
                yield from lire_parquet(chemin)
            else:
                yield from _objets_json(flux, debut)
    except OSError as erreur:
        raise FichierIllisible(
            f"{chemin.name} ne s’ouvre pas. Vérifiez le chemin et les droits du fichier."
        ) from erreur


def _objets_json(flux: BinaryIO, debut: bytes) -> Iterator[object]:
    for signature, nature in SIGNATURES.items():
        if debut.startswith(signature):
            raise FichierIllisible(f"Ce fichier est {nature}. Prenez la version JSON ou parquet du jeu de données.")
    with io.TextIOWrapper(flux, encoding="utf-8-sig", errors="replace", newline="") as texte:
        yield from _Lecteur(texte).objets()


class _Lecteur:
    """Une fenêtre qui glisse sur le texte : `tampon` à partir de `rang`, rechargé quand il n'en reste pas assez."""

    def __init__(self, texte: TextIO) -> None:
        self.texte = texte
        self.tampon = texte.read(MORCEAU)
        self.rang = 0
        self.est_fini = False
        self.joint = _JOINT_DE_LISTE

    def objets(self) -> Iterator[object]:
        est_liste = self._entrer()
        while not self._est_au_bout():
            if self.tampon[self.rang] == "]" and est_liste:
                return
            yield self._suivant()
        if est_liste:
            yield Illisible("le fichier est coupé ici\u00a0: ce qui suivait manque")

    def _entrer(self) -> bool:
        """Se place avant le premier objet, et dit si c'est une liste, qu'un crochet ferme."""
        for forme in (_LISTE, _ITEMS):
            if entree := forme.match(self.tampon):
                self.rang = entree.end()
                return True
        if self.tampon.lstrip().startswith("{"):
            self.joint = _JOINT_DE_LIGNES
            return False
        raise FichierIllisible(
            "Ce fichier est vide." if not self.tampon.strip() else "Ce fichier n’est pas une liste JSON de services."
        )

    def _est_au_bout(self) -> bool:
        """Saute blancs et virgules ; dit s'il ne reste rien."""
        while True:
            self.rang = _BLANC.match(self.tampon, self.rang).end()  # type: ignore[union-attr]
            if self.rang < len(self.tampon):
                return False
            if not self._recharger():
                return True

    def _recharger(self) -> bool:
        """Ajoute un morceau et oublie ce qui est lu ; dit s'il y avait encore à lire."""
        morceau = "" if self.est_fini else self.texte.read(MORCEAU)
        self.est_fini = not morceau
        self.tampon = self.tampon[self.rang :] + morceau
        self.rang = 0
        return bool(morceau)

    def _suivant(self) -> object:
        while True:
            try:
                objet, fin = _DECODEUR.raw_decode(self.tampon, self.rang)
            except (ValueError, RecursionError):
                # Coupé par la fin du tampon, peut-être : on ne conclut qu'avec de quoi lire un objet entier.
                if len(self.tampon) - self.rang < OBJET_MAX and self._recharger():
                    continue
                return self._sauter()
            if fin == len(self.tampon) and not isinstance(objet, dict) and self._recharger():
                continue  # un nombre continue peut-être dans le morceau suivant
            self.rang = fin
            return objet

    def _sauter(self) -> Illisible:
        """Va à l'objet suivant, ou au bout du fichier s'il n'y en a plus."""
        while not (suivant := self.joint.search(self.tampon, self.rang)):
            # Le joint de deux objets peut être à cheval sur deux morceaux : on en garde le début.
            self.rang = max(self.rang, len(self.tampon.rstrip(" \t\r\n,")) - 1)
            if not self._recharger():
                # Le crochet qui ferme la liste reste à lire : elle n'est pas coupée.
                self.rang = len(self.tampon) if self.tampon[:1] != "]" else 0
                return Illisible("le JSON est abîmé, jusqu’à la fin du fichier")
        self.rang = suivant.end() - 1
        return Illisible("le JSON est abîmé")
