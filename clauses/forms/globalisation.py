"""Une convention de globalisation, et des heures imputées d'un marché à un autre."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from beneficiaires.models import Beneficiaire
from clauses.forms.champs import ChampHeures, ChampJour, ChoixParIdentifiant
from clauses.models import ConventionGlobalisation, Engagement, ReleveHeures
from clauses.rangement import rang_de_engagement
from clauses.services.globalisation import engagements_de
from comptes.formats import heures as ecrire_heures
from comptes.formats import mois_annee
from comptes.models import Organisation, Utilisateur

_CHEMIN = "titulaire__lot__marche__operation"


def libelle_engagement(engagement: Engagement) -> str:
    """« Résidence Les Peupliers, marché 2026-T0001, lot 2 »."""
    lot = engagement.titulaire.lot
    return f"{lot.marche.operation.nom}, marché {lot.marche.reference}, lot {lot.numero}"


class ChoixEngagements(forms.ModelMultipleChoiceField):
    """Les engagements d'une entreprise, à cocher."""

    default_error_messages = {
        "required": "Cochez les lots que la convention réunit.",
        "invalid_choice": "Un des lots cochés n’est plus à cette entreprise. Vérifiez la liste.",
    }

    def _check_values(self, value: Any) -> Any:
        """Un identifiant abîmé est un lot qui n'est pas dans la liste, rien de plus."""
        try:
            return super()._check_values(value)
        except ValidationError as erreur:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from erreur

    def label_from_instance(self, obj: Engagement) -> str:
        return libelle_engagement(obj)


class ChoixEngagement(ChoixParIdentifiant):
    def label_from_instance(self, obj: Engagement) -> str:
        return libelle_engagement(obj)


class ChoixPersonne(ChoixParIdentifiant):
    def label_from_instance(self, obj: Beneficiaire) -> str:
        return obj.nom_complet


class EntrepriseForm(forms.Form):
    """Première étape : l'entreprise, parmi celles qui tiennent au moins un lot."""

    entreprise = ChoixParIdentifiant(
        queryset=Organisation.objects.none(),
        label="Entreprise",
        empty_label="Choisissez",
        help_text="Celle qui tient les lots des deux côtés.",
        error_messages={
            "required": "Choisissez l’entreprise.",
            "invalid_choice": "Cette entreprise ne tient aucun de vos lots.",
        },
    )

    def __init__(self, *args: Any, utilisateur: Utilisateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tenues = Engagement.objects.pour(utilisateur).values("titulaire__entreprise")
        self.fields["entreprise"].queryset = Organisation.objects.filter(pk__in=tenues).order_by("nom")


class ConventionForm(forms.ModelForm):
    """La convention d'une entreprise : ses lots, ses jours, et d'habitude une personne."""

    engagements = ChoixEngagements(
        queryset=Engagement.objects.none(),
        label="Les lots qu’elle réunit",
        widget=forms.CheckboxSelectMultiple,
        help_text="Celui où les heures se font et ceux où elles peuvent compter.",
    )
    beneficiaire = ChoixPersonne(
        queryset=Beneficiaire.objects.none(),
        label="Personne",
        required=False,
        empty_label="Toutes celles de l’entreprise sur ces lots",
        error_messages={"invalid_choice": "Cette personne n’est pas placée sur un lot de l’entreprise."},
    )

    class Meta:
        model = ConventionGlobalisation
        fields = ("reference", "signee_le", "date_debut", "date_fin", "beneficiaire")
        field_classes = {"signee_le": ChampJour, "date_debut": ChampJour, "date_fin": ChampJour}
        labels = {"date_debut": "Commence le", "date_fin": "Finit le"}
        help_texts = {
            "date_debut": "Les heures d’avant restent là où elles ont été faites.",
            "date_fin": "Ce jour compte encore. Vide\u00a0: pas de fin.",
        }
        error_messages = {
            "reference": {"required": "Donnez la référence de la convention."},
            "signee_le": {"required": "Indiquez le jour de la signature."},
            "date_debut": {"required": "Indiquez le premier jour."},
        }

    def __init__(self, *args: Any, utilisateur: Utilisateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possibles = engagements_de(self.instance.entreprise_id, utilisateur).select_related(_CHEMIN)
        champ = self.fields["engagements"]
        champ.queryset = possibles
        champ.choices = [(e.pk, libelle_engagement(e)) for e in sorted(possibles, key=rang_de_engagement)]
        if not self.instance._state.adding:
            self.initial.setdefault("engagements", list(self.instance.engagements.values_list("pk", flat=True)))
        self.fields["beneficiaire"].queryset = (
            Beneficiaire.objects.pour(utilisateur)
            .filter(contrats__affectations__engagement__in=possibles.values("pk"))
            .distinct()
        )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        debut: date | None = donnees.get("date_debut")
        fin: date | None = donnees.get("date_fin")
        if debut and fin and fin < debut:
            self.add_error("date_fin", "La convention ne peut pas finir avant d’avoir commencé.")
        return donnees


class ImputationForm(forms.Form):
    """Combien d'heures d'un relevé, et pour quel lot."""

    engagement = ChoixEngagement(
        queryset=Engagement.objects.none(),
        label="Compter ces heures sur",
        empty_label="Choisissez",
        error_messages={
            "required": "Choisissez le lot qui reçoit les heures.",
            "invalid_choice": "Ce lot n’est pas dans la convention.",
        },
    )
    heures = ChampHeures(label="Heures", error_messages={"required": "Indiquez les heures à imputer."})

    def __init__(self, *args: Any, convention: ConventionGlobalisation, releve: ReleveHeures, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reste = releve.heures - releve.heures_imputees
        self.fields["engagement"].queryset = convention.engagements.exclude(
            pk=releve.affectation.engagement_id
        ).select_related(_CHEMIN)
        self.fields["heures"].help_text = f"{ecrire_heures(reste)} en {mois_annee(releve.mois)}, au plus."
        self.initial.setdefault("heures", reste)
