"""Le marché à venir d'un acheteur, ce qu'on s'y écrit, et l'avis du facilitateur."""

from typing import Any

from django import forms

from beneficiaires.models import sans_nir
from clauses.forms.champs import ChampHeures, ChampJour, ChoixParIdentifiant
from clauses.forms.marches import MOTIF_CPV
from clauses.models import Operation, ProjetMarche
from clauses.regles.calibrage_dispositifs import LIBELLES_DISPOSITIF
from comptes.models import Organisation, Profil


class ProjetForm(forms.ModelForm):
    """`instance.acheteur` est déjà posé. Montant, durée, nature et date viennent du calibrage, sur la même page."""

    structure = ChoixParIdentifiant(
        Organisation.objects.du_profil(Profil.FACILITATEUR),
        label="Votre facilitateur",
        empty_label="Choisissez",
        help_text="Sa structure lira ce marché quand vous demanderez son avis.",
        error_messages={"required": "Choisissez le facilitateur à qui vous demandez l’avis."},
    )

    class Meta:
        model = ProjetMarche
        fields = ["structure", "objet", "commune", "ccag", "code_cpv", "lots_envisages", "question"]
        widgets = {
            "objet": forms.Textarea(attrs={"rows": 2}),
            "lots_envisages": forms.Textarea(attrs={"rows": 3}),
            "question": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "objet": "Exemple\u00a0: entretien des espaces verts de la résidence Les Peupliers.",
            "code_cpv": "Huit chiffres. Exemple\u00a0: 77310000.",
            "lots_envisages": "Un lot par ligne.",
            "question": "Ce que vous voulez savoir\u00a0: quels lots, combien d’heures, quel dispositif. Aucun nom de personne.",
        }
        error_messages = {
            "objet": {"required": "Dites en une phrase l’objet du marché."},
            "commune": {"required": "Indiquez la commune."},
            "question": {"required": "Écrivez votre question au facilitateur."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["structure"] = structure_habituelle(self.instance.acheteur)
        elif self.instance.demande_le is not None:
            champ = self.fields["structure"]
            champ.disabled, champ.help_text = True, "L’avis lui est demandé\u00a0: il ne change plus."

    def clean_code_cpv(self) -> str:
        code = "".join(self.cleaned_data["code_cpv"].split())
        if code and not MOTIF_CPV.fullmatch(code):
            raise forms.ValidationError("Un code CPV compte huit chiffres, par exemple 77310000.")
        return code


def structure_habituelle(acheteur: Organisation) -> Any:
    """La structure qui suit sa dernière opération, celle qu'un acheteur choisit le plus souvent."""
    siennes = Operation.objects.filter(maitre_ouvrage=acheteur) | Operation.objects.filter(marches__acheteur=acheteur)
    return siennes.order_by("-date_debut").values_list("structure", flat=True).first()


class MessageProjetForm(forms.Form):
    texte = forms.CharField(
        label="Votre message",
        max_length=2000,
        min_length=3,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’acheteur et le facilitateur le lisent. Aucun nom de personne.",
        error_messages={"required": "Écrivez votre message."},
    )


class AvisForm(forms.Form):
    dispositif = forms.ChoiceField(label="Dispositif proposé", choices=list(LIBELLES_DISPOSITIF.items()))
    heures = ChampHeures(
        label="Heures proposées", required=False, help_text="Vide quand le dispositif n’écrit pas d’heures au marché."
    )
    texte = forms.CharField(
        label="Votre avis",
        max_length=4000,
        min_length=3,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="L’acheteur le lira tel quel. Il part du calibrage\u00a0: corrigez-le.",
        error_messages={"required": "Écrivez votre avis."},
    )
    clauses = forms.MultipleChoiceField(
        label="Rédactions proposées",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="L’acheteur les lira remplies, à la version d’aujourd’hui, même si la bibliothèque change ensuite.",
    )

    def __init__(self, *args: Any, clauses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clauses"].choices = clauses


class PublicationForm(forms.Form):
    publie_le = ChampJour(
        label="Publié le",
        help_text="Le jour de l’avis d’appel à la concurrence.",
        error_messages={"required": "Indiquez le jour de la publication."},
    )
