"""« Et si ? » : une autre embauche, d'autres dates, une autre règle."""

from datetime import date
from typing import Any

from django import forms

from beneficiaires.criteres import CRITERES
from beneficiaires.models import Beneficiaire
from clauses.forms.champs import ChampJour
from clauses.services.simulations import CleSituation, Hypothese


class EtSiForm(forms.Form):
    """Les faits de la personne, que l'on change pour voir. Vide, un champ garde le fait connu."""

    modele = forms.ChoiceField(label="Avec cette règle", required=False)
    embauche = ChampJour(
        label="Si l’embauche était le", required=False, help_text="Vide\u00a0: celle que l’on connaît."
    )
    date_decision = ChampJour(
        label="Si la décision était le",
        required=False,
        help_text="Vide\u00a0: celle de la décision en vigueur, sinon aujourd’hui.",
    )

    def __init__(
        self,
        *args: Any,
        beneficiaire: Beneficiaire,
        modeles: list[tuple[str, str]],
        date_decision: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.date_decision = date_decision
        self.fields["modele"].choices = [("", "La règle du marché"), *modeles]
        self.situations = list(beneficiaire.situations.order_by("date_debut"))
        for rang, situation in enumerate(self.situations):
            libelle = CRITERES[situation.critere].libelle_court
            self.fields[f"debut_{rang}"] = ChampJour(
                label=f"{libelle}, depuis le", required=False, initial=situation.date_debut
            )
            self.fields[f"fin_{rang}"] = ChampJour(
                label=f"{libelle}, jusqu’au", required=False, initial=situation.date_fin
            )

    @property
    def lignes(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Le libellé de chaque situation et ses deux dates, pour le gabarit."""
        return [
            (CRITERES[situation.critere].libelle, self[f"debut_{rang}"], self[f"fin_{rang}"])
            for rang, situation in enumerate(self.situations)
        ]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        for rang in range(len(self.situations)):
            debut, fin = donnees.get(f"debut_{rang}"), donnees.get(f"fin_{rang}")
            if debut and fin and fin < debut:
                self.add_error(f"fin_{rang}", "La fin précède le début. Corrigez l’une des deux.")
        return donnees

    @property
    def hypothese(self) -> Hypothese:
        """Ce que le formulaire suppose. Un début vidé écarte la situation."""
        donnees = self.cleaned_data
        situations: dict[CleSituation, tuple[date, date | None] | None] = {}
        for rang, situation in enumerate(self.situations):
            if f"debut_{rang}" not in self.data:
                continue
            debut, fin = donnees.get(f"debut_{rang}"), donnees.get(f"fin_{rang}")
            situations[situation.critere, situation.date_debut] = (debut, fin) if debut else None
        return Hypothese(donnees.get("date_decision") or self.date_decision, donnees.get("embauche"), situations)
