"""Ce que compte chaque façon de faire des heures : une ligne par mode, et ce qui vaut pour tout le marché."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from clauses.forms.champs import ChampBorne, ChampHeures
from clauses.regles.section_comptage import (
    LIBELLES_MODE,
    LIBELLES_REPORT,
    ModeCompte,
    ParametresComptage,
    ParametresMode,
    ReportSurplus,
)
from clauses.regles.statuts import LIBELLES_FAIT, LIBELLES_JOUR, FaitDate, JourStatut, ParametresStatuts


class ChampCoefficient(ChampBorne):
    """Un coefficient : 1 compte l'heure en entier, 0,5 à moitié."""

    bornes = (Decimal("0.01"), Decimal(1))
    trop_petit = "Un coefficient est plus grand que 0. Pour ne rien compter, décochez «\u00a0compte\u00a0»."
    trop_grand = "Un coefficient ne dépasse pas 1\u00a0: une heure déclarée en compte au plus une."


class ChampPlafondPourCent(ChampBorne):
    """Une part des heures dues."""

    bornes = (Decimal("0.01"), Decimal(100))
    trop_petit = "Un plafond est plus grand que 0. Laissez vide s’il n’y en a pas."
    trop_grand = "Un plafond ne dépasse pas 100\u00a0%% des heures dues."  # la phrase passe par l’opérateur %


class ModeForm(forms.Form):
    """Une ligne du tableau : un mode d'exécution."""

    est_compte = forms.BooleanField(label="Compte", required=False)
    coefficient = ChampCoefficient(label="Coefficient", required=False)
    plafond_pourcent = ChampPlafondPourCent(label="Plafond, en\u00a0% des heures dues", required=False)
    plafond_heures = ChampHeures(label="Plafond, en heures", required=False)
    preuve = forms.CharField(label="Pièce demandée", max_length=120, required=False)
    compte_etp = forms.BooleanField(label="Fait des ETP", required=False)

    def __init__(self, *args: Any, mode: ModeCompte, **kwargs: Any) -> None:
        super().__init__(*args, prefix=mode.value, **kwargs)
        self.mode, self.libelle = mode, LIBELLES_MODE[mode]
        for champ in self.fields.values():
            champ.label = f"{self.libelle}, {champ.label[0].lower()}{champ.label[1:]}"
            champ.widget.attrs["aria-label"] = champ.label

    def clean(self) -> dict[str, Any]:
        """Rend la ligne en paramètres ; une contradiction se lit sur le champ qui la porte."""
        donnees = super().clean()
        if self.errors:
            return donnees
        try:
            donnees["parametres"] = ParametresMode(
                est_compte=donnees["est_compte"],
                coefficient=donnees["coefficient"] or Decimal(1),
                plafond_pourcent=donnees["plafond_pourcent"],
                plafond_heures=donnees["plafond_heures"],
                preuve=donnees["preuve"],
                compte_etp=donnees["compte_etp"],
            )
        except ValueError as contradiction:
            champ = "plafond_heures" if donnees["plafond_heures"] is not None else "plafond_pourcent"
            self.add_error(champ, str(contradiction))
        return donnees


class ComptageForm(forms.Form):
    """La section « comptage » : le tableau des modes, les heures hors du site, le surplus."""

    hors_site_admis = forms.BooleanField(
        label="Les heures faites hors du site comptent",
        required=False,
        help_text="En atelier ou sur un autre site de l’entreprise.",
    )
    hors_site_plafond_pourcent = ChampPlafondPourCent(
        label="Au plus, en\u00a0% des heures dues", required=False, help_text="Vide\u00a0: sans limite."
    )
    report = forms.ChoiceField(
        label="Les heures faites au-delà du dû d’un lot",
        choices=[(report.value, LIBELLES_REPORT[report]) for report in ReportSurplus],
        widget=forms.RadioSelect,
    )

    def __init__(self, donnees: Any = None, *, parametres: ParametresComptage) -> None:
        super().__init__(
            donnees,
            initial={
                "hors_site_admis": parametres.hors_site_admis,
                "hors_site_plafond_pourcent": parametres.hors_site_plafond_pourcent,
                "report": parametres.report.value,
            },
        )
        self.lignes = [
            ModeForm(donnees, mode=mode, initial=_initiales(parametres.du_mode(mode))) for mode in ModeCompte
        ]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """Tous les champs, ceux des lignes d'abord : le résumé des erreurs les suit dans l'ordre de la page."""
        for ligne in self.lignes:
            yield from ligne
        yield from super().__iter__()

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if not donnees.get("hors_site_admis") and donnees.get("hors_site_plafond_pourcent") is not None:
            self.add_error(
                "hors_site_plafond_pourcent",
                "Les heures hors du site ne comptent pas\u00a0: elles n’ont pas de plafond.",
            )
        return donnees

    def is_valid(self) -> bool:
        """Le tableau et le reste, toutes les erreurs à la fois."""
        lignes = [ligne.is_valid() for ligne in self.lignes]
        return super().is_valid() and all(lignes)

    def parametres(self) -> ParametresComptage:
        """Rend la section saisie, une fois le formulaire juste."""
        return ParametresComptage(
            modes={ligne.mode: ligne.cleaned_data["parametres"] for ligne in self.lignes},
            hors_site_admis=self.cleaned_data["hors_site_admis"],
            hors_site_plafond_pourcent=self.cleaned_data["hors_site_plafond_pourcent"],
            report=ReportSurplus(self.cleaned_data["report"]),
        )


def _initiales(mode: ParametresMode) -> dict[str, Any]:
    return {
        "est_compte": mode.est_compte,
        "coefficient": mode.coefficient,
        "plafond_pourcent": mode.plafond_pourcent,
        "plafond_heures": mode.plafond_heures,
        "preuve": mode.preuve,
        "compte_etp": mode.compte_etp,
    }


class StatutsForm(forms.Form):
    """La section « statuts » : quel jour fait foi, fait par fait."""

    def __init__(self, donnees: Any = None, *, parametres: ParametresStatuts) -> None:
        super().__init__(donnees, initial={fait.value: parametres.jour(fait).value for fait in FaitDate})
        for fait in FaitDate:
            self.fields[fait.value] = forms.ChoiceField(
                label=LIBELLES_FAIT[fait],
                choices=[(jour.value, LIBELLES_JOUR[jour]) for jour in JourStatut],
                widget=forms.RadioSelect,
            )

    def parametres(self) -> ParametresStatuts:
        """Rend la section saisie, une fois le formulaire juste."""
        return ParametresStatuts(**{fait.value: JourStatut(self.cleaned_data[fait.value]) for fait in FaitDate})
