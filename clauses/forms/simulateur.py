"""Les hypothèses du simulateur : tout est facultatif, rien ne s'enregistre."""

from typing import Any

from django import forms

from clauses.forms.champs import ChampHeures, ChampJour, ChampMontant
from clauses.regles.contradiction import Contradiction
from clauses.regles.simulation import ChiffresLot, Scenario, SituationLot, simuler


class SimulateurForm(forms.Form):
    """Un formulaire en GET : son adresse garde le scénario."""

    montant = ChampMontant(label="Montant HT du lot, en euros", required=False)
    fin = ChampJour(label="Fin d’exécution", required=False)
    rythme = ChampHeures(
        label="Rythme du titulaire, en heures par mois",
        required=False,
        help_text="Une personne à temps plein fait 151,67\u00a0h par mois.",
    )

    def __init__(self, *args: Any, situation: SituationLot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.situation = situation
        self.chiffres: ChiffresLot | None = None
        self.scenario = Scenario()

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.errors:
            return self.cleaned_data
        donnees = self.cleaned_data
        self.scenario = Scenario(donnees.get("montant"), donnees.get("fin"), donnees.get("rythme"))
        try:
            self.chiffres = simuler(self.situation, self.scenario)
        except Contradiction as refus:
            self.add_error(CHAMPS[refus.champ], str(refus))
        except ValueError as refus:
            self.add_error("montant", str(refus))
        return donnees


CHAMPS = {"montant_euros": "montant", "date_fin": "fin", "rythme_mensuel": "rythme"}
