"""Suspendre, prolonger un PASS IAE."""

from django import forms

from clauses.forms.champs import interdire_nir
from comptes.formulaires import ChampDate
from parcours.models import (
    EtatProlongation,
    MotifRefusProlongation,
    PrescripteurHabilite,
    Prolongation,
    StructureIae,
    Suspension,
)
from parcours.regles import MOTIFS_PROLONGATION, MOTIFS_SUSPENSION


def _motifs(table, garde: str) -> list[tuple[str, str]]:
    """Les motifs ouverts, et celui que l'objet porte déjà s'il s'est fermé depuis."""
    ouverts = [(m.code, m.libelle) for m in table.values() if m.est_ouvert or m.code == garde]
    return [("", "Choisissez"), *ouverts]


class SuspensionForm(forms.ModelForm):
    class Meta:
        model = Suspension
        fields = ("motif", "structure_iae", "date_debut", "date_fin")
        field_classes = {"date_debut": ChampDate, "date_fin": ChampDate}
        labels = {
            "motif": "Motif",
            "structure_iae": "Type d’employeur",
            "date_debut": "Du",
            "date_fin": "Au, inclus",
        }
        help_texts = {
            "motif": "Liste de la plateforme qui émet le PASS IAE.",
            "structure_iae": "Le contrat passerelle ne se fait que depuis un ACI ou une EI.",
            "date_debut": "Au plus 365\u00a0jours en arrière.",
            "date_fin": "Même prévue\u00a0; 36\u00a0mois au plus.",
        }
        error_messages = {
            "motif": {"required": "Choisissez le motif de la suspension."},
            "date_debut": {"required": "Indiquez le premier jour suspendu."},
            "date_fin": {"required": "Indiquez la fin de la suspension, même prévue."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["motif"].choices = _motifs(MOTIFS_SUSPENSION, self.instance.motif)
        self.fields["structure_iae"].choices = [("", "Sans objet"), *StructureIae.choices]


class ProlongationForm(forms.ModelForm):
    class Meta:
        model = Prolongation
        fields = (
            "motif",
            "structure_iae",
            "date_demande",
            "date_debut",
            "date_fin",
            "etat",
            "motif_refus",
            "avis_prescripteur",
            "avis_organisme",
            "avis_date",
            "avis_texte",
        )
        field_classes = {
            "date_demande": ChampDate,
            "date_debut": ChampDate,
            "date_fin": ChampDate,
            "avis_date": ChampDate,
        }
        widgets = {
            "etat": forms.RadioSelect(attrs={"class": "en-ligne"}),
            "avis_texte": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {
            "motif": "Motif",
            "structure_iae": "Type d’employeur",
            "date_demande": "Demandée le",
            "date_debut": "Du",
            "date_fin": "Au, inclus",
            "etat": "Réponse",
            "motif_refus": "Raison du refus",
            "avis_prescripteur": "Prescripteur habilité",
            "avis_organisme": "Son nom",
            "avis_date": "Avis du",
            "avis_texte": "L’avis",
        }
        help_texts = {
            "structure_iae": "Les difficultés particulières sont réservées aux AI et aux ACI.",
            "date_debut": "Le jour où finit le PASS IAE.",
            "date_fin": "Le motif en donne le maximum.",
            "motif_refus": "Si la prolongation est refusée.",
            "avis_prescripteur": "Il donne l’avis qu’exigent RQTH, 50 ans et plus, difficultés particulières.",
            "avis_organisme": "Exemple : Cap emploi du Confluent.",
            "avis_texte": "Le parcours et le projet, jamais l’état de santé.",
        }
        error_messages = {
            "motif": {"required": "Choisissez le motif de la prolongation."},
            "date_demande": {"required": "Indiquez le jour de la demande."},
            "date_debut": {"required": "Indiquez le jour où la prolongation commence."},
            "date_fin": {"required": "Indiquez une fin qui suit le début de la prolongation."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        interdire_nir(self, "avis_organisme")
        self.fields["motif"].choices = _motifs(MOTIFS_PROLONGATION, self.instance.motif)
        self.fields["etat"].choices = EtatProlongation.choices
        self.fields["structure_iae"].choices = [("", "Sans objet"), *StructureIae.choices]
        self.fields["motif_refus"].choices = [("", "Sans objet"), *MotifRefusProlongation.choices]
        self.fields["avis_prescripteur"].choices = [("", "Choisissez"), *PrescripteurHabilite.choices]
