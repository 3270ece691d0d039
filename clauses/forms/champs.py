"""Les champs qu'un marché demande : dates, euros, heures, pour cent, et le choix d'une organisation."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator

from beneficiaires.ecritures import simplifier
from beneficiaires.models import sans_nir
from beneficiaires.regles import controler_date
from comptes.ecriture import exiger
from comptes.formats import nombre
from comptes.formulaires import ChampDate, ChampDecimal
from comptes.models import Categorie, Organisation, Profil

MONTANT_MAXIMAL = Decimal(10_000_000_000)
HEURES_MAXIMALES = Decimal(10_000_000)
EUROS_PAR_HEURE_MAXIMAUX = Decimal(5000)
TROP_DE_ZEROS = "Ce montant dépasse 10\u00a0milliards d’euros. Vérifiez le nombre de zéros."
TROP_D_HEURES = "Ce nombre dépasse 10\u00a0millions d’heures. Vérifiez le nombre de zéros."


def interdire_nir(formulaire: forms.BaseForm, *noms: str) -> None:
    """Ces textes libres refusent un numéro de sécurité sociale."""
    for nom in noms:
        formulaire.fields[nom].validators.append(sans_nir)


class ChampBorne(ChampDecimal):
    """Un nombre à deux décimales entre deux bornes, chacune avec sa phrase."""

    bornes: tuple[Decimal, Decimal]
    trop_petit: str
    trop_grand: str
    largeur = "champ-court"

    def __init__(self, **kwargs: Any) -> None:
        # Les bornes du champ de modèle, plus larges et sans phrase, cèdent à celles-ci.
        kwargs |= {"min_value": self.bornes[0], "max_value": self.bornes[1], "max_digits": None, "decimal_places": 2}
        phrases = {
            "min_value": self.trop_petit,
            "max_value": self.trop_grand,
            "max_decimal_places": "Écrivez deux chiffres après la virgule, au plus.",
        }
        kwargs["error_messages"] = phrases | kwargs.get("error_messages", {})
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"class": self.largeur}

    def prepare_value(self, value: Any) -> Any:
        return nombre(value) if isinstance(value, Decimal) else value


class ChampMontant(ChampBorne):
    """Des euros hors taxes."""

    largeur = "champ-date"
    bornes = (Decimal(0), MONTANT_MAXIMAL)
    trop_petit = "Un montant n’est pas négatif."
    trop_grand = TROP_DE_ZEROS


class ChampEurosParHeure(ChampBorne):
    """Un coût ou une pénalité, pour une heure."""

    bornes = (Decimal(0), EUROS_PAR_HEURE_MAXIMAUX)
    trop_petit = "Un montant n’est pas négatif."
    trop_grand = "C’est plus de 5 000\u00a0€ pour une heure. Vérifiez ce montant."


class ChampHeures(ChampBorne):
    """Des heures, dues ou visées."""

    bornes = (Decimal(0), HEURES_MAXIMALES)
    trop_petit = "Un nombre d’heures n’est pas négatif."
    trop_grand = TROP_D_HEURES


class ChampPourCent(ChampBorne):
    """Une part, en pour cent."""

    bornes = (Decimal(0), Decimal(100))
    trop_petit = trop_grand = "Une part va de 0 à 100\u00a0%%."  # la phrase passe par l’opérateur %


class ChampJour(ChampDate):
    """Une date de marché, d'une année plausible."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None:
            exiger(controler_date(value, "Cette date"))


class _IterateurParGroupe(ModelChoiceIterator):
    """Les organisations sous deux titres, l'usuel d'abord."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield "", self.field.empty_label
        organisations = sorted(self.queryset, key=lambda o: (GROUPES.index(groupe_de(o)), simplifier(o.nom)))
        for groupe, membres in groupby(organisations, key=groupe_de):
            yield groupe, [self.choice(membre) for membre in membres]


PUBLICS, PRIVES = "Acheteurs publics", "Maîtres d’ouvrage privés"
ENTREPRISES, INSERTION = "Entreprises", "Insertion, GEIQ et secteur adapté"
GROUPES = (PUBLICS, PRIVES, ENTREPRISES, INSERTION, "")


def groupe_de(organisation: Organisation) -> str:
    """Rend le titre sous lequel l'organisation se range dans une liste de choix."""
    if organisation.profil == Profil.ACHETEUR:
        return PRIVES if organisation.categorie == Categorie.PROMOTEUR_PRIVE else PUBLICS
    if organisation.profil == Profil.ENTREPRISE:
        return ENTREPRISES if organisation.categorie in (Categorie.ENTREPRISE, Categorie.ETT) else INSERTION
    return ""


class ChoixParIdentifiant(forms.ModelChoiceField):
    """Un choix dont l'identifiant est un UUID : une valeur abîmée est un choix absent de la liste, rien de plus."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as erreur:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from erreur


class ChampOrganisation(ChoixParIdentifiant):
    """Une organisation de l'annuaire, d'un profil donné."""

    iterator = _IterateurParGroupe

    def __init__(self, profil: str, **kwargs: Any) -> None:
        erreurs = {
            "required": "Choisissez dans la liste, ou ajoutez l’organisation qui manque.",
            "invalid_choice": "Cette organisation n’est pas dans la liste. Choisissez-la ou ajoutez-la.",
        }
        options = {"empty_label": "Choisissez", "error_messages": erreurs}
        super().__init__(Organisation.objects.du_profil(profil), **{**options, **kwargs})

    def label_from_instance(self, obj: Organisation) -> str:
        return f"{obj.nom}, {obj.commune}" if obj.commune else obj.nom
