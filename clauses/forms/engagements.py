"""Ce qui fait des heures dues au fil du marché : tranches, bons de commande, partage d'un lot dans le groupement."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from clauses.forms.champs import ChampHeures, ChampJour, ChampMontant, ChampPourCent, interdire_nir
from clauses.models import Commande, Titulaire, Tranche
from clauses.regles.repartition import controler_parts
from comptes.formats import date_longue


class TrancheForm(forms.ModelForm):
    """`instance.engagement` est déjà posé ; `aujourd_hui` : un affermissement à venir n'est pas encore un fait."""

    class Meta:
        model = Tranche
        fields = ["numero", "intitule", "heures", "est_optionnelle", "date_affermissement"]
        field_classes = {"heures": ChampHeures, "date_affermissement": ChampJour}
        labels = {
            "est_optionnelle": "Tranche optionnelle",
            "date_affermissement": "Affermie le",
            "heures": "Heures de cette tranche",
        }
        help_texts = {
            "intitule": "Exemple\u00a0: bâtiments A et B.",
            "est_optionnelle": "Non cochée, la tranche est ferme\u00a0: ses heures sont dues dès l’attribution.",
            "date_affermissement": "Vide\u00a0: pas encore affermie, ses heures restent conditionnelles.",
        }
        error_messages = {"heures": {"required": "Indiquez les heures de cette tranche."}}

    def __init__(self, *args: Any, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        interdire_nir(self, "intitule")
        self.fields["numero"].widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"})
        if self.instance._state.adding and not self.initial.get("numero"):
            numeros = self.instance.engagement.tranches.values_list("numero", flat=True)
            self.initial["numero"] = max(numeros, default=0) + 1

    def clean_numero(self) -> int:
        numero = self.cleaned_data["numero"]
        if numero < 1:
            raise forms.ValidationError("La première tranche est le numéro 1.")
        if self.instance.engagement.tranches.filter(numero=numero).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"La tranche {numero} est déjà enregistrée. Donnez un autre numéro.")
        return numero

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        jour, marche = donnees.get("date_affermissement"), self.instance.engagement.titulaire.lot.marche
        if not donnees.get("est_optionnelle"):
            self.errors.pop("date_affermissement", None)
            donnees["date_affermissement"] = None
        elif jour and jour > self.aujourd_hui:
            self.add_error(
                "date_affermissement", "Cet affermissement est à venir\u00a0: enregistrez-le quand il sera notifié."
            )
        elif jour and (depart := marche.date_notification or marche.date_attribution) and jour < depart:
            self.add_error(
                "date_affermissement", f"L’affermissement précède le marché, qui est du {date_longue(depart)}."
            )
        return donnees


class CommandeForm(forms.ModelForm):
    """`instance.engagement` est déjà posé."""

    class Meta:
        model = Commande
        fields = ["reference", "date_commande", "montant_ht_euros"]
        field_classes = {"date_commande": ChampJour, "montant_ht_euros": ChampMontant}
        labels = {"date_commande": "Date du bon", "montant_ht_euros": "Montant HT, en euros"}
        help_texts = {"reference": "Celle du bon de commande. Exemple\u00a0: BC-2026-014."}
        error_messages = {
            "reference": {"required": "Donnez la référence du bon de commande."},
            "date_commande": {"required": "Indiquez la date du bon de commande."},
            "montant_ht_euros": {"required": "Indiquez le montant HT du bon de commande."},
        }

    def __init__(self, *args: Any, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"]
        autres = self.instance.engagement.commandes.exclude(pk=self.instance.pk)
        if autres.filter(reference__iexact=reference).exists():
            raise forms.ValidationError(f"Le bon de commande {reference} est déjà enregistré.")
        return reference

    def clean_date_commande(self) -> date:
        jour, marche = self.cleaned_data["date_commande"], self.instance.engagement.titulaire.lot.marche
        if jour > self.aujourd_hui:
            raise forms.ValidationError("Ce bon de commande est à venir\u00a0: enregistrez-le quand il sera passé.")
        depart = marche.date_notification or marche.date_attribution
        if depart and jour < depart:
            raise forms.ValidationError(
                f"Ce bon précède le marché, qui est du {date_longue(depart)}. Vérifiez l’année."
            )
        return jour

    def clean_montant_ht_euros(self) -> Decimal:
        montant = self.cleaned_data["montant_ht_euros"]
        if montant <= 0:
            raise forms.ValidationError("Le montant d’un bon de commande est supérieur à zéro.")
        return montant


class PartageForm(forms.Form):
    """Les heures du lot et la part de chaque membre du groupement, en pour cent."""

    heures_lot = ChampHeures(
        label="Heures du lot entier", error_messages={"required": "Indiquez les heures dues pour le lot entier."}
    )

    def __init__(self, *args: Any, membres: Sequence[Titulaire], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membres = membres
        for membre in membres:
            self.fields[nom_de_la_part(membre)] = ChampPourCent(
                label=f"Part de {membre.entreprise.nom}, en\u00a0%",
                help_text=f"{membre.get_role_display()}.",
                error_messages={"required": "Indiquez sa part, 0 s’il n’en a pas."},
            )

    @property
    def champs_parts(self) -> list[forms.BoundField]:
        return [self[nom_de_la_part(membre)] for membre in self.membres]

    def parts(self) -> dict[UUID, Decimal]:
        return {membre.pk: self.cleaned_data[nom_de_la_part(membre)] for membre in self.membres}

    def clean(self) -> dict[str, Any]:
        super().clean()
        lues = bool(self.membres) and not any(nom_de_la_part(membre) in self.errors for membre in self.membres)
        if lues and (refus := controler_parts(list(self.parts().values()))):
            self.add_error(nom_de_la_part(self.membres[-1]), refus.phrase)
        return self.cleaned_data


def nom_de_la_part(membre: Titulaire) -> str:
    return f"part_{membre.pk.hex}"
