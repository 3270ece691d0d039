"""Les étapes du diagnostic. Aucune réponse n'est obligatoire : « non dit » en est une."""

from datetime import date

from django import forms

from beneficiaires.forms.champs import ChampMetiers
from beneficiaires.models import choix_niveaux
from comptes.ecriture import exiger
from comptes.formulaires import ChampDate
from parcours.models import CHAMPS_DES_ETAPES, Diagnostic, EtapeDiagnostic
from parcours.regles.bilan import (
    controler_disponibilite,
    controler_experience,
    controler_fin_emploi,
    controler_jour_diagnostic,
)

COURT = {"class": "champ-court", "inputmode": "numeric"}
NON_DIT = "Non dit"


class EtapeForm(forms.ModelForm):
    """Une étape. Un choix se coche en ligne, « Non dit » en tête ; une réponse reprise d'ailleurs se relit et se corrige."""

    def __init__(self, *args, aujourd_hui: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        self.parcours = self.instance.parcours
        for nom, champ in self.fields.items():
            champ.required = nom == "date_diagnostic"
            if isinstance(champ, forms.TypedChoiceField) and not isinstance(champ.widget, forms.Select):
                champ.choices = [("", NON_DIT), *(paire for paire in champ.choices if paire[0] != "")]

    def controler(self, champ: str, refus: object) -> None:
        if refus is not None:
            self.add_error(champ, refus.phrase)


def en_ligne() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "en-ligne"})


class ChampOuiNon(forms.TypedChoiceField):
    """Oui, non, ou rien encore : trois réponses, jamais une case décochée qui dirait « non »."""

    def __init__(self, **kwargs) -> None:
        choix = [("", NON_DIT), ("True", "Oui"), ("False", "Non")]
        super().__init__(
            choices=choix,
            coerce=lambda texte: texte == "True",
            empty_value=None,
            required=False,
            widget=en_ligne(),
            **kwargs,
        )


class SituationForm(EtapeForm):
    est_inscrit_france_travail = ChampOuiNon(label="Inscription à France Travail")

    class Meta:
        model = Diagnostic
        fields = ("date_diagnostic", *CHAMPS_DES_ETAPES[EtapeDiagnostic.SITUATION])
        field_classes = {"date_diagnostic": ChampDate}
        widgets = {
            "logement": en_ligne(),
            "ressource": en_ligne(),
            "inactivite": en_ligne(),
            "enfants_a_charge": forms.NumberInput(attrs=COURT),
        }
        labels = {"date_diagnostic": "Entretien du"}
        error_messages = {"date_diagnostic": {"required": "Indiquez le jour de l’entretien."}}

    def clean_date_diagnostic(self) -> date:
        jour = self.cleaned_data["date_diagnostic"]
        exiger(controler_jour_diagnostic(jour, debut_parcours=self.parcours.date_debut, aujourd_hui=self.aujourd_hui))
        return jour


class FormationForm(EtapeForm):
    niveau_formation = forms.TypedChoiceField(
        label="Niveau de formation",
        choices=lambda: [("", NON_DIT), *choix_niveaux()],
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = Diagnostic
        fields = CHAMPS_DES_ETAPES[EtapeDiagnostic.FORMATION]
        widgets = dict.fromkeys(("francais_oral", "francais_ecrit", "calcul", "numerique"), en_ligne())


class ExperienceForm(EtapeForm):
    metiers_exerces = ChampMetiers(
        label="Métiers exercés",
        required=False,
        help_text="Un métier par ligne\u00a0: tapez un mot ou un code ROME, puis choisissez dans la liste.",
    )

    class Meta:
        model = Diagnostic
        fields = CHAMPS_DES_ETAPES[EtapeDiagnostic.EXPERIENCE]
        field_classes = {"fin_dernier_emploi": ChampDate}
        widgets = {
            "annees_experience": forms.NumberInput(attrs=COURT),
            "experience": forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        }
        help_texts = {"experience": "Ce qui sert à un poste\u00a0: gestes, outils, responsabilités. Rien sur la santé."}

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        naissance = self.parcours.beneficiaire.date_naissance
        if fin := donnees.get("fin_dernier_emploi"):
            self.controler(
                "fin_dernier_emploi", controler_fin_emploi(fin, naissance=naissance, aujourd_hui=self.aujourd_hui)
            )
        if annees := donnees.get("annees_experience"):
            jour = self.instance.date_diagnostic
            self.controler("annees_experience", controler_experience(annees, naissance=naissance, jour=jour))
        return donnees


class MobiliteForm(EtapeForm):
    class Meta:
        model = Diagnostic
        fields = CHAMPS_DES_ETAPES[EtapeDiagnostic.MOBILITE]
        widgets = {
            "permis_b": en_ligne(),
            "deplacement": en_ligne(),
            "rayon_km": forms.NumberInput(attrs=COURT),
        }
        help_texts = {"rayon_km": "De son domicile au travail, avec ce moyen de transport."}


class DisponibiliteForm(EtapeForm):
    accepte_horaires_decales = ChampOuiNon(label="Horaires tôt, tard ou le week-end")

    class Meta:
        model = Diagnostic
        fields = CHAMPS_DES_ETAPES[EtapeDiagnostic.DISPONIBILITE]
        field_classes = {"disponible_le": ChampDate}
        widgets = {"temps_voulu": en_ligne()}
        help_texts = {
            "contraintes_horaires": "Ce que l’employeur doit savoir\u00a0: école à 8\u00a0h\u00a030, dernier bus à 21\u00a0h."
        }

    def clean_disponible_le(self) -> date | None:
        jour = self.cleaned_data["disponible_le"]
        if jour is not None:
            exiger(controler_disponibilite(jour, entretien=self.instance.date_diagnostic))
        return jour


class ProjetForm(EtapeForm):
    metiers_vises = ChampMetiers(
        label="Métiers visés",
        required=False,
        help_text="Un métier par ligne\u00a0: tapez un mot ou un code ROME, puis choisissez dans la liste.",
    )

    class Meta:
        model = Diagnostic
        fields = CHAMPS_DES_ETAPES[EtapeDiagnostic.PROJET]
        widgets = {"projet": forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})}
        help_texts = {
            "projet": "Avec ses mots. La personne peut le lire. Rien sur sa santé, ses origines ou ses croyances."
        }


FORMULAIRES = {
    EtapeDiagnostic.SITUATION: SituationForm,
    EtapeDiagnostic.FORMATION: FormationForm,
    EtapeDiagnostic.EXPERIENCE: ExperienceForm,
    EtapeDiagnostic.MOBILITE: MobiliteForm,
    EtapeDiagnostic.DISPONIBILITE: DisponibiliteForm,
    EtapeDiagnostic.PROJET: ProjetForm,
}
