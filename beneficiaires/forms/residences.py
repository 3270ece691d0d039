"""« A déménagé le » : la nouvelle adresse, et ce que l'on sait de son quartier."""

from datetime import date
from typing import Any

from django import forms

from beneficiaires import regles
from beneficiaires.forms.identite import SANS_REMPLISSAGE
from beneficiaires.models import Beneficiaire, ModeQpv, StatutQpv, sans_nir
from comptes.ecriture import exiger
from comptes.formulaires import ChampDate


class DemenagementForm(forms.ModelForm):
    """La nouvelle adresse part de rien : celle que l'on quitte est gardée à part."""

    demenage_le = ChampDate(
        label="A déménagé le",
        help_text="Premier jour à la nouvelle adresse.",
        error_messages={"required": "Indiquez le jour du déménagement."},
    )
    qpv_verifie_le = ChampDate(label="Vérifié le", required=False)

    class Meta:
        model = Beneficiaire
        fields = ("adresse", "code_postal", "commune", "qpv", "qpv_nom", "qpv_mode", "qpv_verifie_le")
        widgets = {"qpv": forms.RadioSelect(attrs={"class": "en-ligne"})}
        error_messages = {"commune": {"required": "Indiquez la commune."}}

    def __init__(self, *args: Any, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        self.initial |= dict.fromkeys(self.Meta.fields, "") | {"qpv": StatutQpv.INCONNU}
        self.fields["qpv_mode"].choices = [("", "Pas encore établi"), *ModeQpv.choices]
        for nom in ("adresse", "qpv_nom"):
            self.fields[nom].widget.attrs |= SANS_REMPLISSAGE
            self.fields[nom].validators.append(sans_nir)

    def clean_demenage_le(self) -> date:
        jour = self.cleaned_data["demenage_le"]
        exiger(regles.controler_jour_passe(jour, "La date du déménagement", self.aujourd_hui))
        return jour

    def clean_qpv_verifie_le(self) -> date | None:
        jour = self.cleaned_data["qpv_verifie_le"]
        if jour:
            exiger(regles.controler_jour_passe(jour, "La date de vérification", self.aujourd_hui))
        return jour

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if donnees.get("qpv") == StatutQpv.OUI:
            if not donnees.get("qpv_mode"):
                self.add_error("qpv_mode", "Dites comment le quartier prioritaire a été établi.")
            if "qpv_verifie_le" not in self.errors and not donnees.get("qpv_verifie_le"):
                self.add_error("qpv_verifie_le", "Écrivez quel jour le quartier a été vérifié.")
        return donnees
