"""Ce que la fiche d'une personne et son orientation ont de commun : identité, coordonnées, formation."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from beneficiaires import regles
from beneficiaires.models import Sexe, choix_niveaux
from comptes.ecriture import exiger
from comptes.formulaires import ChampDate

CHAMPS_IDENTITE = ["prenom", "nom_naissance", "nom_usage", "date_naissance", "sexe"]
CHAMPS_CONTACT = ["telephone", "courriel", "code_postal", "commune"]
CHAMPS_FORMATION = ["niveau_formation", "identifiant_france_travail"]
SANS_REMPLISSAGE = {"autocomplete": "off"}


class IdentiteForm(forms.ModelForm):
    """Les champs d'identité et leurs contrôles. Le navigateur ne propose pas les coordonnées de celui qui saisit."""

    date_naissance = ChampDate(label="Date de naissance")
    sexe = forms.ChoiceField(
        label="Sexe",
        choices=Sexe.choices,
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
        help_text="Pour les statistiques du bilan, jamais par personne.",
        error_messages={"required": "Choisissez femme ou homme."},
    )
    identifiant_france_travail = forms.CharField(
        label="Identifiant France Travail",
        required=False,
        max_length=30,
        help_text="8 caractères (1234567A) ou 11 chiffres.",
    )
    telephone = forms.CharField(
        label="Téléphone", required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    code_postal = forms.CharField(
        label="Code postal",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"}),
    )

    def __init__(self, *args, aujourd_hui: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        for nom in (*CHAMPS_IDENTITE, *CHAMPS_CONTACT, *CHAMPS_FORMATION):
            self.fields[nom].widget.attrs |= SANS_REMPLISSAGE
        for nom, phrase in (
            ("prenom", "Écrivez le prénom."),
            ("nom_naissance", "Écrivez le nom de naissance."),
            ("date_naissance", "Écrivez la date de naissance, par exemple 08/04/1984."),
            ("commune", "Écrivez la commune où la personne habite."),
        ):
            self.fields[nom].error_messages["required"] = phrase
        self.fields["niveau_formation"].choices = [("", "Pas encore connu"), *choix_niveaux()]

    def clean_prenom(self) -> str:
        return self._sans_numero("prenom")

    def clean_nom_naissance(self) -> str:
        return self._sans_numero("nom_naissance")

    def clean_nom_usage(self) -> str:
        return self._sans_numero("nom_usage")

    def _sans_numero(self, nom: str) -> str:
        """Un nom sans chiffre : un numéro recopié à côté ne se garde pas avec lui."""
        valeur = " ".join(self.cleaned_data[nom].split())
        if any(signe.isdigit() for signe in valeur):
            raise ValidationError("Un nom ne contient pas de chiffre.", code="chiffre")
        return valeur

    def clean_date_naissance(self) -> date:
        naissance = self.cleaned_data["date_naissance"]
        exiger(regles.controler_naissance(naissance, self.aujourd_hui))
        return naissance

    def clean_identifiant_france_travail(self) -> str:
        texte = self.cleaned_data["identifiant_france_travail"]
        if texte:
            exiger(regles.controler_identifiant_france_travail(texte))
        return regles.normaliser_identifiant_france_travail(texte)

    def clean_telephone(self) -> str:
        texte = self.cleaned_data["telephone"]
        if texte:
            exiger(regles.controler_telephone(texte))
        return regles.normaliser_telephone(texte)

    def clean_code_postal(self) -> str:
        texte = "".join(self.cleaned_data["code_postal"].split())
        if texte:
            exiger(regles.controler_code_postal(texte))
        return texte
