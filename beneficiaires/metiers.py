"""Retrouver un métier du répertoire ROME d'après ce qui a été tapé : fonctions pures, le répertoire est donné."""

import re
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from beneficiaires.ecritures import simplifier
from comptes.regles import Refus

PROPOSITIONS = 4
RACINE = 4  # lettres communes à « maçon » et « maçonnerie »


def trouver_metier(texte: str, repertoire: Mapping[str, str]) -> str | Refus:
    """Rend le code ROME désigné par « Maçonnerie (F1703) », « F1703 », « maconnerie », ou le refus qui propose les plus proches.

    `repertoire` : code → libellé.
    """
    if (code := _code_ecrit(texte)) in repertoire:
        return code
    cherche = simplifier(re.sub(r"\(?\b[A-Za-z][0-9]{4}\b\)?", "", texte))
    libelles = {code: simplifier(libelle) for code, libelle in repertoire.items()}
    exacts = [code for code, libelle in libelles.items() if libelle == cherche]
    commences = [code for code, libelle in libelles.items() if _commence(cherche.split(), libelle)]
    for trouves in (exacts, commences):
        if len(trouves) == 1:
            return trouves[0]
    return _refuser(texte, repertoire, commences or _proches(cherche, libelles))


def _code_ecrit(texte: str) -> str:
    codes = re.findall(r"\b[A-Z][0-9]{4}\b", texte.upper())
    return codes[-1] if codes else ""


def _commence(mots: Sequence[str], libelle: str) -> bool:
    """Dit si chaque mot tapé ouvre un mot du libellé : « menage » n'est pas dans « aménagement »."""
    return bool(mots) and all(any(autre.startswith(mot) for autre in libelle.split()) for mot in mots)


def _proches(cherche: str, libelles: Mapping[str, str]) -> list[str]:
    """Les libellés de même racine, le plus ressemblant d'abord : « secrétaire » mène à « Secrétariat »."""
    racines = [mot[:RACINE] for mot in cherche.split() if len(mot) >= RACINE]
    codes = [code for code, libelle in libelles.items() if any(_commence([racine], libelle) for racine in racines)]
    return sorted(codes, key=lambda code: -fuzz.partial_ratio(cherche, libelles[code]))


def _refuser(texte: str, repertoire: Mapping[str, str], codes: list[str]) -> Refus:
    if not codes:
        return Refus(
            f"Aucun métier ne s’appelle «\u00a0{texte}\u00a0». Essayez un mot plus court, ou un code ROME comme F1703.",
            "metier_inconnu",
        )
    propositions = "\u00a0; ".join(f"{repertoire[code]} ({code})" for code in codes[:PROPOSITIONS])
    return Refus(
        f"«\u00a0{texte}\u00a0» ne désigne pas un seul métier. Choisissez-en un, par exemple\u00a0: {propositions}.",
        "metier_ambigu",
    )
