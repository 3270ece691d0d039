"""Le niveau de chaque contrôle, pour un marché."""

from collections.abc import Mapping
from typing import Any

from django import forms

from clauses.regles.controles import CATALOGUE, LIBELLES_NIVEAU, SUJETS, Controle, Niveau, ParametresControles


class NiveauxForm(forms.Form):
    """Un choix par contrôle qui se règle ; ceux que la loi ou les dates imposent ne sont pas des champs."""

    def __init__(self, donnees: Mapping[str, str] | None, *, parametres: ParametresControles) -> None:
        super().__init__(donnees)
        for controle in CATALOGUE.values():
            if not controle.niveau_fixe:
                self.fields[controle.code] = forms.ChoiceField(
                    label=controle.nom,
                    choices=[(n.value, _libelle(controle, n)) for n in controle.niveaux],
                    initial=parametres.niveau(controle.code).value,
                )

    def clean(self) -> dict[str, Any]:
        super().clean()
        try:
            ParametresControles(self.niveaux)
        except ValueError as refus:
            self.add_error(None, str(refus))
        return self.cleaned_data

    @property
    def niveaux(self) -> dict[str, Niveau]:
        return {code: Niveau(niveau) for code, niveau in self.cleaned_data.items()}

    @property
    def sujets(self) -> list[tuple[str, list[tuple[Controle, forms.BoundField | None]]]]:
        """Les contrôles par sujet, chacun avec son champ (None : niveau fixe)."""
        return [
            (nom, [(controle, self[controle.code] if controle.code in self.fields else None) for controle in controles])
            for nom, controles in SUJETS.items()
        ]


def _libelle(controle: Controle, niveau: Niveau) -> str:
    return f"{LIBELLES_NIVEAU[niveau]}{' (par défaut)' if niveau == controle.niveau else ''}"
