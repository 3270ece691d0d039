"""L'opération : son nom, son maître d'ouvrage, son programme, ses dates."""

from typing import Any

from django import forms

from beneficiaires.regles import controler_code_postal
from clauses.forms.champs import ChampHeures, ChampJour, ChampOrganisation
from clauses.models import Operation
from comptes.ecriture import exiger
from comptes.formats import date_longue
from comptes.models import Profil


def valider_code_postal(valeur: str) -> None:
    exiger(controler_code_postal(valeur))


def refuser_fin_avant_debut(formulaire: forms.BaseForm, debut: str = "date_debut", fin: str = "date_fin") -> None:
    """Met au champ de la fin la phrase qui nomme les deux dates, quand la fin précède le début."""
    premier, dernier = formulaire.cleaned_data.get(debut), formulaire.cleaned_data.get(fin)
    if premier and dernier and dernier < premier:
        phrase = (
            f"La fin, le {date_longue(dernier)}, précède le début, le {date_longue(premier)}. Corrigez l’une des deux."
        )
        formulaire.add_error(fin, phrase)


class OperationForm(forms.ModelForm):
    maitre_ouvrage = ChampOrganisation(
        Profil.ACHETEUR,
        label="Maître d’ouvrage",
        help_text="Public ou privé\u00a0: celui pour qui l’on construit ou entretient.",
    )

    class Meta:
        model = Operation
        fields = [
            "nom",
            "maitre_ouvrage",
            "financement",
            "programme",
            "commune",
            "code_postal",
            "date_debut",
            "date_fin",
            "heures_qpv_visees",
        ]
        field_classes = {"date_debut": ChampJour, "date_fin": ChampJour, "heures_qpv_visees": ChampHeures}
        labels = {"nom": "Nom de l’opération", "heures_qpv_visees": "Heures visées pour les habitants des QPV"}
        help_texts = {
            "nom": "Le chantier, le service ou le programme, comme vous en parlez. Exemple\u00a0: résidence Les Peupliers.",
            "date_debut": "Premier jour du chantier ou du service.",
            "date_fin": "Sans date de fin, le rythme ne se calcule pas.",
        }
        error_messages = {
            "nom": {"required": "Donnez un nom à l’opération."},
            "commune": {"required": "Indiquez la commune."},
            "date_debut": {"required": "Indiquez le début de l’opération."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code_postal"].validators.append(valider_code_postal)
        self.fields["code_postal"].widget.attrs |= {"inputmode": "numeric", "class": "champ-court"}

    def clean(self) -> dict[str, Any]:
        super().clean()
        refuser_fin_avant_debut(self)
        donnees = self.cleaned_data
        identite = {champ: donnees.get(champ) for champ in ("nom", "maitre_ouvrage", "date_debut")}
        if all(identite.values()):
            memes = Operation.objects.filter(structure=self.instance.structure, **identite)
            if memes.exclude(pk=self.instance.pk).exists():
                self.add_error("nom", "Cette opération existe déjà\u00a0: même nom, même maître d’ouvrage, même début.")
        return donnees
