"""Déposer une preuve, et y répondre."""

from datetime import date
from typing import Any

from django import forms

from beneficiaires.periodes import mois_entre
from clauses.forms.confirmations import ChampMessage
from clauses.models import Contrat
from clauses.regles.preuves import (
    FORMATS,
    LIBELLES_PREUVE,
    OCTETS_MAXIMUM,
    SANS_MOIS,
    TROP_LOURDE,
    VIDE,
    SortePreuve,
)
from comptes.formats import mois_annee, taille


class PreuveForm(forms.Form):
    """Une pièce, le mois qu'elle prouve, et son fichier."""

    sorte = forms.ChoiceField(
        label="Quelle pièce",
        choices=[(sorte.value, LIBELLES_PREUVE[sorte]) for sorte in SortePreuve],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites quelle pièce vous déposez."},
    )
    mois = forms.ChoiceField(label="Mois", required=False, help_text="Rien pour un contrat.")
    fichier = forms.FileField(
        label="Fichier",
        help_text=f"PDF ou photo JPEG, PNG, {taille(OCTETS_MAXIMUM)} au plus. Masquez le numéro de sécurité sociale et l’adresse.",
        widget=forms.FileInput(
            attrs={
                "accept": ",".join(f.type_mime for f in FORMATS),
                "data-octets-maximum": OCTETS_MAXIMUM,
                "data-trop-lourd": TROP_LOURDE.phrase,
            }
        ),
        error_messages={
            "required": "Choisissez le fichier à déposer.",
            "empty": VIDE.phrase,
            "invalid": "Ce fichier n’est pas arrivé en entier. Choisissez-le de nouveau.",
        },
    )

    def __init__(self, *args: Any, contrat: Contrat, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fin = min(contrat.derniere_date or aujourd_hui, aujourd_hui)
        choix = [(f"{m:%Y-%m-%d}", mois_annee(m).capitalize()) for m in reversed(mois_entre(contrat.date_debut, fin))]
        self.fields["mois"].choices = [("", "Choisir"), *choix]

    def clean_mois(self) -> date | None:
        choisi = self.cleaned_data["mois"]
        return date.fromisoformat(choisi) if choisi else None

    def clean_fichier(self) -> bytes:
        """Le contenu ; le service le reconnaît, mais ce qui est trop lourd ne se lit pas."""
        fichier = self.cleaned_data["fichier"]
        if fichier.size > OCTETS_MAXIMUM:
            raise forms.ValidationError(TROP_LOURDE.phrase, code=TROP_LOURDE.code)
        return fichier.read()

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("sorte") in SANS_MOIS:
            donnees["mois"] = None
        elif "sorte" in donnees and "mois" in donnees and donnees["mois"] is None:
            self.add_error("mois", "Choisissez le mois que cette pièce prouve.")
        return donnees


class JugementForm(forms.Form):
    """La réponse du facilitateur à une pièce reçue."""

    reponse = forms.ChoiceField(
        label="Cette pièce",
        choices=[("acceptee", "convient"), ("a_refaire", "est à refaire")],
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
        error_messages={"required": "Dites si la pièce convient."},
    )
    motif = ChampMessage(
        label="Pourquoi, si elle est à refaire",
        required=False,
        help_text="L’entreprise le lira. N’écrivez rien sur la santé ni la vie privée.",
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("reponse") == "a_refaire" and not donnees.get("motif", "").strip():
            self.add_error("motif", "Dites pourquoi la pièce est à refaire\u00a0: l’entreprise le lira.")
        return donnees
