"""Ce que l'on écrit d'une échéance, et les réglages d'une structure."""

from django import forms

from beneficiaires.models import sans_nir
from clauses.regles.echeances import JOUR_MAXIMUM, REPORT_MAXIMUM_JOURS, controler_seuils
from comptes.formulaires import ChampDate
from comptes.models import Organisation, Utilisateur
from reporting.models import Alerte, ReglageEcheances, TypeAlerte
from reporting.models.reglages import JOURS

NOTE_MAXIMUM = Alerte._meta.get_field("note").max_length


class AlerteForm(forms.Form):
    """Traiter une échéance, c'est dire ce qui a été fait."""

    note = forms.CharField(
        label="Ce qui a été fait",
        help_text="Une phrase suffit\u00a0: «\u00a0prolongation demandée\u00a0», «\u00a0entretien le 4 décembre\u00a0».",
        max_length=NOTE_MAXIMUM,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[sans_nir],
        error_messages={"required": "Dites ce qui a été fait\u00a0: vos collègues le liront."},
    )


class ReportForm(forms.Form):
    """Reporter, c'est dire pourquoi et jusqu'à quand."""

    reportee_au = ChampDate(
        label="Reportée au",
        help_text=f"L’échéance revient ce jour-là dans la liste. {REPORT_MAXIMUM_JOURS}\u00a0jours au plus.",
        widget=forms.DateInput(attrs={"class": "champ-court"}),
        error_messages={"required": "Indiquez le jour où l’échéance doit revenir."},
    )
    motif = forms.CharField(
        label="Pourquoi",
        help_text="«\u00a0En attente du comité\u00a0», «\u00a0en congé jusqu’au 12\u00a0».",
        max_length=NOTE_MAXIMUM,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[sans_nir],
        error_messages={"required": "Dites pourquoi l’échéance est reportée."},
    )


class ChoixResponsable(forms.ModelChoiceField):
    def label_from_instance(self, utilisateur: Utilisateur) -> str:
        return utilisateur.get_full_name()


class ResponsableForm(forms.Form):
    """À qui l'échéance est confiée, parmi les membres de la structure."""

    responsable = ChoixResponsable(
        label="Suivie par",
        queryset=Utilisateur.objects.none(),
        required=False,
        empty_label="Le référent de la personne",
        error_messages={"invalid_choice": "Choisissez un membre de votre structure."},
    )

    def __init__(self, *args: object, structure: Organisation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        membres = Utilisateur.objects.filter(adhesions__in=structure.adhesions.au_travail(), is_active=True)
        self.fields["responsable"].queryset = membres.order_by("nom", "prenom")


AIDES = {
    "seuil_loin": "Jours avant la fin.",
    "seuil_moyen": "Jours avant la fin.",
    "seuil_proche": "Jours avant la fin.",
    "decision_jours": "Jours avant l’embauche.",
    "heures_jours": "Jours après la fin du mois.",
    "suivi_jours": "Jours avant le suivi.",
    "orientation_jours": "Jours après l’envoi.",
    "piece_jours": "Jours avant que la pièce ne vaille plus.",
    "rythme_pourcent": "En\u00a0% des heures attendues\u00a0: en dessous, le titulaire est signalé.",
}


class ReglageForm(forms.ModelForm):
    """Les seuils se lisent ensemble : chacun plus proche que le précédent."""

    class Meta:
        model = ReglageEcheances
        fields = ("seuil_loin", "seuil_moyen", "seuil_proche", *JOURS, "rythme_pourcent")
        help_texts = AIDES

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            maximum, unite = (100, "%") if nom == "rythme_pourcent" else (JOUR_MAXIMUM, "jours")
            phrase = f"Écrivez un nombre entier, de 1 à {maximum}\u00a0{unite}."
            self.fields[nom] = forms.IntegerField(
                label=champ.label,
                help_text=champ.help_text,
                initial=champ.initial,
                min_value=1,
                max_value=maximum,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"}),
                # Les phrases des bornes reçoivent leur valeur par « % ».
                error_messages=dict.fromkeys(("required", "invalid"), phrase)
                | dict.fromkeys(("min_value", "max_value"), phrase.replace("%", "%%")),
            )

    def clean(self) -> dict:
        donnees = super().clean()
        seuils = {nom: donnees.get(f"seuil_{nom}") for nom in ("proche", "moyen", "loin")}
        if None not in seuils.values() and (refus := controler_seuils(**seuils)):
            self.add_error("seuil_moyen", forms.ValidationError(refus.phrase, code=refus.code))
        return donnees


class CourrielForm(forms.Form):
    """Les sortes d'échéances que l'on veut dans le courriel du matin."""

    types = forms.MultipleChoiceField(
        label="Dans le courriel du matin",
        choices=TypeAlerte.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucune case\u00a0: aucun courriel.",
        error_messages={"invalid_choice": "Cette sorte d’échéance n’existe pas."},
    )
