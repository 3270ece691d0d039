"""L'agrément d'une personne : PASS IAE ou parcours PLIE."""

from datetime import date

from django import forms

from clauses.forms.champs import interdire_nir
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur
from parcours.models import Agrement, Plie, TypeAgrement
from parcours.regles import REGLE_PLIE, controler_agrement, fin_agrement, formater_numero_pass


class AgrementForm(forms.ModelForm):
    """Le PLIE se choisit parmi ceux que la structure a réglés ; sans cela, il s'écrit, et dure 24 mois."""

    class Meta:
        model = Agrement
        fields = (
            "type_agrement",
            "numero",
            "porteur",
            "plie",
            "date_debut",
            "fin_officielle",
            "prescripteur_habilite",
        )
        field_classes = {"date_debut": ChampDate, "fin_officielle": ChampDate}
        widgets = {"type_agrement": forms.RadioSelect(attrs={"class": "en-ligne"})}
        labels = {
            "date_debut": "Commence le",
            "fin_officielle": "Fin écrite sur le document",
            "porteur": "Structure qui le porte",
            "plie": "PLIE réglé par votre structure",
            "prescripteur_habilite": "Prescripteur habilité qui l’a demandé",
        }
        help_texts = {
            "numero": "PASS IAE\u00a0: 12 caractères, comme 99999 24 00718.",
            "porteur": "Pour un PLIE, son nom. Exemple\u00a0: PLIE du Confluent.",
            "plie": "Sa durée et ses renouvellements s’appliquent.",
            "date_debut": "Son premier jour.",
            "fin_officielle": "Elle l’emporte sur l’estimation.",
            "prescripteur_habilite": "Un PASS IAE qui commence pendant la carence d’un autre passe par lui.",
        }
        error_messages = {
            "type_agrement": {"required": "Choisissez PASS IAE ou PLIE."},
            "date_debut": {"required": "Indiquez le jour où il commence."},
        }

    def __init__(self, *args, utilisateur: Utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        interdire_nir(self, "porteur", "prescripteur_habilite")
        self.fields["type_agrement"].choices = Agrement._meta.get_field("type_agrement").choices
        self.fields["plie"].queryset = Plie.objects.pour(utilisateur)
        self.fields["plie"].empty_label = f"Aucun\u00a0: {REGLE_PLIE.duree_mois} mois"
        if not self.fields["plie"].queryset.exists():
            del self.fields["plie"]
        if self.instance.numero and not self.is_bound:
            self.initial["numero"] = formater_numero_pass(self.instance.numero)

    def estimation(self, aujourd_hui: date) -> date | None:
        """La fin qu'Étape estime d'après ce qui est tapé ; None si une fin écrite l'emporte, ou si rien ne permet encore de la dire.

        Elle se montre tant que l'agrément n'est pas gardé ; ensuite, c'est « Pourquoi ? » qui la dit, suspensions comprises.
        """
        donnees = self.cleaned_data if self.is_bound else self.initial
        type_agrement, debut = donnees.get("type_agrement"), donnees.get("date_debut")
        if not type_agrement or not debut or donnees.get("fin_officielle"):
            return None
        if controler_agrement(type_agrement, debut=debut, fin_officielle=None, aujourd_hui=aujourd_hui):
            return None
        plie = donnees.get("plie") if self.is_bound else self.instance.plie
        est_plie = type_agrement == TypeAgrement.PLIE and plie is not None
        return fin_agrement(type_agrement, debut=debut, regle_plie=plie.regle if est_plie else REGLE_PLIE)
