"""La bibliothèque de clauses : rubriques, articles des CCAG, remplir une rédaction, comparer deux versions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from comptes.formats import enumeration
from comptes.regles import Refus


class Rubrique(StrEnum):
    """Ce que dit une rédaction ; dans l'ordre où un cahier des clauses les écrit."""

    OBJET = "objet"
    PUBLICS = "publics"
    HEURES = "heures"
    MODES = "modes"
    FACILITATEUR = "facilitateur"
    SUIVI = "suivi"
    DIFFICULTES = "difficultes"
    PENALITES = "penalites"
    CONSULTATION = "consultation"


LIBELLES_RUBRIQUE: Final = {
    Rubrique.OBJET: "Objet de l’action",
    Rubrique.PUBLICS: "Publics visés",
    Rubrique.HEURES: "Heures",
    Rubrique.MODES: "Modes d’exécution",
    Rubrique.FACILITATEUR: "Facilitateur",
    Rubrique.SUIVI: "Suivi et justificatifs",
    Rubrique.DIFFICULTES: "Difficultés",
    Rubrique.PENALITES: "Pénalités",
    Rubrique.CONSULTATION: "Annexes de consultation",
}

SANS_CCAG: Final = "aucun"
# CCAG de 2021 (arrêtés du 30 mars 2021) : 16.1 vérifié pour FCS et TIC ; celui de la maîtrise d'œuvre reste à confirmer.
ARTICLES_CCAG: Final = {
    "travaux": "l’article 20.1 du CCAG Travaux",
    "fcs": "l’article 16.1 du CCAG Fournitures courantes et services",
    "tic": "l’article 16.1 du CCAG Techniques de l’information et de la communication",
    "pi": "l’article 16.1 du CCAG Prestations intellectuelles",
    "mi": "l’article 16.1 du CCAG Marchés industriels",
    "moe": "l’article du CCAG Maîtrise d’œuvre sur la clause d’insertion sociale (numéro à confirmer)",
    SANS_CCAG: "",
}

CHAMPS: Final = {
    "acheteur": "l’acheteur",
    "operation": "l’opération",
    "heures": "le nombre d’heures",
    "lots": "les lots",
    "duree": "la durée du marché",
    "facilitateur": "la structure du facilitateur",
    "contact": "les coordonnées du facilitateur",
    "article_ccag": "l’article du CCAG",
    "penalite": "le montant par heure",
    "penalite_document": "le montant par document",
    "delai": "le délai, en jours",
    "points": "le nombre de points",
}
_CHAMP: Final = re.compile(r"\{([a-z_]+)\}")
_MOT: Final = re.compile(r"\s+|\w+|[^\w\s]")
TEXTE_MAXIMUM: Final = 6000


@dataclass(frozen=True, slots=True)
class Redaction:
    """Un modèle de rédaction livré avec le produit, à adapter par le juriste de l'acheteur.

    `ccags` : ceux où il s'emploie ; vide : partout. `piece` : le document qui le porte. `sources` : les textes d'où il part.
    """

    code: str
    rubrique: Rubrique
    titre: str
    texte: str
    sources: tuple[str, ...]
    piece: str = "CCAP"
    ccags: frozenset[str] = frozenset()

    def convient(self, ccag: str) -> bool:
        """Dit si cette rédaction s'emploie avec ce CCAG."""
        return not self.ccags or ccag in self.ccags


@dataclass(frozen=True, slots=True)
class Morceau:
    """Un bout de texte rempli ; `manque` : ce champ reste à compléter."""

    texte: str
    manque: bool = False


class SorteEcart(StrEnum):
    """Ce qu'une version fait d'un bout de texte."""

    GARDE = "garde"
    AJOUTE = "ajoute"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Ecart:
    """Un bout de texte gardé, ajouté ou retiré d'une version à l'autre."""

    sorte: SorteEcart
    texte: str


def champs_du_texte(texte: str) -> tuple[str, ...]:
    """Rend les champs qu'une rédaction attend, chacun une fois, dans l'ordre."""
    return tuple(dict.fromkeys(_CHAMP.findall(texte)))


def controler_redaction(texte: str) -> Refus | None:
    """Refuse un champ inconnu ou une accolade seule : la rédaction ne se remplirait pas."""
    inconnus = [champ for champ in champs_du_texte(texte) if champ not in CHAMPS]
    if inconnus:
        connus = enumeration(f"{{{champ}}}" for champ in CHAMPS)
        return Refus(f"Le champ {{{inconnus[0]}}} n’existe pas. Les champs sont\u00a0: {connus}.", "champ_inconnu")
    if "{" in _CHAMP.sub("", texte) or "}" in _CHAMP.sub("", texte):
        return Refus("Une accolade est seule\u00a0: un champ s’écrit comme {heures}.", "accolade_seule")
    if len(texte) > TEXTE_MAXIMUM:
        return Refus(f"Une rédaction compte {TEXTE_MAXIMUM} caractères au plus.", "trop_long")
    return None


def remplir(texte: str, valeurs: Mapping[str, str]) -> tuple[Morceau, ...]:
    """Rend la rédaction remplie, en morceaux ; un champ sans valeur s'écrit « [à compléter : le nombre d'heures] »."""
    morceaux: list[Morceau] = []
    fin = 0
    for trouve in _CHAMP.finditer(texte):
        if avant := texte[fin : trouve.start()]:
            morceaux.append(Morceau(avant))
        champ = trouve[1]
        valeur = valeurs.get(champ, "")
        morceaux.append(
            Morceau(valeur) if valeur else Morceau(f"[à compléter\u00a0: {CHAMPS.get(champ, champ)}]", manque=True)
        )
        fin = trouve.end()
    if reste := texte[fin:]:
        morceaux.append(Morceau(reste))
    return tuple(morceaux)


def en_texte(morceaux: Sequence[Morceau]) -> str:
    """Rend le texte d'une rédaction remplie, d'un seul tenant."""
    return "".join(morceau.texte for morceau in morceaux)


def comparer_versions(avant: str, apres: str) -> tuple[Ecart, ...]:
    """Rend ce qui change d'une version à l'autre, mot par mot ; ce qui est retiré vient avant ce qui est ajouté."""
    mots, nouveaux = _MOT.findall(avant), _MOT.findall(apres)
    ecarts: list[Ecart] = []
    # Passé deux cents mots, un mot partout présent n'aligne plus rien (autojunk) : sinon, un long texte prendrait des minutes.
    for geste, i, j, k, m in SequenceMatcher(a=mots, b=nouveaux).get_opcodes():
        if geste == "equal":
            ecarts.append(Ecart(SorteEcart.GARDE, "".join(mots[i:j])))
            continue
        if i < j:
            ecarts.append(Ecart(SorteEcart.RETIRE, "".join(mots[i:j])))
        if k < m:
            ecarts.append(Ecart(SorteEcart.AJOUTE, "".join(nouveaux[k:m])))
    return tuple(ecarts)


def nom_de_version(numero: int) -> str:
    """Rend « modèle d'Étape » pour 0, « version 2 » ensuite."""
    return f"version {numero}" if numero else "modèle d’Étape"
