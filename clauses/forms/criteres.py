"""Les pièces, leur validité et les âges que le marché demande, situation par situation."""

from collections.abc import Mapping
from typing import Any

from django import forms

from beneficiaires.criteres import CRITERES, Critere
from beneficiaires.models import sans_nir
from clauses.forms.regles import ChampEntier
from clauses.regles.parametres import ParametresRegle
from comptes.formats import quantite


def usage_de(critere: Critere) -> str:
    """Rend « attestation RSA de moins de 3 mois », et les âges s'il y en a."""
    piece = critere.piece
    if critere.validite_piece_mois:
        piece += f" de moins de {quantite(critere.validite_piece_mois, 'mois')}"
    ages = []
    if critere.age_min is not None:
        ages.append(f"{critere.age_min}\u00a0ans et plus")
    if critere.age_max is not None:
        ages.append(f"{critere.age_max}\u00a0ans au plus")
    return ", ".join([piece, *ages])


class CriteresForm(forms.Form):
    """Pour chaque situation acceptée : la pièce que le marché demande, sa validité, et ses bornes d'âge."""

    def __init__(self, *args: Any, parametres: ParametresRegle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code in CRITERES if not parametres.criteres or code in parametres.criteres]
        for code in self.codes:
            usuel, ecrit = CRITERES[code], parametres.critere(code)
            sans_limite = code in parametres.validites and parametres.validites[code] is None
            age_min, age_max = parametres.ages.get(code, (None, None))
            self.fields |= {
                f"piece_{code}": forms.CharField(
                    label=f"{usuel.libelle_court}, pièce",
                    required=False,
                    max_length=120,
                    initial=ecrit.piece if code in parametres.pieces else "",
                    validators=[sans_nir],
                ),
                f"validite_{code}": forms.CharField(
                    label=f"{usuel.libelle_court}, validité de la pièce en mois",
                    required=False,
                    max_length=12,
                    initial="sans limite" if sans_limite else parametres.validites.get(code, ""),
                    widget=forms.TextInput(attrs={"class": "champ-court"}),
                ),
                f"age_min_{code}": self._age(f"{usuel.libelle_court}, âge minimal", age_min),
                f"age_max_{code}": self._age(f"{usuel.libelle_court}, âge maximal", age_max),
            }

    @staticmethod
    def _age(label: str, ecrit: int | None) -> ChampEntier:
        return ChampEntier(
            minimum=16, maximum=100, phrase="Un âge va de 16 à 100\u00a0ans.", label=label, initial=ecrit
        )

    @property
    def lignes(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Le libellé du critère, ce que dit l'usage, et ses quatre champs, pour le gabarit."""
        champs = ("piece", "validite", "age_min", "age_max")
        return [
            (CRITERES[code].libelle, usage_de(CRITERES[code]), [self[f"{champ}_{code}"] for champ in champs])
            for code in self.codes
        ]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        self.pieces: dict[str, str] = {}
        self.validites: dict[str, int | None] = {}
        self.ages: dict[str, tuple[int | None, int | None]] = {}
        for code in self.codes:
            if piece := donnees.get(f"piece_{code}", "").strip():
                self.pieces[code] = piece
            self._lire_validite(code, donnees.get(f"validite_{code}", "").strip().lower())
            bornes = (donnees.get(f"age_min_{code}"), donnees.get(f"age_max_{code}"))
            if bornes == (None, None):
                continue
            usuel = CRITERES[code]
            bornes = (
                usuel.age_min if bornes[0] is None else bornes[0],
                usuel.age_max if bornes[1] is None else bornes[1],
            )
            if bornes[0] is not None and bornes[1] is not None and bornes[0] > bornes[1]:
                self.add_error(
                    f"age_max_{code}", f"L’âge maximal est plus petit que l’âge minimal, {bornes[0]}\u00a0ans."
                )
            self.ages[code] = bornes
        return donnees

    def _lire_validite(self, code: str, tapee: str) -> None:
        if not tapee:
            return
        if tapee in ("sans limite", "sans", "0"):
            self.validites[code] = None
        elif tapee.isdecimal() and 1 <= int(tapee) <= 60:
            self.validites[code] = int(tapee)
        else:
            self.add_error(f"validite_{code}", "Écrivez un nombre de mois, de 1 à 60, ou «\u00a0sans limite\u00a0».")

    def section(self, gardee: Mapping[str, Any]) -> dict[str, Any]:
        """La section « eligibilite », pièces, validités et âges remplacés."""
        ecrits = {
            "pieces": self.pieces,
            "validites": self.validites,
            "ages": {c: list(b) for c, b in self.ages.items()},
        }
        reste = {nom: valeur for nom, valeur in gardee.items() if nom not in ecrits}
        return reste | {nom: valeur for nom, valeur in ecrits.items() if valeur}
