"""Formulaires du compte."""

from django import forms

from comptes.models import Utilisateur


class CoordonneesForm(forms.ModelForm):
    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom", "telephone"]
