"""Régler un PLIE, renouveler un parcours sur avis motivé."""

from django import forms

from clauses.forms.champs import interdire_nir
from comptes.formulaires import ChampDate
from parcours.models import Plie, Renouvellement

COURT = {"class": "champ-court", "inputmode": "numeric"}


class PlieForm(forms.ModelForm):
    class Meta:
        model = Plie
        fields = ("nom", "duree_mois", "renouvellement_mois", "renouvellements_maximum")
        widgets = {
            "duree_mois": forms.NumberInput(attrs=COURT),
            "renouvellement_mois": forms.NumberInput(attrs=COURT),
            "renouvellements_maximum": forms.NumberInput(attrs=COURT),
        }
        labels = {
            "nom": "Nom du PLIE",
            "duree_mois": "Durée d’un parcours, en mois",
            "renouvellement_mois": "Durée d’un renouvellement, en mois",
            "renouvellements_maximum": "Renouvellements admis",
        }
        help_texts = {
            "duree_mois": "24 par principe\u00a0; certains PLIE vont à 36.",
            "renouvellement_mois": "Un renouvellement déjà accordé garde sa durée.",
            "renouvellements_maximum": "Vide\u00a0: sans limite.",
        }
        error_messages = {
            "nom": {"required": "Écrivez le nom du PLIE."},
            "duree_mois": {"required": "Indiquez la durée d’un parcours."},
            "renouvellement_mois": {"required": "Indiquez la durée d’un renouvellement."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        interdire_nir(self, "nom")


class RenouvellementForm(forms.ModelForm):
    class Meta:
        model = Renouvellement
        fields = ("avis_organisme", "avis_date", "avis_texte")
        field_classes = {"avis_date": ChampDate}
        widgets = {"avis_texte": forms.Textarea(attrs={"rows": 5})}
        labels = {"avis_organisme": "Qui donne l’avis", "avis_date": "Avis du", "avis_texte": "L’avis motivé"}
        help_texts = {
            "avis_organisme": "Le PLIE, son comité, ou l’organisme qui suit la personne.",
            "avis_texte": "Ce qui reste à faire et pourquoi, jamais l’état de santé.",
        }
        error_messages = {
            "avis_organisme": {"required": "Indiquez l’organisme qui donne l’avis motivé."},
            "avis_date": {"required": "Indiquez le jour de l’avis."},
            "avis_texte": {"required": "Un renouvellement demande un avis motivé écrit."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        interdire_nir(self, "avis_organisme")
