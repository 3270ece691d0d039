"""Suivre les déclarations : ses filtres, le motif d'une réouverture, les contacts d'une entreprise."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from beneficiaires.periodes import ajouter_mois, premier_du_mois
from clauses.models import ContactEntreprise, Reouverture, RoleContact
from clauses.regles.choix import en_choix
from clauses.regles.declarations import LIBELLES_ETAT
from comptes.formats import mois_annee

MOIS_AU_CHOIX = 12


class DeclarationsForm(forms.Form):
    """Le mois (le dernier fini par défaut), l'état, l'entreprise. `form` : ce que lit la barre de filtres."""

    mois = forms.ChoiceField(label="Mois", required=False)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *en_choix(LIBELLES_ETAT)])
    entreprise = forms.CharField(label="Entreprise", required=False, max_length=80)

    def __init__(self, donnees: Mapping[str, str], *, aujourd_hui: date) -> None:
        dernier = ajouter_mois(premier_du_mois(aujourd_hui), -1)
        super().__init__({"mois": f"{dernier:%Y-%m}"} | {nom: donnees[nom] for nom in donnees if donnees[nom]})
        mois = [ajouter_mois(dernier, -recul) for recul in range(MOIS_AU_CHOIX)]
        self.fields["mois"].choices = [(f"{m:%Y-%m}", mois_annee(m).capitalize()) for m in mois]
        self.dernier = dernier

    @property
    def form(self) -> "DeclarationsForm":
        return self

    def valeur(self, champ: str) -> str:
        return self.cleaned_data.get(champ, "") if self.is_valid() or champ in self.cleaned_data else ""

    @property
    def mois_choisi(self) -> date:
        mois = self.valeur("mois")
        return date.fromisoformat(f"{mois}-01") if mois else self.dernier


class ReouvertureForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi rouvrir ce mois",
        max_length=Reouverture._meta.get_field("motif").max_length,
        error_messages={"required": "Écrivez pourquoi ce mois est rouvert\u00a0: la raison est gardée."},
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="La raison est gardée avec votre nom. N’y nommez personne.",
    )


class ContactForm(forms.ModelForm):
    """Un contact ; tout vider le retire."""

    class Meta:
        model = ContactEntreprise
        fields = ("nom", "fonction", "courriel")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["nom"].required = self.fields["courriel"].required = False
        self.fields["courriel"].label = "Adresse électronique"
        self.fields["courriel"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if any(donnees.get(champ) for champ in self.Meta.fields) and not self.errors:
            for champ, phrase in (
                ("nom", "Écrivez le nom de ce contact."),
                ("courriel", "Écrivez son adresse électronique."),
            ):
                if not donnees.get(champ):
                    self.add_error(champ, phrase)
        return donnees

    def _post_clean(self) -> None:
        """La contrainte d'unicité se contrôle à l'écriture : le rôle n'est pas dans le formulaire."""

    @property
    def valeurs(self) -> dict[str, str] | None:
        donnees = {champ: self.cleaned_data.get(champ, "") for champ in self.Meta.fields}
        return donnees if donnees["courriel"] else None


def formulaires_des_contacts(
    donnees: Mapping[str, str] | None, actuels: Mapping[str, ContactEntreprise]
) -> list[tuple[str, ContactForm]]:
    """Un formulaire par rôle, avec son libellé."""
    return [
        (role.label, ContactForm(donnees, prefix=role.value, instance=actuels.get(role.value))) for role in RoleContact
    ]
