"""Un avenant au marché, et ce qu'il fait des heures dues de chaque titulaire."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from clauses.forms.champs import ChampHeures, ChampJour, ChampMontant, ChampPourCent, interdire_nir
from clauses.heures_dues import parametres_heures_dues
from clauses.models import Avenant, Engagement
from clauses.regles.dues import LIBELLES_REGLE_AVENANT, LigneHistorique, RegleAvenant
from clauses.regles.duree import controler_delai
from clauses.services.avenants import prochain_numero, proposer_heures
from clauses.services.fins import depart_de
from clauses.services.marches import regle_courante
from comptes.formats import date_longue, heures, nombre

CALCULS = [
    (regle.value, LIBELLES_REGLE_AVENANT[regle])
    for regle in (RegleAvenant.PRORATA, RegleAvenant.SEUIL, RegleAvenant.FIGE)
]


class AvenantForm(forms.ModelForm):
    """`instance.marche` est déjà posé. Un champ d'heures par engagement : vide, il ne change pas."""

    calcul = forms.ChoiceField(
        label="Calculer les nouvelles heures",
        choices=CALCULS,
        initial=RegleAvenant.PRORATA.value,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
        help_text="Le nouveau montant donne une proposition, que vous pouvez corriger.",
    )
    seuil = ChampPourCent(label="Seuil, en\u00a0% du montant", required=False, initial=Decimal(10))

    class Meta:
        model = Avenant
        fields = ["numero", "date_notification", "objet", "montant_ht_euros", "duree_mois", "date_fin"]
        field_classes = {"date_notification": ChampJour, "montant_ht_euros": ChampMontant, "date_fin": ChampJour}
        labels = {"montant_ht_euros": "Nouveau montant HT du marché, en euros", "duree_mois": "Nouvelle durée, en mois"}
        help_texts = {
            "objet": "Exemple\u00a0: travaux en plus au bâtiment C.",
            "montant_ht_euros": "Le montant après l’avenant, pas l’écart.",
            "date_fin": "Si l’avenant écrit une date\u00a0: elle l’emporte sur la durée.",
        }
        error_messages = {
            "date_notification": {"required": "Indiquez le jour où l’avenant est notifié."},
            "duree_mois": {"invalid": "Écrivez un nombre entier de mois, par exemple 18."},
        }

    def __init__(self, *args: Any, engagements: list[Engagement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interdire_nir(self, "objet")
        self.engagements = engagements
        parametres = parametres_heures_dues(regle_courante(self.instance.marche))
        if parametres.regle_avenant:
            self.initial.setdefault("calcul", parametres.regle_avenant.value)
            self.fields[
                "calcul"
            ].help_text = "La règle du marché est choisie. Elle donne une proposition, que vous pouvez corriger."
        if parametres.seuil_pourcent is not None:
            self.initial.setdefault("seuil", parametres.seuil_pourcent)
        if not self.initial.get("numero"):
            self.initial["numero"] = prochain_numero(self.instance.marche)
        self.depart = depart_de(self.instance.marche)
        self.fields["duree_mois"].help_text = (
            f"En tout, depuis le {date_longue(self.depart)}\u00a0: la fin du marché suit."
            if self.depart
            else "En tout. La fin ne se calcule pas encore\u00a0: le marché n’a ni début d’exécution, ni notification."
        )
        for champ in ("numero", "duree_mois"):
            self.fields[champ].widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"})
        for engagement in engagements:
            self.fields[nom_du_champ(engagement)] = ChampHeures(
                label=_libelle(engagement), required=False, help_text=f"{heures(engagement.heures_dues)} aujourd’hui."
            )

    @property
    def champs_heures(self) -> list[forms.BoundField]:
        return [self[nom_du_champ(engagement)] for engagement in self.engagements]

    def clean_numero(self) -> int:
        numero = self.cleaned_data["numero"]
        deja = self.instance.marche.avenants.filter(numero=numero).first()
        if deja:
            raise forms.ValidationError(
                f"L’avenant {numero} est déjà enregistré, notifié le {date_longue(deja.date_notification)}. "
                f"Le prochain est le {prochain_numero(self.instance.marche)}."
            )
        if numero < 1:
            raise forms.ValidationError("Le premier avenant est le numéro 1.")
        return numero

    def clean_date_notification(self):
        jour, marche = self.cleaned_data["date_notification"], self.instance.marche
        depart = marche.date_notification or marche.date_attribution
        if depart and jour < depart:
            raise forms.ValidationError(
                f"L’avenant précède le marché, qui est du {date_longue(depart)}. Vérifiez l’année."
            )
        return jour

    def clean(self) -> dict[str, Any]:
        super().clean()
        duree, fin = self.cleaned_data.get("duree_mois"), self.cleaned_data.get("date_fin")
        if refus := controler_delai(depart=self.depart, duree_mois=duree, fin=fin):
            self.add_error("date_fin" if refus.code == "fin" else "duree_mois", refus.phrase)
        return self.cleaned_data

    def nouvelles_heures(self) -> dict[Engagement, Decimal]:
        """Rend les heures écrites, par engagement ; celles laissées vides ne changent pas."""
        ecrites = {e: self.cleaned_data.get(nom_du_champ(e)) for e in self.engagements}
        return {engagement: valeur for engagement, valeur in ecrites.items() if valeur is not None}

    def propositions(self) -> dict[str, LigneHistorique]:
        """Rend, par champ d'heures, ce que la règle choisie propose ; rien, et l'erreur au champ, s'il manque de quoi calculer."""
        donnees = self.cleaned_data
        montant, jour = donnees.get("montant_ht_euros"), donnees.get("date_notification")
        if montant is None and "montant_ht_euros" not in self.errors:
            self.add_error("montant_ht_euros", "Indiquez le nouveau montant pour calculer les heures.")
        if montant is None or jour is None:
            return {}
        avenants = list(self.instance.marche.avenants.all())
        try:
            return {
                nom_du_champ(engagement): proposer_heures(
                    engagement,
                    avenants,
                    nouveau_montant=montant,
                    date_notification=jour,
                    regle=donnees.get("calcul") or RegleAvenant.PRORATA,
                    seuil_pourcent=donnees.get("seuil") or Decimal(0),
                )
                for engagement in self.engagements
            }
        except ValueError as impossible:
            self.add_error("montant_ht_euros", str(impossible))
            return {}


def nom_du_champ(engagement: Engagement) -> str:
    return champ_des_heures(engagement.pk.hex)


def champ_des_heures(cle: str) -> str:
    """Le nom du champ d'heures d'un engagement, d'après son identifiant en chiffres hexadécimaux."""
    return f"heures_{cle}"


def valeurs_proposees(adresse: QueryDict, champs: Iterable[str]) -> dict[str, str]:
    """Rend ce que l'adresse propose pour ces champs (le simulateur y écrit son scénario) ; un nombre s'y écrit à la française."""
    proposees = {champ: adresse[champ].strip() for champ in champs if adresse.get(champ)}
    return {champ: nombre(Decimal(v)) if NOMBRE_SIMPLE.fullmatch(v) else v for champ, v in proposees.items()}


NOMBRE_SIMPLE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def _libelle(engagement: Engagement) -> str:
    lot = engagement.titulaire.lot
    return f"Lot {lot.numero}, {lot.intitule}\u00a0: {engagement.titulaire.entreprise.nom}"
