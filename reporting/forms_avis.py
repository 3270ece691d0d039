"""La réponse de l'acheteur à un bilan, et sa décision sur une pénalité proposée."""

from django import forms

from beneficiaires.models import sans_nir
from clauses.forms.champs import ChampMontant
from clauses.regles.penalites import LIBELLES_ISSUE_PENALITE
from reporting.models.avis import ReponseVisa

_TEXTE = {"max_length": 1000, "validators": [sans_nir]}


class VisaForm(forms.Form):
    reponse = forms.ChoiceField(label="Votre réponse", choices=ReponseVisa, widget=forms.RadioSelect)
    commentaire = forms.CharField(
        label="Commentaire",
        required=False,
        help_text="Nécessaire pour des réserves ou un refus. Le facilitateur le lira.",
        widget=forms.Textarea(attrs={"rows": 3}),
        **_TEXTE,
    )


class DecisionPenaliteForm(forms.Form):
    issue = forms.ChoiceField(
        label="Ce que vous décidez", choices=list(LIBELLES_ISSUE_PENALITE.items()), widget=forms.RadioSelect
    )
    retenue = ChampMontant(label="Montant retenu, en euros", required=False, help_text="Seulement s’il est moindre.")
    motif = forms.CharField(
        label="Pourquoi",
        min_length=3,
        help_text="Le facilitateur le lira.",
        widget=forms.Textarea(attrs={"rows": 3}),
        **_TEXTE,
    )
