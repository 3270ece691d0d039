"""Les étapes d'une orientation, côté prescripteur, et la réponse de la structure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms

from beneficiaires import regles
from beneficiaires.doublons import Doublon
from beneficiaires.forms.champs import ChampMetiers
from beneficiaires.forms.identite import (
    CHAMPS_CONTACT,
    CHAMPS_FORMATION,
    CHAMPS_IDENTITE,
    SANS_REMPLISSAGE,
    IdentiteForm,
)
from beneficiaires.models import (
    Beneficiaire,
    MotifRefusOrientation,
    Orientation,
    PassIae,
    Sexe,
    choix_freins,
    sans_nir,
)
from comptes.formats import date_chiffres
from comptes.formulaires import ChampDate
from comptes.models import Organisation, Profil

# Ceux que l'on rencontre le plus, montrés d'abord ; les autres se déplient.
CRITERES_COURANTS = ("RSA", "DELD", "DETLD", "JEUNE_CCAG", "JEUNE", "SENIOR", "QPV", "TH", "AUTRE_AVIS")


class PersonneOrienteeForm(IdentiteForm):
    """Étape 1. La structure ne se choisit que s'il y en a plusieurs."""

    class Meta:
        model = Orientation
        fields = ["structure", *CHAMPS_IDENTITE, *CHAMPS_CONTACT, *CHAMPS_FORMATION]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        structures = Organisation.objects.du_profil(Profil.FACILITATEUR)
        champ = self.fields["structure"]
        champ.queryset = structures
        champ.empty_label = "Choisissez"
        champ.help_text = "Celle du territoire où la personne cherche du travail."
        champ.error_messages["required"] = "Choisissez la structure à qui vous l’adressez."
        trouvees = list(structures[:2])
        if len(trouvees) == 1:
            del self.fields["structure"]
            self.instance.structure = trouvees[0]
        elif not self.instance.structure_id:
            self.initial["structure"] = self._derniere_structure()
        self.fields["telephone"].help_text = "Sans numéro ni courriel, le facilitateur passera par vous."

    def _derniere_structure(self):
        """Celle à qui l'organisation a adressé sa dernière orientation."""
        envoyees = Orientation.objects.filter(prescripteur=self.instance.prescripteur).order_by("-cree_le")
        return envoyees.values_list("structure", flat=True).first()


@dataclass(frozen=True)
class LigneCritere:
    """Une case, son critère et la date de sa pièce quand elle en demande une."""

    critere: regles.Critere
    case: forms.BoundField
    date: forms.BoundField | None


class SituationOrienteeForm(forms.Form):
    """Étape 2 : les critères cochés, la date de chaque pièce, le PASS IAE.

    Un critère que l'âge exclut n'est pas proposé. Une pièce trop ancienne se garde : la relecture le dit.
    """

    pass_iae = forms.ChoiceField(
        choices=PassIae.choices,
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
        help_text="Le PASS IAE ne décide pas de l’éligibilité à une clause. Il sert à choisir l’employeur.",
        error_messages={"required": "Choisissez une réponse\u00a0; «\u00a0Je ne sais pas\u00a0» en est une."},
    )

    def __init__(
        self, *args, orientation: Orientation, aujourd_hui: date, exige_critere: bool = True, **kwargs
    ) -> None:
        super().__init__(*args, initial=self._initial(orientation), **kwargs)
        self.aujourd_hui, self.exige_critere = aujourd_hui, exige_critere
        self.fields[
            "pass_iae"
        ].label = f"A-t-{'elle' if orientation.sexe == Sexe.FEMME else 'il'} un PASS IAE en cours\u00a0?"
        self.criteres = [
            critere
            for critere in regles.CRITERES.values()
            if regles.controler_age(critere, orientation.date_naissance, aujourd_hui) is None
        ]
        for critere in self.criteres:
            self.fields[f"c_{critere.code}"] = forms.BooleanField(label=critere.libelle, required=False)
            if critere.validite_piece_mois:
                self.fields[f"d_{critere.code}"] = ChampDate(
                    label=f"Date de la pièce ({critere.libelle_court})",
                    required=False,
                    help_text=f"De moins de {critere.validite_piece_mois} mois. Exemple\u00a0: {date_chiffres(aujourd_hui)}",
                )

    @staticmethod
    def _initial(orientation: Orientation) -> dict[str, object]:
        initial: dict[str, object] = {"pass_iae": orientation.pass_iae}
        for coche in orientation.criteres.all():
            initial |= {f"c_{coche.critere}": True, f"d_{coche.critere}": coche.date_piece}
        return initial

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        for critere in self.criteres:
            nom = f"d_{critere.code}"
            if not donnees.get(f"c_{critere.code}"):
                self.errors.pop(nom, None)  # la date d'une case décochée ne se voit pas : elle ne compte pas
            elif (jour := donnees.get(nom)) and (
                refus := regles.controler_jour_passe(jour, "Cette date", self.aujourd_hui)
            ):
                self.add_error(nom, refus.phrase)
        if self.exige_critere and not self.coches():
            raise forms.ValidationError(
                "Cochez au moins une situation. Si aucune ne convient, cochez «\u00a0Autre personne éloignée de l’emploi\u00a0».",
                code="sans_critere",
            )
        return donnees

    def coches(self) -> dict[str, date | None]:
        """Code du critère → date de sa pièce, si elle est connue."""
        donnees = self.cleaned_data
        return {c.code: donnees.get(f"d_{c.code}") for c in self.criteres if donnees.get(f"c_{c.code}")}

    def courants(self) -> list[LigneCritere]:
        return [self._ligne(regles.CRITERES[code]) for code in CRITERES_COURANTS if f"c_{code}" in self.fields]

    def autres(self) -> list[LigneCritere]:
        return [self._ligne(critere) for critere in self.criteres if critere.code not in CRITERES_COURANTS]

    def a_des_autres_coches(self) -> bool:
        return any(ligne.case.value() or ligne.case.errors for ligne in self.autres())

    def _ligne(self, critere: regles.Critere) -> LigneCritere:
        return LigneCritere(
            critere, self[f"c_{critere.code}"], self[f"d_{critere.code}"] if critere.validite_piece_mois else None
        )


class ProjetForm(forms.ModelForm):
    """Étape 3. Un frein est un code : aucun détail, surtout pas de santé."""

    metiers = ChampMetiers(
        label="Métiers recherchés",
        required=False,
        help_text="Un métier par ligne\u00a0: tapez un mot ou un code ROME, puis choisissez dans la liste.",
    )
    freins = forms.MultipleChoiceField(
        label="Ce qui freine son retour à l’emploi",
        required=False,
        choices=choix_freins,
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez seulement. Pour la santé, Étape garde la case et rien d’autre.",
    )

    class Meta:
        model = Orientation
        fields = ["metiers", "freins", "projet"]
        widgets = {"projet": forms.Textarea(attrs={"rows": 5, **SANS_REMPLISSAGE})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projet"].label = "Son projet, en quelques phrases"
        self.fields["projet"].help_text = (
            "Ce qu’il faut savoir pour trouver un poste\u00a0: expérience, permis, horaires. La personne peut le lire. "
            "Rien sur sa santé, ses origines, ses croyances ou la justice."
        )


class AcceptationForm(forms.Form):
    """Rejoindre une fiche ressemblante ou en créer une : le choix est explicite dès qu'une personne ressemble."""

    NOUVELLE = "nouvelle"

    choix = forms.ChoiceField(
        label="Est-ce l’une de ces personnes\u00a0?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’une des personnes, ou une nouvelle fiche."},
    )

    def __init__(self, *args, doublons: Sequence[Doublon], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.doublons = {str(doublon.beneficiaire.pk): doublon for doublon in doublons}
        self.fields["choix"].choices = [*((pk, pk) for pk in self.doublons), (self.NOUVELLE, self.NOUVELLE)]
        if not doublons:
            self.fields["choix"].required = False

    def fiche_choisie(self) -> Beneficiaire | None:
        doublon = self.doublons.get(self.cleaned_data["choix"])
        return doublon.beneficiaire if doublon else None


class RefusForm(forms.Form):
    """Un refus a toujours une raison ; « Autre raison » demande un mot."""

    motif_refus = forms.ChoiceField(
        label="Raison",
        choices=MotifRefusOrientation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la raison du refus."},
    )
    message_reponse = forms.CharField(
        label="Message au prescripteur",
        required=False,
        max_length=600,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce qui changerait la réponse, ou vers qui se tourner. Le courriel donne la raison, pas ce message.",
    )

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        if donnees.get("motif_refus") == MotifRefusOrientation.AUTRE and not donnees.get("message_reponse"):
            self.add_error("message_reponse", "Dites la raison en une phrase\u00a0: le prescripteur la lira.")
        return donnees
