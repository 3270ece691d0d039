"""Les documents que le marché demande, un par ligne."""

from typing import Any

from django import forms

from beneficiaires.models import sans_nir
from clauses.forms.regles import ChampEntier
from clauses.regles.choix import en_choix
from clauses.regles.documents import JOUR_MAXIMAL, LIBELLES_RYTHME, DocumentDu, ParametresDocuments, Rythme


class DocumentForm(forms.Form):
    """Un document : son nom, son rythme, et le jour ou le délai. Une ligne sans nom ne compte pas."""

    document: DocumentDu | None = None  # une ligne laissée telle quelle ne se contrôle pas

    nom = forms.CharField(label="Document", required=False, max_length=120, validators=[sans_nir])
    rythme = forms.ChoiceField(label="Rythme", choices=en_choix(LIBELLES_RYTHME))
    nombre = ChampEntier(
        label="Jour du mois suivant, ou délai en jours",
        minimum=0,
        maximum=365,
        phrase="Le délai va de 0 à 365\u00a0jours.",
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        nom, rythme, nombre = donnees.get("nom", ""), donnees.get("rythme"), donnees.get("nombre")
        if not nom or rythme is None or "nombre" in self.errors:
            return donnees
        periodique = rythme in (Rythme.MOIS, Rythme.TRIMESTRE)
        if nombre is None:
            quoi = f"le jour du mois suivant, de 1 à {JOUR_MAXIMAL}" if periodique else "le délai, en jours"
            self.add_error("nombre", f"Donnez {quoi}.")
            return donnees
        try:
            self.document = DocumentDu(nom, Rythme(rythme), **{"jour_du_mois" if periodique else "delai_jours": nombre})
        except ValueError as refus:
            self.add_error("nombre", str(refus))
        return donnees


class _DocumentsFormSet(forms.BaseFormSet):
    """La liste entière ; vider un nom retire son document."""

    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "missing_management_form": "La page est arrivée incomplète\u00a0: rien n’est enregistré. Rechargez-la, puis recommencez."
    }

    def __init__(self, *args: Any, parametres: ParametresDocuments, **kwargs: Any) -> None:
        lignes = [
            {
                "nom": d.nom,
                "rythme": d.rythme.value,
                "nombre": d.delai_jours if d.jour_du_mois is None else d.jour_du_mois,
            }
            for d in parametres.documents
        ]
        super().__init__(*args, initial=lignes, **kwargs)

    def clean(self) -> None:
        if any(self.errors):
            return
        try:
            self.lus = ParametresDocuments(tuple(form.document for form in self.forms if form.document))
        except ValueError as refus:
            raise forms.ValidationError(str(refus)) from refus


DocumentsFormSet = forms.formset_factory(DocumentForm, formset=_DocumentsFormSet, extra=2, max_num=20, absolute_max=20)
