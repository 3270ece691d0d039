"""Préparer une séance du comité technique, y ajouter un point libre, noter une décision, la clore."""

from typing import Any

from django import forms

from beneficiaires.filters import contenant
from beneficiaires.models import Beneficiaire, sans_nir
from clauses.forms.champs import interdire_nir
from comptes.formats import date_longue
from comptes.formulaires import ChampDate
from comptes.models import Organisation, Profil, Utilisateur
from parcours.models import ComiteTechnique, DecisionPoint, PointComite

HOMONYMES_MAXIMUM = 12


class ComiteForm(forms.ModelForm):
    class Meta:
        model = ComiteTechnique
        fields = ("date_seance", "lieu", "partenaires")
        field_classes = {"date_seance": ChampDate}
        widgets = {"partenaires": forms.CheckboxSelectMultiple}
        labels = {"date_seance": "Séance du", "lieu": "Lieu", "partenaires": "Partenaires invités"}
        help_texts = {
            "partenaires": "Chacun lit la séance, et les seuls points des personnes qu’il a orientées.",
        }
        error_messages = {"date_seance": {"required": "Indiquez le jour de la séance."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partenaires"].queryset = Organisation.objects.du_profil(Profil.PRESCRIPTEUR)
        interdire_nir(self, "lieu")


class PointLibreForm(forms.Form):
    """Une personne, trouvée par son nom, et la question posée. Plusieurs portent ce nom : le formulaire demande laquelle."""

    nom = forms.CharField(
        label="Personne",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Son nom, son prénom ou les deux, même en partie.",
        error_messages={"required": "Écrivez le nom de la personne."},
    )
    choix = forms.CharField(label="Laquelle", required=False, max_length=36, widget=forms.RadioSelect)
    question = forms.CharField(
        label="Question posée au comité",
        max_length=300,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Pas de santé, pas de numéro de sécurité sociale.",
        error_messages={"required": "Écrivez la question."},
    )
    personne: Beneficiaire

    def __init__(self, *args: Any, utilisateur: Utilisateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.utilisateur = utilisateur

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if donnees.get("nom"):
            personnes = contenant(Beneficiaire.objects.pour(self.utilisateur), "cle_recherche", donnees["nom"])
            self._choisir(list(personnes[: HOMONYMES_MAXIMUM + 1]), donnees.get("choix", ""))
        return donnees

    def _choisir(self, trouvees: list[Beneficiaire], choix: str) -> None:
        if not trouvees:
            self.add_error("nom", "Aucune personne suivie par votre structure ne porte ce nom. Vérifiez-le.")
        elif len(trouvees) == 1:
            self.personne = trouvees[0]
        elif len(trouvees) > HOMONYMES_MAXIMUM:
            self.add_error("nom", "Trop de personnes portent ce nom. Ajoutez le prénom.")
        else:
            self.fields["choix"].widget.choices = [
                (str(p.pk), f"{p.nom_complet}, {date_longue(p.date_naissance)}, {p.commune}") for p in trouvees
            ]
            choisie = next((p for p in trouvees if str(p.pk) == choix), None)
            if choisie is None:
                self.add_error("choix", "Plusieurs personnes portent ce nom. Choisissez la bonne.")
            else:
                self.personne = choisie


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label="Décision",
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
        error_messages={"required": "Choisissez la décision."},
    )
    motif = forms.CharField(
        label="Motif",
        required=False,
        max_length=1000,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Demandé si la décision est défavorable ou ajournée. Pas de santé, pas de numéro de sécurité sociale. "
        "Le partenaire qui a orienté la personne le lit.",
    )
    lu = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, point: PointComite, **kwargs: Any) -> None:
        kwargs["initial"] = {"decision": point.decision or None, "motif": point.motif, "lu": point.version}
        super().__init__(*args, **kwargs)
        effacer = [("effacer", "Effacer la décision")] if point.est_decide else []
        self.fields["decision"].choices = [*DecisionPoint.choices, *effacer]

    @property
    def dite(self) -> dict[str, str]:
        """Ce que reçoit le service ; une décision effacée est vide."""
        decision = self.cleaned_data["decision"]
        return {
            "decision": "" if decision == "effacer" else decision,
            "motif": self.cleaned_data["motif"],
            "version_lue": self.cleaned_data["lu"],
        }


class ClotureForm(forms.Form):
    presents = forms.ModelMultipleChoiceField(
        label="Partenaires présents",
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Le compte rendu les nomme.",
    )

    def __init__(self, *args: Any, comite: ComiteTechnique, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["presents"].queryset = comite.partenaires.all()
