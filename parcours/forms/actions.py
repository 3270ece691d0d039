"""Une action sur un frein, sa clôture, la réponse du service."""

from datetime import date

from django import forms

from comptes.formulaires import ChampDate
from comptes.models import Organisation, Profil
from parcours.models import Action, ReponseService, ResultatAction
from parcours.regles.actions import intitules_permis

DATES = ("date_debut", "date_fin", "envoyee_le", "repondue_le")
TEXTES = ("structure", "motif_refus")  # qu'un frein de santé n'a pas


class ActionForm(forms.ModelForm):
    """Pour la santé, l'action se choisit dans une liste, et ni la structure ni la raison d'un refus ne s'écrivent."""

    class Meta:
        model = Action
        fields = (
            "intitule",
            "structure",
            "mobilisee_par",
            "date_debut",
            "date_fin",
            "resultat",
            "reponse",
            "envoyee_le",
            "repondue_le",
            "motif_refus",
        )
        field_classes = dict.fromkeys(DATES, ChampDate)
        widgets = {
            "resultat": forms.RadioSelect(attrs={"class": "en-ligne"}),
            "reponse": forms.RadioSelect(attrs={"class": "en-ligne"}),
        }
        labels = {
            "intitule": "Ce qui est fait",
            "structure": "Avec quelle structure",
            "mobilisee_par": "Qui mobilise l’action",
            "date_debut": "Commence le",
            "date_fin": "Finit le",
            "reponse": "Orientation vers le service",
            "motif_refus": "Pourquoi le service refuse",
        }
        help_texts = {
            "intitule": "Exemple\u00a0: préparer le permis B.",
            "mobilisee_par": "Le prescripteur qui a orienté la personne, choisi ici, peut noter la réponse du service.",
        }
        error_messages = {
            "intitule": {"required": "Dites ce qui est fait."},
            "date_debut": {"required": "Indiquez le jour où l’action commence."},
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        frein = self.instance.frein
        self.fields["mobilisee_par"].queryset = Organisation.objects.du_profil(Profil.PRESCRIPTEUR)
        self.fields["mobilisee_par"].empty_label = "Votre structure"
        if permis := intitules_permis(frein.rubrique):
            self.fields["intitule"] = forms.ChoiceField(
                label="Ce qui est fait",
                choices=[("", "Choisissez"), *((texte, texte) for texte in permis)],
                error_messages={"required": "Choisissez l’action."},
                help_text="Une liste, et rien d’autre\u00a0: la santé ne s’écrit pas.",
            )
            for nom in TEXTES:
                del self.fields[nom]


class ClotureForm(forms.ModelForm):
    """Le résultat d'une action et son dernier jour."""

    class Meta:
        model = Action
        fields = ("resultat", "date_fin")
        field_classes = {"date_fin": ChampDate}
        widgets = {"resultat": forms.RadioSelect(attrs={"class": "en-ligne"})}
        labels = {"resultat": "Ce qu’elle a donné", "date_fin": "Finie le"}

    def __init__(self, *args, aujourd_hui: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resultat"].choices = [c for c in ResultatAction.choices if c[0] != ResultatAction.EN_COURS]
        self.fields["date_fin"].required = True
        self.fields["date_fin"].error_messages["required"] = "Indiquez son dernier jour."
        if not self.instance.est_close:
            self.initial |= {"resultat": ResultatAction.ABOUTIE, "date_fin": aujourd_hui}


class ReponseForm(forms.ModelForm):
    """La réponse d'un service à une orientation."""

    class Meta:
        model = Action
        fields = ("reponse", "repondue_le", "motif_refus")
        field_classes = {"repondue_le": ChampDate}
        widgets = {"reponse": forms.RadioSelect(attrs={"class": "en-ligne"})}
        labels = {"reponse": "Le service", "repondue_le": "A répondu le", "motif_refus": "Pourquoi il refuse"}
        help_texts = {"motif_refus": "Seulement pour un refus. La personne peut le lire."}

    def __init__(self, *args, aujourd_hui: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reponse"].choices = [(ReponseService.ACCEPTEE, "Accepte"), (ReponseService.REFUSEE, "Refuse")]
        self.fields["repondue_le"].required = True
        self.fields["repondue_le"].error_messages["required"] = "Indiquez le jour de la réponse."
        self.initial |= {"reponse": ReponseService.ACCEPTEE, "repondue_le": aujourd_hui}
        if intitules_permis(self.instance.frein.rubrique):
            del self.fields["motif_refus"]
