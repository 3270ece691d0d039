"""Un titulaire sur un lot, et ses heures dues : écrites au marché ou calculées par la formule."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from clauses.forms.champs import (
    HEURES_MAXIMALES,
    ChampEurosParHeure,
    ChampHeures,
    ChampMontant,
    ChampOrganisation,
    ChampPourCent,
    ChoixParIdentifiant,
)
from clauses.models import Arrondi, Engagement, ModeEngagement, RoleTitulaire, Titulaire
from clauses.regles.dues import calculer_heures_dues, controler_formule, ecrire_formule
from comptes.formats import nombre
from comptes.models import Profil

TERMES = ("montant_ht_euros", "part_main_oeuvre", "taux_effort", "cout_horaire_euros")


def par_la_formule(saisie: QueryDict) -> QueryDict:
    """Rend la saisie, formule choisie : c'est ce que veut dire « Calculer »."""
    copie = saisie.copy()
    copie["mode"] = ModeEngagement.FORMULE.value
    return copie


class ChoixTitulaire(ChoixParIdentifiant):
    def label_from_instance(self, obj: Titulaire) -> str:
        return obj.entreprise.nom


class TitulaireForm(forms.ModelForm):
    """`instance.lot` est déjà posé."""

    entreprise = ChampOrganisation(Profil.ENTREPRISE, label="Entreprise")
    donneur_ordre = ChoixTitulaire(
        Titulaire.objects.none(),
        label="Sous-traitant de",
        required=False,
        empty_label="Aucun",
        help_text="Seulement pour un sous-traitant\u00a0: ses heures compteront pour ce titulaire.",
        error_messages={"invalid_choice": "Ce titulaire n’est pas inscrit sur ce lot. Choisissez-le dans la liste."},
    )

    class Meta:
        model = Titulaire
        fields = ["entreprise", "role", "donneur_ordre"]
        widgets = {"role": forms.RadioSelect(attrs={"class": "en-ligne"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        autres = self.instance.lot.titulaires.exclude(pk=self.instance.pk).select_related("entreprise")
        self.fields["donneur_ordre"].queryset = autres
        self.fields["role"].choices = RoleTitulaire.choices

    def clean_entreprise(self):
        entreprise = self.cleaned_data["entreprise"]
        if self._autres().filter(entreprise=entreprise).exists():
            raise forms.ValidationError(f"{entreprise.nom} est déjà inscrite sur ce lot. Modifiez son inscription.")
        return entreprise

    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        if role == RoleTitulaire.MANDATAIRE:
            deja = self._autres().filter(role=role).select_related("entreprise").first()
            if deja:
                raise forms.ValidationError(
                    f"Ce lot a déjà un mandataire, {deja.entreprise.nom}. Les autres membres du groupement sont cotraitants."
                )
        return role

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        if donnees.get("role") != RoleTitulaire.SOUS_TRAITANT:
            donnees["donneur_ordre"] = None
        elif not donnees.get("donneur_ordre") and "donneur_ordre" not in self.errors:
            self.add_error("donneur_ordre", self._donneur_absent())
        elif self._tourne_en_rond(donnees.get("donneur_ordre")):
            self.add_error(
                "donneur_ordre", "Cette entreprise est elle-même sous-traitante de celle-ci. Choisissez-en une autre."
            )
        return donnees

    def _donneur_absent(self) -> str:
        if self.fields["donneur_ordre"].queryset.exists():
            return "Choisissez le titulaire qui lui sous-traite."
        return "Ce lot n’a pas encore de titulaire\u00a0: inscrivez-le d’abord, puis son sous-traitant."

    def _tourne_en_rond(self, donneur: Titulaire | None) -> bool:
        vus = set()
        while donneur is not None and donneur.pk not in vus:
            if donneur.pk == self.instance.pk:
                return True
            vus.add(donneur.pk)
            donneur = donneur.donneur_ordre
        return False

    def _autres(self):
        return self.instance.lot.titulaires.exclude(pk=self.instance.pk)


class EngagementForm(forms.ModelForm):
    """Les heures à l'attribution. Par la formule, ses quatre termes sont gardés et le calcul s'écrit."""

    class Meta:
        model = Engagement
        fields = ["mode", "heures_initiales", *TERMES, "arrondi"]
        field_classes = {
            "heures_initiales": ChampHeures,
            "montant_ht_euros": ChampMontant,
            "part_main_oeuvre": ChampPourCent,
            "taux_effort": ChampPourCent,
            "cout_horaire_euros": ChampEurosParHeure,
        }
        widgets = {
            "mode": forms.RadioSelect(attrs={"class": "en-ligne"}),
            "arrondi": forms.RadioSelect(attrs={"class": "en-ligne"}),
        }
        labels = {
            "mode": "D’où vient le nombre d’heures\u00a0?",
            "heures_initiales": "Heures dues à l’attribution",
            "montant_ht_euros": "Montant HT, en euros",
            "part_main_oeuvre": "Part de main-d’œuvre, en\u00a0%",
            "taux_effort": "Effort d’insertion, en\u00a0%",
            "cout_horaire_euros": "Coût d’une heure, en euros",
        }
        help_texts = {"heures_initiales": "Un sous-traitant qui ne doit rien lui-même\u00a0: écrivez 0."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["heures_initiales"].required = False
        self.fields["mode"].choices = ModeEngagement.choices
        self.fields["arrondi"].choices = Arrondi.choices

    @property
    def calcul(self) -> str:
        """Le calcul écrit, quand la formule est choisie et que ses termes sont justes."""
        termes = self._termes()
        donnees = getattr(self, "cleaned_data", None) or self.initial
        if str(donnees.get("mode")) != ModeEngagement.FORMULE or controler_formule(**termes):
            return ""
        return ecrire_formule(**termes, arrondi=donnees.get("arrondi") or Arrondi.INFERIEUR)

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        if donnees.get("mode") == ModeEngagement.FORMULE:
            self._appliquer_la_formule()
        elif donnees.get("heures_initiales") is None and "heures_initiales" not in self.errors:
            self.add_error("heures_initiales", "Indiquez les heures dues, ou choisissez la formule.")
        else:
            self._oublier_la_formule()
        return donnees

    def _oublier_la_formule(self) -> None:
        for terme in TERMES:
            self.errors.pop(terme, None)
            self.cleaned_data[terme] = None

    def _appliquer_la_formule(self) -> None:
        donnees, termes = self.cleaned_data, self._termes()
        # Ce que le champ des heures contenait ne sert pas : la formule le remplace.
        self.errors.pop("heures_initiales", None)
        if any(terme in self.errors for terme in TERMES):
            return
        if refus := controler_formule(**termes):
            self.add_error(_terme_en_cause(termes), refus.phrase)
            return
        heures = calculer_heures_dues(**termes, arrondi=donnees.get("arrondi") or Arrondi.INFERIEUR)
        if heures > HEURES_MAXIMALES:
            self.add_error(
                "cout_horaire_euros", f"La formule donne {nombre(heures)}\u00a0h. Vérifiez chacun de ses termes."
            )
            return
        donnees["heures_initiales"] = heures

    def _termes(self) -> dict[str, Decimal | None]:
        donnees = getattr(self, "cleaned_data", None) or self.initial
        # Une saisie reprise d'un brouillon est encore du texte : elle n'est pas encore un nombre sûr.
        return {terme: donnees[terme] if isinstance(donnees.get(terme), Decimal) else None for terme in TERMES}


def _terme_en_cause(termes: dict[str, Decimal | None]) -> str:
    """Rend le premier terme absent ou nul, celui que nomme le refus ; sinon la première part."""
    return next((nom for nom, valeur in termes.items() if valeur is None or valeur <= 0), "part_main_oeuvre")
