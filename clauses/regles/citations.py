"""L'article et la rédaction du marché, paramètre par paramètre : la section « citations » d'une règle."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Citation:
    """Où et comment le marché écrit un paramètre : « 9.3 », « La durée d'éligibilité est de… »."""

    article: str = ""
    texte: str = ""


def lire_citations(section: Mapping[str, Any]) -> dict[str, Citation]:
    """Rend les citations d'une section « citations », par paramètre ; celles qui sont vides n'y sont pas."""
    lues = {nom: Citation(c.get("article", ""), c.get("texte", "")) for nom, c in section.items()}
    return {nom: citation for nom, citation in lues.items() if citation.article or citation.texte}


def citations_vers_json(citations: Mapping[str, Citation]) -> dict[str, dict[str, str]]:
    """Rend la section « citations » à garder, sans les citations vides."""
    return {
        nom: {"article": citation.article, "texte": citation.texte}
        for nom, citation in citations.items()
        if citation.article or citation.texte
    }
