"""Les heures du bulletin de paie, sur la page d'une ligne."""

from decimal import Decimal

from django import forms

from clauses.forms.champs import ChampBorne


class ChampHeuresDuMois(ChampBorne):
    """Des heures d'un seul mois."""

    bornes = (Decimal(0), Decimal(744))
    trop_petit = "Un nombre d’heures n’est pas négatif."
    trop_grand = "Un mois entier ne compte que 744\u00a0h. Vérifiez le nombre saisi."


class BulletinForm(forms.Form):
    """Ce que porte le bulletin de paie du mois ; vide : pas de bulletin relevé."""

    heures_bulletin = ChampHeuresDuMois(
        label="Heures du bulletin de paie",
        required=False,
        help_text="Celles du bulletin qui correspondent à cette ligne. Laissez vide si vous ne l’avez pas vu.",
    )
