"""Ce que l'on tape dans la grille d'heures : un nombre d'heures, des cases envoyées ensemble, des filtres, un motif."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from django import forms

from beneficiaires.periodes import ajouter_mois, premier_du_mois
from clauses.grille import TOUTES_NATURES, VIDE, lire_cle, mois_par_defaut, rang_de_titulaire
from clauses.models import EtatReleve, NatureHeures, Operation, ReleveHeures, Titulaire
from clauses.services.heures import Saisie
from comptes.formats import mois_annee
from comptes.formulaires import SCIENTIFIQUE
from comptes.regles import Refus

LONGUEUR_MAXIMALE: Final = 20
EN_DECIMALES: Final = re.compile(r"(-?[0-9]*(?:[.,][0-9]*)?)h?")
EN_MINUTES: Final = re.compile(r"(-?)([0-9]+)h([0-5][0-9])(?:mn|min)?")
MOIS_AU_CHOIX: Final = 36


def lire_heures(texte: str) -> Decimal | Refus | None:
    """Rend les heures tapées : « 7,5 », « 7.5 », « 7h30 », « 7 h 30 », « 151,67 h » ; None si rien n'est tapé.

    Des minutes deviennent des centièmes d'heure, à l'arrondi : « 7h20 » rend 7,33. Le signe est lu, les règles le refuseront.
    """
    compact = "".join(texte.split()).lower().replace("−", "-")
    if not compact:
        return None
    if len(compact) <= LONGUEUR_MAXIMALE:
        if trouve := EN_MINUTES.fullmatch(compact):
            centiemes = Decimal(trouve[2]) + Decimal(trouve[3]) / 60
            heures = centiemes.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
            return -heures if trouve[1] else heures
        trouve = EN_DECIMALES.fullmatch(compact)
        if trouve and any(signe.isdigit() for signe in compact):
            return Decimal(trouve[1].replace(",", "."))
    montre = f"{texte.strip()[:LONGUEUR_MAXIMALE]}…" if len(texte.strip()) > LONGUEUR_MAXIMALE else texte.strip()
    if SCIENTIFIQUE.fullmatch(compact):
        return Refus(
            f"«\u00a0{montre}\u00a0» est une notation scientifique. Écrivez le nombre avec ses chiffres, par exemple 35.",
            "heures_scientifiques",
        )
    return Refus(
        f"«\u00a0{montre}\u00a0» n’est pas un nombre d’heures. Écrivez par exemple 35, 35,5 ou 35h30.",
        "heures_illisibles",
    )


@dataclass(frozen=True, slots=True)
class CaseEnvoyee:
    """Une case telle qu'elle revient du navigateur : le texte tapé, et la version et la valeur qui étaient affichées."""

    cle: str
    texte: str
    version_lue: int
    valeur_lue: str

    @property
    def lu(self) -> str:
        return f"{self.version_lue}:{self.valeur_lue}"

    @property
    def est_modifiee(self) -> bool:
        """Deux écritures du même nombre (« 7,5 » et « 7h30 ») ne sont pas une modification."""
        if self.texte == self.valeur_lue:
            return False
        heures = lire_heures(self.texte)
        return isinstance(heures, Refus) or heures != lire_heures(self.valeur_lue)

    def saisie(self) -> Saisie | Refus:
        heures = lire_heures(self.texte)
        if isinstance(heures, Refus):
            return heures
        affectation, nature, mois = lire_cle(self.cle)
        return Saisie(affectation, nature, mois, heures, self.version_lue)


def cases_envoyees(donnees: Mapping[str, str]) -> list[CaseEnvoyee]:
    """Rend les cases d'un formulaire : « h-CLE » le texte, « lu-CLE » la version et la valeur lues. Les autres champs sont ignorés.

    Un conflit tranché l'emporte sur ce qui est tapé : « garder_autre » porte la clé de la case à laisser, « garder_mienne » la clé,
    la version de l'autre valeur (lue dans le message) et le texte à garder.
    """
    cases = {}
    for nom in donnees:
        cle = nom.removeprefix("h-")
        if nom.startswith("h-") and lire_cle(cle) and cle != donnees.get("garder_autre"):
            version, _, valeur = donnees.get(f"lu-{cle}", "").partition(":")
            cases[cle] = CaseEnvoyee(cle, donnees[nom], lire_version(version), valeur)
    cle, _, reste = donnees.get("garder_mienne", "").partition(":")
    version, _, texte = reste.partition(":")
    if lire_cle(cle):
        cases[cle] = CaseEnvoyee(cle, texte, lire_version(version), "?")
    return list(cases.values())


def versions_envoyees(donnees: Mapping[str, str]) -> dict[str, int]:
    """Rend la version lue de chaque case du formulaire, saisissable ou non : ce sur quoi porte une décision."""
    return {
        nom.removeprefix("lu-"): lire_version(donnees[nom].partition(":")[0])
        for nom in donnees
        if nom.startswith("lu-") and lire_cle(nom.removeprefix("lu-"))
    }


def affectations_envoyees(donnees: Mapping[str, str]) -> frozenset[UUID]:
    """Rend les affectations dont le formulaire porte des cases : celles que montrait la page d'où il part."""
    cles = (lire_cle(nom.partition("-")[2]) for nom in donnees if nom.startswith(("h-", "lu-")))
    return frozenset(cle[0] for cle in cles if cle)


def lire_version(texte: str) -> int:
    """Rend la version d'une case, ou 0 si le texte n'en est pas une."""
    return int(texte) if re.fullmatch(r"[0-9]{1,9}", texte) else 0


class FiltreGrille(forms.Form):
    """Les filtres de la grille, dans l'adresse. Une valeur qui n'est pas au choix est dite, et ne filtre rien."""

    lot = forms.ChoiceField(label="Lot", required=False)
    titulaire = forms.ChoiceField(label="Titulaire", required=False)
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[
            ("", "Tous les états"),
            (VIDE, "À déclarer"),
            *((etat.value, etat.label) for etat in EtatReleve),
        ],
    )
    nature = forms.ChoiceField(
        label="Nature",
        required=False,
        choices=[
            ("", "Travail"),  # la formation déjà déclarée se montre aussi : elle compte
            (TOUTES_NATURES, "Travail et formation"),
            (NatureHeures.FORMATION.value, "Formation"),
        ],
    )
    mois = forms.ChoiceField(label="Dernier mois", required=False)
    operation = forms.CharField(widget=forms.HiddenInput, required=False)
    ligne = forms.UUIDField(widget=forms.HiddenInput, required=False)  # une affectation : la page où elle est

    def __init__(
        self, donnees: Mapping, *, titulaires: Iterable[Titulaire], operation: Operation, aujourd_hui: date
    ) -> None:
        super().__init__(_avec_mois(donnees, aujourd_hui))
        titulaires = sorted(titulaires, key=rang_de_titulaire)
        lots = {t.lot.pk: t.lot for t in titulaires}
        plusieurs = len({lot.marche_id for lot in lots.values()}) > 1
        self.fields["lot"].choices = [
            ("", "Tous les lots"),
            *((str(lot.pk), f"{lot.marche.reference}, {lot}" if plusieurs else str(lot)) for lot in lots.values()),
        ]
        self.fields["titulaire"].choices = [
            ("", "Tous"),
            *((str(t.pk), f"{t.entreprise.nom}, lot {t.lot.numero}") for t in titulaires),
        ]
        self.fields["mois"].choices = [
            (f"{mois:%Y-%m}", mois_annee(mois).capitalize())
            for mois in mois_au_choix(operation.date_debut, aujourd_hui)
        ]

    def valeur(self, champ: str) -> Any:
        """La valeur choisie, ou rien si elle manque ou n'est pas au choix."""
        return self.cleaned_data.get(champ, "") if self.is_valid() or champ in self.cleaned_data else ""

    @property
    def nombre_actifs(self) -> int:
        return sum(bool(self.valeur(champ)) for champ in ("lot", "titulaire", "etat", "nature"))


def _avec_mois(donnees: Mapping, aujourd_hui: date) -> dict[str, str]:
    """Les filtres de l'adresse, et le mois à saisir quand elle n'en dit rien : la liste montre ce que la page montre."""
    return {"mois": f"{mois_par_defaut(aujourd_hui):%Y-%m}"} | {nom: donnees[nom] for nom in donnees if donnees[nom]}


def mois_au_choix(debut: date, aujourd_hui: date) -> list[date]:
    """Les mois d'une opération, du courant au premier, trois ans au plus ; au moins le courant et le précédent."""
    courant = premier_du_mois(aujourd_hui)
    premier = min(premier_du_mois(debut), ajouter_mois(courant, -1))
    mois = [ajouter_mois(courant, -recul) for recul in range(MOIS_AU_CHOIX)]
    return [jour for jour in mois if jour >= premier]


class MotifForm(forms.Form):
    """Le motif d'un refus ou d'une réouverture, que l'entreprise lira. `form` : le formulaire de la page dont le champ fait partie."""

    use_required_attribute = False
    motif = forms.CharField(
        label="Motif",
        max_length=ReleveHeures._meta.get_field("motif").max_length,
        error_messages={
            "required": "Écrivez le motif : l’entreprise le lira.",
            "max_length": "Le motif compte 400 signes au plus : résumez-le.",
        },
        widget=forms.Textarea(attrs={"rows": 2, "form": "grille"}),
        help_text="L’entreprise le lira. N’écrivez rien sur la santé ni la vie privée.",
    )


class MoisForm(forms.Form):
    """Le mois à saisir, quand aucune opération n'est encore choisie."""

    mois = forms.ChoiceField(label="Mois", required=False)

    def __init__(self, donnees: Mapping, *, aujourd_hui: date) -> None:
        super().__init__(_avec_mois(donnees, aujourd_hui))
        choix = mois_au_choix(ajouter_mois(aujourd_hui, 1 - MOIS_AU_CHOIX), aujourd_hui)
        self.fields["mois"].choices = [(f"{mois:%Y-%m}", mois_annee(mois).capitalize()) for mois in choix]

    @property
    def mois_choisi(self) -> date | None:
        return date.fromisoformat(f"{self.cleaned_data['mois']}-01") if self.is_valid() else None
