"""Proposer le partage d'une opération, et y mettre fin."""

from django import forms

from beneficiaires.models import sans_nir
from clauses.forms.champs import ChoixParIdentifiant
from clauses.models import DroitPartage, Operation
from comptes.models import Organisation, Profil

AIDES = {
    DroitPartage.LECTURE: "Elle lit l’opération, ses marchés, ses totaux et ses bilans. Elle n’y change rien.",
    DroitPartage.ECRITURE: "Elle tient aussi les marchés et les lots, y place ses personnes et suit leurs heures.",
}


class PartageForm(forms.Form):
    structure = ChoixParIdentifiant(
        label="Structure invitée",
        queryset=Organisation.objects.none(),
        empty_label="Choisissez",
        error_messages={
            "required": "Choisissez la structure à inviter.",
            "invalid_choice": "Cette structure n’est pas dans la liste.",
        },
    )
    droit = forms.ChoiceField(
        label="Ce qu’elle pourra faire",
        choices=[(droit.value, f"{droit.label}. {AIDES[droit]}") for droit in DroitPartage],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la lecture ou l’écriture."},
    )

    def __init__(self, *args: object, operation: Operation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        structures = Organisation.objects.du_profil(Profil.FACILITATEUR).exclude(pk=operation.structure_id)
        self.fields["structure"].queryset = structures.order_by("nom")


class FinPartageForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi",
        max_length=300,
        validators=[sans_nir],
        error_messages={"required": "Dites pourquoi\u00a0: l’autre structure le lira."},
    )
