"""Dire un frein : son état, ses situations et ses objectifs, par des cases. La santé n'a pas de texte."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import forms

from beneficiaires.models import sans_nir
from beneficiaires.referentiels import FREINS
from comptes.formulaires import ChampDate
from parcours.models import EtatFrein, Frein
from parcours.regles.freins import TRANSITIONS
from parcours.regles.freins import EtatFrein as EtatDeLaRegle
from parcours.regles.referentiel_freins import objectifs_de, situations_de
from parcours.services.diagnostics import FreinDit


def champs_du_frein(frein: Frein, etat_garde: EtatDeLaRegle, prefixe: str = "") -> dict[str, forms.Field]:
    """Les champs d'un frein : ne se proposent que les états que la règle permet depuis `etat_garde`."""
    suites = (etat_garde, *TRANSITIONS[etat_garde])
    champs: dict[str, forms.Field] = {
        "etat": forms.ChoiceField(
            label="État",
            choices=[(etat.value, EtatFrein(etat).label) for etat in suites],
            widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
            initial=frein.etat,
            error_messages={"required": "Choisissez où en est ce frein."},
        )
    }
    for nom, libelle, table in (
        ("situations", "Ce qui freine", situations_de(frein.rubrique)),
        ("objectifs", "Ce que l’on vise", objectifs_de(frein.rubrique)),
    ):
        if table:
            champs[nom] = forms.TypedMultipleChoiceField(
                label=libelle,
                choices=list(table.items()),
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=getattr(frein, nom),
            )
    if not FREINS[frein.rubrique].sensible:
        champs["precision"] = forms.CharField(
            label="Précision",
            max_length=160,
            required=False,
            validators=[sans_nir],
            initial=frein.precision,
            help_text="Quelques mots, rien sur la santé ni la justice. La personne peut les lire.",
        )
    return {f"{prefixe}{nom}": champ for nom, champ in champs.items()}


def frein_dit(donnees: Mapping[str, object], prefixe: str = "") -> FreinDit:
    return FreinDit(
        EtatDeLaRegle(donnees[f"{prefixe}etat"]),
        donnees.get(f"{prefixe}situations", []),
        donnees.get(f"{prefixe}objectifs", []),
        donnees.get(f"{prefixe}precision", ""),
    )


class FreinForm(forms.Form):
    """Un frein, sur sa page."""

    def __init__(self, *args, frein: Frein, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= champs_du_frein(frein, frein.faits.etat)
        self.fields["jour"] = ChampDate(
            label="Depuis le",
            error_messages={"required": "Indiquez depuis quel jour."},
            help_text="Le jour où l’état a changé\u00a0; pour un état qui ne change pas, sa date corrigée.",
        )
        self.order_fields(["etat", "jour", "situations", "objectifs", "precision"])

    def dit(self) -> FreinDit:
        return frein_dit(self.cleaned_data)


@dataclass(frozen=True)
class BlocFrein:
    """Les champs d'une rubrique dans l'étape « freins »."""

    rubrique: str
    libelle: str
    est_propose: bool
    etat: forms.BoundField
    details: list[forms.BoundField]

    @property
    def est_ouvert(self) -> bool:
        return any(champ.value() or champ.errors for champ in self.details)


class FreinsForm(forms.Form):
    """La dernière étape du diagnostic : les neuf rubriques d'un coup."""

    def __init__(self, *args, freins: Mapping[str, Frein], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.freins = freins
        for rubrique, frein in freins.items():
            garde = EtatDeLaRegle.NON_ABORDE if frein._state.adding else frein.faits.etat
            self.fields |= champs_du_frein(frein, garde, f"{rubrique}-")

    def blocs(self) -> Iterator[BlocFrein]:
        for rubrique, frein in self.freins.items():
            noms = (f"{rubrique}-{nom}" for nom in ("situations", "objectifs", "precision"))
            yield BlocFrein(
                rubrique,
                FREINS[rubrique].libelle,
                frein._state.adding and frein.etat == EtatFrein.REPERE,
                self[f"{rubrique}-etat"],
                [self[nom] for nom in noms if nom in self.fields],
            )

    def dits(self) -> dict[str, FreinDit]:
        return {rubrique: frein_dit(self.cleaned_data, f"{rubrique}-") for rubrique in self.freins}

    def refuser(self, erreurs: Mapping[str, list[str]]) -> None:
        """Range chaque refus du service sous l'état de sa rubrique."""
        for rubrique, phrases in erreurs.items():
            for phrase in phrases:
                self.add_error(f"{rubrique}-etat", phrase)
