"""Lire une page comme un navigateur : son texte visible, et un formulaire avec ce qu'il enverrait tel quel."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MUETS = {"script", "style", "template"}


@dataclass
class Formulaire:
    """Un formulaire de la page : sa méthode, son adresse, et ses valeurs comme le navigateur les enverrait."""

    methode: str
    action: str
    valeurs: dict[str, list[str]] = field(default_factory=dict)

    def ajouter(self, nom: str | None, valeur: str) -> None:
        if nom:
            self.valeurs.setdefault(nom, []).append(valeur)


class _Lecteur(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.formulaires: list[Formulaire] = []
        self.textes: list[str] = []
        self._principal = False
        self._ouvert: Formulaire | None = None
        self._par_id: dict[str, Formulaire] = {}
        self._muet = 0
        self._select: tuple[str, list[str], list[str]] | None = None
        self._zone: tuple[Formulaire, str, list[str]] | None = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag in MUETS:
            self._muet += 1
        elif tag == "main":
            self._principal = True
        elif tag == "form" and self._principal:
            self._ouvert = Formulaire(a.get("method", "get").lower(), a.get("action") or "")
            self.formulaires.append(self._ouvert)
            self._par_id[a.get("id", "")] = self._ouvert
        elif tag in ("input", "select", "textarea") and "disabled" not in a:
            self._champ(tag, a, self._par_id.get(a["form"]) if "form" in a else self._ouvert)
        elif tag == "option" and self._select:
            _, toutes, choisies = self._select
            toutes.append(a.get("value", ""))
            if "selected" in a:
                choisies.append(a.get("value", ""))

    def _champ(self, tag, a, formulaire):
        if formulaire is None:
            return
        if tag == "select":
            self._select = (a.get("name", ""), [], [])
            self._destination = (formulaire, "multiple" in a)
        elif tag == "textarea":
            self._zone = (formulaire, a.get("name", ""), [])
        elif a.get("type") in ("checkbox", "radio"):
            if "checked" in a:
                formulaire.ajouter(a.get("name"), a.get("value", "on"))
        elif a.get("type") not in ("submit", "button", "image", "reset", "file"):
            formulaire.ajouter(a.get("name"), a.get("value", ""))

    def handle_endtag(self, tag):
        if tag in MUETS:
            self._muet -= 1
        elif tag == "main":
            self._principal = False
        elif tag == "form":
            self._ouvert = None
        elif tag == "select" and self._select:
            nom, toutes, choisies = self._select
            formulaire, multiple = self._destination
            for valeur in choisies or ([] if multiple else toutes[:1]):
                formulaire.ajouter(nom, valeur)
            self._select = None
        elif tag == "textarea" and self._zone:
            formulaire, nom, morceaux = self._zone
            formulaire.ajouter(nom, "".join(morceaux).removeprefix("\n"))
            self._zone = None

    def handle_data(self, data):
        if self._zone:
            self._zone[2].append(data)
        if not self._muet:
            self.textes.append(data)


def _lire(page: str) -> _Lecteur:
    lecteur = _Lecteur()
    lecteur.feed(page)
    lecteur.close()
    return lecteur


def formulaires(page: str) -> list[Formulaire]:
    """Les formulaires du contenu principal, dans l'ordre de la page."""
    return _lire(page).formulaires


def texte(page: str) -> str:
    """Le texte visible, blancs regroupés ; les espaces insécables restent."""
    return re.sub(r"[ \t\r\n\f]+", " ", " ".join(_lire(page).textes)).strip()
