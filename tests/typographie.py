"""Lire un gabarit comme un lecteur : ses textes visibles, sans balises ni instructions, et leurs fautes de typographie."""

import html
import re
from collections.abc import Iterator

INSECABLE = "\u00a0"
COMMENTAIRES = re.compile(
    r"\{#.*?#\}|\{% comment .*?\{% endcomment %\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.S
)
INSTRUCTION = re.compile(r"\{%\s*(?P<corps>.*?)\s*%\}|\{\{\s*(?P<valeur>.*?)\s*\}\}", re.S)
CHAINE = re.compile(r'"([^"]*)"|\'([^\']*)\'')
SANS_TEXTE = re.compile(r"<(script|style|svg)\b.*?</\1\s*>", re.S | re.I)
BALISE = re.compile(r"<(?P<fin>/?)(?P<nom>[a-zA-Z][\w-]*)(?P<attributs>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>", re.S)
ATTRIBUT_LU = re.compile(r"\b(?:alt|title|placeholder|aria-label|aria-description|label|hx-confirm)\s*=\s*\"([^\"]*)\"")
EN_LIGNE = frozenset(
    "a abbr b bdi button cite code em i kbd label mark q s small span strong sub sup time u var".split()
)
# Une valeur à cet endroit du texte : une lettre quelconque, pour que « {{ nombre }} : » se lise « x : ».
VALEUR = "x"

FAUTES = (
    (re.compile(r"(?<=\S)[ \t\n]+(?=[:;!?%»])"), "espace ordinaire avant « : ; ! ? % » »"),
    (re.compile(r"«(?!\u00a0)"), "« sans espace insécable"),
    (re.compile(r"(?<!\u00a0)(?<!\n)»"), "» sans espace insécable"),
    (re.compile(r"(?<=[\w)»”’])[;!?](?=\s|$)"), "« ; ! ? » collé au mot"),
    (re.compile(r"(?<=[^\W\d_])[:](?=\s)|(?<=[)»]):(?=\s)"), "« : » collé au mot"),
    (re.compile(r"(?<=\w)%(?!\w)"), "« % » collé au nombre"),
    (re.compile(r"\w'\w"), "apostrophe droite"),
)


def textes(gabarit: str, *, est_html: bool) -> Iterator[str]:
    """Chaque suite de texte lue d'un trait : texte des éléments, attributs lus à voix haute, phrases données aux instructions."""
    gabarit = COMMENTAIRES.sub("", gabarit)
    for trouve in INSTRUCTION.finditer(gabarit):
        phrases = ("".join(paire) for paire in CHAINE.findall(trouve["corps"] or trouve["valeur"] or ""))
        yield from (html.unescape(phrase) for phrase in phrases if " " in phrase)
    sans = INSTRUCTION.sub(lambda t: VALEUR if t["valeur"] is not None else "", gabarit)
    if not est_html:
        yield from sans.splitlines()
        return
    sans = SANS_TEXTE.sub("", sans)
    for balise in BALISE.finditer(sans):
        for lu in ATTRIBUT_LU.findall(balise["attributs"]):
            yield html.unescape(lu)
    blocs = BALISE.sub(lambda b: "" if b["nom"].lower() in EN_LIGNE else "\x00", sans)
    for bloc in blocs.split("\x00"):
        yield html.unescape(bloc).strip(" \t\n")


def fautes(texte: str) -> Iterator[str]:
    """« faute : …extrait… » pour chaque faute du texte."""
    for motif, nom in FAUTES:
        for trouve in motif.finditer(texte):
            extrait = " ".join(texte[max(0, trouve.start() - 25) : trouve.end() + 25].split("\n"))
            yield f"{nom} : …{extrait}…"
