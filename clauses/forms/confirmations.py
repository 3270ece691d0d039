"""Contester des heures, répondre dans le fil d'un litige, le régler ; l'accord du titulaire dans la règle d'un marché."""

from typing import Any

from django import forms

from beneficiaires.models import sans_nir
from clauses.forms.bulletins import ChampHeuresDuMois
from clauses.regles.confirmation import DELAI_MAXIMAL_JOURS, LIBELLES_ISSUE, IssueLitige, ParametresConfirmation

AIDE_TEXTE = "Les autres parties le liront. N’écrivez rien sur la santé ni la vie privée."


class ChampMessage(forms.CharField):
    """Un texte du fil d'un litige : court, sans numéro de sécurité sociale."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", AIDE_TEXTE)
        super().__init__(
            min_length=3, max_length=400, widget=forms.Textarea(attrs={"rows": 3}), validators=[sans_nir], **options
        )


class ContestationForm(forms.Form):
    heures_reconnues = ChampHeuresDuMois(
        label="Heures que vous reconnaissez",
        help_text="Pour ce contrat et ce mois, selon vos propres pointages. 0 si la personne n’a pas travaillé chez vous.",
    )
    motif = ChampMessage(label="Pourquoi")


class MessageForm(forms.Form):
    texte = ChampMessage(label="Votre message")


class ReglementForm(forms.Form):
    issue = forms.ChoiceField(
        label="Ce que vous décidez",
        choices=[(issue.value, LIBELLES_ISSUE[issue]) for issue in IssueLitige],
        widget=forms.RadioSelect,
    )
    retenues = ChampHeuresDuMois(
        label="Heures retenues", required=False, help_text="Seulement si un autre nombre d’heures est retenu."
    )
    motif = ChampMessage(label="Pourquoi")


class ConfirmationForm(forms.Form):
    """La section « confirmation » de la règle d'un marché."""

    exige = forms.BooleanField(
        label="L’accord du titulaire est exigé avant de valider",
        required=False,
        help_text="Pour les heures qu’un sous-traitant, une ETTI, un GEIQ ou une SIAE déclare, et celles que vous saisissez.",
    )
    silence_jours = forms.IntegerField(
        label="Sans réponse, la validation est possible après",
        min_value=1,
        max_value=DELAI_MAXIMAL_JOURS,
        help_text="En jours depuis la déclaration.",
        widget=forms.NumberInput(attrs={"class": "champ-court"}),
    )
    litige_jours = forms.IntegerField(
        label="Un litige se règle en",
        min_value=1,
        max_value=DELAI_MAXIMAL_JOURS,
        help_text="En jours depuis la contestation. Au-delà, il est signalé en retard.",
        widget=forms.NumberInput(attrs={"class": "champ-court"}),
    )

    def __init__(self, donnees: Any = None, *, parametres: ParametresConfirmation) -> None:
        initial = {champ: getattr(parametres, champ) for champ in ("exige", "silence_jours", "litige_jours")}
        super().__init__(donnees, initial=initial)

    def parametres(self) -> ParametresConfirmation:
        """Rend la section saisie, une fois le formulaire juste."""
        return ParametresConfirmation(**self.cleaned_data)
