"""Nommer un modèle de règle."""

from typing import Any

from django import forms

from clauses.forms.champs import interdire_nir
from clauses.models import ModeleRegle


class ModeleForm(forms.ModelForm):
    class Meta:
        model = ModeleRegle
        fields = ["nom", "description"]
        labels = {"nom": "Nom du modèle", "description": "À quoi il sert"}
        help_texts = {
            "nom": "Celui que vos collègues reconnaîtront. Exemple\u00a0: CCAP de la métropole, 2026.",
            "description": "Une phrase.",
        }
        error_messages = {"nom": {"required": "Donnez un nom à ce modèle."}}
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interdire_nir(self, "nom", "description")

    def clean_nom(self) -> str:
        nom = self.cleaned_data["nom"].strip()
        memes = ModeleRegle.objects.filter(structure=self.instance.structure, nom__iexact=nom)
        if memes.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Un modèle de ce nom existe déjà dans votre structure.")
        return nom
