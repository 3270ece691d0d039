"""Ce que l'on demande pour trouver un service ; l'adresse garde la recherche, sans rien d'une personne."""

from collections.abc import Sequence

from django import forms

from beneficiaires.distances import RAYON_KM
from beneficiaires.lieux import Trouvaille
from beneficiaires.referentiels import FREINS
from parcours.lieux import trouver_lieu
from parcours.offre.referentiel import CATEGORIES, MODES_ACCUEIL, PUBLICS, THEMATIQUES, etendre
from parcours.regles.services import TOUS_PUBLICS, Criteres

RAYONS = (5, 10, 20, RAYON_KM)
FREIN = "frein-"


class RechercheForm(forms.Form):
    """`thematiques` : celles du frein d'où l'on vient, tant que l'on n'en choisit pas d'autres."""

    commune = forms.CharField(
        label="Commune",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Nom ou code postal"}),
    )
    theme = forms.ChoiceField(label="Frein ou thématique", required=False)
    public = forms.ChoiceField(
        label="Public",
        required=False,
        choices=[("", "Tous"), *((code, libelle) for code, libelle in PUBLICS.items() if code != TOUS_PUBLICS)],
    )
    mode = forms.ChoiceField(label="Accueil", required=False, choices=[("", "Tous"), *reversed(MODES_ACCUEIL.items())])
    rayon = forms.TypedChoiceField(
        label="À moins de",
        required=False,
        coerce=int,
        empty_value=RAYON_KM,
        choices=[(km, f"{km}\u00a0km") for km in RAYONS],
    )

    def __init__(self, *args, thematiques: Sequence[str] = (), frein: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.thematiques = thematiques
        self.trouvaille = Trouvaille()
        self.fields["theme"].choices = _themes(frein)

    def clean_commune(self) -> str:
        texte = self.cleaned_data["commune"].replace("\0", "")
        self.trouvaille = trouver_lieu(texte)
        if texte and self.trouvaille == Trouvaille():
            raise forms.ValidationError(
                "Aucune commune ne s’écrit ainsi. Vérifiez le nom, ou donnez son code postal.", code="inconnue"
            )
        return texte

    def criteres(self) -> Criteres:
        saisie = self.cleaned_data
        return Criteres(
            thematiques=etendre(self._thematiques()),
            publics=[saisie["public"]] if saisie["public"] else (),
            modes_accueil=[saisie["mode"]] if saisie["mode"] else (),
            rayon_km=saisie["rayon"],
        )

    def _thematiques(self) -> Sequence[str]:
        theme = self.cleaned_data["theme"]
        if not theme:
            return self.thematiques
        return FREINS[theme.removeprefix(FREIN)].thematiques if theme.startswith(FREIN) else [theme]


def _themes(frein: str) -> list[tuple[str, object]]:
    """Les freins, puis chaque catégorie et ses thématiques. `frein` : le nom de celui d'où l'on vient, proposé d'abord."""
    par_categorie = [
        (
            libelle,
            [
                (code, f"{libelle}, tout"),
                *((t, nom) for t, nom in THEMATIQUES.items() if t.partition("--")[0] == code),
            ],
        )
        for code, libelle in CATEGORIES.items()
    ]
    freins = [(f"{FREIN}{code}", f.libelle) for code, f in FREINS.items() if f.thematiques]
    return [("", f"Ce frein\u00a0: {frein}" if frein else "Toutes les thématiques"), ("Freins", freins), *par_categorie]
