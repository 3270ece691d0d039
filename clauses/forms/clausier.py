"""Choisir ce que l'on lit dans la bibliothèque, et publier une version."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from beneficiaires.models import sans_nir
from clauses.forms.champs import ChoixParIdentifiant
from clauses.models import Ccag, ProjetMarche, VersionClause
from clauses.regles.clausier import LIBELLES_RUBRIQUE, TEXTE_MAXIMUM
from comptes.models import Organisation


class ChoixProjet(ChoixParIdentifiant):
    def label_from_instance(self, obj: ProjetMarche) -> str:
        return obj.objet if len(obj.objet) <= 60 else f"{obj.objet[:59]}…"


class BibliothequeForm(forms.Form):
    """En GET : l'adresse garde le choix. Un marché à venir apporte son CCAG, son facilitateur et ses valeurs."""

    projet = ChoixProjet(ProjetMarche.objects.none(), label="Remplie pour", required=False, empty_label="Aucun marché")
    ccag = forms.ChoiceField(label="CCAG", choices=[("", "Celui du marché, ou Travaux"), *Ccag.choices], required=False)
    rubrique = forms.ChoiceField(
        label="Rubrique",
        choices=[("", "Toutes"), *((code.value, nom) for code, nom in LIBELLES_RUBRIQUE.items())],
        required=False,
    )
    structure = ChoixParIdentifiant(
        Organisation.objects.none(), label="Facilitateur", required=False, empty_label="Celui du marché, ou le premier"
    )

    def __init__(
        self, *args: Any, projets: QuerySet[ProjetMarche], structures: QuerySet[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projet"].queryset = projets.select_related("structure", "acheteur")
        self.fields["structure"].queryset = structures


class VersionForm(forms.ModelForm):
    """Le texte d'une rédaction, avec ses champs entre accolades. `lue` : la version que l'on avait sous les yeux."""

    lue = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = VersionClause
        fields = ["titre", "texte", "motif"]
        widgets = {"texte": forms.Textarea(attrs={"rows": 14})}
        error_messages = {
            "titre": {"required": "Donnez un titre à cette rédaction."},
            "texte": {"required": "Écrivez la rédaction."},
            "motif": {"required": "Dites en une phrase ce qui change."},
        }
        help_texts = {"motif": "L’historique le montrera. Exemple\u00a0: délai porté à 15\u00a0jours."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["titre"].validators.append(sans_nir)
        self.fields["texte"].max_length = TEXTE_MAXIMUM
