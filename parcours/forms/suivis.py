"""Répondre à un suivi ; régler les suivis d'une structure."""

from django import forms

from comptes.formulaires import ChampDate
from parcours.models import ReglageSuivi, ReponseSuivi, Suivi


class SuiviForm(forms.ModelForm):
    class Meta:
        model = Suivi
        fields = ("reponse", "fait_le", "note")
        field_classes = {"fait_le": ChampDate}
        widgets = {"reponse": forms.RadioSelect}
        labels = {"reponse": "Sa situation", "fait_le": "Suivi fait le", "note": "Remarque"}
        help_texts = {
            "reponse": "«\u00a0Non joint\u00a0» est une réponse\u00a0: elle compte à part, et se corrige si la personne répond plus tard.",
            "note": "Pas de santé, pas de numéro de sécurité sociale.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reponse"].choices = ReponseSuivi.choices
        self.fields["reponse"].required = True
        self.fields["reponse"].error_messages["required"] = "Dites ce que vous avez appris, ou «\u00a0non joint\u00a0»."
        self.fields["fait_le"].required = True
        self.fields["fait_le"].error_messages["required"] = "Indiquez le jour du suivi."


class ReglageSuiviForm(forms.ModelForm):
    class Meta:
        model = ReglageSuivi
        fields = ("depart", "a_3_mois", "a_12_mois")
        widgets = {"depart": forms.RadioSelect(attrs={"class": "en-ligne"})}
        labels = {
            "depart": "Compter les mois depuis",
            "a_3_mois": "Suivre aussi à 3\u00a0mois",
            "a_12_mois": "Suivre aussi à 12\u00a0mois",
        }
