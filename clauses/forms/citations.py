"""L'article et la rédaction du marché, pour les paramètres d'une page de la règle.

Chaque page de la règle s'en sert à côté de son propre formulaire :

    citations = CitationsForm(request.POST or None, noms={"plafond": "Plafond"}, options=regle.options)
    …
    if citations.is_valid():
        sections |= citations.section()

et, dans le gabarit, `{% include "clauses/regle/citations.html" %}`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from beneficiaires.models import sans_nir
from clauses.regles.citations import Citation, citations_vers_json, lire_citations


@dataclass(frozen=True)
class LigneCitation:
    """Un paramètre et ses deux champs."""

    nom: str
    article: BoundField
    texte: BoundField


class CitationsForm(forms.Form):
    """Pour chaque paramètre nommé, son article et ce que le marché en écrit. Les autres citations de la règle sont gardées."""

    prefix = "citation"

    def __init__(self, *args: Any, noms: Mapping[str, str], options: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noms, self.deja = noms, lire_citations(options.get("citations", {}))
        for parametre, nom in noms.items():
            citation = self.deja.get(parametre, Citation())
            self.fields[f"{parametre}_article"] = forms.CharField(
                label=f"{nom}, article",
                required=False,
                max_length=40,
                initial=citation.article,
                widget=forms.TextInput(attrs={"class": "champ-court"}),
            )
            self.fields[f"{parametre}_texte"] = forms.CharField(
                label=f"{nom}, ce que le marché écrit",
                required=False,
                max_length=600,
                initial=citation.texte,
                widget=forms.Textarea(attrs={"rows": 2}),
                validators=[sans_nir],
            )

    @property
    def lignes(self) -> Iterator[LigneCitation]:
        """Les champs, paramètre par paramètre, pour le gabarit."""
        for parametre, nom in self.noms.items():
            yield LigneCitation(nom, self[f"{parametre}_article"], self[f"{parametre}_texte"])

    @property
    def nombre(self) -> int:
        """Le nombre de paramètres de cette page dont la règle cite l'article ou la rédaction."""
        return sum(parametre in self.deja for parametre in self.noms)

    def citations(self) -> dict[str, Citation]:
        """Toutes les citations de la règle, celles de cette page comme elles viennent d'être tapées."""
        tapees = {
            parametre: Citation(
                self.cleaned_data.get(f"{parametre}_article", "").strip(),
                self.cleaned_data.get(f"{parametre}_texte", "").strip(),
            )
            for parametre in self.noms
        }
        return self.deja | tapees

    def section(self) -> dict[str, dict[str, dict[str, str]]]:
        """La section « citations », à joindre aux autres dans `changer_regle(sections=…)`."""
        return {"citations": citations_vers_json(self.citations())}
