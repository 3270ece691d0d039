"""Une étape du parcours, et ce qu'elle est devenue."""

from django import forms

from beneficiaires.models import sans_nir
from clauses.models import Contrat
from comptes.formats import periode
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur
from parcours.models import Etape, IssueEtape, TypeEtape
from parcours.services.etapes import CHAMPS, refus_etape


class ChoixContrat(forms.ModelChoiceField):
    def label_from_instance(self, contrat: Contrat) -> str:
        dates = periode(contrat.date_debut, contrat.derniere_date)
        return f"{contrat.get_type_contrat_display()}, {contrat.employeur.nom}, {dates}"


class EtapeForm(forms.ModelForm):
    """Un contrat de clause se choisit parmi ceux de la personne : ses dates sont les siennes."""

    contrat = ChoixContrat(
        label="Contrat",
        queryset=Contrat.objects.none(),
        required=False,
        empty_label="Aucun",
        help_text="Pour un contrat au titre d’une clause\u00a0: ses dates et ses heures se lisent sur lui.",
    )

    class Meta:
        model = Etape
        fields = ("type_etape", "contrat", "intitule", "structure", "date_debut", "date_fin")
        field_classes = {"date_debut": ChampDate, "date_fin": ChampDate}
        labels = {
            "type_etape": "Étape",
            "intitule": "Intitulé",
            "structure": "Où",
            "date_debut": "Du",
            "date_fin": "Au, inclus",
        }
        help_texts = {
            "intitule": "Métier, formation, action. Pas de santé, pas de numéro de sécurité sociale.",
            "date_debut": "Même prévu. Sans objet pour un contrat.",
            "date_fin": "Même prévue.",
        }
        error_messages = {"type_etape": {"required": "Choisissez l’étape."}}

    def __init__(self, *args, utilisateur: Utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        siens = Contrat.objects.pour(utilisateur).filter(beneficiaire=self.instance.parcours.beneficiaire_id)
        self.fields["contrat"].queryset = siens.select_related("employeur")
        self.fields["structure"].validators.append(sans_nir)

    def clean(self) -> dict[str, object]:
        """Les dates d'un contrat sont à lui, un contrat n'est qu'à l'étape qui le suit ; un refus de la règle va à son champ."""
        donnees = super().clean()
        if donnees.get("type_etape") == TypeEtape.CONTRAT_CLAUSE:
            donnees["date_debut"] = donnees["date_fin"] = None
        else:
            donnees["contrat"] = None
        if not self.errors:
            refus = refus_etape(
                self.instance.parcours,
                donnees["type_etape"],
                donnees["contrat"],
                donnees["date_debut"],
                donnees["date_fin"],
            )
            if refus is not None:
                self.add_error(CHAMPS[refus.code], refus.phrase)
        return donnees


class IssueForm(forms.Form):
    issue = forms.ChoiceField(
        label="Cette étape",
        choices=[
            (IssueEtape.REALISEE.value, "A été réalisée"),
            (IssueEtape.INTERROMPUE.value, "A été interrompue"),
            (IssueEtape.SAUTEE.value, "N’a pas eu lieu"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce qu’est devenue l’étape."},
    )
    dernier_jour = ChampDate(label="Dernier jour", required=False, help_text="Si elle a eu lieu, même en partie.")
    motif = forms.CharField(
        label="Pourquoi",
        required=False,
        max_length=300,
        validators=[sans_nir],
        help_text="Demandé si elle est interrompue ou n’a pas eu lieu. Pas de santé, pas de numéro de sécurité sociale.",
    )
