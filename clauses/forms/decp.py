"""Envoyer un fichier DECP, puis choisir les marchés à importer et où."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from clauses.decp import LIMITES_ENVOI, FichierIllisible, controler_taille
from clauses.models import ETATS_A_CHOISIR, LigneDecp, Operation
from clauses.services.decp import LONGUEUR_NOM, nom_par_defaut
from clauses.services.decp_plan import Plan, Statut
from clauses.services.imports_decp import Destination
from comptes.formats import taille


class FichierForm(forms.Form):
    fichier = forms.FileField(
        label="Fichier des marchés",
        help_text=f"JSON, {taille(LIMITES_ENVOI.octets)} au plus. Rien n’est créé avant que vous l’ayez relu.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={
            "required": "Choisissez le fichier JSON à lire.",
            "empty": "Ce fichier est vide.",
            "invalid": "Ce fichier n’est pas arrivé en entier. Choisissez-le de nouveau.",
        },
    )

    def clean_fichier(self) -> Any:
        fichier = self.cleaned_data["fichier"]
        try:
            controler_taille(fichier.size, LIMITES_ENVOI)
        except FichierIllisible as refus:
            raise forms.ValidationError(str(refus)) from refus
        return fichier


@dataclass(frozen=True, slots=True)
class LigneApercu:
    """Une ligne du fichier à l'écran : ce que l'import ferait, et les champs où l'on choisit."""

    ligne: LigneDecp
    plan: Plan
    choisie: forms.BoundField | None = None
    operation: forms.BoundField | None = None
    nom: forms.BoundField | None = None


class ApercuForm(forms.Form):
    """Pour chaque marché à choisir : une case, l'opération qui le reçoit, le nom de celle à créer."""

    def __init__(
        self,
        *args: Any,
        lignes: Sequence[tuple[LigneDecp, Plan]],
        operations: Sequence[Operation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lignes = lignes
        self.operations = {str(operation.pk): operation for operation in operations}
        choix = [("", "Créer une opération"), *((cle, operation.nom) for cle, operation in self.operations.items())]
        for ligne, plan in lignes:
            if est_a_choisir(ligne, plan):
                self._ajouter_les_champs(ligne, plan, choix)

    def _ajouter_les_champs(self, ligne: LigneDecp, plan: Plan, choix: Sequence[tuple[str, str]]) -> None:
        rang = ligne.rang
        self.fields[f"choisie_{rang}"] = forms.BooleanField(
            label=f"{ligne.titre}, {plan.marche.objet}",
            required=False,
            initial=ligne.est_a_clause and not plan.a_un_homonyme,
            widget=forms.CheckboxInput(attrs={"data-choix": str(rang)}),
        )
        if plan.statut != Statut.NOUVEAU:
            return
        self.fields[f"operation_{rang}"] = forms.ChoiceField(
            label="Dans l’opération",
            choices=choix,
            required=False,
            error_messages={"invalid_choice": "Cette opération n’est pas dans la liste. Choisissez-en une autre."},
            widget=forms.Select(attrs={"data-operation": str(rang)}),
        )
        self.fields[f"nom_{rang}"] = forms.CharField(
            label="Nom de l’opération à créer",
            max_length=LONGUEUR_NOM,
            required=False,
            initial=nom_par_defaut(plan.marche),
            error_messages={"max_length": f"Ce nom dépasse {LONGUEUR_NOM} signes. Raccourcissez-le."},
        )

    def apercus(self) -> Iterator[LigneApercu]:
        """Les lignes à montrer, avec leurs champs s'il y a un choix à faire."""
        for ligne, plan in self.lignes:
            noms = (f"choisie_{ligne.rang}", f"operation_{ligne.rang}", f"nom_{ligne.rang}")
            yield LigneApercu(ligne, plan, *(self[nom] if nom in self.fields else None for nom in noms))

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if not self.choisies():
            self.add_error(None, "Cochez au moins un marché à importer.")
        for rang in self.choisies():
            nom, operation = f"nom_{rang}", f"operation_{rang}"
            sans_erreur = nom in self.fields and self.errors.keys().isdisjoint({nom, operation})
            if sans_erreur and not donnees[operation] and not donnees[nom]:
                self.add_error(nom, "Donnez un nom à l’opération, ou choisissez-en une dans la liste.")
        return donnees

    def choisies(self) -> list[int]:
        rangs = (ligne.rang for ligne, _ in self.lignes)
        return [rang for rang in rangs if self.cleaned_data.get(f"choisie_{rang}")]

    def choix(self) -> dict[int, Destination]:
        """Rend, pour chaque marché coché, l'opération choisie ou le nom de celle à créer."""
        donnees = self.cleaned_data
        return {
            rang: (self.operations.get(donnees.get(f"operation_{rang}", "")), donnees.get(f"nom_{rang}", ""))
            for rang in self.choisies()
        }


def est_a_choisir(ligne: LigneDecp, plan: Plan) -> bool:
    return ligne.etat in ETATS_A_CHOISIR and plan.statut != Statut.RIEN_DE_NEUF
