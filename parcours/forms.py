"""L'agrément d'une personne : PASS IAE ou parcours PLIE."""

from datetime import date

from django import forms

from comptes.formulaires import ChampDate
from parcours.models import Agrement
from parcours.regles import fin_agrement, formater_numero_pass
from parcours.regles.agrements import controler_agrement


class AgrementForm(forms.ModelForm):
    class Meta:
        model = Agrement
        fields = ("type_agrement", "numero", "porteur", "date_debut", "fin_officielle")
        field_classes = {"date_debut": ChampDate, "fin_officielle": ChampDate}
        widgets = {"type_agrement": forms.RadioSelect(attrs={"class": "en-ligne"})}
        labels = {
            "date_debut": "Commence le",
            "fin_officielle": "Fin écrite sur le document",
            "porteur": "Structure qui le porte",
        }
        help_texts = {
            "numero": "PASS IAE\u00a0: 12 caractères, comme 99999 24 00718.",
            "porteur": "Pour un PLIE, son nom. Exemple\u00a0: PLIE du Confluent.",
            "date_debut": "Son premier jour.",
            "fin_officielle": "Elle l’emporte sur l’estimation.",
        }
        error_messages = {
            "type_agrement": {"required": "Choisissez PASS IAE ou PLIE."},
            "date_debut": {"required": "Indiquez le jour où il commence."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type_agrement"].choices = Agrement._meta.get_field("type_agrement").choices
        if self.instance.numero and not self.is_bound:
            self.initial["numero"] = formater_numero_pass(self.instance.numero)

    def estimation(self, aujourd_hui: date) -> date | None:
        """La fin qu'Étape estime d'après ce qui est tapé ; None si une fin écrite l'emporte, ou si rien ne permet encore de la dire."""
        donnees = self.cleaned_data if self.is_bound else self.initial
        type_agrement, debut = donnees.get("type_agrement"), donnees.get("date_debut")
        if not type_agrement or not debut or donnees.get("fin_officielle"):
            return None
        if controler_agrement(type_agrement, debut=debut, fin_officielle=None, aujourd_hui=aujourd_hui):
            return None
        return fin_agrement(type_agrement, debut=debut)
