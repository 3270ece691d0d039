"""Champs de formulaire qui comprennent ce que l'on tape en français.

Une date se tape en texte, « 06/11/2026 », avec le pavé numérique au téléphone : le sélecteur natif (`type="date"`) suit la langue du
navigateur et non celle du site, se parcourt mal au clavier, et les facilitateurs recopient des dates qu'ils ont sous les yeux.
"""

import re
from decimal import Decimal

from django import forms

FORMATS_DE_DATE = ["%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]


# « 1e17 », « 1,5E+3 » : ce qu'un tableur montre d'un nombre trop large pour sa case.
SCIENTIFIQUE = re.compile(r"-?(?:\d+(?:[.,]\d*)?|[.,]\d+)[eE][+-]?\d+")


class ChampDate(forms.DateField):
    """Une date écrite jour/mois/année ; les tirets, les points et la forme ISO sont compris aussi."""

    default_error_messages = {"invalid": "Cette date n’existe pas. Écrivez-la ainsi : 06/11/2026."}

    def __init__(self, **kwargs):
        super().__init__(**{"input_formats": FORMATS_DE_DATE, **kwargs})


class ChampDecimal(forms.DecimalField):
    """Un nombre à virgule : « 1 421,5 », « 1421.5 », « 35 h » et « 60,50 € » sont compris ; « 1e17 » ne l'est pas."""

    default_error_messages = {
        "invalid": "Ce n’est pas un nombre. Écrivez par exemple : 1 421,5.",
        "scientifique": "C’est une notation scientifique, souvent un nombre bien trop grand. Écrivez-le avec ses chiffres.",
    }

    def __init__(self, **kwargs):
        super().__init__(**{"localize": True, "widget": forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs})

    def to_python(self, value: object) -> Decimal | None:
        if isinstance(value, str):
            value = re.sub(r"\s|(?:h|€)\s*$", "", value).replace("−", "-").replace(",", ".")
            if SCIENTIFIQUE.fullmatch(value):
                raise forms.ValidationError(self.error_messages["scientifique"], code="scientifique")
            if value and not re.fullmatch(r"-?\d+(?:\.\d*)?|-?\.\d+", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)
