"""Le calibrage d'une clause : tout se change à la main, rien ne s'enregistre. L'adresse garde ce qui est tapé."""

from dataclasses import fields
from datetime import date
from typing import Any

from django import forms

from clauses.forms.champs import ChampEurosParHeure, ChampHeures, ChampJour, ChampMontant, ChampPourCent
from clauses.regles.calibrage import Calibrage, calibrer
from clauses.regles.calibrage_besoin import MOIS_MAXIMUM, Besoin
from clauses.regles.calibrage_tables import (
    LIBELLES_ACHETEUR,
    LIBELLES_NATURE,
    NatureMarche,
    TypeAcheteur,
    choix_metiers,
)
from clauses.regles.contradiction import Contradiction
from clauses.regles.objectifs import LIBELLES_NPNRU, PartNpnru
from comptes.models import Categorie, Organisation, Profil

DEFAUTS = {"nature": NatureMarche.TRAVAUX, "acheteur": TypeAcheteur.AUTRE, "metier": "batiment", "lots": 1}
TYPES_PAR_CATEGORIE = {Categorie.ETAT: TypeAcheteur.CENTRAL, Categorie.PROMOTEUR_PRIVE: TypeAcheteur.PRIVE}
# Ce que l'on ne regarde qu'au besoin ; rempli, le volet s'ouvre.
HYPOTHESES = (
    *("part_main_oeuvre", "cout_horaire_euros", "effort_bas", "effort", "effort_haut", "heures_utiles"),
    *("heures_totales", "heures_reprises", "seuil_euros"),
)
CASES = ("services_ess", "insertion_est_l_objet")
RESERVATION = ("siae", "adaptees", "dependance", "services_ess", "insertion_est_l_objet")


class ChampEntier(forms.IntegerField):
    """Un petit nombre entier, tapé sans flèches ; « 12 mois » se comprend."""

    def __init__(self, *, maximum: int, **kwargs: Any) -> None:
        phrases = {
            "invalid": "Ce n’est pas un nombre entier. Écrivez par exemple\u00a0: 12.",
            "min_value": "Ce nombre n’est pas négatif.",
            "max_value": f"Ce nombre ne dépasse pas {maximum}.",
        }
        widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"})
        kwargs["error_messages"] = phrases | kwargs.get("error_messages", {})
        super().__init__(min_value=0, max_value=maximum, widget=widget, **kwargs)


def _choix(libelles: dict[Any, str]) -> list[tuple[str, str]]:
    return [(code.value, libelle) for code, libelle in libelles.items()]


class CalibrageForm(forms.Form):
    """Les noms sont ceux de `Besoin` : un refus de la règle va droit au champ. `jour` : aujourd'hui."""

    montant_ht_euros = ChampMontant(
        label="Montant estimé, en euros HT",
        help_text="De toute la consultation.",
        error_messages={"required": "Indiquez le montant estimé, hors taxes."},
    )
    duree_mois = ChampEntier(
        maximum=MOIS_MAXIMUM,
        label="Durée, en mois",
        error_messages={"required": "Indiquez la durée du marché, en mois."},
    )
    nature = forms.ChoiceField(
        label="Vous achetez",
        choices=_choix(LIBELLES_NATURE),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
    )
    metier = forms.ChoiceField(
        label="Métier",
        choices=choix_metiers,
        required=False,
        help_text="Entre parenthèses, la part de main-d’œuvre supposée.",
    )
    acheteur = forms.ChoiceField(label="Qui achète", choices=_choix(LIBELLES_ACHETEUR), required=False)
    publication = ChampJour(
        label="Publication prévue", required=False, help_text="Le seuil européen est celui de cette date."
    )
    lots = ChampEntier(maximum=500, label="Nombre de lots", required=False)
    npnru = forms.ChoiceField(
        label="Programme de l’ANRU (NPNRU)",
        choices=[("", "Non"), *((part.value, f"Oui, {nom}") for part, nom in LIBELLES_NPNRU.items())],
        required=False,
    )
    siae = ChampEntier(maximum=10_000, label="SIAE qui peuvent répondre", required=False)
    adaptees = ChampEntier(maximum=10_000, label="EA et ESAT qui peuvent répondre", required=False)
    dependance = ChampPourCent(
        label="Ce que le marché pèserait dans leur chiffre d’affaires, en\u00a0%",
        required=False,
        help_text="Demandez ces trois nombres à votre facilitateur.",
    )
    insertion_est_l_objet = forms.BooleanField(label="J’achète l’insertion elle-même", required=False)
    services_ess = forms.BooleanField(label="Ce sont des services de santé, sociaux ou culturels", required=False)
    part_main_oeuvre = ChampPourCent(
        label="Part de main-d’œuvre, en\u00a0%", required=False, help_text="Vide\u00a0: celle du métier."
    )
    cout_horaire_euros = ChampEurosParHeure(
        label="Coût d’une heure, en euros", required=False, help_text="Vide\u00a0: 40\u00a0€."
    )
    effort_bas = ChampPourCent(label="Effort bas, en\u00a0%", required=False)
    effort = ChampPourCent(
        label="Effort conseillé, en\u00a0%", required=False, help_text="Vides\u00a0: 5, 7 et 10\u00a0%."
    )
    effort_haut = ChampPourCent(label="Effort haut, en\u00a0%", required=False)
    heures_utiles = ChampHeures(
        label="Heures d’un contrat utile",
        required=False,
        help_text="Vide\u00a0: 300\u00a0h. En dessous, une clause n’aide personne.",
    )
    heures_totales = ChampHeures(
        label="Heures du marché sur toute sa durée", required=False, help_text="Propreté, reprise du personnel."
    )
    heures_reprises = ChampHeures(label="Dont heures du personnel repris", required=False)
    seuil_euros = ChampMontant(
        label="Seuil européen, en euros HT", required=False, help_text="Vide\u00a0: celui de la date de publication."
    )

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jour = jour
        self.resultat: Calibrage | None = None
        self.besoin: Besoin | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        if self.errors:
            return donnees
        besoin = Besoin(**{champ.name: _valeur(champ.name, donnees) for champ in fields(Besoin)})
        try:
            self.resultat = calibrer(besoin, aujourd_hui=self.jour)
        except Contradiction as refus:
            self.add_error(refus.champ, refus.phrase)
        else:
            self.besoin = besoin
        return donnees

    @property
    def saisie(self) -> dict[str, str]:
        """Ce qui est tapé, tel quel, et les cases cochées : de quoi refaire le même calcul plus tard."""
        tapee = {nom: self.data[nom] for nom in self.fields if nom not in CASES and self.data.get(nom)}
        return tapee | {nom: "on" for nom in CASES if self.cleaned_data[nom]}

    @property
    def volet_ouvert(self) -> bool:
        """Une hypothèse est tapée, ou refusée : elle se voit."""
        return self._est_remplie(HYPOTHESES)

    @property
    def structures_ouvertes(self) -> bool:
        return self._est_remplie(RESERVATION)

    def _est_remplie(self, noms: tuple[str, ...]) -> bool:
        return any(self.data.get(nom) or self.initial.get(nom) or nom in self.errors for nom in noms)


def _valeur(nom: str, donnees: dict[str, Any]) -> Any:
    valeur = donnees[nom]
    if valeur in ("", None):
        return DEFAUTS.get(nom)
    return {"nature": NatureMarche, "acheteur": TypeAcheteur, "npnru": PartNpnru}.get(nom, lambda v: v)(valeur)


def depart_du_calibrage(organisation: Organisation) -> dict[str, Any]:
    """Les valeurs de départ : pour un acheteur, ce que sa catégorie dit de lui."""
    type_acheteur = TypeAcheteur.AUTRE
    if organisation.profil == Profil.ACHETEUR:
        type_acheteur = TYPES_PAR_CATEGORIE.get(Categorie(organisation.categorie), TypeAcheteur.AUTRE)
    return DEFAUTS | {"acheteur": type_acheteur}
