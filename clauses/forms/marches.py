"""Le marché et ses lots."""

import re
from typing import Any

from django import forms

from clauses.accords_cadres import accords_cadres_possibles
from clauses.forms.accords_cadres import ChampAccordCadre
from clauses.forms.champs import ChampJour, ChampMontant, ChampOrganisation, interdire_nir
from clauses.forms.operations import refuser_fin_avant_debut
from clauses.models import Lot, Marche
from clauses.services.fins import fin_de
from comptes.formats import date_longue
from comptes.models import Profil, Utilisateur

MOTIF_CPV = re.compile(r"[0-9]{8}(-[0-9])?")


class MarcheForm(forms.ModelForm):
    acheteur = ChampOrganisation(Profil.ACHETEUR, label="Acheteur", help_text="Celui qui a signé le marché.")
    accord_cadre = ChampAccordCadre()

    class Meta:
        model = Marche
        fields = [
            "acheteur",
            "reference",
            "objet",
            "technique",
            "accord_cadre",
            "montant_ht_euros",
            "code_cpv",
            "type_clause",
            "base_juridique",
            "ccag",
            "document",
            "article",
            "date_attribution",
            "date_notification",
            "date_debut",
            "date_fin",
        ]
        field_classes = {
            "montant_ht_euros": ChampMontant,
            **dict.fromkeys(("date_attribution", "date_notification", "date_debut", "date_fin"), ChampJour),
        }
        widgets = {"objet": forms.Textarea(attrs={"rows": 2})}
        labels = {"montant_ht_euros": "Montant HT, en euros", "document": "Document qui porte la clause"}
        help_texts = {
            "reference": "Celle de l’acheteur. Exemple\u00a0: 2026-T0012.",
            "code_cpv": "Huit chiffres. Exemple\u00a0: 45211341.",
            "article": "Exemple\u00a0: 9.3. Il sera cité dans chaque décision d’éligibilité.",
            "date_attribution": "Le jour où la situation des personnes s’apprécie, sauf règle contraire.",
        }
        error_messages = {
            "reference": {"required": "Donnez la référence du marché."},
            "objet": {"required": "Dites en une phrase l’objet du marché."},
            "document": {"required": "Nommez le document\u00a0: CCAP, CCP, convention…"},
        }

    def __init__(self, *args: Any, utilisateur: Utilisateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interdire_nir(self, "objet", "technique")
        self.fields["accord_cadre"].queryset = accords_cadres_possibles(self.instance, utilisateur)
        if self.instance.fin_suit_avenants:
            self.fields["date_fin"].show_hidden_initial = True  # changée, ou seulement relue : un avenant a pu passer
            self.fields["date_fin"].help_text = _aide_de_la_fin(self.instance)

    def clean_code_cpv(self) -> str:
        code = "".join(self.cleaned_data["code_cpv"].split())
        if code and not MOTIF_CPV.fullmatch(code):
            raise forms.ValidationError("Un code CPV compte huit chiffres, par exemple 45211341.")
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        refuser_fin_avant_debut(self)
        donnees = self.cleaned_data
        attribution, notification = donnees.get("date_attribution"), donnees.get("date_notification")
        if attribution and notification and notification < attribution:
            phrase = (
                f"La notification, le {date_longue(notification)}, précède l’attribution, le {date_longue(attribution)}. "
                "Corrigez l’une des deux."
            )
            self.add_error("date_notification", phrase)
        meme = Marche.objects.filter(
            operation=self.instance.operation,
            acheteur=donnees.get("acheteur"),
            reference__iexact=donnees.get("reference", ""),
        )
        if meme.exclude(pk=self.instance.pk).exists():
            self.add_error("reference", "Cette opération a déjà un marché de cet acheteur sous cette référence.")
        return donnees


def _aide_de_la_fin(marche: Marche) -> str:
    """D'où vient la fin d'un marché qui suit ses avenants, et ce que ferait une autre date."""
    fin = fin_de(marche)
    if marche.date_fin_ecrite:
        calculee = date_longue(fin.calculee) if fin.calculee else "une fin à compléter"
        return (
            f"Écrite ici\u00a0: elle l’emporte sur les avenants, qui donnent {calculee}. Videz le champ pour y revenir."
        )
    return "Elle suit les avenants. Une autre date écrite ici l’emporte sur eux."


class LotForm(forms.ModelForm):
    class Meta:
        model = Lot
        fields = ["numero", "intitule", "montant_ht_euros", "date_debut", "date_fin"]
        field_classes = {"montant_ht_euros": ChampMontant, "date_debut": ChampJour, "date_fin": ChampJour}
        labels = {"montant_ht_euros": "Montant HT, en euros"}
        help_texts = {
            "numero": "Un seul lot\u00a0? Écrivez 1.",
            "intitule": "Exemple\u00a0: gros œuvre.",
            "date_debut": "Vide\u00a0: celui du marché.",
            "date_fin": "Vide\u00a0: celle du marché.",
        }
        error_messages = {
            "numero": {"required": "Donnez un numéro au lot."},
            "intitule": {"required": "Donnez un intitulé au lot."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numero"].widget.attrs["class"] = "champ-court"

    def clean_numero(self) -> str:
        numero = self.cleaned_data["numero"]
        if self.instance.marche.lots.filter(numero__iexact=numero).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Ce marché a déjà un lot {numero}. Donnez un autre numéro.")
        return numero

    def clean(self) -> dict[str, Any]:
        super().clean()
        refuser_fin_avant_debut(self)
        donnees, marche = self.cleaned_data, self.instance.marche
        debut, fin = donnees.get("date_debut"), donnees.get("date_fin")
        if debut and not fin and marche.date_fin and debut > marche.date_fin:
            phrase = f"Ce lot commence après la fin du marché, le {date_longue(marche.date_fin)}\u00a0: donnez sa propre fin."
            self.add_error("date_fin", phrase)
        if fin and not debut and marche.date_debut and fin < marche.date_debut:
            phrase = f"Ce lot finit avant le début du marché, le {date_longue(marche.date_debut)}\u00a0: donnez son propre début."
            self.add_error("date_debut", phrase)
        return donnees


class CloreLotForm(forms.Form):
    clos_le = ChampJour(
        label="Clos le",
        help_text="À partir de ce jour, plus aucune heure ne se saisit ni ne se corrige sur ce lot.",
        error_messages={"required": "Indiquez le jour où le lot est clos."},
    )
