"""Formulaires de reporting."""

from django import forms

from beneficiaires.models import sans_nir
from clauses.models import Marche
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur
from reporting.models import Alerte


class ChoixMarche(forms.ModelChoiceField):
    def label_from_instance(self, marche: Marche) -> str:
        return f"{marche.operation.nom} – {marche.reference}"


class BilanForm(forms.Form):
    """Le marché, parmi ceux que la personne voit, et la date à laquelle arrêter les comptes."""

    marche = ChoixMarche(label="Marché", queryset=Marche.objects.none())
    arrete_au = ChampDate(label="Arrêté au", help_text="Les mois entamés après cette date ne sont pas comptés.")

    def __init__(self, *args: object, utilisateur: Utilisateur, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marche"].queryset = (
            Marche.objects.pour(utilisateur).select_related("operation").order_by("operation__nom", "reference")
        )


class AlerteForm(forms.Form):
    """Traiter une échéance, c'est dire ce qui a été fait."""

    note = forms.CharField(
        label="Ce qui a été fait",
        help_text="Une phrase suffit\u00a0: «\u00a0prolongation demandée\u00a0», «\u00a0entretien le 4 décembre\u00a0».",
        max_length=Alerte._meta.get_field("note").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[sans_nir],
        error_messages={"required": "Dites ce qui a été fait\u00a0: vos collègues le liront."},
    )
