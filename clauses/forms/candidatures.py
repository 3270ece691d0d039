"""Proposer une personne à une offre, et y répondre."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from beneficiaires.models import Beneficiaire, sans_nir
from clauses.forms.champs import ChampJour, ChoixParIdentifiant
from clauses.forms.confirmations import ChampMessage
from clauses.models import Offre
from clauses.regles.candidatures import LIBELLES_MOTIF, VIVANTES
from comptes.models import Utilisateur

AIDE_MESSAGE = (
    "L’entreprise, le prescripteur et le facilitateur le liront. Rien sur la santé, la situation ou la vie privée."
)


def personnes_a_proposer(offre: Offre, utilisateur: Utilisateur) -> QuerySet[Beneficiaire]:
    """Celles que l'organisation a orientées vers la structure de l'offre, et qui n'y sont pas déjà proposées."""
    deja = offre.candidatures.filter(etat__in=sorted(VIVANTES)).values("beneficiaire")
    return Beneficiaire.objects.pour(utilisateur).filter(structure=offre.structure).exclude(pk__in=deja)


class ChampPersonne(ChoixParIdentifiant):
    """Une personne par son nom et sa commune : son écriture ordinaire ne dit rien d'elle."""

    def label_from_instance(self, obj: Beneficiaire) -> str:
        return f"{obj.nom_complet}, {obj.commune}"


class CandidatureForm(forms.Form):
    beneficiaire = ChampPersonne(
        Beneficiaire.objects.none(),
        label="La personne",
        empty_label="Choisissez",
        error_messages={
            "required": "Choisissez la personne que vous proposez.",
            "invalid_choice": "Cette personne n’est pas à proposer ici\u00a0: orientez-la d’abord, ou elle est déjà proposée.",
        },
    )
    presentation = forms.CharField(
        label="Sa présentation",
        min_length=20,
        max_length=600,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "Deux phrases\u00a0: ce qu’elle sait faire, ce qu’elle cherche. L’entreprise les lit. "
            "N’écrivez ni nom, ni santé, ni critère, ni situation."
        ),
        error_messages={"min_length": "Écrivez une phrase ou deux\u00a0: c’est ce que l’entreprise lira d’abord."},
    )
    disponible_le = ChampJour(label="Disponible à partir du")
    consentement = forms.BooleanField(
        label="La personne est d’accord pour être proposée à cette entreprise",
        error_messages={"required": "Demandez d’abord son accord à la personne, puis cochez la case."},
    )

    def __init__(self, *args: Any, personnes: QuerySet[Beneficiaire], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["beneficiaire"].queryset = personnes

    def valeurs(self) -> dict[str, Any]:
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "consentement"}


class ReponseForm(forms.Form):
    """Une réponse, et un mot pour l'accompagner."""

    message = ChampMessage(label="Un mot", required=False, help_text=AIDE_MESSAGE)


class RencontreForm(ReponseForm):
    rencontre_le = ChampJour(label="Rencontre le", required=False, help_text="Vide si la date est à fixer ensemble.")
    field_order = ["rencontre_le", "message"]


class RefusForm(ReponseForm):
    motif = forms.ChoiceField(
        label="La raison",
        choices=[("", "Choisissez"), *((motif.value, libelle) for motif, libelle in LIBELLES_MOTIF.items())],
        error_messages={"required": "Choisissez la raison du refus\u00a0: la personne a droit à une réponse."},
    )
    field_order = ["motif", "message"]


class MessageCandidatureForm(forms.Form):
    texte = ChampMessage(label="Votre message", help_text=AIDE_MESSAGE)
