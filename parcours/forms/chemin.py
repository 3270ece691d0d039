"""Ouvrir ou corriger un parcours, faire avancer une phase, rouvrir un parcours clos."""

from collections.abc import Sequence

from django import forms

from beneficiaires.forms.personnes import ChoixUtilisateur, membres
from beneficiaires.models import sans_nir
from comptes.formulaires import ChampDate
from comptes.models import Organisation, Profil, Utilisateur
from parcours.models import Parcours, Phase
from parcours.regles.chemin import GestePhase

LIBELLES_GESTE = {
    GestePhase.COMMENCER: "La commencer",
    GestePhase.FINIR: "La finir",
    GestePhase.SAUTER: "La sauter",
    GestePhase.ROUVRIR: "La rouvrir",
}


class ParcoursForm(forms.ModelForm):
    referent = ChoixUtilisateur(label="Référent", queryset=Utilisateur.objects.none(), required=False)

    class Meta:
        model = Parcours
        fields = ("date_debut", "dispositif", "referent", "prescripteur")
        field_classes = {"date_debut": ChampDate}
        widgets = {"dispositif": forms.RadioSelect}
        labels = {
            "date_debut": "Entrée dans le parcours le",
            "dispositif": "Dispositif",
            "prescripteur": "Prescripteur",
        }
        help_texts = {
            "dispositif": "Le PLIE a sa propre lecture des sorties.",
            "prescripteur": "Qui l’a adressée à vous pour ce parcours.",
        }
        error_messages = {"date_debut": {"required": "Indiquez le jour de l’entrée."}}

    def __init__(self, *args, structure: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["referent"].queryset = membres(structure, self.instance.referent)
        self.fields["referent"].empty_label = "Personne pour l’instant"
        self.fields["prescripteur"].queryset = Organisation.objects.du_profil(Profil.PRESCRIPTEUR)
        self.fields["prescripteur"].empty_label = "Aucun prescripteur"


class PhaseForm(forms.Form):
    """Ce que l'on fait de la phase, quel jour, et pourquoi si elle est sautée."""

    geste = forms.ChoiceField(label="Cette phase", widget=forms.RadioSelect(attrs={"class": "en-ligne"}))
    jour = ChampDate(label="Le", error_messages={"required": "Indiquez le jour."})
    finir = forms.MultipleChoiceField(
        label="Finir aussi, le même jour",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Décochez si les deux phases se poursuivent ensemble. Une phase finie se rouvre.",
    )
    motif = forms.CharField(
        label="Pourquoi",
        required=False,
        max_length=300,
        validators=[sans_nir],
        help_text="Demandé quand elle est sautée. Pas de santé, pas de numéro de sécurité sociale.",
    )

    def __init__(self, *args, gestes: tuple[GestePhase, ...], a_finir: Sequence[Phase], **kwargs):
        super().__init__(*args, **kwargs)
        if a_finir:
            self.fields["finir"].choices = [(phase.value, phase.label) for phase in a_finir]
            self.fields["finir"].initial = [phase.value for phase in a_finir]
        else:
            del self.fields["finir"]
        self.fields["geste"].choices = [(geste.value, LIBELLES_GESTE[geste]) for geste in gestes]
        self.fields["geste"].initial = gestes[0].value

    def phases_a_finir(self) -> list[Phase]:
        """Les phases cochées, si celle-ci s'ouvre : la sauter ou la finir n'en touche pas d'autre."""
        ouvre = self.cleaned_data["geste"] in {GestePhase.COMMENCER, GestePhase.ROUVRIR}
        return [Phase(valeur) for valeur in self.cleaned_data.get("finir", ())] if ouvre else []


class RouvrirForm(forms.Form):
    """Annuler une sortie : le parcours se rouvre à une phase."""

    phase = forms.ChoiceField(
        label="Rouvrir à la phase",
        choices=Phase.choices,
        initial=Phase.ACCOMPAGNEMENT,
        widget=forms.RadioSelect,
    )
    motif = forms.CharField(
        label="Pourquoi",
        max_length=300,
        validators=[sans_nir],
        error_messages={"required": "Dites pourquoi le parcours se rouvre."},
    )
