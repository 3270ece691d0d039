"""Une organisation de l'annuaire : acheteur, entreprise ou prescripteur."""

from typing import Any

from django import forms

from clauses.forms.operations import valider_code_postal
from comptes.models import CATEGORIES_PAR_PROFIL, Organisation, Profil
from comptes.regles import normaliser_siret

NOMS = {
    Profil.ACHETEUR: ("un acheteur ou un maître d’ouvrage", "L’acheteur"),
    Profil.ENTREPRISE: ("une entreprise", "L’entreprise"),
    Profil.PRESCRIPTEUR: ("un prescripteur", "Le prescripteur"),
}


class OrganisationForm(forms.ModelForm):
    """Le profil vient de la page, non de la saisie. Un nom ou un SIRET déjà connu renvoie à la liste."""

    class Meta:
        model = Organisation
        fields = ["nom", "categorie", "siret", "adresse", "code_postal", "commune", "telephone", "courriel"]
        help_texts = {
            "siret": "14 chiffres, espaces admises. Il évite d’inscrire deux fois la même organisation.",
            "courriel": "L’adresse de l’organisation, pas celle d’une personne.",
        }
        error_messages = {
            "nom": {"required": "Donnez le nom de l’organisation."},
            "categorie": {"required": "Choisissez une catégorie."},
        }

    # Plus long que le champ gardé : un SIRET se colle avec ses espaces.
    siret = forms.CharField(label="SIRET", required=False, max_length=30, help_text=Meta.help_texts["siret"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = CATEGORIES_PAR_PROFIL[self.instance.profil]
        self.fields["categorie"].choices = [("", "Choisissez"), *((c.value, c.label) for c in categories)]
        self.fields["siret"].widget.attrs["inputmode"] = "numeric"
        self.fields["code_postal"].validators.append(valider_code_postal)
        self.fields["code_postal"].widget.attrs |= {"inputmode": "numeric", "class": "champ-court"}

    def clean_siret(self) -> str:
        siret = normaliser_siret(self.cleaned_data["siret"])
        if siret and (deja := self._autres().filter(siret=siret).first()):
            raise forms.ValidationError(
                f"Ce SIRET est celui de {deja.nom}, déjà dans la liste. Choisissez cette organisation."
            )
        return siret

    def clean_nom(self) -> str:
        nom = " ".join(self.cleaned_data["nom"].split())
        if self._autres().filter(nom__iexact=nom).exists():
            raise forms.ValidationError(
                f"«\u00a0{nom}\u00a0» est déjà dans la liste. Choisissez-la, ou précisez le nom (agence, ville) si c’en est une autre."
            )
        return nom

    def _autres(self):
        return Organisation.objects.du_profil(self.instance.profil).exclude(pk=self.instance.pk)
