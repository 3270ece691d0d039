"""Ouvrir ou corriger un parcours, faire avancer une phase, rouvrir un parcours clos."""

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
    motif = forms.CharField(
        label="Pourquoi",
        required=False,
        max_length=300,
        validators=[sans_nir],
        help_text="Demandé quand elle est sautée. Pas de santé, pas de numéro de sécurité sociale.",
    )

    def __init__(self, *args, gestes: tuple[GestePhase, ...], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["geste"].choices = [(geste.value, LIBELLES_GESTE[geste]) for geste in gestes]
        self.fields["geste"].initial = gestes[0].value


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
