"""L'avis motivé qui renouvelle une éligibilité."""

from datetime import date
from typing import Any

from django import forms

from beneficiaires.criteres import ORGANISMES_AVIS
from beneficiaires.models import sans_nir
from beneficiaires.regles import controler_jour_passe
from clauses.regles import ParametresRegle
from comptes.ecriture import exiger
from comptes.formulaires import ChampDate


class RenouvellementForm(forms.Form):
    organisme = forms.ChoiceField(
        label="Organisme qui donne l’avis",
        error_messages={"required": "Choisissez l’organisme qui donne l’avis motivé."},
    )
    avis_date = ChampDate(label="Avis du", error_messages={"required": "Indiquez la date de l’avis."})
    avis_texte = forms.CharField(
        label="Avis motivé",
        max_length=1000,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce que l’organisme écrit, sans détail de santé. La personne peut le lire.",
        error_messages={"required": "Recopiez l’avis motivé\u00a0: sans lui, l’éligibilité ne se renouvelle pas."},
    )
    date_decision = ChampDate(label="Décidée le", help_text="Le jour de votre validation, aujourd’hui ou avant.")

    def __init__(self, *args: Any, parametres: ParametresRegle, aujourd_hui: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"date_decision": aujourd_hui} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        admis = [(code, ORGANISMES_AVIS[code]) for code in parametres.organismes]
        self.fields["organisme"].choices = [("", "Choisissez"), *admis]

    def clean_avis_date(self) -> date:
        jour = self.cleaned_data["avis_date"]
        exiger(controler_jour_passe(jour, "La date de l’avis", self.aujourd_hui))
        return jour

    def clean_date_decision(self) -> date:
        jour = self.cleaned_data["date_decision"]
        exiger(controler_jour_passe(jour, "La décision", self.aujourd_hui))
        return jour
