"""Masquer les petits comptes d'un tableau, et assez d'autres cases pour que rien ne se retrouve par soustraction.

Un compte de 1 à 4 personnes est masqué ; un zéro ne désigne personne et reste écrit. Toutes les cases masquées portent le même
mot, « masqué » : dire laquelle vaut moins de cinq aiderait à la retrouver.

Garantie : à partir des nombres publiés, des sommes et de « au moins 1 dans une case masquée », chaque case masquée garde au moins
deux valeurs possibles ; et les cases masquées d'une même somme font ensemble au moins cinq personnes.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Final, Generic, TypeVar

SEUIL_MASQUE: Final = 5
LIBELLE_MASQUE: Final = "masqué"
NOTE_MASQUE: Final = (
    "«\u00a0Masqué\u00a0»\u00a0: moins de cinq personnes, "
    "ou un nombre retenu pour que rien ne se déduise par soustraction."
)

Cle = TypeVar("Cle", bound=Hashable)
_Vecteur = dict[Cle, int]


@dataclass(frozen=True, slots=True)
class Somme(Generic[Cle]):
    """Une égalité que le lecteur connaît : le total est la somme des parts."""

    total: Cle
    parts: tuple[Cle, ...]


@dataclass(frozen=True, slots=True)
class RepartitionsMasquees:
    """Un total et ses répartitions, prêts à publier : None à la place d'un nombre masqué."""

    total: int | None
    repartitions: Mapping[str, Mapping[str, int | None]]


def masquer_petits_comptes(
    comptes: Mapping[Cle, int], sommes: Sequence[Somme[Cle]] = (), *, seuil: int = SEUIL_MASQUE
) -> dict[Cle, int | None]:
    """Rend les comptes à publier, None pour une case masquée. `sommes` : toutes les égalités que le lecteur connaît.

    Entrée : des nombres de personnes, totaux compris. Les heures d'une case masquée se masquent avec elle. Lève
    ValueError si un compte est négatif ou si une somme est fausse.
    Source : secret statistique, suppression primaire et complémentaire ; seuil de cinq personnes.
    """
    for cle, compte in comptes.items():
        if compte < 0:
            raise ValueError(f"Le compte de {cle!r} est négatif.")
    for somme in sommes:
        if comptes[somme.total] != sum(comptes[part] for part in somme.parts):
            raise ValueError(f"Le total {somme.total!r} n’est pas la somme de ses parts.")
    masquees = {cle for cle, compte in comptes.items() if 0 < compte < seuil}
    while (a_masquer := _case_a_ajouter(comptes, sommes, masquees, seuil)) is not None:
        masquees.add(a_masquer)
    return {cle: None if cle in masquees else compte for cle, compte in comptes.items()}


def masquer_repartitions(
    total: int,
    repartitions: Mapping[str, Mapping[str, int]],
    *,
    multiples: Collection[str] = (),
    seuil: int = SEUIL_MASQUE,
) -> RepartitionsMasquees:
    """Masque plusieurs répartitions d'un même total (sexe, âge, critère…).

    `multiples` : les répartitions où une personne peut être dans plusieurs lignes (critères) ou dans aucune ; chaque ligne y est
    protégée avec son complément, car « 12 sur 14 » en dit deux. Les autres répartitions font exactement le total.
    """
    comptes: dict[tuple[str, str, bool], int] = {("", "", False): total}
    sommes: list[Somme[tuple[str, str, bool]]] = []
    for nom, lignes in repartitions.items():
        comptes |= {(nom, ligne, False): compte for ligne, compte in lignes.items()}
        if nom not in multiples:
            sommes.append(Somme(("", "", False), tuple((nom, ligne, False) for ligne in lignes)))
            continue
        for ligne, compte in lignes.items():
            comptes[nom, ligne, True] = total - compte
            sommes.append(Somme(("", "", False), ((nom, ligne, False), (nom, ligne, True))))
    publies = masquer_petits_comptes(comptes, sommes, seuil=seuil)
    return RepartitionsMasquees(
        publies["", "", False],
        {nom: {ligne: publies[nom, ligne, False] for ligne in lignes} for nom, lignes in repartitions.items()},
    )


def masquer_parts(total: int, parts: Mapping[Cle, int], *, seuil: int = SEUIL_MASQUE) -> dict[Cle, int | None]:
    """Masque des parts qui peuvent se recouvrir (les personnes de chaque opération), à côté de leur total.

    Une part se tait si elle, ou ce qu'elle laisse du total, compte moins de `seuil` personnes. Les parts tues ne sont jamais seules et
    font ensemble au moins `seuil` : sinon la plus petite des autres se tait aussi. Un total trop petit les tait toutes.
    Le temps ne dépend que du nombre de parts, là où `masquer_repartitions` résout un système.
    """
    presentes = [cle for cle, compte in parts.items() if compte]
    masquees = {cle for cle in presentes if parts[cle] < seuil or 0 < total - parts[cle] < seuil}
    if 0 < total < seuil:
        masquees = set(presentes)
    for cle in sorted(presentes, key=lambda cle: (parts[cle], repr(cle))):
        if not masquees or (len(masquees) > 1 and sum(parts[autre] for autre in masquees) >= seuil):
            break
        masquees.add(cle)
    return {cle: None if cle in masquees else compte for cle, compte in parts.items()}


def _case_a_ajouter(
    comptes: Mapping[Cle, int], sommes: Sequence[Somme[Cle]], masquees: set[Cle], seuil: int
) -> Cle | None:
    """Rend la prochaine case à masquer, ou None quand tout est protégé.

    D'abord les défauts qui se voient (une somme de cases masquées trop petite, une case masquée seule dans sa somme), puis la
    preuve : chaque case masquée doit pouvoir prendre une autre valeur.
    """
    totaux = {somme.total for somme in sommes}

    def plus_petite(parmi: Sequence[Somme[Cle]]) -> Cle | None:
        """La plus petite case publiée non nulle de ces sommes : une part plutôt qu'un total."""
        cases = {cle for somme in parmi for cle in (somme.total, *somme.parts) if cle not in masquees and comptes[cle]}
        return min(cases, key=lambda cle: (cle in totaux, comptes[cle], repr(cle)), default=None)

    for somme in sommes:
        cachees = [part for part in somme.parts if part in masquees]
        if somme.total not in masquees and 0 < sum(comptes[part] for part in cachees) < seuil:
            return plus_petite([somme])
    for somme in sommes:
        if len(masquees.intersection((somme.total, *somme.parts))) == 1:
            return plus_petite([somme])
    mouvements = _mouvements(comptes, sommes, masquees)
    if all(_a_une_autre_valeur(cle, comptes, mouvements) for cle in masquees):
        return None
    return plus_petite(sommes)


def _a_une_autre_valeur(cle: Cle, comptes: Mapping[Cle, int], mouvements: Sequence[_Vecteur[Cle]]) -> bool:
    """Dit s'il existe un autre tableau possible où cette case change : un mouvement, ou deux, qui laissent toute case à 1 ou plus."""

    def est_possible(mouvement: _Vecteur[Cle]) -> bool:
        return bool(mouvement.get(cle)) and all(comptes[autre] + pas >= 1 for autre, pas in mouvement.items())

    return any(est_possible(mouvement) for mouvement in mouvements) or any(
        est_possible(_enchainer(premier, second)) for premier, second in combinations(mouvements, 2)
    )


def _enchainer(premier: _Vecteur[Cle], second: _Vecteur[Cle]) -> _Vecteur[Cle]:
    """Rend le mouvement qui fait l'un puis l'autre."""
    return {cle: premier.get(cle, 0) + second.get(cle, 0) for cle in premier.keys() | second.keys()}


def _mouvements(comptes: Mapping[Cle, int], sommes: Sequence[Somme[Cle]], masquees: set[Cle]) -> list[_Vecteur[Cle]]:
    """Rend des façons de changer les cases masquées sans changer une somme : une base du noyau, en entiers, dans les deux sens."""
    # Les plus grandes cases servent de pivots : elles ont de la marge pour absorber le mouvement des petites.
    colonnes = sorted(masquees, key=lambda cle: (-comptes[cle], repr(cle)))
    lignes = [_ligne(somme, colonnes) for somme in sommes]
    pivots = _echelonner(lignes, len(colonnes))
    vecteurs: list[_Vecteur[Cle]] = []
    for libre in range(len(colonnes)):
        if libre in pivots:
            continue
        valeurs = {libre: Fraction(1)} | {pivot: -ligne[libre] for pivot, ligne in pivots.items() if ligne[libre]}
        vecteur = {colonnes[i]: pas for i, pas in _en_entiers(valeurs).items()}
        vecteurs += [vecteur, {cle: -pas for cle, pas in vecteur.items()}]
    return vecteurs


def _ligne(somme: Somme[Cle], colonnes: Sequence[Cle]) -> list[Fraction]:
    return [Fraction((cle == somme.total) - somme.parts.count(cle)) for cle in colonnes]


def _echelonner(lignes: list[list[Fraction]], largeur: int) -> dict[int, list[Fraction]]:
    """Réduit le système (Gauss-Jordan exact) ; rend, par colonne pivot, sa ligne réduite."""
    pivots: dict[int, list[Fraction]] = {}
    reste = [ligne[:] for ligne in lignes]
    for colonne in range(largeur):
        indice = next((i for i, ligne in enumerate(reste) if ligne[colonne]), None)
        if indice is None:
            continue
        tete = reste.pop(indice)
        tete = [valeur / tete[colonne] for valeur in tete]
        for ligne in (*reste, *pivots.values()):
            facteur = ligne[colonne]
            if facteur:
                ligne[:] = [valeur - facteur * t for valeur, t in zip(ligne, tete, strict=True)]
        pivots[colonne] = tete
    return pivots


def _en_entiers(valeurs: Mapping[int, Fraction]) -> dict[int, int]:
    """Rend le plus petit vecteur entier de même direction ; l'une de ses valeurs est 1."""
    multiple = lcm(*(valeur.denominator for valeur in valeurs.values()))
    return {cle: int(valeur * multiple) for cle, valeur in valeurs.items()}
