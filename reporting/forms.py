"""Formulaires de reporting."""

from django import forms

from clauses.models import Marche
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur


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
