"""« Puis-je compter cette personne ? » : une situation et deux dates, sans nom ; rien ne s'enregistre."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from beneficiaires.criteres import CRITERES
from clauses.forms.champs import ChampJour
from clauses.regles import ParametresRegle


class PreReponseForm(forms.Form):
    critere = forms.ChoiceField(
        label="Sa situation",
        help_text="Santé, handicap, justice\u00a0: ne demandez rien, adressez la personne au facilitateur.",
    )
    depuis = ChampJour(label="Depuis le", help_text="Le premier jour de cette situation, même approché.")
    embauche = ChampJour(label="Embauche prévue le")

    def __init__(self, *args: Any, parametres: ParametresRegle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Santé et justice : un employeur n'a pas à les demander.
        acceptes = [(c.code, c.libelle) for c in CRITERES.values() if parametres.accepte(c.code) and not c.sensible]
        self.fields["critere"].choices = [("", "Choisir"), *acceptes]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        depuis, embauche = donnees.get("depuis"), donnees.get("embauche")
        if depuis and embauche and depuis > embauche:
            self.add_error("depuis", ValidationError("Cette situation commencerait après l’embauche.", code="ordre"))
        return donnees
